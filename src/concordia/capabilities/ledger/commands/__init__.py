"""What one can do to the register: append, sign, countersign, erase what is personal. Never change."""

from concordia.capabilities.ledger.commands.appending import Entry, append
from concordia.capabilities.ledger.commands.erasing import erase_subject, replay_erasures
from concordia.capabilities.ledger.commands.logs import open_private_log, open_shared_log
from concordia.capabilities.ledger.commands.publishing import publish, unpublished_logs
from concordia.capabilities.ledger.commands.witnessing import record_cosignature, register_witness_key

__all__ = [
    "Entry",
    "append",
    "erase_subject",
    "open_private_log",
    "open_shared_log",
    "publish",
    "record_cosignature",
    "register_witness_key",
    "replay_erasures",
    "unpublished_logs",
]
