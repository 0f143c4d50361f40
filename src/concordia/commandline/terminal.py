"""What several commands share: reading files calmly, choosing a language, waking Django."""

import argparse
import io
import locale
import os
import sys
from pathlib import Path

BAD_INPUT = 3
UNFINISHED = 4  # it could not be brought to its end


class InputError(Exception):
    """A file or word that cannot be used; the message is the sentence to show."""


def parser(name: str, description: str) -> argparse.ArgumentParser:
    """A parser whose faults end with status 3, as every bad input does."""
    made = _Parser(prog=f"concordia {name}", description=description)
    made.add_argument(
        "--language", choices=("nl", "en"), default=language(), help="language of what is printed"
    )
    return made


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        self.print_usage(sys.stderr)
        self.exit(BAD_INPUT, f"{message}\n")


def language(otherwise: str = "en") -> str:
    """The language of the terminal, nl or en; `otherwise` where it has neither."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LANG") or (locale.getlocale()[0] or "")
    return chosen[:2].lower() if chosen[:2].lower() in {"nl", "en"} else otherwise


def read_text(path: str, limit: int = 1_000_000) -> str:
    """The text of a file, or of standard input for `-`. Raises InputError with a sentence."""
    try:
        data = sys.stdin.buffer.read(limit + 1) if path == "-" else _read(Path(path), limit + 1)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror or error}. Give the path of a readable file.") from None
    if len(data) > limit:
        raise InputError(f"{path}: larger than {limit:,} bytes. Give a smaller file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: byte {error.start} is not UTF-8. Save the file as UTF-8.") from None


def _read(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def wake(data: str | None = None) -> None:
    """Set Django up for an installation whose data is in `data` (or where the environment says)."""
    if data:
        os.environ["CONCORDIA_DATA"] = str(Path(data).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concordia.site.settings")
    import django

    django.setup()


def prepare(language: str) -> None:
    """Bring everything up to date, refuse unsafe settings, and see whether the register is all there."""
    from django.core.management import call_command

    from concordia.ops.starting import open_register
    from concordia.web.shared.catalogs import compile_catalogs

    compile_catalogs()
    call_command("check", deploy=False, verbosity=0, stdout=io.StringIO())
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    for line in open_register().lines(language):
        print(line, file=sys.stderr, flush=True)


def is_empty(error: Exception) -> bool:
    """Whether a command failed because nothing was ever set up in its place: a database without any table."""
    database = sys.modules.get("django.db")
    if database is None or not isinstance(error, database.DatabaseError):
        return False
    try:
        return "django_migrations" not in database.connection.introspection.table_names()
    except database.DatabaseError:
        return False
