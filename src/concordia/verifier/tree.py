"""Recomputing a log: every entry, every tile, the root, and the root of an older checkpoint."""

from collections.abc import Iterator

from concordia.domain.checkpoint import Checkpoint
from concordia.domain.faults import RegisterError
from concordia.domain.merkle import RootBuilder, complete_root, leaf_hash
from concordia.domain.tiles import WIDTH, decode_entries, entries_path, tile_path, widths
from concordia.verifier.entries import EntryChecks, OpeningChecks
from concordia.verifier.report import LogReport
from concordia.verifier.signatures import Expected
from concordia.verifier.source import Source


def verify_entries(source: Source, report: LogReport, expected: Expected, partner: str) -> None:
    """Recompute everything below the checkpoint, noting each entry that fails."""
    checkpoint = expected.checkpoint
    builder, suspects = RootBuilder(), list[int]()
    entries = EntryChecks(checkpoint.origin, report)
    openings = OpeningChecks(source, checkpoint.origin, report, partner)
    for low, row in _rows(source, report, checkpoint.size):
        hashes = list(map(leaf_hash, row))
        _add_row(builder, hashes, expected.since, report)
        suspects += _unlike_tile(source, report, low, hashes)
        for n, data in enumerate(row, low):
            openings.check(n, entries.check(n, data))
    openings.finish(checkpoint.size)
    report.erased_but_open = tuple(sorted(entries.erased & openings.opened))
    report.withheld = openings.withheld(entries.erased)
    source.was_followed = builder.size == checkpoint.size
    is_right = source.was_followed and builder.root() == checkpoint.root
    _conclude(is_right, suspects, report)
    if source.was_followed:
        _check_upper_tiles(source, report, builder, is_right)
        if not is_right:
            report.fail(
                None,
                "root",
                "De regels geven een andere wortel dan de ondertekende stand.",
                "The entries lead to another root than the signed checkpoint.",
            )


def _rows(source: Source, report: LogReport, size: int) -> Iterator[tuple[int, list[bytes]]]:
    """The first index and the entries of each bundle, up to the first that is missing or malformed."""
    for index, width in widths(size):
        low = index * WIDTH
        data = source.read(entries_path(index, width))
        if data is None:
            report.fail(low, "missing", "De regels ontbreken.", "The entries are missing.")
            return
        try:
            row = decode_entries(data, width)
        except RegisterError as error:
            hashes = source.read(tile_path(0, index, width)) or b""
            report.fail_for(low + _first_unlike(data, hashes), "entry", error)
            return
        yield low, row


def _first_unlike(data: bytes, tile: bytes) -> int:
    """Which entry of a malformed bundle is the first that does not hash to its place in the tile."""
    place, position = 0, 0
    while position < len(data):
        start = position + 2
        position = start + int.from_bytes(data[position:start])
        if leaf_hash(data[start:position]) != tile[place * 32 : place * 32 + 32]:
            break
        place += 1
    return place


def _add_row(builder: RootBuilder, hashes: list[bytes], since: Checkpoint | None, report: LogReport) -> None:
    """Add a row, stopping halfway to compare the root where the older checkpoint was made."""
    low = builder.size
    if since is None or not low < since.size <= low + len(hashes):
        builder.add_all(hashes)
        return
    builder.add_all(hashes[: since.size - low])
    if builder.root() == since.root:
        report.since = since.size
    else:
        report.fail(
            None,
            "since",
            f"De eerste {since.size} regels zijn niet die van de oudere stand.",
            f"The first {since.size} entries are not those of the older checkpoint.",
        )
    builder.add_all(hashes[since.size - low :])


def _unlike_tile(source: Source, report: LogReport, low: int, hashes: list[bytes]) -> list[int]:
    """The entries of a row whose hash is not the one in their tile."""
    tile = source.read(tile_path(0, low // WIDTH, len(hashes)))
    if tile is None:
        report.fail(low, "missing", "De tegel met hashes ontbreekt.", "The tile of hashes is missing.")
        return []
    if b"".join(hashes) == tile:
        return []
    return [low + place for place in _unlike(tile, hashes)]


def _unlike(tile: bytes, hashes: list[bytes]) -> list[int]:
    """The places where a tile differs from the hashes it should hold; the first where it is only longer."""
    places = range(len(hashes))
    return [place for place in places if tile[place * 32 : place * 32 + 32] != hashes[place]] or [0]


def _conclude(is_right: bool, suspects: list[int], report: LogReport) -> None:
    """Say of entries unlike their tile which is wrong: entries that hash to the signed root are right."""
    kind, nl, en = "entry", "De regel is veranderd.", "The entry was changed."
    if is_right:
        kind, nl, en = "tile", "De tegel is veranderd, de regel niet.", "The tile was changed, the entry not."
    for n in suspects:
        report.fail(n, kind, nl, en)


def _check_upper_tiles(source: Source, report: LogReport, builder: RootBuilder, is_right: bool) -> None:
    """Check the tiles above the entries; where the entries are wrong, only that the tiles are there."""
    level, hashes = 1, builder.rows
    while hashes:
        for index, width in widths(len(hashes)):
            path = tile_path(level, index, width)
            tile = source.read(path)
            place = _wrong_place(tile, hashes[index * WIDTH : index * WIDTH + width])
            if place is None or (tile is not None and not is_right):
                continue
            n = (index * WIDTH + place) * WIDTH**level
            if tile is None:
                report.fail(n, "missing", f"{path} ontbreekt.", f"{path} is missing.")
            else:
                report.fail(n, "tile", f"{path} is veranderd.", f"{path} was changed.")
        full = len(hashes) // WIDTH
        hashes = [complete_root(hashes[place * WIDTH : (place + 1) * WIDTH]) for place in range(full)]
        level += 1


def _wrong_place(tile: bytes | None, hashes: list[bytes]) -> int | None:
    """The first place where a tile is not as it should be; None when it is."""
    if tile == b"".join(hashes):
        return None
    return _unlike(tile or b"", hashes)[0]
