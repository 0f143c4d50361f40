"""Reading the register and verifying it; publishing happens on demand before a bundle is made."""

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

import concordia
from concordia.capabilities.alliances import queries as alliances
from concordia.capabilities.decisions.queries.bundle import partner_bundle
from concordia.capabilities.ledger import commands, queries
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.web.accounts.links import qr
from concordia.web.register.forms import KeyForm, LineForm
from concordia.web.register.telling import told
from concordia.web.shared import clock
from concordia.web.shared.entrance import done, page, refuse
from concordia.web.shared.words import t


@page
def register(request: HttpRequest, access: Access) -> HttpResponse:
    """The shared log, newest first, and who verified it."""
    return _log(request, access, private=False)


@page
def own(request: HttpRequest, access: Access) -> HttpResponse:
    """The log of one's own organization, which nobody else sees."""
    return _log(request, access, private=True)


@page
def entry(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """One entry with everything one may open of it."""
    found = queries.entry(access, number)
    charter = alliances.charter_in_force(access).charter
    context = {"entry": found, "told": list(told(found, charter)), "partners": _names(access)}
    return render(request, "register/entry.html", context)


@page
def receipt(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """The proof of one entry, which stands alone."""
    _publish(access)
    response = HttpResponse(queries.receipt(access, number), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="entry-{number}.tlog-proof"'
    return response


@page
def verification(request: HttpRequest, access: Access) -> HttpResponse:
    """How to verify for oneself, and what one's own witness said so far."""
    return _verification(request, access)


@page
def bundle(request: HttpRequest, access: Access) -> FileResponse:
    """Everything one's own partner needs to verify offline, as one file."""
    if access.partner is None:
        raise NotFoundError
    _publish(access)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it is sent
    name = partner_bundle(access, file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")


@page
def witness(request: HttpRequest, access: Access) -> HttpResponse:
    """The witness: one file for one's own machine."""
    source = Path(concordia.__file__).with_name("witness.py").read_bytes()
    response = HttpResponse(source, content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="concordia_witness.py"'
    return response


@page(methods=("POST",))
def witness_key(request: HttpRequest, access: Access) -> HttpResponse:
    """Register the key of one's own witness."""
    form = KeyForm(request.POST)
    if form.is_valid():
        audience = tuple(line.id for line in alliances.partners(access))
        try:
            commands.register_witness_key(access, vkey=form.cleaned_data["vkey"], audience=audience)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return done(
                request,
                t("De sleutel is aangemeld.", "The key is registered."),
                _place(request, "register-verification"),
            )
    return _verification(request, access, key_form=form)


@page(methods=("POST",))
def cosignature(request: HttpRequest, access: Access) -> HttpResponse:
    """Hand in the line of one's own witness."""
    form = LineForm(request.POST)
    if form.is_valid():
        try:
            size = commands.record_cosignature(access, line=form.cleaned_data["line"])
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = t(
                f"Uw getuige staat in voor de eerste {size} handelingen. Alle partners zien dat.",
                f"Your witness vouches for the first {size} entries. All partners see that.",
            )
            return done(request, said, _place(request, "register"))
    return _verification(request, access, line_form=form)


def _log(request: HttpRequest, access: Access, *, private: bool) -> HttpResponse:
    before = request.GET.get("before", "")
    number = int(before) if before.isdecimal() and len(before) < 16 else None
    partners = alliances.partners(access)
    context = {
        "page": queries.register_page(access, number, private=private),
        "verification": queries.verification(access, [line.id for line in partners]),
        "partners": _names(access),
        "lines": {line.id: line for line in partners},
    }
    return render(request, "register/register.html", context)


def _verification(request: HttpRequest, access: Access, **forms: object) -> HttpResponse:
    partners = alliances.partners(access)
    found = queries.verification(access, [line.id for line in partners])
    context = {
        "verification": found,
        "key_form": KeyForm(),
        "line_form": LineForm(),
        "key_codes": [(key, qr(key)) for key in found.vkeys if len(key) < 400],
        "mine": next((line for line in found.partners if line.partner == access.partner), None),
        "partner_key": access.partner_key or "",
    }
    return render(request, "register/verification.html", context | forms, status=422 if forms else 200)


def _publish(access: Access) -> None:
    """Sign what is not signed yet, so that what one takes home holds everything up to now."""
    before = access.at(access.now)  # keeps nothing: signing changes the log that the page is about to find
    commands.publish(queries.log_of(before).id, clock.now())
    if access.partner is not None:
        commands.publish(queries.log_of(before, private=True).id, clock.now())


def _names(access: Access) -> dict[str, Text]:
    return {line.id: line.name for line in alliances.every_partner(access)}


def _place(request: HttpRequest, name: str) -> str:
    assert request.resolver_match
    return reverse(name, kwargs={"alliance": request.resolver_match.kwargs["alliance"]})
