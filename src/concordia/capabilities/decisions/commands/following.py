"""After a decision: its outcome in a sentence, and each partner's own word on carrying it out (C23)."""

from datetime import date

from django.db import transaction

from concordia.capabilities.alliances.queries import person_names
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.closing import searched
from concordia.capabilities.decisions.models import Decision, Receipt
from concordia.capabilities.decisions.permissions import REPORT
from concordia.capabilities.decisions.queries.procedures import ruled
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.scoping import Audience

STATES = ("adopted", "started", "done")


@transaction.atomic
def write_outcome(
    access: Access,
    *,
    decision_id: str,
    outcome: str,
    owner_id: str,
    review_date: date | None,
    effective_date: date | None = None,
) -> None:
    """Say in a sentence what was decided, who sees to it, and when it is looked at again.

    A later outcome replaces the earlier one on the page; the register keeps both. `effective_date` is kept as
    it was when left out; that of a charter is part of what was voted on and stays.
    """
    rows = Decision.objects.visible_to(access).select_related("proposal").select_for_update(of=("self",))
    decision = rows.one(id=decision_id)
    support.require_chair(access, ruled(access, decision.proposal))
    needed = both("Schrijf in een zin op wat er is besloten.", "Write in one sentence what was decided.")
    text = support.clean(outcome, field="outcome", longest=2000, needed=needed)
    name = _owner_name(access, owner_id)
    _require_later(access, decision, review_date)
    effective = (
        decision.effective_date if effective_date is None or decision.proposal.subject else effective_date
    )
    said = (decision.outcome, decision.outcome_owner_id, decision.review_date, decision.effective_date)
    if said == (text, owner_id, review_date, effective):
        return

    decision.outcome, decision.outcome_at, decision.outcome_owner_id = text, access.now, owner_id
    decision.review_date, decision.effective_date = review_date, effective
    decision.search = searched(decision, decision.proposal)
    decision.save()

    dates = {key: str(day) for key, day in {"review": review_date, "effective": effective}.items() if day}
    support.shared(access, facts.outcome_written(decision.id, text, dates, owner_id, name))


@transaction.atomic
def report_receipt(access: Access, *, decision_id: str, state: str, word: str = "") -> None:
    """Tell how far one's own organization is: adopted in its own line, started, done. Only its own word."""
    decision = Decision.objects.visible_to(access).select_for_update().one(id=decision_id)
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


def _owner_name(access: Access, owner_id: str) -> str:
    name = person_names(access, [owner_id]).get(owner_id)
    if name is None:
        raise RefusalError(
            both("Kies wie dit besluit bewaakt.", "Choose who sees to this decision."), field="owner"
        )
    return name


def _require_later(access: Access, decision: Decision, review_date: date | None) -> None:
    if review_date is None or review_date == decision.review_date:
        return
    if review_date <= access.today:
        raise RefusalError(
            both(
                "De datum om terug te kijken moet na vandaag liggen.",
                "The review date must be after today.",
            ),
            field="review_date",
        )
