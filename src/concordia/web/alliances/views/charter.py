"""Reading the charter: as prose, as a difference, as a document, and trying its procedures."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from concordia.capabilities.alliances import queries
from concordia.domain.charter import (
    Charter,
    charter_diff,
    dump_json,
    dump_yaml,
    example_voters,
    places,
    procedure_sentences,
    read_charter,
)
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.try_rule import try_votes
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.web.alliances.covenant import covenant_pdf
from concordia.web.alliances.forms import TrialForm
from concordia.web.shared.entrance import page, posted

_MOST_PLACES = 100  # on a form


@page
def in_force(request: HttpRequest, access: Access) -> HttpResponse:
    """The charter in force, readable as prose."""
    return _show(request, access, queries.charter_in_force(access))


@page
def numbered(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """A version by its number: every version ever in force can be read."""
    return _show(request, access, queries.charter_number(access, number))


@page
def versions(request: HttpRequest, access: Access) -> HttpResponse:
    """Every version, with drafts of one's own."""
    return render(request, "alliances/versions.html", {"versions": queries.charter_versions(access)})


@page
def difference(request: HttpRequest, access: Access, number: int) -> HttpResponse:
    """What a version changed from the one before it, section by section."""
    new = queries.charter_number(access, number)
    if number < 2:
        raise NotFoundError
    old = queries.charter_number(access, number - 1)
    context = {"old": old, "new": new, "sections": charter_diff(old.charter, new.charter)}
    return render(request, "alliances/difference.html", context)


@page
def document(request: HttpRequest, access: Access, number: int, form: str) -> HttpResponse:
    """A version to keep: YAML and JSON without loss, PDF as the covenant a board signs."""
    version = queries.charter_number(access, number)
    makers: dict[str, tuple[str, Callable[[], bytes]]] = {
        "yaml": ("application/yaml; charset=utf-8", lambda: dump_yaml(version.charter).encode()),
        "json": ("application/json", lambda: dump_json(version.charter).encode()),
        "pdf": ("application/pdf", lambda: covenant_pdf(version, access.language)),
    }
    if form not in makers:
        raise NotFoundError
    kind, make = makers[form]
    response = HttpResponse(make(), content_type=kind)
    name = f"{version.charter.alliance.key}-charter-{number}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@page(methods=("GET", "POST"))
def trial(request: HttpRequest, access: Access, key: str) -> HttpResponse:
    """Try a procedure on votes one fills in; nothing is kept. A POST only because it carries a form.

    `?draft=` names a draft whose procedure is tried, before anybody lives under it.
    """
    version_id = request.GET.get("draft", "")
    found = queries.charter_version(access, version_id) if version_id else queries.charter_in_force(access)
    charter = found.charter
    if key not in {procedure.key for procedure in charter.procedures}:
        raise NotFoundError
    procedure = charter.procedure(key)
    form = _trial_form(request, access, charter, procedure)
    outcome = None
    if request.method == "POST" and form.is_valid():
        voters = places(charter, procedure, tuple(form.cleaned_data.get("subjects", ())))
        outcome = try_votes(procedure, voters, form.votes(), charter.names)
    context = {
        "procedure": procedure,
        "form": form,
        "outcome": outcome,
        "sentences": procedure_sentences(procedure, charter, access.language),
        "draft": version_id,
    }
    return render(request, "alliances/trial.html", context, status=422 if form.errors else 200)


def _trial_form(request: HttpRequest, access: Access, charter: Charter, procedure: Procedure) -> TrialForm:
    voters = places(charter, procedure)
    asked = voters if len(voters) <= _MOST_PLACES else example_voters(charter)  # a partner for its places
    names = [(voter.key, voter.name.in_language(access.language)) for voter in asked]
    some = any(partner.competences is not None for partner in charter.partners)
    subjects = [(key, charter.called(key, access.language)) for key in charter.subjects] if some else []
    return TrialForm(posted(request), voters=names, subjects=subjects)


def _show(request: HttpRequest, access: Access, version: queries.CharterInForce) -> HttpResponse:
    context = {
        "version": version,
        "document": read_charter(version.charter, access.language),
        "procedures": version.charter.procedures,
    }
    return render(request, "alliances/charter.html", context)
