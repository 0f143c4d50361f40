"""What a page costs at the server, and that this does not grow with what the page does not show."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.test import Client

from bench import alliance, copies
from bench.lines import Line, judged
from bench.visiting import latency, main_pages, queries, visitor
from concordia.capabilities.decisions.models import Decision
from concordia.capabilities.ledger.models import Leaf, Log
from concordia.ops.publishing import publish_due

_LATENCY, _QUERIES = 50, 12


@dataclass(frozen=True)
class Cost:
    """One page in one situation: milliseconds in the middle and at the 95th percentile, and questions asked."""

    middle: float
    high: float
    queries: int


def measure(*, quick: bool) -> list[Line]:
    """The main pages of a young alliance, after ten years, and then with 100 and 1,000 alliances beside it."""
    stage = alliance.found()
    alliance.live_through(stage, 3)
    proposal = alliance.under_way(stage)
    rows = copies.rows_of(stage.founded.alliance)
    client = visitor(stage)
    publish_due(datetime.now(UTC))
    costs = [_costs(client, stage, proposal, quick)]
    alliance.live_through(stage, 20 if quick else 420)
    publish_due(datetime.now(UTC))
    costs.append(_costs(client, stage, proposal, quick))
    done, counts = 1, (5, 10) if quick else (100, 1000)
    for count in counts:
        copies.copy(rows, range(done, count))
        done = count
        costs.append(_costs(client, stage, proposal, quick))
    log = Log.objects.unscoped().get(owner_id=stage.founded.alliance)
    entries = Leaf.objects.filter(log=log).count()
    situation = f"young / {entries:,} entries / {counts[0]} alliances / {counts[1]:,} alliances"
    return [_line(name, situation, [cost[name] for cost in costs]) for name in costs[0]]


def _costs(client: Client, stage: alliance.Stage, proposal: str, quick: bool) -> dict[str, Cost]:
    mine = Decision.objects.unscoped().filter(alliance_id=stage.founded.alliance)
    found = {}
    for name, path in main_pages(proposal, mine.order_by("-decided_at")[0].id).items():
        latency(client, path, 3)
        middle, high = latency(client, path, 10 if quick else 40)
        found[name] = Cost(middle, high, len(queries(client, path)))
    return found


def _line(name: str, situation: str, costs: list[Cost]) -> Line:
    asked = sorted({cost.queries for cost in costs})
    is_met = max(cost.middle for cost in costs) < _LATENCY and asked[-1] <= _QUERIES
    middles = " / ".join(f"{cost.middle:.0f}" for cost in costs)
    highs = " / ".join(f"{cost.high:.0f}" for cost in costs)
    return Line(
        what=f"page: {name}",
        with_=situation,
        typical=f"{middles} ms, {'-'.join(map(str, asked))} queries",
        worst=f"{highs} ms (p95)",
        aim=f"< {_LATENCY} ms, ≤ {_QUERIES} queries",
        verdict=judged(is_met) + (", GROWS" if len(asked) > 1 else ""),
    )
