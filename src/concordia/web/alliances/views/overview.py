"""The alliance at a glance: its objective, its partners as equals, its bodies drawn."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from concordia.capabilities.alliances import queries
from concordia.domain.charter import read_bodies
from concordia.kernel.access import Access
from concordia.web.shared.entrance import page


@page
def alliance(request: HttpRequest, access: Access) -> HttpResponse:
    """Objective, partners and bodies of the charter in force."""
    current = queries.charter_in_force(access)
    context = {
        "charter": current.charter,
        "number": current.number,
        "partners": queries.partners(access),
        "bodies": read_bodies(current.charter, access.language),
        "chairs": {body.key: queries.chair(access, body.key) for body in current.charter.bodies},
    }
    return render(request, "alliances/alliance.html", context)
