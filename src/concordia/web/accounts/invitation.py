"""The page that shows a fresh invitation, for whichever part of the product made it."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from concordia.kernel.access import Access
from concordia.web.accounts.links import invitation_link
from concordia.web.accounts.views.pages import show


def invitation_page(request: HttpRequest, access: Access, token: str, name: str) -> HttpResponse:
    """Link, picture and letter of an invitation inside an alliance: shown this once, kept nowhere.

    `name` is of the person it is for; the page leads back to the people of the alliance.
    """
    access.require_alliance()
    back = reverse("people", kwargs=_alliance(request))
    response = show(request, "link", link=invitation_link(token), name=name, back=back)
    response["Cache-Control"] = "no-store"
    return response


def _alliance(request: HttpRequest) -> dict[str, str]:
    match = request.resolver_match
    return {"alliance": match.kwargs["alliance"]} if match else {}
