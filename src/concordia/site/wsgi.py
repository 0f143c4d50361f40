"""The WSGI entrance."""

import gc
import os
from collections.abc import Iterable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from concordia.site.checks import refuse_unsafe
from concordia.site.headers import make_legible

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concordia.site.settings")
refuse_unsafe()
_answer = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer one request."""
    make_legible(environ)
    return _answer(environ, start_response)


# What stands here now stays. Python would look through all of it again from time to time; inside a write that
# stopped every other writer for a tenth of a second.
import_module(settings.ROOT_URLCONF)
gc.collect()
gc.freeze()
