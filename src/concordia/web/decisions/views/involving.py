"""What partners say before a decision, and what stays inside one of them."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from concordia.capabilities.decisions import commands, queries
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.web.decisions.forms import AmendmentForm, ImpactForm, NoteForm, ReasonForm
from concordia.web.decisions.views.common import place, show_proposal
from concordia.web.shared.entrance import done, page, posted, refuse
from concordia.web.shared.words import t


@page(methods=("POST",))
def impact(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Keep or give the impact note of one's own organization."""
    form = ImpactForm(request.POST)
    if form.is_valid():
        give = request.POST.get("act") == "give"
        command = commands.give_impact_note if give else commands.write_impact_note
        try:
            command(access, proposal_id=proposal_id, note=form.cleaned_data["note"])
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = (
                t("Uw antwoord is bij alle partners.", "Your answer is with all partners.")
                if give
                else t("Bewaard. Alleen uw organisatie ziet dit.", "Kept. Only your organization sees this.")
            )
            return done(request, said, place(request, "proposal", proposal_id=proposal_id))
    return show_proposal(request, access, proposal_id, impact_form=form)


@page(methods=("POST",))
def waiver(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Waive one's own period."""
    form = ReasonForm(request.POST, prefix="waiver")
    if form.is_valid():
        try:
            commands.waive_involvement(access, proposal_id=proposal_id, reason=form.cleaned_data["reason"])
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = t("Uw organisatie ziet af van de termijn.", "Your organization waives the period.")
            return done(request, said, place(request, "proposal", proposal_id=proposal_id))
    return show_proposal(request, access, proposal_id, waiver_form=form)


@page(methods=("POST",))
def notes(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Note something that stays inside one's own organization."""
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            commands.write_partner_note(access, proposal_id=proposal_id, text=form.cleaned_data["text"])
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = t("Genoteerd, alleen voor uw organisatie.", "Noted, for your organization only.")
            return done(request, said, place(request, "proposal", proposal_id=proposal_id) + "#notes")
    return show_proposal(request, access, proposal_id, note_form=form)


@page(methods=("GET", "POST"))
def amendment(request: HttpRequest, access: Access, proposal_id: str, paragraph: int) -> HttpResponse:
    """Put another wording of a paragraph beside the first."""
    found = queries.proposal(access, proposal_id)
    sent = request.method == "POST"  # then the command says why not, and what was typed stays
    if paragraph >= len(found.paragraphs) or ("amend" not in found.may and not sent):
        raise NotFoundError
    text = found.paragraphs[paragraph]
    form = AmendmentForm(posted(request), initial={"text": text})
    if request.method == "POST" and form.is_valid():
        try:
            commands.propose_amendment(
                access, proposal_id=proposal_id, paragraph=paragraph, **form.cleaned_data
            )
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = t("Uw amendement staat naast de alinea.", "Your amendment stands beside the paragraph.")
            return done(request, said, place(request, "proposal", proposal_id=proposal_id))
    context = {"form": form, "page": found, "text": text, "number": paragraph + 1}
    return render(request, "decisions/amendment.html", context, status=422 if form.errors else 200)


@page(methods=("POST",))
def settlement(request: HttpRequest, access: Access, amendment_id: str) -> HttpResponse:
    """Accept, reject or promote an amendment."""
    asked = {name: request.POST.get(name, "") for name in ("outcome", "text")}
    settled = commands.settle_amendment(access, amendment_id=amendment_id, **asked)
    said = t("Het amendement is afgehandeld.", "The amendment is settled.")
    where = place(request, "proposal", proposal_id=settled.draft or settled.proposal)
    return done(request, said, where)


@page(methods=("POST",))
def promotion(request: HttpRequest, access: Access, amendment_id: str) -> HttpResponse:
    """Make a rejected amendment of one's own organization a draft of its own."""
    draft = commands.promote_amendment(access, amendment_id=amendment_id)
    said = t(
        "Uw amendement is nu een eigen voorstel. Alleen uw organisatie ziet het concept.",
        "Your amendment is now a proposal of its own. Only your organization sees the draft.",
    )
    return done(request, said, place(request, "proposal-draft", proposal_id=draft))
