"""Putting a proposal to decision: only after the gate, under a rule and a roll that no longer change."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localtime

from concordia.capabilities.alliances.queries import partners
from concordia.capabilities.decisions import facts
from concordia.capabilities.decisions.commands import support
from concordia.capabilities.decisions.commands.amending import unsettled
from concordia.capabilities.decisions.models import Proposal
from concordia.capabilities.decisions.queries.acting import own_keys
from concordia.capabilities.decisions.queries.allowing import unsettled_sentence
from concordia.capabilities.decisions.queries.gates import gate_of, involvement_lines, involvements
from concordia.capabilities.decisions.queries.procedures import Ruled, ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, make_roll, roll_of, sitting
from concordia.capabilities.decisions.queries.subjects import subject_holds
from concordia.domain.charter.words import long_date
from concordia.domain.involvement import Gate
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError


@transaction.atomic
def open_voting(access: Access, *, proposal_id: str, closes_at: datetime | None = None) -> None:
    """Put a proposal to decision, when the gate of prior involvement is open. Opening twice opens once.

    The procedure, the voters, their weights and mandates are copied. A procedure with a term closes at its
    end; to one without, the chair may give a moment. Raises NotAllowedError, RefusalError with who is still
    to answer and by when.
    """
    proposal = support.held(access, proposal_id)
    rules = ruled(access, proposal)
    support.require_chair(access, rules)
    access.require_recent()
    if proposal.opened_at is not None:
        return
    support.require_state(
        proposal.sent_at is not None and proposal.withdrawn_at is None,
        "Dit voorstel is niet verstuurd of is ingetrokken.",
        "This proposal was not sent or was withdrawn.",
    )
    _require_open_gate(access, proposal, rules)
    _require_settled(access, proposal)
    roll = make_roll(access, rules, tuple(proposal.subjects), sitting(access, rules))
    _require_voters(roll)

    proposal.opened_at = access.now
    proposal.closes_at = _closing(access, rules, closes_at)
    proposal.rule = rules.procedure.model_dump(mode="json", by_alias=True, exclude_unset=True)
    proposal.roll = [line.plain() for line in roll]
    proposal.text_hash = support.text_hash(proposal)
    proposal.save()

    support.shared(access, _opened(proposal, roll))


@transaction.atomic
def extend_voting(access: Access, *, proposal_id: str, seen: datetime | None = None) -> datetime:
    """Give a vote the extra time its procedure allows; until when it now runs.

    `seen` is the closing moment the reader saw: when somebody extended meanwhile, nothing more is added.
    """
    proposal = running(access, proposal_id)
    rules = ruled(access, proposal)
    _require_extender(access, proposal, rules)
    if seen is not None and proposal.closes_at is not None and seen < proposal.closes_at:
        return proposal.closes_at
    extend = rules.procedure.extend
    if extend is None or proposal.closes_at is None or proposal.extended >= extend.times:
        raise RefusalError(
            both(
                "Deze stemming kan niet (nog eens) worden verlengd volgens het handvest.",
                "By the charter this vote cannot be extended (again).",
            )
        )

    proposal.closes_at = extend.by.after(proposal.closes_at)
    proposal.extended += 1
    proposal.save(update_fields=["closes_at", "extended"])

    support.shared(access, facts.voting_extended(proposal.id, proposal.closes_at.isoformat()))
    return proposal.closes_at


def running(access: Access, proposal_id: str) -> Proposal:
    """A proposal being voted on, held. Raises RefusalError after closing, NotFoundError when not visible."""
    proposal = support.held(access, proposal_id)
    support.require_state(
        proposal.opened_at is not None,
        "De stemming over dit voorstel is nog niet begonnen.",
        "Voting on this proposal has not begun yet.",
    )
    over = proposal.closes_at is not None and access.now >= proposal.closes_at
    support.require_state(
        proposal.withdrawn_at is None,
        "Dit voorstel is ingetrokken. Wat u invulde is niet meegeteld.",
        "This proposal was withdrawn. What you filled in was not counted.",
    )
    support.require_state(
        proposal.closed_at is None and not over,
        "De stemming is gesloten. Wat u invulde is niet meegeteld; de uitslag staat op de pagina van het besluit.",
        "Voting is closed. What you filled in was not counted; the result is on the page of the decision.",
    )
    return proposal


def _require_open_gate(access: Access, proposal: Proposal, rules: Ruled) -> None:
    here = partners(access)
    lines = involvement_lines(proposal, here, involvements(access, [proposal])[proposal.id])
    state = gate_of(access, proposal, rules, lines)
    if state.open:
        return
    names = {partner.key: partner.name for partner in here}
    raise RefusalError(_still_to_answer(state, [names[key] for key in state.waiting_for]))


def _still_to_answer(state: Gate, waiting: list[Text]) -> Text:
    until = localtime(state.until) if state.until else None
    sentences = []
    for language, words in (
        ("nl", "Nog te antwoorden: {}, uiterlijk {}."),
        ("en", "Still to answer: {}, by {}."),
    ):
        listed = ", ".join(name.in_language(language) for name in waiting)
        day = f"{long_date(until, language)} {until:%H:%M}" if until else "-"
        sentences.append(f"{state.reason.in_language(language)} {words.format(listed, day)}")
    return both(*sentences)


def _require_settled(access: Access, proposal: Proposal) -> None:
    number = unsettled(access, proposal)
    if number:
        raise RefusalError(unsettled_sentence(number))
    holds = subject_holds(access, proposal)
    if not holds.ok:
        raise RefusalError(holds.reason)


def _require_voters(roll: tuple[RollLine, ...]) -> None:
    if not any(line.competent for line in roll):
        raise RefusalError(
            both(
                "Niemand mag over dit voorstel stemmen: er zit niemand in het orgaan, of geen partner is voor dit "
                "onderwerp bevoegd. Benoem eerst mensen, of kies een andere procedure in een nieuw voorstel.",
                "Nobody may vote on this proposal: nobody sits in the body, or no partner is competent for this "
                "subject. Appoint people first, or choose another procedure in a new proposal.",
            )
        )


def _closing(access: Access, rules: Ruled, wanted: datetime | None) -> datetime | None:
    if rules.procedure.term is not None:
        return rules.procedure.term.after(access.now)
    if wanted is not None and wanted <= access.now:
        raise RefusalError(
            both(
                "Het einde van de stemming moet later zijn dan nu.",
                "The end of the vote must be later than now.",
            ),
            field="closes_at",
        )
    return wanted


def _opened(proposal: Proposal, roll: tuple[RollLine, ...]) -> facts.Happened:
    """The fact holds weights and competence; who holds which mandate has its own entries in the register."""
    lines = [{key: value for key, value in line.plain().items() if key != "holders"} for line in roll]
    for line in lines:
        line["partner"] = line["partner"] or ""
    reason = proposal.urgent_reason if proposal.urgent else ""
    return facts.voting_opened(proposal.id, proposal.text_hash, proposal.rule or {}, lines, reason)


def _require_extender(access: Access, proposal: Proposal, rules: Ruled) -> None:
    extend = rules.procedure.extend
    if extend is not None and extend.who == "voter":
        lines = {line.key for line in roll_of(access, proposal, rules) if line.competent}
        if own_keys(access, rules, lines):
            return
    support.require_chair(access, rules)
