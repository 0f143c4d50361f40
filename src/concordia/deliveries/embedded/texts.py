"""Tests on many texts at once, by their bytes."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from concordia.deliveries.embedded.vectors import Bools, Texts
from concordia.domain.checking.semantic_types import SEMANTIC_TYPES
from concordia.domain.checking.shapes import Shape, shapes_of

type Bytes = NDArray[np.uint8]

_TILE = 256  # texts that one row of a table of places covers, so that numpy's inner loops are long
_LONGEST_EQUAL = 64  # bytes of a text that all others are held against
_WEIGHTS = np.array([9, 8, 7, 6, 5, 4, 3, 2, -1], np.int16)
_NUMBERED = {"bsn": 9, "rsin": 9, "lhnr": 12}  # the eleven-test is of the first nine digits


def shape_test(shapes: tuple[Shape, ...]) -> Callable[[Texts], Bools]:
    """Whether each text has one of these shapes. What has another character than ASCII has none."""
    sized = sorted(shapes, key=len)
    tests = [
        (size, [_one_shape(shape) for shape in group]) for size, group in groupby(sized, key=len) if size
    ]
    takes_empty = any(not shape for shape in shapes)

    def fits(texts: Texts) -> Bools:
        found = texts.sizes == 0 if takes_empty else np.zeros(len(texts), np.bool_)
        for size, group in tests:
            right, held = texts.of_size(size)
            if len(held):
                found[right] = _any(test(held) for test in group)
        return found

    return fits


def semantic_test(key: str) -> Callable[[Texts], Bools] | None:
    """Whether each text passes the test of a semantic type; None for a type that has no form by bytes."""
    form = SEMANTIC_TYPES[key].form
    shapes = shapes_of(form, whole=True)
    if shapes is None or not (key in _NUMBERED or SEMANTIC_TYPES[key].is_form_alone):
        return None
    return _numbered(shapes[0], _NUMBERED[key]) if key in _NUMBERED else shape_test(shapes)


def equal_test(values: Sequence[object]) -> Callable[[Texts], Bools] | None:
    """Whether each text is one of these; None where one of them is no text, or longer than is looked at here."""
    written = [value.encode("utf-8", "surrogatepass") for value in values if isinstance(value, str)]
    if len(written) < len(values) or any(len(one) > _LONGEST_EQUAL for one in written):
        return None
    words = [[int.from_bytes(one[at : at + 8], "little") for at in range(0, len(one), 8)] for one in written]

    def fits(texts: Texts) -> Bools:
        found = np.zeros(len(texts), np.bool_)
        for one, parts in zip(written, words, strict=True):
            same = texts.sizes == len(one)
            for number, part in enumerate(parts):
                same &= texts.words(8 * number, 0) == np.uint64(part)
            found |= same
        return found

    return fits


def eleven_whole(numbers: NDArray[np.int64]) -> Bools:
    """Whether whole numbers pass the eleven-test as nine digits."""
    inside: Bools = (numbers > 0) & (numbers < 1_000_000_000)
    rest = np.where(inside, numbers, 0).astype(np.int32)
    total = np.zeros(len(numbers), np.int32)
    for weight in _WEIGHTS[::-1].astype(np.int32):
        shorter = rest // np.int32(10)
        total += (rest - shorter * np.int32(10)) * weight
        rest = shorter
    inside &= total % np.int32(11) == 0
    return inside


def _numbered(shape: Shape, size: int) -> Callable[[Texts], Bools]:
    has_shape = _one_shape(shape)

    def fits(texts: Texts) -> Bools:
        found = np.zeros(len(texts), np.bool_)
        right, held = texts.of_size(size)
        if len(held):
            digits = held.reshape(-1, size)[:, :9]
            found[right] = has_shape(held) & _eleven(digits)
        return found

    return fits


def _eleven(digits: Bytes) -> Bools:
    """The eleven-test of rows of nine digits in ASCII. Not as a product of matrices, which takes memory of its own."""
    sums = np.full(len(digits), -48 * int(_WEIGHTS.sum()), np.int16)
    for place, weight in enumerate(_WEIGHTS):
        sums += digits[:, place] * weight
    passed: Bools = sums % np.int16(11) == 0
    near = np.flatnonzero(sums == 0)
    passed[near] &= (digits[near] != 48).any(axis=1)
    return passed


def _one_shape(shape: Shape) -> Callable[[Bytes], Bools]:
    """Whether texts of the size of a shape, one after the other, have it."""
    size = len(shape)
    ranges = max(len(place) for place in shape)
    filled = [[place[min(number, len(place) - 1)] for place in shape] for number in range(ranges)]
    lows = [np.array([low for low, _ in ends], np.uint8) for ends in filled]
    spans = [np.array([high - low for low, high in ends], np.uint8) for ends in filled]

    def wrong(held: Bytes) -> Bools:
        """Which bytes are none of their place."""
        found = _outside(held, lows[0], spans[0])
        for low, span in zip(lows[1:], spans[1:], strict=True):
            found &= _outside(held, low, span)
        return found

    def fits(held: Bytes) -> Bools:
        found = np.ones(len(held) // size, np.bool_)
        found[np.flatnonzero(wrong(held)) // size] = False
        return found

    return fits


def _outside(held: Bytes, low: Bytes, span: Bytes) -> Bools:
    """Whether each byte lies outside the range of its place; what is below a low end wraps around to above."""
    if (low == low[0]).all() and (span == span[0]).all():
        same: Bools = (held - low[0]) > span[0]
        return same
    block = len(low) * _TILE
    whole = len(held) // block * block
    found = np.empty(len(held), np.bool_)
    lows, spans = np.tile(low, _TILE), np.tile(span, _TILE)
    np.greater(held[:whole].reshape(-1, block) - lows, spans, out=found[:whole].reshape(-1, block))
    rest = len(held) - whole
    np.greater(held[whole:] - lows[:rest], spans[:rest], out=found[whole:])
    return found


def _any(found: Iterator[Bools]) -> Bools:
    first = next(found)
    for more in found:
        first |= more
    return first
