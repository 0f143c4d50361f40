"""Keeping an installation: back it up, restore it."""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from concordia.commandline import terminal


def backup(argv: Sequence[str]) -> int:
    """Write a backup: 0 sound, 1 kept but something in it is wrong, 3 not written."""
    made = terminal.parser("backup", "Write a backup of database and files, checked on the copy.")
    made.add_argument("out", type=Path, metavar="FOLDER", help="gets a folder for each backup")
    made.add_argument(
        "--keys", type=Path, metavar="FOLDER", help="replace the copy of keys and signer in this folder"
    )
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    if options.keys and _overlap(options.keys, options.out):
        return _refuse(_APART[options.language])
    terminal.wake(options.data)

    from concordia.ops.backup import write_backup
    from concordia.ops.engines import EngineError

    try:
        written = write_backup(options.out, datetime.now(UTC), options.keys)
    except EngineError as error:
        return _refuse(error.text.in_language(options.language))
    except OSError as error:
        return _refuse(
            _FAILED[options.language].format(place=error.filename or options.out, why=error.strerror)
        )
    print("\n".join(written.lines(options.language)))
    return 0 if written.ok else 1


def restore(argv: Sequence[str]) -> int:
    """Restore a backup: 0 whole, 1 restored but a log stands still, 3 not restored."""
    made = terminal.parser("restore", "Restore a backup into an empty place, and check the register.")
    made.add_argument("backup", type=Path, metavar="BACKUP", help="the folder that `backup` wrote")
    made.add_argument("--keys", type=Path, metavar="FOLDER", help="the copy of the keys, where they are lost")
    made.add_argument("--data", default=None)
    options = made.parse_args(argv)
    terminal.wake(options.data)

    from concordia.ops.engines import EngineError
    from concordia.ops.restore import RestoreError
    from concordia.ops.restore import restore as put_back

    try:
        restored = put_back(options.backup, options.keys)
    except (RestoreError, EngineError) as error:
        return _refuse(error.text.in_language(options.language))
    except OSError as error:
        place = error.filename or options.backup
        return _refuse(_FAILED[options.language].format(place=place, why=error.strerror))
    print("\n".join(restored.lines(options.language)))
    return 0 if restored.ok else 1


_APART = {
    "nl": "De sleutels horen niet bij de database: wie beide heeft, kan terughalen wat is gewist. "
    "Geef met --keys een map buiten die van de reservekopie.",
    "en": "The keys do not belong with the database: whoever has both can bring back what was erased. "
    "Give with --keys a folder outside that of the backup.",
}
_FAILED = {
    "nl": "{place}: {why}. Er is niets bewaard; maak ruimte of kies een andere plaats.",
    "en": "{place}: {why}. Nothing was kept; make room or choose another place.",
}


def _overlap(one: Path, other: Path) -> bool:
    first, second = one.resolve(), other.resolve()
    return first.is_relative_to(second) or second.is_relative_to(first)


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return terminal.BAD_INPUT
