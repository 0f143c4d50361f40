"""What the frame around every page needs; looked up only when the frame asks for it."""

from typing import Any

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.middleware.csp import get_nonce
from django.utils.functional import SimpleLazyObject

from concordia.capabilities.accounts import queries as accounts
from concordia.capabilities.alliances import queries as alliances
from concordia.web.shared import clock
from concordia.web.shared.words import language


def page(request: HttpRequest) -> dict[str, Any]:
    """Language, theme, the alliance one is in, the hats of the example."""
    access = getattr(request, "access", None)
    user = getattr(request, "user", None)
    signed_in = bool(user is not None and user.is_authenticated)
    return {
        "language": language(),
        "theme": getattr(user, "theme", "system") if signed_in else "system",
        "signed_in": signed_in,
        "user_name": getattr(user, "name", "") if signed_in else "",
        "access": access,
        "alliance_key": request.resolver_match.kwargs.get("alliance", "") if request.resolver_match else "",
        "alliance": SimpleLazyObject(lambda: alliances.charter_in_force(access).charter.alliance)
        if access
        else None,
        "frame_partners": SimpleLazyObject(lambda: alliances.partners(access)) if access else (),
        "hats": accounts.example_people() if settings.EXAMPLE and signed_in else (),
        "me": str(user.pk) if signed_in and user is not None else "",
        "page_messages": get_messages(request) if hasattr(request, "_messages") else (),
        "nonce": get_nonce(request),
        "now": clock.now(),
        "path": request.path,
    }
