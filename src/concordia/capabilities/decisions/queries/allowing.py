"""What the reader may do with a proposal now, and for what they may not: why."""

from collections.abc import Iterable
from dataclasses import dataclass

from concordia.capabilities.decisions.models import Proposal
from concordia.capabilities.decisions.permissions import INVOLVE, NOTE, PROPOSE, RECORD, SEND, VOTE
from concordia.capabilities.decisions.queries.cards import MyVote, PositionCard
from concordia.capabilities.decisions.queries.chairing import chairing
from concordia.capabilities.decisions.queries.gates import InvolvementLine
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.domain.involvement import Gate
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access


@dataclass(frozen=True, slots=True)
class Action:
    """Something to do. Not allowed: shown grey with the reason, or not at all where `reason` is None."""

    key: str
    allowed: bool
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that decides what is allowed."""

    row: Proposal
    state: str
    rules: Ruled
    gate: Gate
    lines: tuple[InvolvementLine, ...]
    unsettled: int
    cards: tuple[PositionCard, ...]
    votes: tuple[MyVote, ...]
    own: bool


def actions(access: Access, now: Situation) -> tuple[Action, ...]:
    """Each action that belongs to this state and this reader."""
    found: list[Action] = []
    if now.state == "draft":
        found += [Action("change", now.own), _sending(access, now)]
    if now.state in {"draft", "consultation", "ready", "voting"}:
        needed = PROPOSE if now.state == "draft" else SEND
        found.append(Action("withdraw", now.own and needed in access.permissions))
    if now.state in {"consultation", "ready"}:
        found += [*_answering(access, now), *_amending(access, now), _opening(access, now)]
    if now.state == "voting":
        found += [*_voting(access, now), *_chairing(access, now)]
    if now.row.closed_at is not None:
        found.append(Action("again", PROPOSE in access.permissions))
    found.append(Action("note", NOTE in access.permissions and access.partner is not None))
    return tuple(found)


def _sending(access: Access, now: Situation) -> Action:
    if now.own and SEND not in access.permissions:
        who = both(
            "Een coördinator, lijnmanager of bestuurslid van uw organisatie verstuurt dit.",
            "A coordinator, line manager or board member of your organization sends this.",
        )
        return Action("send", False, who)
    return Action("send", now.own)


def _answering(access: Access, now: Situation) -> Iterable[Action]:
    if INVOLVE not in access.permissions or access.partner is None:
        return
    mine = next((line for line in now.lines if line.partner.id == access.partner), None)
    waiting = mine is not None and mine.state == "waiting"
    done = both("Uw organisatie heeft al geantwoord.", "Your organization has already answered.")
    if mine is not None and mine.state == "proposer":
        done = both("Uw organisatie doet dit voorstel zelf.", "Your organization makes this proposal itself.")
    yield Action("answer", waiting, None if waiting else done)
    waivable = bool(now.rules.procedure.involve and now.rules.procedure.involve.waivable)
    never = both(
        "In deze procedure kan niemand van de termijn afzien.",
        "In this procedure nobody can waive the period.",
    )
    yield Action(
        "waive",
        waiting and waivable,
        (never if not waivable else done) if not waiting or not waivable else None,
    )


def _amending(access: Access, now: Situation) -> Iterable[Action]:
    possible = INVOLVE in access.permissions and access.partner is not None and bool(now.row.paragraphs)
    yield Action("amend", possible)
    yield Action("settle", now.own and SEND in access.permissions and now.unsettled > 0)


def _opening(access: Access, now: Situation) -> Action:
    chair = chairing(access, now.rules)
    if not chair.ok:
        return Action("open", False, chair.reason)
    if not now.gate.open:
        return Action("open", False, now.gate.reason)
    if now.unsettled:
        return Action("open", False, unsettled_sentence(now.unsettled))
    return Action("open", True)


def unsettled_sentence(number: int) -> Text:
    """Why voting does not open while amendments are open."""
    nl = "Er staat nog 1 amendement" if number == 1 else f"Er staan nog {number} amendementen"
    en = "1 amendment is" if number == 1 else f"{number} amendments are"
    return both(
        f"{nl} open. De indiener beslist daar eerst over.",
        f"{en} still open. Who puts the proposal forward settles this first.",
    )


def _voting(access: Access, now: Situation) -> Iterable[Action]:
    own = [vote for vote in now.votes if not vote.by_proxy]
    can = bool(now.votes)
    no_seat = both(
        "U hebt in dit orgaan geen stem. Op de pagina Mensen staat wie uw organisatie hier vertegenwoordigt.",
        "You have no vote in this body. The page People shows who represents your organization here.",
    )
    yield Action("vote", can, None if can else no_seat)
    if own:
        covered = any(vote.cover.ok for vote in own)
        reason = None if covered else own[0].cover.reason
        yield Action("recuse", covered, reason)
        if now.rules.procedure.proxy:
            yield Action("proxy", covered, reason)
            yield Action("revoke_proxy", any(vote.card and vote.card.proxy_to for vote in own))
    if access.partner_key is not None and VOTE in access.permissions:
        waiting = [card for card in now.cards if card.to_ratify and card.partner == access.partner_key]
        if waiting:
            yield Action("ratify", True)


def _chairing(access: Access, now: Situation) -> Iterable[Action]:
    chair = chairing(access, now.rules)
    yield Action("record", chair.ok and RECORD in access.permissions)
    procedure = now.rules.procedure
    if procedure.extend is not None and now.row.closes_at is not None:
        left = now.row.extended < procedure.extend.times
        own = any(not vote.by_proxy for vote in now.votes)
        may = chair.ok or (procedure.extend.who == "voter" and own)
        reason = None if may and left else (chair.reason if not may else _EXTENDED)
        yield Action("extend", may and left, reason)
    silent = [
        card
        for card in now.cards
        if card.eligible and (card.choice in {"", "present"} or card.to_ratify or card.unseated)
    ]
    cut_short = now.row.closes_at is not None and bool(silent)
    yield Action(
        "close",
        chair.ok and not cut_short,
        chair.reason if not chair.ok else (_SILENT if cut_short else None),
    )


_EXTENDED = both(
    "Deze stemming is al zo vaak verlengd als het handvest toestaat.",
    "This vote was already extended as often as the charter allows.",
)
_SILENT = both(
    "Nog niet iedereen heeft gestemd en de termijn loopt nog.",
    "Not everybody has voted yet and the term is still running.",
)
