"""Bundles: deterministic, readable as a tiled log, and holding nothing else."""

import io
import zipfile

import pytest
from support.registers import BUNDLE_MEMBERS, ORIGIN, bundle_of, description, small_log

from concordia.domain.archive import ArchiveError
from concordia.domain.bundle import (
    Description,
    DescriptionError,
    is_member_name,
    looks_like_a_bundle,
    open_bundle,
    write_bundle,
)
from concordia.domain.canonical import ProfileError


def test_a_bundle_has_the_same_bytes_each_time():
    log = small_log()

    assert bundle_of(log) == bundle_of(log)


def test_a_bundle_holds_the_shared_log_at_its_root_and_the_private_one_below():
    read = open_bundle(io.BytesIO(bundle_of(small_log(), private=small_log(seed=2))))

    assert set(read.names) == BUNDLE_MEMBERS | {
        f"private/{name}" for name in BUNDLE_MEMBERS - {"bundle.json", "README.txt"}
    }
    assert read.read("tile/0/000.p/3")[:32] == small_log().tree.fetch(0, 0)
    assert Description.from_bytes(read.read("bundle.json")) == description()


def test_other_tools_unpack_it(tmp_path):
    with zipfile.ZipFile(io.BytesIO(bundle_of(small_log()))) as other:
        other.extractall(tmp_path)

    assert (tmp_path / "tile/entries/000.p/3").stat().st_size > 0
    assert "concordia verify" in (tmp_path / "README.txt").read_text()


@pytest.mark.parametrize(
    "name",
    [
        "checkpoint",
        "private/checkpoint",
        "tile/0/000",
        "tile/63/x001/x234/067.p/1",
        "tile/entries/x001/000.p/255",
        f"att/{'0a' * 32}",
    ],
)
def test_names_of_the_layout_belong(name):
    assert is_member_name(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "/checkpoint",
        "../checkpoint",
        "private/../checkpoint",
        "private/private/checkpoint",
        "private/bundle.json",
        "checkpoint\n",
        "tile/64/000",
        "tile/00/000",
        "tile/0/0",
        "tile/0/000.p/0",
        "tile/0/../000",
        "att/x",
        f"att/{'0A' * 32}",
        "tile",
        "other",
    ],
)
def test_no_other_name_belongs(name):
    assert not is_member_name(name)


def test_a_member_that_does_not_belong_is_not_written():
    log = small_log(files={"notes.txt": b""})
    with pytest.raises(ArchiveError, match=r"notes\.txt does not belong"):
        write_bundle(io.BytesIO(), description(), log.contents())


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        description().to_bytes().replace(b"/1", b"/2", 1),
        description().to_bytes().replace(b'"key"', b'"kez"'),
        description().to_bytes()[:-1] + b',"more":1}',
        description().to_bytes().replace(b'"oost"', b"1"),
        description().to_bytes().replace(b'"' + ORIGIN.encode() + b'"', b"1"),
    ],
)
def test_another_description_is_refused(data):
    with pytest.raises((DescriptionError, ProfileError)):
        Description.from_bytes(data)


def test_a_damaged_bundle_is_told_from_something_else():
    whole = bundle_of(small_log())
    for damaged in (whole[:-5], whole[:200], b"x" + whole[1:], whole[:-22] + bytes(22)):
        assert looks_like_a_bundle(io.BytesIO(damaged))
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as target:
        target.writestr("word/document.xml", "")
    for foreign in (b"", b"a note", b"%PDF-1.7", other.getvalue()):
        assert not looks_like_a_bundle(io.BytesIO(foreign))
