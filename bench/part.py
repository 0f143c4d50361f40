"""One part, measured in a process and an installation of its own; its lines are printed as JSON."""

import importlib
import json
import os
import sys

import django


def main(part: str, *words: str) -> None:
    """Prepare the installation as a start does, then measure."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever is said meanwhile is not an answer
    django.setup()
    _prepare()
    measure = importlib.import_module(f"bench.{part.replace('-', '_')}").measure
    lines = measure(quick="--quick" in words)
    with answers:
        json.dump([line.to_json() for line in lines], answers)


def _prepare() -> None:
    from django.core.management import call_command

    from concordia.web.shared.catalogs import compile_catalogs

    compile_catalogs()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    main(*sys.argv[1:])
