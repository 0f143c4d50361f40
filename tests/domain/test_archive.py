"""Archives: the same bytes each time, readable by everyone's tools, and no other form is read."""

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concordia.domain import archive
from concordia.domain.archive import Archive, ArchiveError, DamagedError, write_archive

names = st.text("abcdefgh/", min_size=1, max_size=12)
MEMBERS = {"b": b"two", "a": b"one", "c": b"", "d/e": b"x" * 300}


def written(members=MEMBERS):
    out = io.BytesIO()
    write_archive(out, members)
    return out.getvalue()


def opened(data, may_hold=lambda name: True):
    return Archive(io.BytesIO(data), may_hold)


def read_all(data):
    read = opened(data)
    return {name: read.read(name) for name in read.names}


def by_zipfile(*members, method=zipfile.ZIP_STORED):
    """An archive as other tools write it: (name or ZipInfo, bytes) pairs."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as target:
        for info, data in members:
            target.writestr(info, data)
    return out.getvalue()


def as_ours(name, **changes):
    """A ZipInfo that differs from our form only by `changes`."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.external_attr, info.create_version, info.extract_version = 0o100644 << 16, 20, 10
    for attribute, value in changes.items():
        setattr(info, attribute, value)
    return info


@given(st.dictionaries(names, st.binary(max_size=50), max_size=6))
@settings(deadline=None)
def test_members_are_read_back_as_written(members):
    read = opened(written(members))

    assert {name: read.read(name) for name in read.names} == members
    assert list(read.names) == sorted(members)


def test_the_same_members_give_the_same_bytes_in_any_order_and_when_made_late():
    late = {name: (lambda data=data: data) for name, data in reversed(MEMBERS.items())}

    assert written(late) == written()


def test_other_tools_read_it():
    with zipfile.ZipFile(io.BytesIO(written())) as other:
        assert other.testzip() is None
        assert {name: other.read(name) for name in other.namelist()} == MEMBERS


def test_what_another_tool_writes_in_our_form_is_read():
    data = by_zipfile((as_ours("a"), b"one"), (as_ours("b"), b"two"))

    assert data == written({"a": b"one", "b": b"two"})


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (by_zipfile((as_ours("../../x"), b"")), "does not belong"),
        (by_zipfile((as_ours("/etc/passwd"), b"")), "does not belong"),
        (by_zipfile((as_ours("C:\\x"), b"")), "does not belong"),
        (by_zipfile((as_ours("é"), b"")), "does not belong"),
        (by_zipfile((as_ours("b"), b""), (as_ours("a"), b"")), "out of order"),
        (by_zipfile((as_ours("a", external_attr=0o120777 << 16), b"/etc/passwd")), "is a link"),
        (by_zipfile((as_ours("a", external_attr=0o100755 << 16), b"")), "another way"),
        (by_zipfile((as_ours("a", date_time=(2026, 1, 1, 0, 0, 0)), b"")), "another way"),
        (by_zipfile((as_ours("a", comment=b"x"), b"")), "directory|another way"),
        (by_zipfile((as_ours("a", extra=b"ab\x00\x00"), b"")), "directory|another way"),
        (by_zipfile((as_ours("a", compress_type=zipfile.ZIP_DEFLATED), b"0" * 10**6)), "compressed"),
        (by_zipfile((as_ours("a", compress_type=zipfile.ZIP_LZMA), b"0" * 10**6)), "compressed"),
        (b"before" + written(), "end is not in place"),
        (written() + b"after", "end is not in place"),
        (written()[:-1], "end is not in place"),
        (written()[1:], "end is not in place"),
        (b"", "too short"),
        (b"PK\x05\x06", "too short"),
    ],
)
def test_another_form_is_refused(data, reason):
    with pytest.raises(ArchiveError, match=reason):
        opened(data, lambda name: name in "abc")


def test_a_name_that_is_there_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        data = by_zipfile((as_ours("a"), b"one"), (as_ours("a"), b"two"))
    with pytest.raises(ArchiveError, match="there twice"):
        opened(data)


def forged(**changes):
    """Our archive of a (10 bytes) and b (10 bytes) with the directory entry of b changed."""
    one, two = archive.Member("a", 0, 10, 0), archive.Member("b", 41, 10, 0)
    fields = {"offset": two.offset, "size": two.size} | changes
    entries = one.entry() + archive.Member("b", fields["offset"], fields["size"], 0).entry()
    body = one.header() + bytes(10) + two.header() + bytes(10)
    return body + entries + archive._end(2, len(entries), len(body))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"offset": 0}, "overlaps"),
        ({"offset": 40}, "overlaps"),
        ({"offset": 42}, "overlaps"),
        ({"size": 9}, "does not fit"),
        ({"size": archive.MEMBER_LIMIT + 1}, "too large"),
        ({"size": 2**32 - 1}, "too large"),
    ],
)
def test_overlapping_and_oversize_members_are_refused(changes, reason):
    assert len(opened(forged()).names) == 2
    with pytest.raises(ArchiveError, match=reason):
        opened(forged(**changes))


@pytest.mark.parametrize(
    ("count", "length", "reason"), [(1, 94, "does not fit"), (3, 94, "does not fit"), (0, 94, "too large")]
)
def test_a_directory_of_another_size_is_refused(count, length, reason):
    data = forged()[:-22]
    with pytest.raises(ArchiveError, match=reason):
        opened(data + archive._end(count, length, len(data) - 94))


def test_a_directory_cut_short_is_refused():
    data = written({"a": b""})
    cut = data[: -22 - 5]
    with pytest.raises(ArchiveError, match="cut short"):
        opened(cut + archive._end(1, len(cut) - 31, 31))


def test_a_file_that_claims_to_be_huge_is_not_read():
    class Huge(io.BytesIO):
        def seek(self, offset, whence=0):
            return archive.ARCHIVE_LIMIT + 1

        def read(self, size=-1):
            raise AssertionError("nothing should be read")

    with pytest.raises(ArchiveError, match="larger than 4 GB"):
        Archive(Huge(), lambda name: True)


def test_every_changed_byte_of_an_archive_is_noticed():
    data = written()
    for place in range(len(data)):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises(ArchiveError):
            read_all(bytes(changed))


def test_a_damaged_member_is_named_and_shown():
    data = written({"a": b"one", "b": b"two"}).replace(b"two", b"twx")

    with pytest.raises(DamagedError) as damage:
        opened(data).read("b")
    assert (damage.value.name, damage.value.data) == ("b", b"twx")
    assert opened(data).read("a") == b"one"


def test_absent_members_are_absent():
    read = opened(written())

    assert "a" in read
    assert "z" not in read
    with pytest.raises(KeyError):
        read.read("z")


def test_what_could_not_be_read_back_is_not_written(monkeypatch):
    monkeypatch.setattr(archive, "MEMBER_LIMIT", 3)
    monkeypatch.setattr(archive, "COUNT_LIMIT", 2)

    for members in ({"a": b"four"}, {"a" * 129: b""}, {"é": b""}, {"a": b"", "b": b"", "c": b""}):
        with pytest.raises(ArchiveError):
            written(members)
    assert struct.calcsize(archive._END.format) == 22
