"""Drafting a proposal and sending it to all partners."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from concordia.capabilities.alliances.queries import charter_in_force
from concordia.capabilities.decisions import commands, queries
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.web.decisions.forms import DraftForm, PaperForm
from concordia.web.decisions.views.common import place, show_proposal
from concordia.web.shared.entrance import done, page, posted, refuse
from concordia.web.shared.words import t


@page(methods=("GET", "POST"))
def new(request: HttpRequest, access: Access) -> HttpResponse:
    """Begin a proposal, `?replaces=` a decision where it is to take the place of one."""
    replaces = request.GET.get("replaces", "")
    replaced = queries.decision(access, replaces) if replaces else None
    form = _form(request, access, {"title": replaced.title} if replaced else {})
    if request.method == "POST" and form.is_valid():
        try:
            proposal_id = commands.draft_proposal(access, draft=_draft(form, replaces=replaces))
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = t(
                "Het concept is bewaard. Alleen uw organisatie ziet het.",
                "The draft is kept. Only your organization sees it.",
            )
            return done(request, said, place(request, "proposal", proposal_id=proposal_id))
    context = {"form": form, "page": None, "replaced": replaced}
    return render(request, "decisions/draft.html", context, status=422 if form.errors else 200)


@page(methods=("GET", "POST"))
def draft(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Change a draft."""
    found = queries.proposal(access, proposal_id)
    if "change" not in found.may and request.method != "POST":  # to a POST the command says why not
        raise NotFoundError
    form = _form(request, access, _initial(found))
    if request.method == "POST" and form.is_valid():
        try:
            replaced = found.replaces[0] if found.replaces else ""
            changed = _draft(form, why=found.why, replaces=replaced)
            commands.change_draft(access, proposal_id=proposal_id, draft=changed)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return done(
                request,
                t("Het concept is bewaard.", "The draft is kept."),
                place(request, "proposal", proposal_id=proposal_id),
            )
    context = {"form": form, "page": found, "replaced": None}
    return render(request, "decisions/draft.html", context, status=422 if form.errors else 200)


@page(methods=("POST",))
def papers(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Add a file to a draft."""
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            content = upload.read(commands.LARGEST_PAPER + 1)  # one byte more is refused by the command
            commands.add_paper(access, proposal_id=proposal_id, name=upload.name, content=content)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return done(
                request,
                t("Het stuk is toegevoegd.", "The paper was added."),
                place(request, "proposal", proposal_id=proposal_id),
            )
    return show_proposal(request, access, proposal_id, paper_form=form)


@page(methods=("POST",))
def paper_removal(request: HttpRequest, access: Access, paper_id: str) -> HttpResponse:
    """Take a file away from a draft."""
    proposal_id = commands.remove_paper(access, paper_id=paper_id)
    return done(
        request,
        t("Het stuk is weggehaald.", "The paper was removed."),
        place(request, "proposal", proposal_id=proposal_id),
    )


@page(methods=("POST",))
def consultation(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Send a proposal to all partners."""
    number = commands.send_for_consultation(access, proposal_id=proposal_id)
    said = t(f"Voorstel {number} is nu bij alle partners.", f"Proposal {number} is now with all partners.")
    return done(request, said, place(request, "proposal", proposal_id=proposal_id))


@page(methods=("POST",))
def withdrawal(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Take a proposal back."""
    commands.withdraw_proposal(access, proposal_id=proposal_id)
    return done(
        request, t("Het voorstel is ingetrokken.", "The proposal is withdrawn."), place(request, "proposals")
    )


@page(methods=("POST",))
def new_round(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Begin a new round of a decided proposal."""
    following = commands.start_new_round(access, proposal_id=proposal_id)
    return redirect(place(request, "proposal", proposal_id=following))


def _form(request: HttpRequest, access: Access, initial: dict[str, object]) -> DraftForm:
    charter = charter_in_force(access).charter
    procedures = [(item.key, item.title(access.language)) for item in charter.procedures]
    subjects = [(key, charter.called(key, access.language)) for key in charter.subjects]
    return DraftForm(posted(request), initial=initial, procedures=procedures, subjects=subjects)


def _draft(form: DraftForm, *, why: str = "", replaces: str = "") -> commands.Draft:
    """What the form says; `why` and `replaces` have no field there: the page was opened with them."""
    values = form.cleaned_data
    return commands.Draft(
        title=values["title"],
        question=values["question"],
        text=values["text"],
        procedure=values["procedure"],
        subjects=tuple(values.get("subjects", ())),
        amount_cents=values["amount_cents"],
        effective_date=values["effective_date"],
        urgent=values["urgent"],
        urgent_reason=values["urgent_reason"],
        why=why,
        replaces=replaces,
    )


def _initial(found: queries.ProposalPage) -> dict[str, object]:
    return {
        "title": found.title,
        "question": found.question,
        "procedure": found.procedure.key,
        "text": "\n\n".join(found.paragraphs),
        "subjects": list(found.subjects),
        "amount_cents": _written(found.amount_cents),
        "effective_date": found.effective_date,
        "urgent": found.urgent,
        "urgent_reason": found.urgent_reason,
    }


def _written(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100}.{cents % 100:02d}"
