"""Drafting the next charter, section by section, in one's own organization until it is put forward."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from concordia.capabilities.alliances import commands, queries
from concordia.capabilities.alliances.permissions import DRAFT_CHARTER
from concordia.domain.charter import SECTIONS, charter_diff, dump_section, read_charter, replace_section
from concordia.domain.problems import DocumentError
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.web.alliances.forms import SectionForm, UploadForm
from concordia.web.shared.entrance import done, page, posted
from concordia.web.shared.words import t


@page(methods=("POST",))
def start(request: HttpRequest, access: Access) -> HttpResponse:
    """Start a draft from the charter in force."""
    version = commands.draft_charter(access)
    return redirect("charter-draft", alliance=_key(request), version_id=version)


@page
def draft(request: HttpRequest, access: Access, version_id: str) -> HttpResponse:
    """A draft as it reads now, beside what it changes; also what a proposal puts before the partners."""
    version = queries.charter_version(access, version_id)
    current = queries.charter_to_amend(access) if version.number is None else queries.charter_in_force(access)
    context = {
        "version": version,
        "document": read_charter(version.charter, access.language),
        "sections": charter_diff(current.charter, version.charter),
        "names": SECTIONS,
        "upload": UploadForm(),
        "state": queries.charter_state(access, version_id),
    }
    return render(request, "alliances/draft.html", context)


@page(methods=("GET", "POST"))
def section(request: HttpRequest, access: Access, version_id: str, section: str) -> HttpResponse:
    """Change one section as the document writes it; every fault at once, nothing typed is lost.

    With `look` nothing is saved: one sees how the section reads.
    """
    version = queries.charter_version(access, version_id)
    access.require(DRAFT_CHARTER)
    if section not in {name.key for name in SECTIONS}:
        raise NotFoundError
    form = SectionForm(posted(request), initial={"text": dump_section(version.charter, section)})
    problems: tuple[object, ...] = ()
    shown = version.charter
    if request.method == "POST" and form.is_valid():
        try:
            shown = replace_section(version.charter, section, form.cleaned_data["text"])
            if "look" not in request.POST:
                return _saved(request, access, version_id, section, form.cleaned_data["text"])
        except DocumentError as error:
            problems = error.problems
    context = {
        "version": version,
        "section": next(name for name in SECTIONS if name.key == section),
        "form": form,
        "problems": problems,
        "document": read_charter(shown, access.language),
    }
    if request.headers.get("HX-Target") == "reading":
        return render(request, "alliances/reading.html", context)
    refused = problems or form.errors
    return render(request, "alliances/section.html", context, status=422 if refused else 200)


def _saved(request: HttpRequest, access: Access, version_id: str, section: str, text: str) -> HttpResponse:
    commands.change_charter_section(access, version_id=version_id, section=section, text=text)
    where = reverse("charter-draft", kwargs={"alliance": _key(request), "version_id": version_id})
    return done(
        request, t("Het onderdeel is bewaard in het ontwerp.", "The section is saved in the draft."), where
    )


@page(methods=("POST",))
def upload(request: HttpRequest, access: Access, version_id: str) -> HttpResponse:
    """Replace a draft by an uploaded document."""
    version = queries.charter_version(access, version_id)
    form = UploadForm(request.POST, request.FILES)
    problems: tuple[object, ...] = ()
    if form.is_valid():
        try:
            commands.replace_charter_draft(access, version_id=version_id, text=form.cleaned_data["file"])
        except DocumentError as error:
            problems = error.problems
        else:
            where = reverse("charter-draft", kwargs={"alliance": _key(request), "version_id": version_id})
            return done(
                request, t("Het ontwerp bevat nu uw document.", "The draft now holds your document."), where
            )
    return render(
        request, "alliances/upload.html", {"version": version, "form": form, "problems": problems}, status=422
    )


@page(methods=("POST",))
def discard(request: HttpRequest, access: Access, version_id: str) -> HttpResponse:
    """Set a draft aside."""
    commands.discard_charter_draft(access, version_id=version_id)
    where = reverse("charter-versions", kwargs={"alliance": _key(request)})
    return done(
        request,
        t(
            "Het ontwerp is terzijde gelegd. U kunt het nog lezen.",
            "The draft is set aside. You can still read it.",
        ),
        where,
    )


@page(methods=("POST",))
def proposal(request: HttpRequest, access: Access, version_id: str) -> HttpResponse:
    """Make the draft the subject of a proposal under the amendment procedure."""
    from concordia.capabilities.decisions.commands import propose_amended_charter

    proposal_id = propose_amended_charter(access, version_id=version_id)
    return redirect("proposal", alliance=_key(request), proposal_id=proposal_id)


def _key(request: HttpRequest) -> str:
    assert request.resolver_match
    return str(request.resolver_match.kwargs["alliance"])
