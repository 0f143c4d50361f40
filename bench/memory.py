"""The memory of a worker that has been at work."""

from itertools import cycle, islice

from bench import alliance
from bench.lines import Line
from bench.serving import ask, resident, server
from bench.visiting import main_pages, session_cookie, visitor
from concordia.capabilities.decisions.models import Decision


def measure(*, quick: bool) -> list[Line]:
    """Resident memory of one worker process after 200 requests, and after as many again."""
    stage = alliance.found()
    alliance.live_through(stage, 3)
    proposal = alliance.under_way(stage)
    decision = Decision.objects.unscoped().all()[0].id
    cookie = session_cookie(visitor(stage))
    pages = cycle(main_pages(proposal, decision).values())
    count = 50 if quick else 200
    with server() as process:
        sizes = []
        for _ in range(2):
            for path in islice(pages, count):
                ask(path, cookie)
            sizes.append(resident(process.pid) / 1_000_000)
    return [
        Line(
            what="memory of a worker",
            with_=f"after {count} and {2 * count} requests",
            typical=f"{sizes[0]:.0f} MB",
            worst=f"{sizes[1]:.0f} MB",
        )
    ]
