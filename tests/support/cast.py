"""The standing cast: three partners of one alliance, its manager, and an outsider with their own.

Everybody is built by calling commands, so that a test begins in a state the product can reach; after the first
time in a process what they made is put back (support/kept.py).
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache

from support.kept import kept

from concordia.capabilities.accounts import commands as accounts
from concordia.capabilities.alliances.commands import (
    found_alliance,
    grant_mandate,
    invite_person,
    take_place,
)
from concordia.capabilities.alliances.queries import access_for
from concordia.domain.charter import Charter, load_charter
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject

FOUNDED = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)

CHARTER = """
concordia: charter/1
alliance:
  key: {key}
  name: {{en: Test alliance {key}, nl: Proefalliantie {key}}}
  objective: {{en: One declaration used by all., nl: Eén aangifte die iedereen gebruikt.}}
  basis: voluntary
  since: 2026-01-05
partners:
  - key: tax
    name: {{en: Tax office, nl: Belastingkantoor}}
    kind: public
    measures: {{staff: 300, share: 40}}
  - key: social
    name: {{en: Social security, nl: Sociale zekerheid}}
    kind: public
    measures: {{staff: 200, share: 40}}
  - key: figures
    name: {{en: Statistics, nl: Statistiek}}
    kind: public
    measures: {{staff: 50, share: 20}}
positions:
  - {{key: board-member, level: strategic, per: partner}}
  - {{key: key-alliance-manager, level: strategic, per: alliance}}
  - {{key: alliance-coordinator, level: tactical, per: partner}}
  - {{key: professional, level: operational, per: partner, holders: 5}}
bodies:
  - key: board
    level: strategic
    seats: [board-member, {{position: key-alliance-manager, vote: false}}]
    substitutes: false
    chair: {{rotates: partners, every: P1Y}}
    rhythm: FREQ=MONTHLY;INTERVAL=3
  - {{key: table, level: tactical, seats: [alliance-coordinator], rhythm: FREQ=MONTHLY}}
procedures:
  - key: strategic
    body: board
    voters: partners
    involve: {{at_least: P14D, waivable: true}}
    quorum: {{votes: [present], at_least: 100%, of: all}}
    rule: {{all: [{{votes: [for], at_least: 100%, of: all}}]}}
  - key: majority
    body: board
    voters: partners
    proxy: true
    quorum: {{votes: [present], at_least: 2/3, of: all}}
    rule: {{all: [{{votes: [for], more_than: 50%, of: cast}}]}}
  - key: operational
    body: table
    voters: partners
    involve: {{at_least: P5D}}
    term: P5D
    at_end: consent
    rule: {{all: [{{votes: [against], at_most: 0}}]}}
escalation:
  - {{to: alliance-coordinator, within: P5D}}
  - {{to: board, within: P14D}}
amendment: {{procedure: strategic}}
"""


@dataclass
class Member:
    """A person of the cast; `at` gives their access at a moment, freshly resolved as an entrance would."""

    user: str
    key: str
    person: str
    appointment: str

    def at(self, now: datetime = NOW, *, recent: bool = True, language: str = "en") -> Access:
        return access_for(self.user, self.key, now=now, language=language, recent=recent)


@dataclass
class Cast:
    """An alliance with its people: `tax`, `social`, `figures` (board members), `manager`, `clerk`."""

    key: str
    alliance: str
    partners: dict[str, str]
    members: dict[str, Member]
    system: Access

    def __getattr__(self, name: str) -> Member:
        try:
            return self.__dict__["members"][name]
        except KeyError:
            raise AttributeError(name) from None


def make_account(name: str) -> str:
    """A person's account, by name; its id."""
    return accounts.example_account(name=name, language="en", now=FOUNDED)


def make_cast(
    key: str = "cast", *, charter: str = CHARTER, accounts_of: dict[str, str] | None = None
) -> Cast:
    """Found an alliance of three partners with their people. `accounts_of` reuses accounts by role."""
    return _made(key, charter) if accounts_of is None else _build(key, charter, accounts_of)


def _build(key: str, charter: str, accounts_of: dict[str, str]) -> Cast:
    founded = found_alliance(FOUNDED, charter=_read(charter.format(key=key)))
    cast = Cast(key, founded.alliance, founded.partners, {}, founded.access)
    for role in ("tax", "social", "figures"):
        cast.members[role] = _member(cast, role, "board-member", role, accounts_of)
        cast.members[f"{role}_coordinator"] = _member(
            cast, f"{role}_coordinator", "alliance-coordinator", role, accounts_of
        )
    cast.members["manager"] = _member(cast, "manager", "key-alliance-manager", None, accounts_of)
    cast.members["clerk"] = _member(cast, "clerk", "professional", "tax", accounts_of)
    for role in ("tax", "social", "figures"):
        grant_mandate(
            cast.members[role].at(FOUNDED + timedelta(hours=1)),
            appointment_id=cast.members[role].appointment,
            subjects=(),
            limit_cents=None,
            from_date=date(2026, 1, 5),
            until_date=None,
        )
    return cast


@kept
def _made(key: str, charter: str) -> Cast:
    return _build(key, charter, {})


@cache
def _read(text: str) -> Charter:
    """A charter is frozen: reading the same text once is enough."""
    return load_charter(text)


def _member(cast: Cast, role: str, position: str, partner: str | None, accounts_of: dict[str, str]) -> Member:
    user = accounts_of.get(role) or make_account(f"{cast.key}-{role}".replace("_", "-"))
    invited = invite_person(
        cast.system,
        name=f"{role.replace('_', ' ').capitalize()} of {cast.key}",
        email=f"{role}@example.org".replace("_", "-"),
        position=position,
        partner_id=cast.partners[partner] if partner else None,
        from_date=FOUNDED.date(),
    )
    take_place(FOUNDED, subject=Subject("alliances.person", invited.person), user_id=user)
    return Member(user, cast.key, invited.person, invited.appointment)
