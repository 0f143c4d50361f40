"""What no code of ours does, so that whole kinds of attack have nothing to work on (ASVS chapters 1, 3, 11, 12, 14)."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "concordia"
CODE = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
SCRIPTS = [path for path in sorted(SOURCE.rglob("static/**/*.js")) if "vendor" not in path.parts]

RUNS_TEXT = {"eval", "exec", "compile", "__import__"}
UNPACKS_CODE = {"pickle", "marshal", "shelve", "dill", "xml", "lxml"}
CALLS_OUT = {
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "urllib.request",
    "http.client",
    "ftplib",
    "telnetlib",
}
# XML with every door shut: by expat or libxml2, without document types, entities or network.
READS_XML = ("domain/office.py", "deliveries/xml/", "commandline/from_xsd.py")
# Fixed sentences that read the state of the database, and the engine of deliveries, which has none of ours.
OWN_SQL = {"kernel/", "ops/", "web/home/views.py", "deliveries/embedded/"}
WEAK = {"md5", "sha1", "MD5", "SHA1", "ECB", "PKCS1v15", "TripleDES", "ARC4", "Blowfish"}
# Passkeys of many a Windows computer sign with it (RS256); only signatures are checked with it, nothing is encrypted.
WEAK_BUT_NEEDED = {"domain/assertions.py": {"PKCS1v15"}}


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in CODE:
        yield str(path.relative_to(SOURCE)), ast.parse(path.read_text(encoding="utf-8"))


def called(tree: ast.Module) -> set[str]:
    """The bare names that are called, and the methods."""
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {call.id for call in calls if isinstance(call, ast.Name)} | {
        f".{call.attr}" for call in calls if isinstance(call, ast.Attribute)
    }


def imported(tree: ast.Module) -> set[str]:
    """Every module that is imported, with its first part alone as well."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{name.name}" for name in node.names)}
    return names | {name.split(".")[0] for name in names}


def given(tree: ast.Module, word: str, value: object) -> bool:
    """Whether some call is given this value under this word."""
    return any(
        keyword.arg == word and isinstance(keyword.value, ast.Constant) and keyword.value.value == value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for keyword in node.keywords
    )


def test_no_text_is_run_as_code() -> None:
    found = [name for name, tree in trees() if called(tree) & RUNS_TEXT]
    assert found == []


def test_nothing_is_unpacked_that_can_carry_code_and_xml_is_read_in_few_guarded_places() -> None:
    found = {name: imported(tree) & UNPACKS_CODE for name, tree in trees() if imported(tree) & UNPACKS_CODE}
    assert {name for name in found if not name.startswith(READS_XML)} == set()
    assert set().union(*found.values()) <= {"xml", "lxml"}


def test_no_command_goes_through_a_shell() -> None:
    for name, tree in trees():
        assert not given(tree, "shell", True), name
        assert not called(tree) & {".system", ".popen", ".getoutput"}, name


def test_nothing_we_serve_calls_out_over_the_web() -> None:
    found = [name for name, tree in trees() if imported(tree) & CALLS_OUT]
    assert found == []


def test_no_certificate_goes_unchecked() -> None:
    for name, tree in trees():
        assert not given(tree, "verify", False), name
        assert "_create_unverified_context" not in ast.dump(tree), name


def test_sentences_of_sql_are_ours_and_stand_in_few_places() -> None:
    asking = [name for name, tree in trees() if called(tree) & {".raw", ".extra", ".cursor", "RawSQL"}]
    assert asking
    assert [name for name in asking if not name.startswith(tuple(OWN_SQL))] == []


def test_no_weak_hash_or_cipher_is_used() -> None:
    for name, tree in trees():
        words = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} | called(tree)
        assert words & WEAK == WEAK_BUT_NEEDED.get(name, set()), name


def test_chance_comes_from_the_system() -> None:
    found = [name for name, tree in trees() if "random" in imported(tree)]
    assert found == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_our_scripts_write_text_only_and_keep_nothing(path: Path) -> None:
    unwanted = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|Storage\b|postMessage|\"message\""
    )
    assert re.findall(unwanted, path.read_text(encoding="utf-8")) == []


def test_no_template_marks_a_value_as_safe() -> None:
    pages = sorted(SOURCE.rglob("templates/**/*.*"))
    assert pages
    for path in pages:
        assert not re.search(r"\|\s*safe\b|autoescape\s+(false|off)", path.read_text(encoding="utf-8")), path
