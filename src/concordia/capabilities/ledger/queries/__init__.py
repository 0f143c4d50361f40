"""What one may know of the register."""

from concordia.capabilities.ledger.queries.reading import (
    EntryLine,
    RegisterPage,
    entries_of,
    entry,
    log_of,
    register_page,
)
from concordia.capabilities.ledger.queries.taking import InclusionProof, inclusion, receipt, write_bundle
from concordia.capabilities.ledger.queries.verifying import (
    PartnerVerified,
    Verification,
    last_moment,
    verification,
)

__all__ = [
    "EntryLine",
    "InclusionProof",
    "PartnerVerified",
    "RegisterPage",
    "Verification",
    "entries_of",
    "entry",
    "inclusion",
    "last_moment",
    "log_of",
    "receipt",
    "register_page",
    "verification",
    "write_bundle",
]
