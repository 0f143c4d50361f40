"""Tags and texts of a piece of plain XML, as columns: where they stand, how deep, and which node each is.

Plain is what messages of programs nearly always are: elements, attributes, text and references; no CDATA, comments,
processing instructions or namespaces declared below the root. Anything else, and every doubt, raises NotPlainError:
then the strict reader reads the message and says what is wrong with it, if anything is.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from concordia.deliveries.xml import limits
from concordia.deliveries.xml.shape import ELSEWHERE, OUTSIDE, Shape
from concordia.domain.contracts.xml_mapping import XML_NAMESPACE

type Ints = npt.NDArray[np.integer[Any]]

_NAME = r"[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?"
_ATTRIBUTE = re.compile(rf"[ \t\n]+({_NAME})[ \t\n]*=[ \t\n]*(?:\"([^\"<]*)\"|'([^'<]*)')")
_OPEN = re.compile(rf"<({_NAME})((?:[ \t\n]+{_NAME}[ \t\n]*=[ \t\n]*(?:\"[^\"<]*\"|'[^'<]*'))*)[ \t\n]*(/?)>")
_CLOSE = re.compile(rf"</({_NAME})[ \t\n]*>")
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9A-Fa-f]{1,6}));")
_ANY_REFERENCE = re.compile(rb"&[^;&<]{0,12};?")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_RESERVED = (XML_NAMESPACE, "http://www.w3.org/2000/xmlns/")
_MOST_TAGS_KEPT = 100_000


class NotPlainError(Exception):
    """Raised where the fast reader leaves a message to the strict one."""


def resolved(text: str) -> str:
    """Text with its references resolved; they were checked before."""
    return _REFERENCE.sub(_sign, text) if "&" in text else text


def _sign(match: re.Match[str]) -> str:
    named, decimal, hexadecimal = match.groups()
    return _NAMED[named] if named else chr(int(decimal) if decimal else int(hexadecimal, 16))


def _checked(reference: str) -> None:
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise NotPlainError("a reference")
    if match[1] is None:
        point = int(match[2]) if match[2] else int(match[3], 16)
        allowed = point in (9, 10, 13) or 32 <= point < 0xD800 or 0xE000 <= point < 0xFFFE
        if not (allowed or 0x10000 <= point <= 0x10FFFF):
            raise NotPlainError("a character that may not be")


def octets_of(text: bytes) -> npt.NDArray[np.uint8]:
    """The bytes as numbers, without a copy."""
    return np.frombuffer(text, np.uint8)


def check_characters(window: bytes, octets: npt.NDArray[np.uint8]) -> None:
    """Every character may stand in XML, and every reference is one. Raises NotPlainError."""
    blanks = np.count_nonzero(octets == 10) + np.count_nonzero(octets == 9)
    if np.count_nonzero(octets < 32) != blanks or (b"]" in window and b"]]>" in window):
        raise NotPlainError("a character that may not be")
    if not window.isascii():
        try:
            window.decode("utf-8")
        except UnicodeDecodeError:
            raise NotPlainError("the encoding") from None
        if b"\xef\xbf\xbe" in window or b"\xef\xbf\xbf" in window:
            raise NotPlainError("a character that may not be")
    if b"&" in window:
        for written in set(_ANY_REFERENCE.findall(window)):
            _checked(written.decode())


@dataclass(slots=True)
class _Kinds:
    """What is known of each different tag, by number: `delta` is what it does to the depth."""

    numbers: dict[str, int] = field(default_factory=dict)
    delta: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)  # the name as it is written, by number
    name: list[int] = field(default_factory=list)  # the name that the shape knows, by number; 0 for any other
    attributes: list[dict[str, str]] = field(default_factory=list)


class Kinds:
    """Every different tag, read once."""

    def __init__(self, shape: Shape) -> None:
        names = {name for children in shape.children for name in children}
        self._known = {name: number for number, name in enumerate(sorted(names), start=1)}
        self._names: dict[str, int] = {}
        self._prefixes: dict[str, str] | None = None
        self._kinds = _Kinds()
        self.moves = np.full((len(shape.children), len(names) + 1), ELSEWHERE, np.int32)
        for node, children in enumerate(shape.children):
            for name, child in children.items():
                self.moves[node, self._known[name]] = child

    def numbers(self, tags: Iterable[str]) -> list[int]:
        """The number of each tag. Raises NotPlainError for a tag that is not plain."""
        if len(self._kinds.numbers) > _MOST_TAGS_KEPT:
            self._kinds = _Kinds()
        known = self._kinds.numbers
        return [known[tag] if tag in known else self._read(tag) for tag in tags]

    def arrays(self) -> tuple[Ints, Ints, Ints]:
        """By number of a tag: what it does to the depth, the number of its written and of its known name."""
        kinds = self._kinds
        return (
            np.array(kinds.delta, np.int32),
            np.array(kinds.written, np.int32),
            np.array(kinds.name, np.int32),
        )

    def attribute(self, name: str) -> tuple[Ints, pa.Array]:
        """By number of a tag: where the value of its attribute stands in the array, -1 where it has none."""
        found = [kind.get(name) for kind in self._kinds.attributes]
        values = [value for value in found if value is not None]
        has = np.array([value is not None for value in found], bool)
        return np.where(has, np.cumsum(has) - 1, -1), pa.array(values, pa.string())

    def _read(self, tag: str) -> int:
        kinds, closing = self._kinds, _CLOSE.fullmatch(tag)
        opening = None if closing else _OPEN.fullmatch(tag)
        match = closing or opening
        if match is None:
            raise NotPlainError("a tag that is not plain")
        attributes = self._attributes(opening[2]) if opening else {}
        kinds.delta.append(-1 if closing else 0 if opening and opening[3] else 1)
        kinds.written.append(self._names.setdefault(match[1], len(self._names)))
        kinds.name.append(self._known.get(self._resolved(match[1], is_element=True), 0))
        kinds.attributes.append(attributes)
        if len(self._names) > limits.MOST_NAMES:
            raise NotPlainError("many names")
        return kinds.numbers.setdefault(tag, len(kinds.numbers))

    def _attributes(self, written: str) -> dict[str, str]:
        pairs = [(name, _normal(first or second)) for name, first, second in _ATTRIBUTE.findall(written)]
        if len(pairs) > limits.MOST_ATTRIBUTES or len({name for name, _ in pairs}) < len(pairs):
            raise NotPlainError("attributes")
        declared = {name: value for name, value in pairs if name == "xmlns" or name.startswith("xmlns:")}
        if self._prefixes is None:
            self._prefixes = _prefixes(declared)
        elif declared:
            raise NotPlainError("a namespace below the root")
        named = {self._resolved(name): value for name, value in pairs if name not in declared}
        if len(named) + len(declared) < len(pairs):
            raise NotPlainError("attributes")
        return named

    def _resolved(self, written: str, *, is_element: bool = False) -> str:
        prefix, _, local = written.rpartition(":")
        if not prefix and not is_element:
            return local
        namespace = (self._prefixes or {}).get(prefix)
        if namespace is None:
            raise NotPlainError("a prefix")
        return f"{{{namespace}}}{local}" if namespace else local


def _normal(value: str) -> str:
    return resolved(value.replace("\t", " ").replace("\n", " "))


def _prefixes(declared: dict[str, str]) -> dict[str, str]:
    found = {"": "", "xml": XML_NAMESPACE}
    for name, uri in declared.items():
        prefix = name[6:]
        if prefix in {"xml", "xmlns"} or (prefix and not uri) or uri in _RESERVED:
            raise NotPlainError("a namespace of XML itself")
        found[prefix] = uri
    return found


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a window in order. Token 2i+1 is tag i, token 2i+2 the text behind it.

    `level` is the depth of the element (1 for the root), `node` its node, ELSEWHERE for closing tags.
    """

    tokens: pa.Array
    lengths: Ints
    number: Ints
    delta: Ints
    level: Ints
    node: Ints


class Levels:
    """Where we are in the message, from window to window: how deep, in which elements, at which nodes."""

    def __init__(self, kinds: Kinds) -> None:
        self._kinds = kinds
        self.nodes: list[int] = [OUTSIDE]
        self._names: list[int] = [-1]
        self.is_begun = False

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self.nodes) - 1

    def read(self, window: bytes) -> Tags:
        """The tags of the next window, which ends with a closing tag. Raises NotPlainError."""
        tokens, lengths = _tokens(window)
        self.is_begun = True
        encoded = tokens.take(pa.array(np.arange(1, len(tokens), 2, dtype=np.int32))).dictionary_encode()
        numbers = np.array(self._kinds.numbers(encoded.dictionary.to_pylist()), np.int32)
        number = numbers[encoded.indices.to_numpy()]
        by_delta, by_written, by_name = self._kinds.arrays()
        delta = by_delta[number]
        depth = self.depth + np.cumsum(delta, dtype=np.int32)
        if (depth[:-1] <= 0).any() or depth[-1] < 0:
            raise NotPlainError("more than one root")
        level = depth + (delta != 1)
        if level.max() > limits.DEEPEST:
            raise NotPlainError("deep")
        names = self._matched(delta, level, by_written[number])
        node, nodes = self._placed(delta, level, by_name[number], int(depth[-1]))
        self._names, self.nodes = [*self._names, *[-1] * len(names)][: int(depth[-1]) + 1], nodes
        for at, name in names.items():
            if at <= depth[-1]:
                self._names[at] = name
        return Tags(tokens, lengths, number, delta, level, node)

    def _matched(self, delta: Ints, level: Ints, written: Ints) -> dict[int, int]:
        """Each closing tag closes what was opened last at its level; what stays open, by level."""
        leaves = (delta[:-1] == 1) & (delta[1:] == -1)
        if (leaves & (written[:-1] != written[1:])).any():
            raise NotPlainError("a tag that closes another")
        others = delta != 0
        others[:-1] &= ~leaves
        others[1:] &= ~leaves
        pairs = np.flatnonzero(others)
        pairs = pairs[np.argsort(level[pairs].astype(np.int16), kind="stable")]
        names, levels, closes = written[pairs], level[pairs], delta[pairs] < 0
        follows = np.zeros(len(pairs), bool)
        follows[1:] = levels[1:] == levels[:-1]
        good = np.ones(len(pairs), bool)
        good[1:] = names[1:] == names[:-1]
        if (closes & follows & ~good).any():
            raise NotPlainError("a tag that closes another")
        for first in np.flatnonzero(closes & ~follows):
            if self._names[levels[first]] != names[first]:
                raise NotPlainError("a tag that closes another")
        lasts = np.flatnonzero(np.append(~follows[1:], True)[: len(pairs)])
        return {int(levels[last]): int(names[last]) for last in lasts if not closes[last]}

    def _placed(self, delta: Ints, level: Ints, name: Ints, depth: int) -> tuple[Ints, list[int]]:
        node = np.full(len(delta), ELSEWHERE, np.int32)
        before = [*self.nodes, *[ELSEWHERE] * limits.DEEPEST]
        nodes, above = list(before), np.empty(0, np.int64)
        begun = np.flatnonzero(delta >= 0)
        levels = level[begun].astype(np.int16)
        order = begun[np.argsort(levels, kind="stable")]
        ends = np.searchsorted(np.sort(levels), np.arange(int(level.max()) + 2))
        for at in range(1, len(ends) - 1):
            here = order[ends[at] : ends[at + 1]]
            cuts = np.searchsorted(here, above)
            outer = np.repeat(
                np.append(before[at - 1], node[above]), np.diff(cuts, prepend=0, append=len(here))
            )
            node[here] = self._kinds.moves[outer, name[here]]
            if at == 1 and (node[here] == ELSEWHERE).any():
                raise NotPlainError("another root")
            above = here[delta[here] == 1]
            if len(above):
                nodes[at] = int(node[above[-1]])
        return node, nodes[: depth + 1]


def _brackets(octets: npt.NDArray[np.uint8]) -> tuple[Ints, Ints]:
    """Where tags begin, and where each ends: at the first `>` after it, since a text may hold others."""
    both = np.flatnonzero((octets & 0xFD) == 60)  # `<` is 60 and `>` is 62
    are_ends = octets[both] == 62
    if len(both) % 2 == 0 and not are_ends[::2].any() and are_ends[1::2].all():
        return both[::2], both[1::2]
    begins, ends = both[~are_ends], both[are_ends]
    at = np.searchsorted(ends, begins)
    if (at >= len(ends)).any():
        raise NotPlainError("a tag without an end")
    return begins, ends[at]


def _tokens(window: bytes) -> tuple[pa.Array, Ints]:
    octets = octets_of(window)
    check_characters(window, octets)
    begins, ends = _brackets(octets)
    if len(begins) == 0 or ends[-1] + 1 != len(window):
        raise NotPlainError("a window that ends within something")
    if (ends[:-1] > begins[1:]).any():
        raise NotPlainError("a tag in a tag")
    offsets = np.empty(2 * len(begins) + 2, np.int32)
    offsets[0], offsets[-1] = 0, len(window)
    offsets[1:-1:2], offsets[2::2][: len(begins)] = begins, ends + 1
    lengths = np.diff(offsets)
    if lengths.max() > limits.LONGEST_VALUE:
        raise NotPlainError("a long value")
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(window)]
    return pa.Array.from_buffers(pa.string(), len(offsets) - 1, buffers), lengths
