"""How fast the proof of an entry is made from the register as it is kept."""

from datetime import UTC, datetime
from time import perf_counter

from bench import alliance
from bench.lines import Line
from concordia.capabilities.ledger import queries
from concordia.capabilities.ledger.models import Log
from concordia.ops.publishing import publish_due


def measure(*, quick: bool) -> list[Line]:
    """Receipts of a register of some size."""
    stage = alliance.found()
    alliance.live_through(stage, 20 if quick else 100)
    publish_due(datetime.now(UTC))
    return [_receipts(stage, 200 if quick else 1000)]


def _receipts(stage: alliance.Stage, count: int) -> Line:
    """Receipts as pages give them: read from the database, proof and openings included."""
    access = stage.at("ssa-board-member", datetime.now(UTC))
    size = Log.objects.unscoped().get(owner_id=stage.founded.alliance).size
    begun = perf_counter()
    for number in range(count):
        queries.receipt(access, number * 7919 % size)
    taken = perf_counter() - begun
    return Line(
        what="register: make a receipt",
        with_=f"{size:,} entries, {count:,} receipts",
        typical=f"{count / taken:,.0f} /s",
        worst="",
    )
