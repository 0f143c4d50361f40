"""The procedure a proposal runs under."""

from concordia.capabilities.alliances.queries import charter_version
from concordia.capabilities.decisions.models import Proposal
from concordia.domain.rules.procedure import Procedure
from concordia.kernel.access import Access


def procedure_for(access: Access, proposal: Proposal) -> Procedure:
    """The copy made at opening, else that of the charter version the proposal began with."""
    if proposal.rule is not None:
        return Procedure.model_validate(proposal.rule)
    return charter_version(access, proposal.charter_version).charter.procedure(proposal.procedure)
