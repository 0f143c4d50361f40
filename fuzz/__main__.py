"""`bin/fuzz`: damage good input and read it, for ten minutes or as long as asked. Status 1 where something falls."""

import argparse
import secrets
import sys
from pathlib import Path
from time import monotonic

from fuzz.cases import TARGETS
from fuzz.running import Run, run

_TOLD_EVERY = 20.0  # seconds


def main() -> int:
    """Try, tell what was tried, and say how each find is tried again."""
    options = _options()
    seed = secrets.randbelow(10**9) if options.seed is None else options.seed
    targets = tuple(options.targets) or TARGETS
    print(f"seed {seed}; what is found is kept in {options.keep.resolve()}", flush=True)
    last = monotonic()

    def told(now: Run) -> None:
        nonlocal last
        if monotonic() - last > _TOLD_EVERY:
            last = monotonic()
            print(f"{now.tried.total()} cases, {len(now.found)} found", file=sys.stderr, flush=True)

    made = run(seed, options.seconds, options.keep, targets=targets, only=options.only, told=told)
    for target in targets:
        count = sum(one.target == target for one in made.found)
        print(f"{target:12} {made.tried[target]:8,} cases {count:4} found")
    for one in made.found:
        again = " ".join(("bin/fuzz", *options.targets, f"--seed {seed} --only {one.number}"))
        print(f"\n{one.kept}\n  again: {again}\n  {one.what.splitlines()[0][:300]}")
    return 1 if made.found else 0


def _options() -> argparse.Namespace:
    made = argparse.ArgumentParser(prog="bin/fuzz", description="Feed the readers damaged input.")
    made.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}; all without it")
    made.add_argument("--seconds", type=float, default=600.0, help="how long; 600 without it")
    made.add_argument("--seed", type=int, default=None, help="where chance starts; told when it is drawn")
    made.add_argument("--only", type=int, default=None, metavar="N", help="the one case of this number")
    made.add_argument("--keep", type=Path, default=Path("fuzz-found"), help="the folder of what is found")
    options = made.parse_args()
    if unknown := set(options.targets) - set(TARGETS):
        made.error(f"no such target: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
