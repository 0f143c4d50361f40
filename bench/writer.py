"""One of the writers of writes.py: says when it is ready, waits for the word, and tells what each write took."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from itertools import cycle
from time import perf_counter
from typing import Any


def main(words: dict[str, Any]) -> None:
    """Write as often as was asked."""
    import_module("concordia.site.wsgi")  # as a serving process begins
    write = {"append": _append, "vote": _vote}[words["kind"]](words)
    write(-1)
    print("ready", flush=True)
    sys.stdin.readline()
    taken = []
    for number in range(words["count"]):
        begun = perf_counter()
        write(number)
        taken.append((perf_counter() - begun) * 1000)
    print(json.dumps(taken))


def _append(words: dict[str, Any]) -> Callable[[int], object]:
    """One entry of the shared log, in a transaction of its own."""
    from support.house import House

    house, partner = House(words["alliance"], words["partners"]), words["partner"]
    obj = words["proposal"].replace("pro_", "dec_")

    def write(number: int) -> object:
        fact = house.fact(obj, by=partner, title=f"Besluit {number}")
        return house.record(fact, now=datetime.now(UTC))

    return write


def _vote(words: dict[str, Any]) -> Callable[[int], object]:
    """A vote that differs from the one before, as somebody does who changes their mind."""
    from bench.alliance import KEY
    from concordia.capabilities.alliances.queries import access_for
    from concordia.capabilities.decisions.commands import cast_ballot

    choices = cycle(("for", "against"))

    def write(_: int) -> object:
        access = access_for(words["user"], KEY, now=datetime.now(UTC), language="nl", recent=True)
        return cast_ballot(access, proposal_id=words["proposal"], choice=next(choices))

    return write


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
