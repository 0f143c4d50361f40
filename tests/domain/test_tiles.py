"""A log as files, against a real foreign log and the examples of C2SP tlog-tiles."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registers import Tree
from support.shared import shared_data

from concordia.domain.merkle import complete_root, leaf_hash
from concordia.domain.tiles import (
    ENTRY_LIMIT,
    TileError,
    decode_entries,
    encode_entries,
    entries_path,
    log_files,
    split_tile,
    tile,
    tile_path,
    tiles_of,
    widths,
)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (tile_path(0, 0), "tile/0/000"),
        (tile_path(0, 1234067), "tile/0/x001/x234/067"),
        (tile_path(3, 999, 255), "tile/3/999.p/255"),
        (tile_path(1, 1000, 1), "tile/1/x001/000.p/1"),
        (entries_path(1_000_000), "tile/entries/x001/x000/000"),
        (entries_path(0, 8), "tile/entries/000.p/8"),
    ],
)
def test_paths_are_those_of_the_specification(path, expected):
    assert path == expected


def test_a_log_of_seventy_thousand_has_the_tiles_of_the_specification():
    tiles = list(tiles_of(70_000))

    assert [width for level, _, width in tiles if level == 0] == [256] * 273 + [112]
    assert [width for level, _, width in tiles if level == 1] == [256, 17]
    assert [width for level, _, width in tiles if level == 2] == [1]
    assert len(tiles) == 277


def test_a_log_of_one_row_has_a_tile_of_one_above_it():
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]
    assert list(tiles_of(0)) == list(widths(0)) == []


@pytest.mark.parametrize("size", range(1, 9))
def test_the_foreign_log_has_the_files_we_would_write(size):
    log = shared_data("merkle/tessera_log")
    entries = decode_entries((log / entries_path(0, size)).read_bytes(), size)
    tree = Tree(entries)
    ours = {
        path: make()
        for path, make in log_files(size, tree.fetch, lambda low, high: entries[low:high]).items()
    }

    assert ours == {
        path: (log / path).read_bytes() for path in (tile_path(0, 0, size), entries_path(0, size))
    }


@given(st.lists(st.binary(max_size=300), max_size=300))
@settings(deadline=None)
def test_entries_are_read_back_as_written(entries):
    assert decode_entries(encode_entries(entries), len(entries)) == entries


def test_a_tile_holds_the_hashes_of_complete_subtrees():
    tree = Tree(bytes([n % 256]) for n in range(600))
    lower = split_tile(tile(0, 0, 256, tree.fetch))

    assert lower == [leaf_hash(entry) for entry in tree.entries[:256]]
    assert split_tile(tile(1, 0, 2, tree.fetch))[0] == complete_root(lower)


@pytest.mark.parametrize(
    ("data", "width"),
    [
        (b"", 1),
        (b"\x00\x01a", 0),
        (b"\x00\x01a", 2),
        (b"\x00\x02a", 1),
        (b"\x00", 1),
        (b"\x00\x01a\x00", 1),
        (b"\x00\x01a\x00", 2),
    ],
)
def test_entries_cut_short_or_too_many_are_refused(data, width):
    with pytest.raises(TileError):
        decode_entries(data, width)


def test_the_longest_entry_fits_and_one_byte_more_does_not():
    assert decode_entries(encode_entries([b"x" * ENTRY_LIMIT]), 1) == [b"x" * ENTRY_LIMIT]
    with pytest.raises(TileError, match="too long"):
        encode_entries([b"x" * (ENTRY_LIMIT + 1)])


def test_a_tile_of_half_a_hash_is_refused():
    with pytest.raises(TileError):
        split_tile(bytes(33))
