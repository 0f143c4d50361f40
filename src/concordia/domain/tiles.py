"""A log as files: tiles of hashes and bundles of entries, 256 wide (C2SP tlog-tiles).

Level L of the tiles holds the hashes of complete subtrees of 256**L entries. An entry bundle is a sequence of
entries, each after its length in two bytes, big-endian.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from concordia.domain.faults import RegisterError
from concordia.domain.merkle import HASH_LENGTH, Fetch

WIDTH = 256
ENTRY_LIMIT = 65_535


class TileError(RegisterError):
    """Bytes that are not an entry bundle of the stated width, or an entry too long for one."""


def tile_path(level: int, index: int, width: int = WIDTH) -> str:
    """The path of tile `index` of `level` (0 to 63), partial when `width` is less than 256."""
    return f"tile/{level}/{_number(index)}{_partial(width)}"


def entries_path(index: int, width: int = WIDTH) -> str:
    """The path of entry bundle `index`, partial when `width` is less than 256."""
    return f"tile/entries/{_number(index)}{_partial(width)}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """The (level, index, width) of every tile of a log of `size` entries, the lowest level first."""
    level, count = 0, size
    while count:
        for index, width in widths(count):
            yield level, index, width
        level, count = level + 1, count // WIDTH


def widths(count: int) -> Iterator[tuple[int, int]]:
    """The (index, width) of the rows that `count` things fill: all 256 wide, but perhaps the last."""
    full, rest = divmod(count, WIDTH)
    for index in range(full):
        yield index, WIDTH
    if rest:
        yield full, rest


def tile(level: int, index: int, width: int, fetch: Fetch) -> bytes:
    """The bytes of a tile: `width` hashes of complete subtrees."""
    return b"".join(fetch(8 * level, index * WIDTH + place) for place in range(width))


def split_tile(data: bytes) -> list[bytes]:
    """The hashes of a tile. Raises TileError when the length is not a whole number of hashes."""
    if len(data) % HASH_LENGTH:
        raise TileError("Een tegel heeft niet de goede lengte.", "A tile has not the right length.")
    return [data[place : place + HASH_LENGTH] for place in range(0, len(data), HASH_LENGTH)]


def encode_entries(entries: Iterable[bytes]) -> bytes:
    """The bytes of an entry bundle. Raises TileError for an entry of more than 65,535 bytes."""
    parts: list[bytes] = []
    for entry in entries:
        if len(entry) > ENTRY_LIMIT:
            raise TileError("Een regel is te lang voor een bundel.", "An entry is too long for a bundle.")
        parts += (len(entry).to_bytes(2), entry)
    return b"".join(parts)


def decode_entries(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of an entry bundle. Raises TileError for any other number, or bytes left over."""
    entries: list[bytes] = []
    place, end = 0, len(data)
    while place < end:
        start = place + 2
        place = start + int.from_bytes(data[place:start])
        entries.append(data[start:place])
    if place != end or len(entries) != width:
        raise TileError(
            f"Dit zijn geen {width} regels met hun lengte.",
            f"These are not {width} entries with their lengths.",
        )
    return entries


def log_files(
    size: int, fetch: Fetch, entries: Callable[[int, int], Sequence[bytes]]
) -> dict[str, Callable[[], bytes]]:
    """Every tile and entry bundle of a log of `size` entries, by path, made when it is called.

    `entries(low, high)` gives the entries low to high - 1.
    """
    files: dict[str, Callable[[], bytes]] = {}
    for level, index, width in tiles_of(size):
        files[tile_path(level, index, width)] = _later_tile(level, index, width, fetch)
    for index, width in widths(size):
        files[entries_path(index, width)] = _later_entries(index, width, entries)
    return files


def _later_tile(level: int, index: int, width: int, fetch: Fetch) -> Callable[[], bytes]:
    return lambda: tile(level, index, width, fetch)


def _later_entries(
    index: int, width: int, entries: Callable[[int, int], Sequence[bytes]]
) -> Callable[[], bytes]:
    low = index * WIDTH
    return lambda: encode_entries(entries(low, low + width))


def _number(index: int) -> str:
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
    return "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"
