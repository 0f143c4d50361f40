"""The WSGI entrance."""

import os

from django.core.wsgi import get_wsgi_application

from concordia.site.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concordia.site.settings")
refuse_unsafe()
application = get_wsgi_application()
