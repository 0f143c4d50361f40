"""Archives made to do harm are refused before anything is read from them, and leave nothing behind."""

import struct
import tracemalloc
from collections.abc import Iterable
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest
from support.bundles import Partner, members_of, packed
from support.registers import bundle_of, small_log

from concordia import witness

BUNDLE = bundle_of(small_log())
MEMBERS = members_of(BUNDLE)


def zipped(members: Iterable[tuple[str, bytes]], method: int = ZIP_STORED, **changes: int) -> bytes:
    """An ordinary ZIP file, as another program makes it."""
    out = BytesIO()
    with ZipFile(out, "w", method) as archive:
        for name, data in members:
            info = ZipInfo(name)
            for attribute, value in changes.items():
                setattr(info, attribute, value)
            archive.writestr(info, data, compress_type=method)
    return out.getvalue()


def refused(east: Partner, data: bytes) -> str:
    """What the witness says while it refuses and writes nothing anywhere."""
    before = sorted(east.folder.rglob("*"))
    answer = east.pin(small_log()).check(data)

    assert answer.status in (1, 3)
    assert "Traceback" not in answer.err
    assert sorted(east.folder.rglob("*")) == sorted({*before, east.folder / "bundle.zip", east.home / "lock"})
    return answer.err


NAMES = """../../etc/passwd /etc/passwd C:\\windows att/../../x tile/0/../000 .. private/../x README.txt/ att/
    tile/00/000 tile/64/000 tile/0/0 private/bundle.json bündel.json checkpoint.bak POLICY"""


@pytest.mark.parametrize("name", [*NAMES.split(), "two words", "line\nfeed"])
def test_names_outside_a_bundle_are_refused(east: Partner, name: str):
    assert "not a whole bundle" in refused(east, zipped([*MEMBERS.items(), (name, b"x")]))


def test_a_member_twice_is_refused(east: Partner):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = zipped([*MEMBERS.items(), ("policy", b"another")])

    assert "policy is there twice or out of order" in refused(east, data)


def test_members_out_of_order_are_refused(east: Partner):
    assert "out of order" in refused(east, zipped(reversed(MEMBERS.items())))


def test_a_compressed_bundle_is_refused(east: Partner):
    assert "not a whole bundle" in refused(east, zipped(MEMBERS.items(), ZIP_DEFLATED))


def test_a_bomb_is_refused_without_being_unpacked(east: Partner):
    bomb = zipped([("checkpoint", bytes(50_000_000))], ZIP_DEFLATED)
    tracemalloc.start()
    try:
        refused(east, bomb)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_a_link_is_refused(east: Partner):
    assert "not a whole bundle" in refused(east, zipped(MEMBERS.items(), external_attr=0o120777 << 16))


def test_an_encrypted_member_is_refused(east: Partner):
    data = bytearray(BUNDLE)
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1

    assert "not a whole bundle" in refused(east, bytes(data))


def test_overlapping_members_are_refused(east: Partner):
    data = bytearray(BUNDLE)
    place = data.rindex(b"PK\x01\x02")
    struct.pack_into("<I", data, place + 42, 0)

    assert "not a whole bundle" in refused(east, bytes(data))


@pytest.mark.parametrize("extra", [b"x", b"PK\x05\x06" + bytes(18), b"\x00" * 100])
def test_bytes_after_the_end_are_refused(east: Partner, extra: bytes):
    refused(east, BUNDLE + extra)


def test_bytes_before_the_start_are_refused(east: Partner):
    refused(east, b"#!/bin/sh\n" + BUNDLE)


def test_a_bundle_with_a_comment_is_refused(east: Partner):
    out = BytesIO(BUNDLE)
    with ZipFile(out, "a") as archive:
        archive.comment = b"hello"

    refused(east, out.getvalue())


def test_a_directory_of_many_stray_names_is_refused_at_the_first(east: Partner):
    many = zipped((f"x{n}", b"") for n in range(60_000))

    assert "'x0'" in refused(east, many)


@pytest.mark.parametrize(("field", "place"), [("count", 10), ("length", 12), ("start", 16)])
def test_a_false_end_record_is_refused(east: Partner, field: str, place: int):
    data = bytearray(BUNDLE)
    for value in (0, 1, 0xFFFF, 0xFFFFFFFF):
        width = "<H" if field == "count" else "<I"
        struct.pack_into(
            width, data, len(data) - 22 + place, value & (0xFFFF if field == "count" else 0xFFFFFFFF)
        )
        refused(east, bytes(data))


def test_a_member_that_declares_more_than_there_is_is_refused(east: Partner):
    data = bytearray(BUNDLE)
    place = data.rindex(b"PK\x01\x02")
    struct.pack_into("<II", data, place + 20, 0x7FFFFFFF, 0x7FFFFFFF)

    assert "too large" in refused(east, bytes(data))


@pytest.mark.parametrize("name", ["checkpoint", "policy", "bundle.json"])
def test_notes_and_policies_have_a_limit(east: Partner, name: str):
    assert "too large" in refused(east, packed({**MEMBERS, name: b"x" * 1_000_001}))


@pytest.mark.parametrize("name", [name for name in MEMBERS if name != "README.txt"])
@pytest.mark.parametrize(
    "data", [b"", b"\x00", b"\n", b"[" * 100_000, b'{"a":' * 50_000, b"\xff\xfe", b"9" * 10_000]
)
def test_members_full_of_nonsense_are_refused_calmly(east: Partner, name: str, data: bytes):
    refused(east, packed({**MEMBERS, name: data}))


def test_reading_back_what_was_written_needs_no_more_than_a_part(tmp_path):
    path = tmp_path / "big"
    with path.open("w+b") as file:
        writer = witness.Writer(file)
        writer.add("att/" + 64 * "0", (bytes(1_000_000) for _ in range(30)))
        writer.finish()
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            total = sum(map(len, witness.Archive(file).chunks("att/" + 64 * "0")))
        assert total == 30_000_000
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()
