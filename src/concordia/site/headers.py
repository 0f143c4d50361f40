"""What is looked at before a request exists, where no page could answer for what goes wrong."""

import codecs
from typing import Any

from django.utils.http import parse_header_parameters


def make_legible(environ: dict[str, Any]) -> None:
    """Take a content type that cannot be read for none: it would break the request before anybody could answer.

    What was sent is then no form, and is refused with a page as any other body that is none.
    """
    try:
        _, options = parse_header_parameters(environ.get("CONTENT_TYPE", ""))
        codecs.lookup(options.get("charset", "utf-8"))
    except LookupError:  # Django passes over a charset that does not exist
        return
    except Exception:
        environ["CONTENT_TYPE"] = ""
