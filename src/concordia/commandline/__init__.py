"""The command `concordia`: one word for each thing an operator or a partner does from a terminal.

Commands are imported when they are asked for, so that checking a charter or a bundle starts no web server
and needs no database.
"""

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from concordia.commandline import terminal

_COMMANDS = {
    "demo": ("serving", "demo", "show the living example alliance (what ./dev run does)"),
    "run": ("serving", "run", "serve this installation"),
    "work": ("serving", "work", "do what is due: close votes, sign checkpoints; repeats until stopped"),
    "first-account": ("serving", "first_account", "make a link for the first person of an installation"),
    "way-back": ("accounts", "way_back", "make a link for somebody who lost every key"),
    "close-account": ("accounts", "close_account", "let somebody sign in no more, at once"),
    "open-account": ("accounts", "open_account", "let somebody whose account was closed sign in again"),
    "forget-person": ("accounts", "forget_person", "erase somebody everywhere; proofs stay valid"),
    "reseal": ("accounts", "reseal", "seal codes under the present secret, so that a former one can go"),
    "charter": ("charters", "charter", "check a charter, or print its JSON Schema"),
    "contract": ("contracts", "contract", "check a data contract, read it, or compare two versions"),
    "check": ("deliveries", "check", "check a delivery against a data contract"),
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
    status = 0
    try:
        status = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # the reader has seen enough (`| head`); nothing is left to say at exit either
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if not _is_of_the_machine(error):
            raise
        print(_of_the_machine(error), file=sys.stderr)
        return terminal.BAD_INPUT
    return status


def _is_of_the_machine(error: Exception) -> bool:
    """Whether a disk or a database failed, which is no fault of the program's and cannot be foreseen in each place."""
    database = sys.modules.get("django.db.utils")
    kinds = (database.OperationalError, database.InterfaceError) if database else ()
    return isinstance(error, (OSError, *kinds))


def _of_the_machine(error: Exception) -> str:
    why = " ".join(str(error).split())
    sentences = {
        "nl": f"De schijf of de database doet het nu niet: {why}. Wat al was vastgelegd, blijft. Verhelp dit en doe "
        "het daarna nog eens.",
        "en": f"The disk or the database does not work now: {why}. What was recorded stays. Mend this, then do it "
        "again.",
    }
    return sentences[terminal.language()]


def _run(words: list[str]) -> int:
    if not words or words[0] in {"-h", "--help", "help"}:
        print(usage())
        return 0
    if words[0] not in _COMMANDS:
        print(f"concordia has no command “{words[0]}”.\n\n{usage()}", file=sys.stderr)
        return 3
    module, function, _ = _COMMANDS[words[0]]
    command = getattr(import_module(f"concordia.commandline.{module}"), function)
    try:
        return int(command(words[1:]))
    except Exception as error:
        from concordia.commandline import terminal

        if not terminal.is_empty(error):
            raise
        print(_EMPTY[terminal.language()], file=sys.stderr)
        return 3


_EMPTY = {
    "nl": "Hier is nog geen installatie. Noem met --data de map van een installatie, of richt een alliantie op met "
    "concordia import.",
    "en": "There is no installation here yet. Give the folder of one with --data, or found an alliance with "
    "concordia import.",
}


def usage() -> str:
    """The list of commands with a line each."""
    lines = [f"  {name:<14} {what}" for name, (_, _, what) in _COMMANDS.items()]
    return "\n".join(
        ["usage: concordia COMMAND [options]   (concordia COMMAND --help tells more)", "", *lines]
    )
