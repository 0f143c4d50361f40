"""Voting: every act is one POST, with a receipt."""

import json
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect

from concordia.capabilities.accounts.commands import begin_signing
from concordia.capabilities.decisions import commands, queries
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.web.decisions.forms import BallotForm, ProxyForm, ReasonForm, RecordedForm
from concordia.web.decisions.views.common import place, show_proposal, who_tells
from concordia.web.shared.entrance import done, page, refuse
from concordia.web.shared.words import t


@page(methods=("POST",))
def opening(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Put a proposal to decision."""
    commands.open_voting(access, proposal_id=proposal_id)
    return _back(request, proposal_id, t("De stemming is geopend.", "Voting is open."))


@page(methods=("POST",))
def ballot(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Take position, signed where a passkey answered."""
    form = BallotForm(request.POST)
    if form.is_valid():
        try:
            cast = commands.cast_ballot(
                access, proposal_id=proposal_id, answer=_answer(request), **form.cleaned_data
            )
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return _back(request, proposal_id, _receipt(cast))
    return show_proposal(request, access, proposal_id, ballot_form=form)


@page(methods=("POST",))
def signature(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """What the browser is asked to sign for the vote in the form; 422 where that vote would be refused."""
    form = BallotForm(request.POST)
    # A form that cannot be read asks for a vote that is refused: where nothing is for the reader, it is not there.
    vote = form.cleaned_data if form.is_valid() else {"choice": ""}
    try:
        challenge = commands.vote_to_sign(access, proposal_id=proposal_id, **vote)
        return JsonResponse(begin_signing(access, challenge).options)
    except RefusalError:
        return JsonResponse({}, status=422)


@page(methods=("POST",))
def recorded(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Record a vote received by phone or on paper."""
    found = queries.proposal(access, proposal_id)
    voters = [(card.key, card.name.in_language(access.language)) for card in found.positions]
    form = RecordedForm(request.POST, voters=voters, people=who_tells(found))
    if form.is_valid():
        try:
            cast = commands.record_ballot(access, proposal_id=proposal_id, **form.cleaned_data)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return _back(request, proposal_id, _receipt(cast))
    return show_proposal(request, access, proposal_id, recorded_form=form)


@page(methods=("POST",))
def recusal(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Step aside."""
    form = ReasonForm(request.POST, prefix="recusal")
    if form.is_valid():
        try:
            reason, voter = form.cleaned_data["reason"], request.POST.get("voter", "")
            cast = commands.recuse(access, proposal_id=proposal_id, reason=reason, voter=voter)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return _back(request, proposal_id, _receipt(cast))
    return show_proposal(request, access, proposal_id, recusal_form=form)


@page(methods=("POST",))
def proxy(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Give a proxy, or take it back."""
    voter = request.POST.get("voter", "")
    if request.POST.get("act") == "revoke":
        commands.revoke_proxy(access, proposal_id=proposal_id, voter=voter)
        return _back(request, proposal_id, t("De volmacht is ingetrokken.", "The proxy is taken back."))
    found = queries.proposal(access, proposal_id)
    form = ProxyForm(request.POST, people=list(found.people))
    if form.is_valid():
        try:
            to = form.cleaned_data["to"]
            commands.grant_proxy(access, proposal_id=proposal_id, to=to, voter=voter)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            return _back(request, proposal_id, t("De volmacht is gegeven.", "The proxy is given."))
    return show_proposal(request, access, proposal_id, proxy_form=form)


@page(methods=("POST",))
def ratification(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Ratify the vote of one's organization, as it stood on the page."""
    commands.ratify_ballot(
        access,
        proposal_id=proposal_id,
        voter=request.POST.get("voter", ""),
        ballot_id=request.POST.get("ballot", ""),
    )
    said = t("De stem is bekrachtigd en telt.", "The vote is ratified and counts.")
    return _back(request, proposal_id, said)


@page(methods=("POST",))
def extension(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Extend the term of a vote, once for each time one saw it end."""
    try:
        seen = datetime.fromisoformat(request.POST.get("seen", "")).astimezone(UTC)
    except (ValueError, OverflowError):
        seen = None
    commands.extend_voting(access, proposal_id=proposal_id, seen=seen)
    return _back(request, proposal_id, t("De termijn is verlengd.", "The term is extended."))


@page(methods=("POST",))
def closing(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """Close a vote; the rule decides."""
    decision_id = commands.close_voting(access, proposal_id=proposal_id)
    return redirect(place(request, "decision", decision_id=decision_id))


def _back(request: HttpRequest, proposal_id: str, said: str) -> HttpResponse:
    return done(request, said, place(request, "proposal", proposal_id=proposal_id) + "#positions")


def _answer(request: HttpRequest) -> dict[str, Any] | None:
    """What the browser says that a passkey signed; None where nothing was to be signed."""
    sent = request.POST.get("passkey", "")
    if not sent:
        return None
    try:
        answer = json.loads(sent)
    except (ValueError, RecursionError):
        answer = None
    return answer if isinstance(answer, dict) else {}


def _receipt(cast: commands.Cast) -> str:
    if cast.to_ratify:
        return t(
            f"Vastgelegd als handeling {cast.entry} in het register. "
            "Uw stem telt zodra uw organisatie haar bekrachtigt.",
            f"Recorded as entry {cast.entry} of the register. "
            "Your vote counts as soon as your organization ratifies it.",
        )
    return t(
        f"Vastgelegd als handeling {cast.entry} in het register. U kunt uw stem wijzigen tot de stemming sluit.",
        f"Recorded as entry {cast.entry} of the register. You can change your vote until voting closes.",
    )
