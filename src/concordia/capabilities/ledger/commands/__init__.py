"""What one can do to the register: append, sign, countersign, erase what is personal, heal. Never change."""

from concordia.capabilities.ledger.commands.appending import Entry, append
from concordia.capabilities.ledger.commands.erasing import erase_subject, replay_erasures
from concordia.capabilities.ledger.commands.heads import commit_heads, heads_due
from concordia.capabilities.ledger.commands.healing import bring_back_entries, bring_back_openings
from concordia.capabilities.ledger.commands.logs import (
    open_private_log,
    open_shared_log,
    resume_log,
    stop_log,
)
from concordia.capabilities.ledger.commands.publishing import publish, unpublished_logs
from concordia.capabilities.ledger.commands.witnessing import record_cosignature, register_witness_key

__all__ = [
    "Entry",
    "append",
    "bring_back_entries",
    "bring_back_openings",
    "commit_heads",
    "erase_subject",
    "heads_due",
    "open_private_log",
    "open_shared_log",
    "publish",
    "record_cosignature",
    "register_witness_key",
    "replay_erasures",
    "resume_log",
    "stop_log",
    "unpublished_logs",
]
