"""What the views of proposals share."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from concordia.capabilities.alliances.queries import charter_in_force
from concordia.capabilities.decisions import queries
from concordia.domain.charter import procedure_sentences
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.web.accounts.recent import has_passkey_at_hand
from concordia.web.decisions.forms import (
    CHOICES,
    BallotForm,
    ImpactForm,
    NoteForm,
    PaperForm,
    ProxyForm,
    ReasonForm,
    RecordedForm,
)
from concordia.web.shared.failures import failure

_FORMS = {
    "ballot_form": "vote",
    "recusal_form": "vote",
    "recorded_form": "record",
    "proxy_form": "proxy",
    "impact_form": "answer",
    "waiver_form": "waive",
    "note_form": "note",
    "paper_form": "change",
}  # what one must be allowed to do for a form to stand on the page


def show_proposal(
    request: HttpRequest, access: Access, proposal_id: str, **forms_given: forms.Form
) -> HttpResponse:
    """The page of a proposal; a form that was refused stands there again with what was typed."""
    page = queries.proposal(access, proposal_id)
    charter = charter_in_force(access).charter
    gone = [form for name, form in forms_given.items() if form.errors and not _stands(page, name, form)]
    if gone:
        said = " ".join(str(error) for errors in gone[0].errors.values() for error in errors)
        return failure(request, 422, Text.of(said))
    choice = request.GET.get("choice", "")
    context: dict[str, Any] = {
        "page": page,
        "called": lambda key: charter.called(key, access.language),
        "choices": CHOICES,
        "signs": has_passkey_at_hand(request),
        "sentences": _sentences(page, charter, access),
        "ballot_form": BallotForm(
            initial={"choice": choice} if choice in {key for key, _, _ in CHOICES} else None
        ),
        "impact_form": ImpactForm(initial={"note": page.my_note}),
        "waiver_form": ReasonForm(prefix="waiver"),
        "recusal_form": ReasonForm(prefix="recusal"),
        "note_form": NoteForm(),
        "paper_form": PaperForm(),
        "recorded_form": RecordedForm(
            voters=[
                (card.key, card.name.in_language(access.language)) for card in page.positions if card.eligible
            ],
            people=who_tells(page),
        ),
        "proxy_form": ProxyForm(people=list(page.people)),
    }
    refused = any(form.is_bound for form in forms_given.values())
    return render(request, "decisions/proposal.html", context | forms_given, status=422 if refused else 200)


def _stands(page: queries.ProposalPage, name: str, form: forms.Form) -> bool:
    """Whether the page still shows this form: somebody else may have gone on since it was opened."""
    voter = form.data.get("voter", "")
    if name == "ballot_form" and voter and voter not in {vote.voter for vote in page.my_votes}:
        return False
    return _FORMS[name] in page.may


def who_tells(page: queries.ProposalPage) -> list[tuple[str, str]]:
    """The people on whose word a vote can be recorded."""
    return list(dict.fromkeys(person for line in page.record_for for person in line.people))


def _sentences(page: queries.ProposalPage, charter: Any, access: Access) -> list[str]:
    if page.procedure.body not in {body.key for body in charter.bodies}:
        return []
    return procedure_sentences(page.procedure, charter, access.language)


def place(request: HttpRequest, name: str, **kwargs: str) -> str:
    """The address of a page in the same alliance."""
    assert request.resolver_match
    return reverse(name, kwargs={"alliance": request.resolver_match.kwargs["alliance"], **kwargs})
