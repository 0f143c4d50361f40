"""How every command of this capability ends: one entry in the register, in the same transaction."""

from concordia.capabilities.alliances.facts import Happened
from concordia.capabilities.alliances.models import Partner
from concordia.capabilities.alliances.queries.entrance import present
from concordia.capabilities.ledger.commands import append
from concordia.kernel.access import Access


def everyone(access: Access) -> tuple[str, ...]:
    """The parties that may open what is shared: every partner now, in the order of the charter."""
    partners = Partner.objects.unscoped().filter(present(access.now), alliance_id=access.require_alliance())
    return tuple(partners.values_list("id", flat=True))


def record(access: Access, *happened: Happened) -> None:
    """Append to the shared log. The caller holds the transaction and has written everything else."""
    audience = everyone(access)
    for fact in happened:
        append(access, fact.recorded_by(access, audience))
