"""Everything a partner needs to verify offline, as one file (trust.md 4.1)."""

from typing import BinaryIO

from concordia.capabilities.alliances.queries import alliance, every_partner, partners
from concordia.capabilities.decisions.queries.attachments import attachment
from concordia.capabilities.ledger.queries import log_of, write_bundle
from concordia.domain.bundle import Description
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


def partner_bundle(access: Access, out: BinaryIO) -> str:
    """Write the bundle of one's own partner into a seekable file; the name to give it.

    It goes up to the newest signed checkpoint. Raises NotFoundError for whoever is there for no partner.
    """
    mine = next((line for line in every_partner(access) if line.id == access.partner), None)
    if mine is None:
        raise NotFoundError
    whole = alliance(access)
    description = Description(
        alliance_id=whole.id,
        alliance_name=whole.name.in_language(access.language),
        partner_id=mine.id,
        partner_key=mine.key,
        partner_name=mine.name.in_language(access.language),
        origin=log_of(access).origin,
    )
    write_bundle(
        access,
        out,
        description=description,
        partners={line.id: line.key for line in partners(access)},
        attachment=lambda sha256: attachment(access, sha256),
    )
    return f"{whole.key}-{mine.key}.zip"
