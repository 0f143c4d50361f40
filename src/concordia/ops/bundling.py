"""Give a partner its bundle from a terminal of the host."""

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from concordia.capabilities.alliances.models import Alliance, Partner
from concordia.capabilities.decisions.queries.bundle import partner_bundle
from concordia.capabilities.ledger.commands import publish
from concordia.capabilities.ledger.queries import log_of
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


def write_bundle_of(alliance_key: str, partner_key: str, out: Path, language: str) -> None:
    """Sign what is not signed yet and write the bundle of a partner: whole or not at all.

    Raises NotFoundError for an unknown alliance or partner, SigningError, OSError.
    """
    access = _access(alliance_key, partner_key, language)
    for private in (False, True):
        publish(log_of(access, private=private).id, access.now)
    descriptor, part = tempfile.mkstemp(dir=out.resolve().parent, prefix=f".{out.name}.")
    try:
        with os.fdopen(descriptor, "w+b") as file:
            partner_bundle(access, file)
        Path(part).replace(out)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _access(alliance_key: str, partner_key: str, language: str) -> Access:
    alliance = Alliance.objects.unscoped().filter(key=alliance_key).first()
    if alliance is None:
        raise NotFoundError
    partner = Partner.objects.unscoped().filter(alliance_id=alliance.id, key=partner_key).first()
    if partner is None:
        raise NotFoundError
    return Access(
        now=datetime.now(UTC),
        alliance=alliance.id,
        partner=partner.id,
        partner_key=partner.key,
        language=language,
        system=True,
    )
