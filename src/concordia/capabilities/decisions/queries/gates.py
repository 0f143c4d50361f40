"""The gate of prior involvement, for one proposal or many (C22)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from concordia.capabilities.alliances.queries import PartnerLine
from concordia.capabilities.decisions.models import Involvement, Proposal
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.domain.involvement import Gate, Involved, gate
from concordia.kernel.access import Access
from concordia.kernel.scoping import Audience


@dataclass(frozen=True, slots=True)
class InvolvementLine:
    """What a partner said beforehand. `state`: proposer, given, waived or waiting."""

    partner: PartnerLine
    state: str
    note: str
    at: datetime | None


def involvements(access: Access, proposals: Iterable[Proposal]) -> dict[str, list[Involvement]]:
    """What one may see of the involvement in proposals, by proposal: what was given, and one's own draft."""
    found: dict[str, list[Involvement]] = {row.id: [] for row in proposals}
    if found:
        for item in Involvement.objects.visible_to(access).filter(proposal_id__in=list(found)):
            found[item.proposal_id].append(item)
    return found


def involvement_lines(
    proposal: Proposal, partners: Iterable[PartnerLine], rows: Iterable[Involvement]
) -> tuple[InvolvementLine, ...]:
    """Each partner's part: who puts a proposal forward needs no note of its own."""
    given = {row.owner_id: row for row in rows if row.audience == Audience.SHARED}
    return tuple(_line(proposal, partner, given.get(partner.id)) for partner in partners)


def gate_of(access: Access, proposal: Proposal, rules: Ruled, lines: Iterable[InvolvementLine]) -> Gate:
    """Whether a proposal may be put to decision now. A new round of the same text counts from the first."""
    return gate(
        rules.procedure,
        [
            Involved(
                line.partner.key,
                answered_at=line.at if line.state in {"given", "proposer"} else None,
                waived_at=line.at if line.state == "waived" else None,
            )
            for line in lines
        ],
        sent_at=(proposal.consulted_at or proposal.sent_at) if proposal.sent_at else None,
        now=access.now,
        urgent=proposal.urgent,
    )


def _line(proposal: Proposal, partner: PartnerLine, given: Involvement | None) -> InvolvementLine:
    if partner.id == proposal.owner_id:
        return InvolvementLine(partner, "proposer", "", proposal.sent_at)
    if given is None:
        return InvolvementLine(partner, "waiting", "", None)
    if given.waived_at:
        return InvolvementLine(partner, "waived", given.reason, given.waived_at)
    return InvolvementLine(partner, "given", given.note, given.answered_at)
