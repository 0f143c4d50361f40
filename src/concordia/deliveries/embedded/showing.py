"""What stands in a cell, as a report shows it."""

from dataclasses import dataclass

import pyarrow as pa

from concordia.domain.checking.result import HIDDEN

LONGEST_SHOWN = 200

type Shown = dict[tuple[int, str], str | None]  # by place and column


@dataclass(frozen=True, slots=True)
class Showing:
    """A column to show of rows that fail: its name, that of its values in a batch, and whether they are hidden."""

    column: str
    value: str
    hidden: bool


def as_shown(values: pa.Array, *, hidden: bool) -> list[str | None]:
    """Values as they are shown: hidden ones tell only that something stands there."""
    plain = values.dictionary_decode() if pa.types.is_dictionary(values.type) else values
    texts = plain.cast(pa.string()).to_pylist()
    return [None if text is None else HIDDEN if hidden else text[:LONGEST_SHOWN] for text in texts]
