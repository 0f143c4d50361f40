"""The charter and the procedure a proposal runs under: those it began with, whatever changed since."""

from collections.abc import Iterable
from dataclasses import dataclass

from concordia.capabilities.alliances.models import CharterVersion
from concordia.capabilities.alliances.queries.charters import parsed
from concordia.capabilities.decisions.models import Proposal
from concordia.domain.charter import Charter
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import Text
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class Ruled:
    """What rules a proposal: a version of the charter and the procedure of it."""

    number: int | None
    charter: Charter
    procedure: Procedure

    @property
    def body(self) -> Text:
        """The name of the body that decides."""
        body = self.charter.body(self.procedure.body)
        return body.name or Text.of(body.key.replace("-", " "))

    @property
    def voting_positions(self) -> tuple[str, ...]:
        """The positions that vote in the body; observers and advisors are not among them."""
        return tuple(seat.position for seat in self.charter.body(self.procedure.body).seats if seat.vote)


def ruled(access: Access, proposal: Proposal) -> Ruled:
    """What rules one proposal. Raises NotFoundError when its charter cannot be seen."""
    found = ruled_many(access, [proposal])
    if proposal.id not in found:
        raise NotFoundError
    return found[proposal.id]


def ruled_many(access: Access, proposals: Iterable[Proposal]) -> dict[str, Ruled]:
    """What rules each of several proposals, by their id, in one query at most.

    A version in force never changes, so that its reading is kept in this process.
    """
    rows = list(proposals)
    charters = _charters(access, {row.charter_version for row in rows})
    return {
        row.id: Ruled(number, charter, _procedure(row, charter))
        for row in rows
        for number, charter in [charters.get(row.charter_version, (None, None))]
        if charter is not None
    }


def _charters(access: Access, wanted: set[str]) -> dict[str, tuple[int | None, Charter]]:
    alliance = access.require_alliance()
    found = {key: _KEPT[alliance, key] for key in wanted if (alliance, key) in _KEPT}
    missing = wanted - set(found)
    versions = CharterVersion.objects.visible_to(access).filter(id__in=missing) if missing else ()
    for row in versions:
        found[row.id] = (row.number, parsed(row.source))
        if row.number is not None:
            if len(_KEPT) >= _MOST_KEPT:
                _KEPT.pop(next(iter(_KEPT)))
            _KEPT[alliance, row.id] = found[row.id]
    return found


_KEPT: dict[tuple[str, str], tuple[int | None, Charter]] = {}
_MOST_KEPT = 256


def _procedure(row: Proposal, charter: Charter) -> Procedure:
    """The copy made at opening, else that of the charter version the proposal began with."""
    if row.rule is not None:
        return Procedure.model_validate(row.rule)
    return charter.procedure(row.procedure)
