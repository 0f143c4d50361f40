"""From tags to columns: which text is the value of which column of which row, for a whole window at once."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from concordia.deliveries.xml.plain_tags import Ints, Kinds, Levels, NotPlainError, Tags, resolved
from concordia.deliveries.xml.shape import Shape, Slot
from concordia.deliveries.xml.tables import Yielded, batch_of

_NONE = pa.scalar(None, pa.string())


@dataclass(slots=True)
class _Held:
    """A value that stands around rows to come: whether it was seen, and whether rows have begun since."""

    seen: bool = False
    value: str | None = None
    late: bool = False


@dataclass(slots=True)
class _OpenRow:
    """The row of an object that goes on in the next window. `seen` are the columns whose value has been."""

    values: list[str | None]
    seen: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Events:
    """Where values of a slot stand: `at` the tag, `source[take]` the value; -1 where nothing is written."""

    at: Ints
    source: pa.Array
    take: Ints


class Columns:
    """Turns the tags of one window after another into batches. Raises NotPlainError."""

    def __init__(self, shape: Shape, kinds: Kinds, levels: Levels) -> None:
        self._shape, self._kinds, self._levels = shape, kinds, levels
        self._held = {slot: _Held() for slot in shape.slots if not slot.own}
        self._open: dict[int, _OpenRow] = {}
        self._counts = dict.fromkeys((node for counted in shape.counted for node in counted.nodes), 0)
        self._counted = {(counted.object, counted.column): counted for counted in shape.counted}
        self._holders = {(holder.object, holder.column): holder for holder in shape.holders}
        self._slots: dict[tuple[int, int], list[Slot]] = {}
        for slot in shape.slots:
            self._slots.setdefault((slot.object, slot.column), []).append(slot)

    def read(self, window: bytes) -> Iterator[Yielded]:
        """The rows that are complete at the end of the window."""
        tags = self._levels.read(window)
        piece = _Window(tags, self._kinds, needs_resolving=b"&" in window)
        open_nodes = set(self._levels.nodes)
        ready = [self._object(number, piece, open_nodes) for number in range(len(self._shape.records))]
        for slot, held in self._held.items():
            _go_on(held, slot, piece)
        for node in self._counts:
            self._counts[node] += len(piece.begins(node))
        yield from (batch for batch in ready if batch is not None)

    def _object(self, number: int, piece: "_Window", open_nodes: set[int]) -> Yielded | None:
        nodes = [node for node, owners in self._shape.records_of.items() if number in owners]
        begins = np.sort(np.concatenate([piece.begins(node) for node in nodes]))
        earlier = self._open.pop(number, None)
        rows = _Rows(begins, earlier, piece)
        if rows.count == 0:
            return None
        record = self._shape.records[number]
        arrays = [self._column(number, position, rows) for position in range(len(record.columns))]
        complete = rows.count
        if open_nodes & set(nodes):
            complete -= 1
            self._open[number] = _OpenRow([array[complete].as_py() for array in arrays], rows.seen_last)
        if complete == 0:
            return None
        arrays = [array.slice(0, complete) for array in arrays]
        return number, batch_of(record.columns, arrays, complete)

    def _column(self, number: int, position: int, rows: "_Rows") -> pa.Array:
        if counted := self._counted.get((number, position)):
            return rows.counted(position, {node: self._counts[node] for node in counted.nodes})
        if holder := self._holders.get((number, position)):
            return rows.held_by(position, holder.names)
        slots = self._slots.get((number, position), [])
        own = [slot for slot in slots if slot.own]
        column = rows.own(position, own) if own else rows.earlier_only(position)
        for slot in slots:
            column = column if slot.own else rows.outer(column, slot, self._held[slot])
        return column


class _Window:
    """The tags of a window by node."""

    def __init__(self, tags: Tags, kinds: Kinds, *, needs_resolving: bool) -> None:
        self.tags, self._kinds, self._needs_resolving = tags, kinds, needs_resolving
        begun = np.flatnonzero(tags.node)
        order = begun[np.argsort(tags.node[begun].astype(np.int16), kind="stable")]
        nodes = tags.node[order]
        self._by_node = dict(zip(*_groups(nodes, order), strict=True))

    def begins(self, node: int) -> Ints:
        """The tags that open a node, in order."""
        return self._by_node.get(node, np.empty(0, np.int64))

    def events(self, slot: Slot) -> _Events:
        """Where the values of a slot stand, also those in which nothing is written."""
        at = self.begins(slot.node)
        if slot.attribute is not None:
            where, values = self._kinds.attribute(slot.attribute)
            found = where[self.tags.number[at]]
            lengths = pc.binary_length(values).to_numpy(zero_copy_only=False) if len(values) else np.zeros(1)
            at, found = at[found >= 0], found[found >= 0]
            return _Events(at, values, np.where(lengths[found] > 0, found, -1) if len(found) else found)
        opens, following = (
            self.tags.delta[at] == 1,
            self.tags.delta[np.minimum(at + 1, len(self.tags.delta) - 1)],
        )
        if (opens & (following != -1)).any():
            raise NotPlainError("elements in a value")
        token = 2 * at + 2
        is_written = opens & (self.tags.lengths[token] > 0)
        return _Events(at, self.tags.tokens, token if is_written.all() else np.where(is_written, token, -1))

    def taken(self, source: pa.Array, take: Ints) -> pa.Array:
        """The values themselves; null for -1."""
        absent = take < 0
        values = source.take(pa.array(take, mask=absent) if absent.any() else pa.array(take))
        if not self._needs_resolving or source is not self.tags.tokens:
            return values
        dirty = pc.match_substring(values, "&")
        if not pc.any(dirty).as_py():
            return values
        mended = [resolved(value) for value in values.filter(dirty).to_pylist()]
        return pc.replace_with_mask(values, pc.fill_null(dirty, False), pa.array(mended, pa.string()))


def _groups(nodes: Ints, order: Ints) -> tuple[list[int], list[Ints]]:
    if len(nodes) == 0:
        return [], []
    cuts = np.flatnonzero(np.diff(nodes)) + 1
    return [int(nodes[cut]) for cut in (0, *cuts)], np.split(order, cuts)


class _Rows:
    """The rows of one object in a window; the first may have begun before it."""

    def __init__(self, begins: Ints, earlier: _OpenRow | None, piece: _Window) -> None:
        self._begins, self._earlier, self._piece = begins, earlier, piece
        self._offset = 0 if earlier is None else 1
        self.count = len(begins) + self._offset
        self.seen_last = set(earlier.seen) if earlier and len(begins) == 0 else set[int]()

    @cached_property
    def _row_of(self) -> Ints:
        """The row that is open, or was last, at each tag; -1 before the first."""
        marks = np.zeros(len(self._piece.tags.delta), np.int32)
        marks[self._begins] = 1
        return np.cumsum(marks, dtype=np.int32) + (self._offset - 1)

    def own(self, position: int, slots: list[Slot]) -> pa.Array:
        """A column whose values stand in the record. Raises NotPlainError where one stands there twice."""
        column, seen = None, np.zeros(self.count, bool)
        if self._earlier and position in self._earlier.seen:
            seen[0] = True
        for slot in slots:
            found = self._piece.events(slot)
            rows = self._row_of[found.at]
            if (rows < 0).any() or seen[rows].any() or (rows[1:] == rows[:-1]).any():
                raise NotPlainError("a value that is repeated")
            seen[rows] = True
            take = found.take
            if len(rows) < self.count:
                take = np.full(self.count, -1, found.take.dtype)
                take[rows] = found.take
            values = self._piece.taken(found.source, take)
            column = values if column is None else pc.coalesce(column, values)
        if self.count and seen[-1]:
            self.seen_last.add(position)
        return self._with_earlier(column, position)

    def earlier_only(self, position: int) -> pa.Array:
        """A column of which only the row that began before has a value yet."""
        return self._with_earlier(pa.nulls(self.count, pa.string()), position)

    def _with_earlier(self, column: pa.Array, position: int) -> pa.Array:
        value = self._earlier.values[position] if self._earlier else None
        if value is None:
            return column
        return pa.concat_arrays([pa.array([value], pa.string()), column.slice(1)])

    def counted(self, position: int, before: dict[int, int]) -> pa.Array:
        """A column that counts elements."""
        total = np.zeros(len(self._begins), np.int64)
        for node, count in before.items():
            total += count + np.searchsorted(self._piece.begins(node), self._begins, side="right")
        numbers = pa.array(total).cast(pa.string())
        if self._earlier is None:
            return numbers
        return pa.concat_arrays([pa.array([self._earlier.values[position]], pa.string()), numbers])

    def held_by(self, position: int, names: dict[int, str]) -> pa.Array:
        """A column with the name of what is around each record."""
        nodes = sorted(names)
        at = np.searchsorted(nodes, self._piece.tags.node[self._begins])
        known = pa.array([names[node] for node in nodes], pa.string())
        is_known = np.isin(self._piece.tags.node[self._begins], nodes)
        held = (
            known.take(pa.array(np.where(is_known, at, 0), mask=~is_known))
            if nodes
            else pa.nulls(len(at), pa.string())
        )
        if self._earlier is None:
            return held
        return pa.concat_arrays([pa.array([self._earlier.values[position]], pa.string()), held])

    def outer(self, column: pa.Array, slot: Slot, held: _Held) -> pa.Array:
        """The column with the values that stood around the rows at one record, when each began."""
        begins = self._piece.begins(slot.record)
        if len(begins) == 0:
            return column
        rows = np.searchsorted(self._begins, begins) + self._offset
        found = self._piece.events(slot)
        last = np.searchsorted(found.at, begins) - 1
        scopes = self._piece.begins(slot.scope)
        scope = np.searchsorted(scopes, begins) - 1
        from_before = (last < 0) & (scope < 0)
        here = last >= 0
        if len(scopes) and len(found.at):
            here &= (scope < 0) | (found.at[last] >= scopes[scope])
        take = np.full(self.count, -1, np.int64)
        if len(found.at):
            take[rows] = np.where(here, found.take[last], -1)
            column = pc.coalesce(column, self._piece.taken(found.source, take))
        if held.value is not None and from_before.any():
            is_held = np.zeros(self.count, bool)
            is_held[rows] = from_before
            column = pc.if_else(pa.array(is_held), pa.scalar(held.value), column)
        return column


def _go_on(held: _Held, slot: Slot, piece: _Window) -> None:
    """What is held after a window. Raises NotPlainError for a value that is repeated, or comes after its rows."""
    found, scopes, begins = piece.events(slot), piece.begins(slot.scope), piece.begins(slot.record)
    scope = np.searchsorted(scopes, found.at, side="right")
    if (scope[1:] == scope[:-1]).any() or (held.seen and len(scope) and scope[0] == 0):
        raise NotPlainError("a value that is repeated")
    earlier = np.searchsorted(begins, found.at)
    row = np.where(earlier > 0, np.append(begins, -1)[earlier - 1], -1)
    around = np.where(scope > 0, np.append(scopes, -1)[scope - 1], -1)
    if (row > around).any() or (held.late and (around < 0).any()):
        raise NotPlainError("a value after its rows")
    if len(scopes):
        held.seen = held.late = False
        held.value = None
    last = int(scopes[-1]) if len(scopes) else -1
    held.late = held.late or bool(len(begins) and begins[-1] > last)
    if len(found.at) and found.at[-1] >= last:
        held.seen = True
        held.value = piece.taken(found.source, found.take[-1:])[0].as_py()
