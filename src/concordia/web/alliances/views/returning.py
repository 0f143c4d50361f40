"""A way back for a colleague who lost every key: one asks, a second approves."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from concordia.capabilities.alliances import commands, queries
from concordia.kernel.access import Access
from concordia.web.accounts.entering import log
from concordia.web.accounts.links import invitation_link
from concordia.web.shared.entrance import done, page
from concordia.web.shared.words import t


@page(methods=("GET", "POST"))
def ask(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    """Say what a way back is; asking for it shows the link this once."""
    line = queries.person(access, person_id)
    queries.require_managing(access, line.partner)
    back = _page_of(request, person_id)
    if request.method == "POST":
        token = commands.ask_return(access, person_id=person_id)
        log(request, "way back asked")
        context = {"link": invitation_link(token), "back": back, "returning": line.name}
        return render(request, "accounts/link.html", context)
    return render(request, "alliances/return.html", {"person": line})


@page(methods=("POST",))
def approval(request: HttpRequest, access: Access, person_id: str) -> HttpResponse:
    """Approve the way back that a colleague asked for; the link works from now on."""
    commands.approve_return(access, person_id=person_id, asked=request.POST.get("asked", ""))
    log(request, "way back approved")
    said = t(
        "Goedgekeurd. De link die uw collega heeft, werkt nu: één keer. Alle partners zien dit in het register.",
        "Approved. The link that your colleague has works now: once. All partners can see this in the register.",
    )
    return done(request, said, _page_of(request, person_id))


def _page_of(request: HttpRequest, person_id: str) -> str:
    assert request.resolver_match
    alliance = request.resolver_match.kwargs["alliance"]
    return reverse("person", kwargs={"alliance": alliance, "person_id": person_id})
