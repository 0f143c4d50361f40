"""What one may know of the register."""

from concordia.capabilities.ledger.queries.reading import (
    EntryLine,
    PartnerVerified,
    RegisterPage,
    Verification,
    entries_of,
    entry,
    log_of,
    register_page,
    verification,
)

__all__ = [
    "EntryLine",
    "PartnerVerified",
    "RegisterPage",
    "Verification",
    "entries_of",
    "entry",
    "log_of",
    "register_page",
    "verification",
]
