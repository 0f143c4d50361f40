"""What reads a file or a line says no in its own way to anything, and soon: no other error, no second of waiting."""

import io
import json
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from support.cast import CHARTER
from support.files import PDF, archive, jpeg, linked, odf, office, png

from concordia.domain.archive import Archive, write_archive
from concordia.domain.bundle import Description, open_bundle
from concordia.domain.canonical import parse_canonical, parse_json
from concordia.domain.charter import load_charter
from concordia.domain.charter.reading import MOST_VALUES
from concordia.domain.checkpoint import parse_body, parse_checkpoint
from concordia.domain.durations import Duration
from concordia.domain.faults import RegisterError
from concordia.domain.filetypes import TYPES, sniff
from concordia.domain.leaves import Leaf
from concordia.domain.narrow import LONGEST
from concordia.domain.notes import VerifierKey, decode_base64, parse_note
from concordia.domain.openings import decode_openings
from concordia.domain.policy import parse_policy
from concordia.domain.problems import DocumentError
from concordia.domain.rules.try_rule import MOST_ROWS, read_votes
from concordia.domain.tiles import decode_entries, split_tile

KNOWN = ["tax", "social", "figures"]
PLAIN = yaml.safe_load(CHARTER.format(key="cast").replace("2026-01-05", '"2026-01-05"'))
SOUND = {
    "docx": office(),
    "xlsx": linked("hyperlink", "https://www.example.org/"),
    "odt": odf(),
    "pdf": PDF,
    "png": png(),
    "jpg": jpeg(),
    "txt": "één".encode(),
}
odd_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.just("\0")
    | st.just("9" * 400),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def soon(act: Callable[[], object], *refusals: type[Exception]) -> None:
    """Do it; a refusal of these kinds is an answer, anything else and a second of work are not."""
    start = time.process_time()
    with suppress(*refusals):
        act()
    assert time.process_time() - start < 1


@st.composite
def damaged(draw: Any, sound: bytes) -> bytes:
    """Sound bytes of which some are changed, taken out, doubled or put elsewhere."""
    found = bytearray(sound)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(found) - 1)))
        length = draw(st.integers(0, 12))
        what = draw(st.integers(0, 3))
        if what == 0:
            found[place : place + length] = draw(st.binary(min_size=length, max_size=length))
        elif what == 1:
            del found[place : place + length]
        elif what == 2:
            found[place:place] = found[place : place + length]
        else:
            found[place:place] = draw(st.binary(max_size=12))
    return bytes(found)


def spoiled(draw: Any, value: Any) -> Any:
    """The same document with an odd value somewhere in it."""
    if isinstance(value, dict) and value and draw(st.integers(0, 9)):
        key = draw(st.sampled_from(sorted(value)))
        return value | {key: spoiled(draw, value[key])}
    if isinstance(value, list) and value and draw(st.integers(0, 9)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], spoiled(draw, value[place]), *value[place + 1 :]]
    return draw(odd_values)


@st.composite
def spoiled_charters(draw: Any) -> str:
    """The charter of the cast with some values that do not belong there, as JSON."""
    found = PLAIN
    for _ in range(draw(st.integers(1, 3))):
        found = spoiled(draw, found)
    return json.dumps(found)


@given(spoiled_charters())
def test_a_charter_with_any_value_anywhere_is_read_or_refused(text: str) -> None:
    soon(lambda: load_charter(text), DocumentError)


@given(
    st.text(max_size=400)
    | damaged(CHARTER.format(key="cast").encode()).map(lambda b: b.decode(errors="replace"))
)
def test_any_text_is_a_charter_or_is_refused(text: str) -> None:
    soon(lambda: load_charter(text), DocumentError)


LONG = {
    "a flat list": "[" + "a," * (LONGEST // 2 - 2) + "]",
    "many lines": "- a\n" * (LONGEST // 4),
    "many keys": "".join(f"k{number}: a\n" for number in range(80_000)),
    "labels": "- !a x\n" * (LONGEST // 7),
    "anchors": "- &a x\n" * (LONGEST // 7),
    "nothing but beginnings": "- " * (LONGEST // 2),
    "one text": "a: " + "x " * (LONGEST // 2 - 4),
    "JSON": '{"partners": [' + "{}," * 300_000 + "{}]}",
}


@pytest.mark.parametrize("name", LONG)
def test_a_charter_of_very_many_values_is_refused_before_they_are_all_read(name: str) -> None:
    start = time.process_time()

    with pytest.raises(DocumentError) as refused:
        load_charter(LONG[name])

    assert time.process_time() - start < 4  # on a slow machine; it was half a minute
    assert len(refused.value.problems) <= MOST_VALUES


@given(st.text(max_size=300) | st.lists(st.text(alphabet='voter,;\t"\r\n x\0', max_size=40)).map("\n".join))
def test_any_text_is_a_file_of_votes_or_is_refused(text: str) -> None:
    soon(lambda: read_votes(text, KNOWN), DocumentError)
    soon(lambda: read_votes("voter,vote\n" + text, KNOWN), DocumentError)


def test_a_file_of_votes_beyond_its_rows_is_refused_and_never_cut() -> None:
    rows = ["voter,vote", *("" for _ in range(3)), *("tax,for" for _ in range(MOST_ROWS + 1))]

    with pytest.raises(DocumentError, match="more than 100000 rows"):
        read_votes("\n".join(rows), KNOWN)


def test_a_file_of_nothing_but_wrong_votes_tells_the_first_hundred_soon() -> None:
    text = "voter,vote\n" + "\n".join(f"{'nobody' * 20}{number},perhaps" for number in range(50_000))
    start = time.process_time()

    with pytest.raises(DocumentError) as refused:
        read_votes(text, KNOWN)

    assert len(refused.value.problems) <= 102
    assert time.process_time() - start < 2


def test_a_column_twice_is_refused_and_one_without_a_name_is_passed_over() -> None:
    with pytest.raises(DocumentError, match="is there twice"):
        read_votes("voter,vote,vote\ntax,for,against", KNOWN)

    assert read_votes("voter,vote,\ntax,for,remark\n", KNOWN) == {"tax": "for"}


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_csv_that_is_not_well_formed_is_said_in_the_language_of_the_reader(language: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_votes('voter,vote\n"tax,for\n', KNOWN)

    said = refused.value.problems[0].sentence(language)
    assert ("klopt de opmaak" in said) == (language == "nl")


@given(st.sampled_from(sorted(TYPES)), st.binary(max_size=300))
def test_any_bytes_are_a_paper_or_are_refused(suffix: str, content: bytes) -> None:
    soon(lambda: sniff(f"a.{suffix}", content), DocumentError)


@given(st.data(), st.sampled_from(sorted(SOUND)))
def test_a_damaged_paper_is_taken_or_refused(data: Any, suffix: str) -> None:
    content = data.draw(damaged(SOUND[suffix]))
    soon(lambda: sniff(f"a.{suffix}", content), DocumentError)


@given(st.dictionaries(st.text(max_size=30), st.binary(max_size=60), max_size=6))
def test_any_archive_is_an_office_document_or_is_refused(entries: dict[str, bytes]) -> None:
    content = archive({name: value for name, value in entries.items() if name.isprintable()})
    soon(lambda: sniff("a.docx", content), DocumentError)
    soon(lambda: sniff("a.odt", content), DocumentError)


def test_a_document_as_large_as_may_be_is_read_in_little_memory() -> None:
    content = office(**{f"word/media/{number}.bin": bytes(1000) * 900 for number in range(100)})
    tracemalloc.start()

    sniff("large.docx", content)

    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 20 * 1024 * 1024


NOTE = (
    b"concordia.example/alliance\n4\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n"
    b"\xe2\x80\x94 concordia.example/alliance " + b"A" * 96 + b"\n"
)
READERS: dict[str, tuple[Callable[[bytes], object], bytes]] = {
    "a note": (parse_note, NOTE),
    "a checkpoint": (parse_checkpoint, NOTE),
    "the lines of a checkpoint": (lambda data: parse_body(data.decode(errors="replace")), NOTE),
    "a key": (lambda data: VerifierKey.parse(data.decode(errors="replace")), b"a.example/w1+01234567+AQ=="),
    "base64": (lambda data: decode_base64(data.decode(errors="replace")), b"AAAA"),
    "an object": (parse_canonical, b'{"a":1}'),
    "JSON": (parse_json, b'{"a": [1, {"b": "c"}]}'),
    "an entry": (Leaf.from_bytes, b'{"v":1,"log":"a"}'),
    "openings": (lambda data: list(decode_openings(data)), b'{"n":0,"field":"title"}\n'),
    "a policy": (parse_policy, b"log a\nwitness b\nquorum none\n"),
    "entries": (lambda data: decode_entries(data, 2), b"\0\x01a\0\x01b"),
    "a tile": (split_tile, bytes(64)),
    "a bundle": (lambda data: open_bundle(io.BytesIO(data)), b""),
}


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
def test_any_bytes_are_what_the_register_reads_or_are_refused(name: str, data: Any) -> None:
    read, sound = READERS[name]
    content = data.draw(st.binary(max_size=400) | damaged(sound) if sound else st.binary(max_size=400))
    soon(lambda: read(content), RegisterError)


def _archive() -> bytes:
    out = io.BytesIO()
    write_archive(out, {"a": b"first", "b": b"second"})
    return out.getvalue()


@given(damaged(_archive()))
def test_a_damaged_archive_of_the_register_is_refused_or_names_what_is_damaged(content: bytes) -> None:
    def read() -> None:
        found = Archive(io.BytesIO(content), lambda name: True)
        for name in found.names:
            found.read(name)

    soon(read, RegisterError)


@given(odd_values)
def test_any_description_of_a_bundle_is_read_or_refused(value: object) -> None:
    with suppress(ValueError):
        soon(lambda: Description.from_bytes(json.dumps(value).encode()), RegisterError)


@given(st.text(max_size=40) | st.from_regex(r"P[0-9YMWDTHS]{0,12}"))
def test_any_text_is_a_duration_or_is_refused(text: str) -> None:
    soon(lambda: Duration.parse(text), ValueError)
