"""The lists in docs/ that people lean on say what the code does."""

import ast
import re
from datetime import timedelta
from pathlib import Path

from django.conf import settings

from concordia.capabilities.accounts import facts
from concordia.capabilities.accounts.commands import passwords
from concordia.capabilities.decisions.commands import LARGEST_PAPER, support
from concordia.capabilities.decisions.queries.proposals import _MOST_OPEN
from concordia.capabilities.ledger.queries import reading
from concordia.commandline.serving import HEAD_BYTES, HEAD_SECONDS
from concordia.deliveries.xml import limits as xml_limits
from concordia.deliveries.xml import schema as xml_schema
from concordia.domain import leafshape, office
from concordia.domain.charter.reading import MOST_VALUES
from concordia.domain.narrow import LONGEST as LONGEST_CHARTER
from concordia.domain.rules import try_rule
from concordia.kernel import scanner
from concordia.site import entrance

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "concordia"
LIMITS = dict(
    [cell.strip() for cell in line.strip("|\n").split("|")][:2]
    for line in (ROOT / "docs/limits.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
)


def figures(what: str) -> list[float]:
    """The numbers that the list gives for something."""
    return [float(text.replace(",", "")) for text in re.findall(r"\d[\d,]*\.?\d*", LIMITS[what])]


def pace(name: str) -> tuple[int, timedelta]:
    limit = facts.LIMITS[name]
    return limit.burst, limit.every


def test_the_limits_are_those_of_the_code() -> None:
    assert figures("a paper") == [LARGEST_PAPER / 1024**2]
    assert figures("files in one form") == [settings.DATA_UPLOAD_MAX_NUMBER_FILES]
    assert figures("fields in one form") == [settings.DATA_UPLOAD_MAX_NUMBER_FIELDS]
    assert figures("a form without its files") == [settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1024**2]
    assert figures("one request") == [entrance.LARGEST / 1024**2]
    assert figures("the pace of a request") == [entrance.PATIENCE, entrance.GRACE, entrance.SLOWEST]
    assert figures("the head of a request") == [HEAD_BYTES / 1024, HEAD_SECONDS]
    assert figures("an uploaded charter") == [LONGEST_CHARTER]
    assert figures("a text of a proposal, note or answer") == [support.LONGEST]
    assert figures("a password") == [facts.PASSWORD_LENGTH, passwords.LONGEST]
    assert figures("an entry of the register") == [leafshape.LENGTH_LIMIT / 1024]
    unpacked = [office.MOST_UNPACKED / 1024**2, office.MOST_ENTRIES, office.DEEPEST]
    assert figures("an office document, unpacked") == unpacked
    assert figures("a virus scanner, where one is set") == [scanner.PATIENCE]
    assert figures("values in a charter") == [MOST_VALUES]
    assert figures("rows in a file of votes") == [try_rule.MOST_ROWS]
    assert figures("open proposals on one page") == [_MOST_OPEN]
    assert figures("entries of the register on one page") == [reading.PAGE]


def test_the_limits_of_messages_are_those_of_the_code() -> None:
    assert figures("levels of elements in an XML message") == [xml_limits.DEEPEST]
    assert figures("one value in an XML message") == [xml_limits.LONGEST_VALUE]
    assert figures("attributes of one element") == [xml_limits.MOST_ATTRIBUTES]
    assert figures("different names of elements in an XML message") == [xml_limits.MOST_NAMES]
    assert figures("findings of one message against its schema") == [xml_schema.MOST_FINDINGS]


def test_the_paces_are_those_of_the_code() -> None:
    assert pace("password") == pace("code") == (5, timedelta(minutes=1))
    assert figures("tries of a password or code") == [5, 1]
    assert pace("password-address") == pace("passkey-address") == (30, timedelta(seconds=2))
    assert figures("tries from one network address") == [30, 1, 2]
    assert pace("reset") == (3, timedelta(minutes=5))
    assert figures("links for a new password") == [3, 1, 5]
    assert pace("absent") == (600, timedelta(seconds=6))
    assert figures("pages that are not there") == [600, 1, 6]


def test_the_times_are_those_of_the_code() -> None:
    minute = timedelta(minutes=1)
    assert figures("sessions of one account") == [facts.SESSIONS]
    assert figures("a session") == [facts.IDLE / minute, facts.ABSOLUTE / timedelta(hours=1)]
    assert figures("a proof of who you are, for acts that bind") == [facts.RECENT / minute]
    assert figures("an invitation") == [facts.INVITATION_LASTS.days]
    assert figures("a link for a new password") == [facts.RESET_LASTS / timedelta(hours=1)]


def test_the_list_of_cryptography_names_every_primitive_in_use() -> None:
    used = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("cryptography.hazmat"):
                used |= {name.name for name in node.names}
    text = (ROOT / "docs/keys.md").read_text(encoding="utf-8")
    listed = text[text.index("The primitives in use") :].partition(":")[2]

    assert sorted(used) == sorted(re.findall(r"\w+", listed))
