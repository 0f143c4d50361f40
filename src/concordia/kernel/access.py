"""Who asks, for whom, when: the one value every command and query starts from."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.utils.timezone import localdate

from concordia.domain.texts import both
from concordia.kernel.errors import NotAllowedError, NotFoundError, StepUpError


@dataclass(frozen=True, slots=True)
class Seat:
    """A position held at this moment by appointment. `partner` is None for a position of the alliance."""

    appointment: str
    position: str
    level: str
    partner: str | None


@dataclass(frozen=True, slots=True)
class Access:
    """A person in one alliance at one moment (trust.md 4.3: the principal).

    `alliance`, `person` and `partner` are identifiers; `partner` is the organization whose private rows
    this person may see, None for people of the alliance as a whole. `recent` tells that the person proved
    who they are within the last minutes, which binding acts ask for. `system` marks due work that nobody
    asked for; it sees shared rows only and acts for the alliance. `kept` is what a page found so far; None
    for whoever may change things, who looks anew each time.
    """

    now: datetime
    user: str | None = None
    alliance: str | None = None
    person: str | None = None
    partner: str | None = None
    partner_key: str | None = None
    seats: tuple[Seat, ...] = ()
    permissions: frozenset[str] = field(default_factory=frozenset)
    language: str = "nl"
    recent: bool = False
    system: bool = False
    kept: dict[str, Any] | None = field(default=None, compare=False, repr=False)

    def at(self, now: datetime) -> "Access":
        """The same person at another moment."""
        return replace(self, now=now, kept=None)

    def keep[Found](self, name: str, find: Callable[[], Found]) -> Found:
        """What `find` gives; asked once for a page that only reads."""
        if self.kept is None:
            return find()
        if name not in self.kept:
            self.kept[name] = find()
        found: Found = self.kept[name]
        return found

    @property
    def today(self) -> date:
        """The day it is where the alliance lives: appointments, mandates and chairs go by days."""
        return localdate(self.now)

    def holds(self, position: str) -> bool:
        """Whether this person holds the position now."""
        return any(seat.position == position for seat in self.seats)

    def require_alliance(self) -> str:
        """The alliance asked in. Raises NotFoundError for whoever is not in one."""
        if self.alliance is None or (self.person is None and not self.system):
            raise NotFoundError
        return self.alliance

    def require(self, permission: str) -> None:
        """Raise NotFoundError for outsiders, NotAllowedError for insiders without the right."""
        self.require_alliance()
        if permission not in self.permissions and not self.system:
            raise NotAllowedError(
                both(
                    "Uw functie in deze alliantie geeft u dit recht niet. "
                    "Op de pagina Mensen staat wie het wel mag.",
                    "Your position in this alliance does not give you this right. "
                    "The page People shows who may.",
                )
            )

    def require_recent(self) -> None:
        """Raise StepUpError unless the person proved recently who they are (ASVS 7.5.3)."""
        if not (self.recent or self.system):
            raise StepUpError(
                both(
                    "Dit bindt uw organisatie. Bevestig eerst dat u het bent; wat u invulde blijft bewaard.",
                    "This binds your organization. First confirm that it is you; what you filled in is kept.",
                )
            )
