"""Who signed a log: its policy, its checkpoint, and an older checkpoint kept at home."""

from collections.abc import Sequence
from dataclasses import dataclass

from concordia.domain.bundle import CHECKPOINT, POLICY
from concordia.domain.checkpoint import Checkpoint, parse_checkpoint, verify_checkpoint
from concordia.domain.faults import RegisterError
from concordia.domain.notes import VerifierKey
from concordia.domain.policy import Policy, parse_policy
from concordia.verifier.report import SHARED, Cosigned, LogReport
from concordia.verifier.source import Source


@dataclass(frozen=True, slots=True)
class Expected:
    """What the entries have to make true: the checkpoint, and the older one where there is one to compare."""

    checkpoint: Checkpoint
    since: Checkpoint | None


def verify_signatures(
    source: Source, report: LogReport, pins: Sequence[VerifierKey], since: bytes | None
) -> Expected | None:
    """Check policy, keys and signatures, and say what the entries must recompute to.

    None when there is no checkpoint to read, so that nothing more can be said of the log.
    """
    policy = _policy(source, report)
    note = source.read(CHECKPOINT)
    if note is None:
        report.fail(None, "missing", "De stand ontbreekt.", "The checkpoint is missing.")
        return None
    try:
        checkpoint = parse_checkpoint(note)
    except RegisterError as error:
        report.fail_for(None, "checkpoint", error)
        return None
    report.origin, report.size, report.root = checkpoint.origin, checkpoint.size, checkpoint.root
    keys = _keys(policy, checkpoint.origin, pins, report)
    report.keys = tuple(str(key) for key in keys)
    _verify_note(note, keys, policy, report)
    return Expected(checkpoint, _older(since, checkpoint, keys, report))


def _policy(source: Source, report: LogReport) -> Policy | None:
    data = source.read(POLICY)
    if data is None:
        report.fail(None, "missing", "Het beleid ontbreekt.", "The policy is missing.")
        return None
    try:
        return parse_policy(data)
    except RegisterError as error:
        report.fail_for(None, "policy", error)
        return None


def _keys(
    policy: Policy | None, origin: str, pins: Sequence[VerifierKey], report: LogReport
) -> list[VerifierKey]:
    """The keys that must all have signed: those pinned for this log, and those its policy names."""
    inside = list(policy.logs) if policy else []
    pinned = [key for key in pins if key.name == origin]
    report.pinned = bool(pinned)
    if pins and not pinned and report.log == SHARED:
        report.fail(
            None,
            "checkpoint",
            "U gaf geen sleutel voor dit register.",
            "None of the keys you gave is for this log.",
        )
    if any(key not in inside for key in pinned):
        report.fail(
            None,
            "policy",
            "Het beleid noemt een andere sleutel dan u gaf.",
            "The policy names another key than you gave.",
        )
    if any(key.name != origin for key in inside):
        report.fail(
            None,
            "policy",
            "Het beleid is van een ander register.",
            "The policy is that of another log.",
        )
    return pinned + [key for key in inside if key not in pinned]


def _verify_note(note: bytes, keys: list[VerifierKey], policy: Policy | None, report: LogReport) -> None:
    witnesses = dict(policy.witnesses) if policy else {}
    try:
        verified = verify_checkpoint(note, keys, witnesses.values())
    except RegisterError as error:
        report.fail_for(None, "checkpoint", error)
        return
    names = {key: name for name, key in witnesses.items()}
    times = [line.time for line in verified.signed if line.time is not None]
    report.signed_at = times[0] if times else None
    report.cosigned = tuple(Cosigned(names[line.key], line.time) for line in verified.cosigned)
    if policy:
        report.quorum = policy.quorum
        report.quorum_met = policy.is_met({line.key for line in verified.cosigned})


def _older(
    since: bytes | None, checkpoint: Checkpoint, keys: list[VerifierKey], report: LogReport
) -> Checkpoint | None:
    """The older checkpoint to compare with: of this log, signed by it, and not of a longer one."""
    if since is None or parse_checkpoint(since).origin != checkpoint.origin:
        return None
    try:
        older = verify_checkpoint(since, keys).checkpoint
    except RegisterError as error:
        report.fail_for(None, "since", error)
        return None
    if older.size <= checkpoint.size:
        return older
    report.fail(
        None,
        "since",
        f"Het register had {older.size} regels en heeft er nu {checkpoint.size}.",
        f"The log had {older.size} entries and now has {checkpoint.size}.",
    )
    return None
