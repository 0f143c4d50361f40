"""The WSGI entrance."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from concordia.site.checks import refuse_unsafe

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concordia.site.settings")
refuse_unsafe()
application = get_wsgi_application()

# What stands here now stays. Python would look through all of it again from time to time; inside a write that
# stopped every other writer for a tenth of a second.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
