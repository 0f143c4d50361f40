"""What a page costs at the server, and that this does not grow with what the page does not show."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.test import Client

from bench import alliance, copies
from bench.lines import Line, judged
from bench.visiting import latency, main_pages, queries, visitor
from concordia.capabilities.decisions.models import Decision
from concordia.capabilities.ledger.models import Leaf, Log
from concordia.ops.publishing import publish_due

_LATENCY, _QUERIES = 50, 12


def measure(*, quick: bool) -> list[Line]:
    """The main pages with 1, 100 and 1,000 alliances, young and after ten years."""
    stage = alliance.found()
    alliance.live_through(stage, 3)
    proposal = alliance.under_way(stage)
    rows = copies.rows_of(stage.founded.alliance)
    publish_due(datetime.now(UTC))
    client = visitor(stage)
    lines = [*_pages(client, stage, proposal, 1, quick)]
    alliance.live_through(stage, 20 if quick else 420)
    publish_due(datetime.now(UTC))
    lines += _pages(client, stage, proposal, 1, quick)
    done = 1
    for count in (5, 10) if quick else (100, 1000):
        copies.copy(rows, range(done, count))
        done = count
        lines += _pages(client, stage, proposal, count, quick)
    return sorted(lines, key=lambda line: list(main_pages("", "")).index(line.what.removeprefix("page: ")))


def _pages(
    client: Client, stage: alliance.Stage, proposal: str, alliances: int, quick: bool
) -> Iterator[Line]:
    mine = Decision.objects.unscoped().filter(alliance_id=stage.founded.alliance)
    log = Log.objects.unscoped().get(owner_id=stage.founded.alliance)
    history = (
        f"{alliances:,} alliances, {mine.count()} decisions, {Leaf.objects.filter(log=log).count():,} entries"
    )
    newest = mine.order_by("-decided_at")[0].id
    for name, path in main_pages(proposal, newest).items():
        latency(client, path, 3)
        middle, high = latency(client, path, 10 if quick else 40)
        asked = len(queries(client, path))
        yield Line(
            what=f"page: {name}",
            with_=history,
            typical=f"{middle:.0f} ms, {asked} queries",
            worst=f"{high:.0f} ms (p95)",
            aim=f"< {_LATENCY} ms, ≤ {_QUERIES} queries",
            verdict=judged(middle < _LATENCY and asked <= _QUERIES),
        )
