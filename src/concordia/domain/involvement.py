"""The gate of prior involvement (C22; white paper 3.6): no partner is confronted with a decision.

All partners get the same papers at the same minute. The gate opens when every partner gave its impact note or
waived it for itself, or when the minimum period is over. Waiving for another is not possible.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from concordia.domain.durations import Duration
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import Text, both


@dataclass(frozen=True, slots=True)
class Involved:
    """A partner's part in the involvement: when it answered or waived, if it did."""

    partner: str
    answered_at: datetime | None = None
    waived_at: datetime | None = None

    @property
    def done(self) -> bool:
        """Whether nothing more is waited for from this partner."""
        return self.answered_at is not None or self.waived_at is not None


@dataclass(frozen=True, slots=True)
class Gate:
    """Whether a proposal may be put to decision now, who is still to answer, and until when."""

    open: bool
    waiting_for: tuple[str, ...]
    until: datetime | None
    reason: Text


def gate(
    procedure: Procedure,
    involved: Iterable[Involved],
    *,
    sent_at: datetime | None,
    now: datetime,
    urgent: bool = False,
) -> Gate:
    """The state of the gate. Before the papers are sent it is closed for everybody."""
    waiting = tuple(partner.partner for partner in involved if not partner.done)
    if sent_at is None:
        return Gate(False, waiting, None, _NOT_SENT)
    period = minimum_period(procedure, urgent=urgent)
    if period is None:
        return Gate(True, waiting, None, _NO_PERIOD)
    until = period.after(sent_at)
    if not waiting:
        return Gate(True, (), until, _ALL_ANSWERED)
    return Gate(True, waiting, until, _OVER) if now >= until else Gate(False, waiting, until, _RUNNING)


_NOT_SENT = both(
    "De stukken zijn nog niet aan alle partners gestuurd.",
    "The papers have not been sent to all partners yet.",
)
_NO_PERIOD = both(
    "Deze procedure vraagt vooraf geen termijn.", "This procedure asks for no period beforehand."
)
_ALL_ANSWERED = both(
    "Alle partners hebben geantwoord of daarvan afgezien.", "All partners have answered or waived."
)
_OVER = both("De termijn om vooraf te antwoorden is voorbij.", "The period to answer beforehand is over.")
_RUNNING = both(
    "Nog niet alle partners hebben geantwoord, en de termijn loopt nog.",
    "Not all partners have answered yet, and the period is still running.",
)


def minimum_period(procedure: Procedure, *, urgent: bool) -> Duration | None:
    """How long partners have: shorter when urgent and the procedure allows urgency."""
    if urgent and procedure.urgency is not None:
        return procedure.urgency.at_least
    return procedure.involve.at_least if procedure.involve else None
