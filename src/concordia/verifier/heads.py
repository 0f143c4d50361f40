"""What the shared log bound of a partner's private log: the one in the bundle has to contain it.

Once a week an entry `head.committed` commits to the state of a private log (docs/register-format.md, section 10),
so that a host that writes a private log anew contradicts the shared one, also to somebody who sees both for the
first time.
"""

import re
from collections.abc import Sequence
from functools import cache

from concordia.domain.checkpoint import Checkpoint, parse_body
from concordia.domain.faults import RegisterError
from concordia.domain.merkle import complete_root, root
from concordia.domain.tiles import WIDTH, split_tile, tile_path
from concordia.verifier.report import LogReport
from concordia.verifier.source import Source

HEAD, HEAD_FIELD = "head.committed", "head"


def verify_heads(logs: Sequence[LogReport], source: Source) -> None:
    """Compare the heads that the first log bound with the second, whose files are in `source`, if it is there.

    A private log that failed by itself is not compared: its own failures say what is wrong.
    """
    shared, private = logs[0], logs[1] if len(logs) > 1 else LogReport("")
    if private.failures:
        return
    if private.origin == shared.origin:
        nl, en = "Het eigen register is het gedeelde.", "The private log is the shared one."
        private.fail(None, "log", nl, en)
        return
    for n, text in shared.heads:
        try:
            head = parse_body(text)
        except RegisterError as error:
            shared.fail_for(n, "head", error)
            continue
        if is_former(head.origin, private.origin):
            shared.former = head.origin
        elif not _contains(head, private, source):
            shared.fail(
                n,
                "head",
                f"Hier zijn {head.size} regels van het eigen register vastgelegd; die in het bestand zijn andere.",
                f"Here {head.size} entries of the private log were bound; those in the file are others.",
            )


def is_former(origin: str, present: str) -> bool:
    """Whether a log is the same one in an earlier epoch: the last part of its origin is a smaller number."""
    (stem, _, epoch), (present_stem, _, present_epoch) = origin.rpartition("/"), present.rpartition("/")
    both_numbers = all(re.fullmatch("[0-9]{1,9}", part) for part in (epoch, present_epoch))
    return stem == present_stem and both_numbers and int(epoch) < int(present_epoch)


def _contains(head: Checkpoint, private: LogReport, source: Source) -> bool:
    if head.size == 0:
        return True
    if head.origin != private.origin or private.size is None or head.size > private.size:
        return False
    return _root_at(source, head.size, private.size) == head.root


def _root_at(source: Source, size: int, whole: int) -> bytes:
    """The root of the first `size` entries of a log whose tiles were found right, `whole` being its size."""

    @cache
    def tile(level: int, index: int) -> list[bytes]:
        width = min(WIDTH, (whole >> 8 * level) - index * WIDTH)
        return split_tile(source.read(tile_path(level, index, width)) or b"")

    def fetch(height: int, index: int) -> bytes:
        level, count = height // 8, 1 << height % 8
        place = index * count
        return complete_root(tile(level, place // WIDTH)[place % WIDTH : place % WIDTH + count])

    return root(size, fetch)
