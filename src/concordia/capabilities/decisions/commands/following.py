"""After a decision: its outcome in a sentence, and each partner's own word on carrying it out (C23)."""

from datetime import date

from django.db import transaction

from concordia.capabilities.alliances.queries import person_names
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.models import Decision, Receipt
from concordia.capabilities.decisions.permissions import CHAIR, REPORT
from concordia.domain.searching import searchable
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.scoping import Audience

STATES = ("adopted", "started", "done")


@transaction.atomic
def write_outcome(
    access: Access, *, decision_id: str, outcome: str, owner_id: str, review_date: date | None
) -> None:
    """Say in a sentence what was decided, who sees to it, and when it is looked at again.

    A later outcome replaces the earlier one on the page; the register keeps both.
    """
    decision = Decision.objects.visible_to(access).select_for_update().one(id=decision_id)
    access.require(CHAIR)
    needed = both("Schrijf in een zin op wat er is besloten.", "Write in one sentence what was decided.")
    text = support.clean(outcome, field="outcome", longest=2000, needed=needed)
    name = person_names(access, [owner_id]).get(owner_id)
    if name is None:
        raise RefusalError(
            both("Kies wie dit besluit bewaakt.", "Choose who sees to this decision."), field="owner"
        )
    if review_date is not None and review_date <= access.now.date():
        raise RefusalError(
            both(
                "De datum om terug te kijken moet na vandaag liggen.",
                "The review date must be after today.",
            ),
            field="review_date",
        )
    if (decision.outcome, decision.outcome_owner_id, decision.review_date) == (text, owner_id, review_date):
        return

    decision.outcome, decision.outcome_at = text, access.now
    decision.outcome_owner_id, decision.review_date = owner_id, review_date
    decision.search = searchable(decision.search, text)
    decision.save(update_fields=["outcome", "outcome_at", "outcome_owner_id", "review_date", "search"])

    support.shared(access, facts.outcome_written(decision.id, text, owner_id, name))


@transaction.atomic
def report_receipt(access: Access, *, decision_id: str, state: str, word: str = "") -> None:
    """Tell how far one's own organization is: adopted in its own line, started, done. Only its own word."""
    decision = Decision.objects.visible_to(access).one(id=decision_id)
    access.require(REPORT)
    if access.partner is None:
        raise NotFoundError
    if state not in STATES:
        raise RefusalError(
            both("Kies: overgenomen, begonnen of gereed.", "Choose: adopted, started or done."), field="state"
        )
    support.require_state(
        decision.verdict == "adopted",
        "Dit voorstel is niet aangenomen; er is niets uit te voeren.",
        "This proposal was not adopted; there is nothing to carry out.",
    )
    text = support.clean(word, field="word", longest=1000)
    last = Receipt.objects.visible_to(access).filter(decision=decision, owner_id=access.partner).last()
    if last is not None and (last.state, last.word) == (state, text):
        return

    Receipt.objects.create(
        alliance_id=decision.alliance_id,
        owner_id=access.partner,
        audience=Audience.SHARED,
        decision=decision,
        state=state,
        word=text,
        reported_by_id=access.person or "",
        reported_at=access.now,
    )

    support.shared(access, facts.receipt_reported(decision.id, state, text))
