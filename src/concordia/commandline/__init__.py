"""The command `concordia`: one word for each thing an operator or a partner does from a terminal.

Commands are imported when they are asked for, so that checking a charter or a bundle starts no web server
and needs no database.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

_COMMANDS = {
    "demo": ("serving", "demo", "show the living example alliance (what ./dev run does)"),
    "run": ("serving", "run", "serve this installation"),
    "work": ("serving", "work", "do what is due: close votes, sign checkpoints; repeats until stopped"),
    "first-account": ("serving", "first_account", "make a link for the first person of an installation"),
    "charter": ("charters", "charter", "check a charter, or print its JSON Schema"),
    "try-rule": ("charters", "try_rule", "try a decision procedure on a file of votes"),
    "import": ("charters", "import_charter", "found an alliance on a charter"),
    "export": ("charters", "export_charter", "print the charter an alliance lives under"),
    "bundle": ("register", "bundle", "write the bundle with which a partner verifies"),
    "verify": ("register", "verify", "verify a bundle, offline"),
    "fsck": ("register", "fsck", "recompute the whole register and name the first entry that fails"),
    "heal": ("register", "heal", "bring back entries from a partner's bundle after an old backup"),
    "backup": ("keeping", "backup", "write a backup, checked on the copy"),
    "restore": ("keeping", "restore", "restore a backup into an empty place"),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; its exit status. Unknown words get the list, and status 3."""
    try:
        status = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has seen enough (`| head`); nothing is left to say at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def _run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0
    if words[0] not in _COMMANDS:
        print(f"concordia has no command “{words[0]}”.\n\n{usage()}", file=sys.stderr)
        return 3
    module, function, _ = _COMMANDS[words[0]]
    command = getattr(import_module(f"concordia.commandline.{module}"), function)
    return int(command(words[1:]))


def usage() -> str:
    """The list of commands with a line each."""
    lines = [f"  {name:<14} {what}" for name, (_, _, what) in _COMMANDS.items()]
    return "\n".join(
        ["usage: concordia COMMAND [options]   (concordia COMMAND --help tells more)", "", *lines]
    )
