"""Predicates over whole columns: an expression becomes functions of numpy over a batch of rows.

Not every expression has such a form; the others stay SQL. Both are held to the one meaning of `domain.checking`.
"""

import operator as operators
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from concordia.deliveries.embedded.batches import Batch, Predicate, Truth, either, kleene, known, opposite
from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.sketches import Hashes, mixed
from concordia.deliveries.embedded.texts import eleven_whole, equal_test, semantic_test, shape_test
from concordia.deliveries.embedded.values import sql_type
from concordia.deliveries.embedded.vectors import Array, Bools, Texts, Vector, nulls_of, vector_of
from concordia.domain.checking.expressions import (
    And,
    Arithmetic,
    Column,
    Compare,
    Expression,
    In,
    IsNull,
    Length,
    Literal,
    Matches,
    Not,
    Or,
    Passes,
    Value,
    Written,
)
from concordia.domain.checking.shapes import shapes_of
from concordia.domain.checking.sorts import Kind, Sort

WIDEST_DECIMAL = 18  # digits that a whole number of 64 bits holds
_FEW_VALUES = 16
_FAR = 2**62


type Numbers = Callable[[Batch], Vector]


def has_vector(sort: Sort) -> bool:
    """Whether values of a sort fit a vector of 64 bits."""
    if sort.kind is Kind.DECIMAL:
        return sort.precision <= WIDEST_DECIMAL
    if sort.kind is Kind.INTEGER:
        return sql_type(sort) == "BIGINT"
    return sort.kind in {Kind.FLOAT, Kind.BOOLEAN, Kind.DATE, Kind.TIMESTAMP}


def is_exact(sort: Sort) -> bool:
    """Whether Arrow finds values of a sort in a list as SQL does: not floats (-0.0 is 0.0), nor wider than 64 bits."""
    return sort.kind is Kind.TEXT or (has_vector(sort) and sort.kind is not Kind.FLOAT)


class Kernels:
    """Forms of expressions over the cells of a delivery. A batch names a column as the cells do (`v0`)."""

    def __init__(self, cells: Cells, once: Callable[[Expression], Predicate | None] = lambda _: None) -> None:
        self.cells, self.once = cells, once

    def of(self, node: Expression) -> Predicate | None:
        """A predicate; None where it has no form here. `once` is asked first, for texts that are judged once each."""
        return self.once(node) or self._whole(node)

    def _whole(self, node: Expression) -> Predicate | None:
        match node:
            case Not(part):
                inner = self.of(part)
                return None if inner is None else lambda batch: opposite(inner(batch))
            case And(parts) | Or(parts):
                return self._joined(parts, every=isinstance(node, And))
            case IsNull(Column(name) | Written(name) as part):
                known = isinstance(part, Column) or not self.cells.misfit(name)
                return self._is_null(name) if known else None
            case Compare():
                return self._compare(node)
        return self._of_column(node)

    def _of_column(self, node: Expression) -> Predicate | None:
        match node:
            case Column(name) if self._sort(name).kind is Kind.BOOLEAN:
                return self._boolean(name)
            case In(Column(name), values):
                return self._one_of(name, values)
            case Matches(Column(name), pattern) if self._sort(name).kind is Kind.TEXT:
                shapes = shapes_of(pattern.python, whole=False)
                return None if shapes is None else self._of_texts(name, shape_test(shapes))
            case Passes(key, Column(name)):
                return self._passes(key, name)
        return None

    def key(self, columns: Sequence[str]) -> Callable[[Batch], tuple[Hashes, Bools | None]]:
        """The hashes of the values of some columns together, and the rows that lack one of them."""
        parts = [(self.cells.value(name), self._sort(name).kind is Kind.TEXT) for name in columns]

        def hashes(batch: Batch) -> tuple[Hashes, Bools | None]:
            found = np.zeros(batch.size, np.uint64)
            nulls: Bools | None = None
            for value, is_text in parts:
                here, none = batch.hashes(value, is_text=is_text, whole=True)
                found, nulls = mixed(found, here), either(nulls, none)
            return found, nulls

        return hashes

    def unknown(self, name: str, listed: pa.Array) -> Predicate:
        """Whether a value is none of those listed, which are of its sort and not null."""
        value = self.cells.value(name)

        def test(batch: Batch) -> Truth:
            column = batch.record.column(value)
            coded = pa.types.is_dictionary(column.type)
            words = column.dictionary if coded else column
            found = vector_of(pc.is_in(words.cast(listed.type), value_set=listed)).values.astype(
                np.bool_, copy=False
            )
            if not coded:
                return known(~found, nulls_of(column))
            numbers, _ = batch.dictionary(value)
            return known(~np.append(found, False)[numbers], numbers < 0)

        return test

    def _sort(self, name: str) -> Sort:
        return self.cells.plan.column(name).sort

    def _joined(self, parts: Iterable[Expression], *, every: bool) -> Predicate | None:
        made = [self.of(part) for part in parts]
        tests = [test for test in made if test is not None]
        if len(tests) < len(made):
            return None
        return lambda batch: kleene([test(batch) for test in tests], every=every)

    def _is_null(self, name: str) -> Predicate | None:
        value, sort = self.cells.value(name), self._sort(name)
        if not (has_vector(sort) or sort.kind is Kind.TEXT):
            return None
        is_text = sort.kind is Kind.TEXT

        def test(batch: Batch) -> Truth:
            nulls = batch.texts(value).nulls if is_text else batch.vector(value).nulls
            return Truth(np.zeros(batch.size, np.bool_) if nulls is None else nulls, None)

        return test

    def _boolean(self, name: str) -> Predicate:
        value = self.cells.value(name)

        def test(batch: Batch) -> Truth:
            vector = batch.vector(value)
            return known(vector.values.astype(np.bool_, copy=False), vector.nulls)

        return test

    def _compare(self, node: Compare) -> Predicate | None:
        if isinstance(node.left, Literal) and not isinstance(node.right, Literal):
            return self._compare(Compare(_TURNED[node.operator], node.right, node.left))
        operator = _OPERATORS[node.operator]
        match node.left, node.right:
            case Length(Column(name)), Literal(int() as length) if self._sort(name).kind is Kind.TEXT:
                return self._of_texts(name, lambda texts: operator(texts.lengths, length))
            case Column(name), Literal(str() as word) if self._sort(name).kind is Kind.TEXT:
                same = self._one_of(name, (word,)) if node.operator in {"=", "<>"} else None
                return same if same is None or node.operator == "=" else lambda batch: opposite(same(batch))
            case left, Literal(given):
                return self._against(left, operator, given)
            case Column(first), Column(second) if self._alike(first, second):
                one, other = self._numbers(Column(first)), self._numbers(Column(second))
                return None if one is None or other is None else _comparison(one, operator, other)
        return None

    def _alike(self, first: str, second: str) -> bool:
        one, other = self._sort(first), self._sort(second)
        return has_vector(one) and one.kind is other.kind and one.scale == other.scale

    def _against(self, left: Expression, operator: Callable[..., Any], given: Value) -> Predicate | None:
        numbers = self._numbers(left)
        limit = _encoded(self._sort_of(left), given)
        if numbers is None or limit is None:
            return None

        def test(batch: Batch) -> Truth:
            vector = numbers(batch)
            return known(operator(vector.values, limit), vector.nulls)

        return test

    def _sort_of(self, node: Expression) -> Sort:
        return self._sort(node.name) if isinstance(node, Column) else Sort(Kind.INTEGER)

    def _numbers(self, node: Expression) -> Numbers | None:
        """Numbers, days or moments: a column, or whole numbers added, subtracted or multiplied."""
        match node:
            case Column(name) if has_vector(self._sort(name)) and self._sort(name).kind is not Kind.BOOLEAN:
                value = self.cells.value(name)
                return lambda batch: batch.vector(value)
            case Literal(int() as given) if not isinstance(given, bool) and abs(given) < _FAR:
                vector = Vector(np.full(1, given, np.int64), None)
                return lambda _batch: vector
            case Arithmetic(operator, left, right) if self._is_whole(node):
                one, other = self._numbers(left), self._numbers(right)
                return None if one is None or other is None else _calculation(operator, one, other)
        return None

    def _is_whole(self, node: Expression) -> bool:
        """Whether it is made of whole numbers and stays below 10^38, where a result would be nothing."""
        match node:
            case Column(name):
                return self._sort(name).kind is Kind.INTEGER
            case Literal(given):
                return isinstance(given, int) and not isinstance(given, bool)
            case Arithmetic("+" | "-", left, right):
                return self._is_whole(left) and self._is_whole(right)
            case Arithmetic("*", left, right):
                simple = isinstance(left, Column | Literal) and isinstance(right, Column | Literal)
                return simple and self._is_whole(left) and self._is_whole(right)
        return False

    def _one_of(self, name: str, values: tuple[Value, ...]) -> Predicate | None:
        sort = self._sort(name)
        if sort.kind is Kind.TEXT:
            equal = equal_test(values) if len(values) <= _FEW_VALUES else None
            return None if equal is None else self._of_texts(name, equal)
        limits = [_encoded(sort, value) for value in values]
        if not has_vector(sort) or sort.kind is Kind.BOOLEAN or None in limits or len(limits) > _FEW_VALUES:
            return None
        value = self.cells.value(name)

        def test(batch: Batch) -> Truth:
            vector = batch.vector(value)
            found = np.zeros(batch.size, np.bool_)
            for limit in limits:
                found |= vector.values == limit
            return known(found, vector.nulls)

        return test

    def _passes(self, key: str, name: str) -> Predicate | None:
        sort, value = self._sort(name), self.cells.value(name)
        if sort.kind is Kind.INTEGER and has_vector(sort):

            def test(batch: Batch) -> Truth:
                vector = batch.vector(value)
                return known(eleven_whole(vector.values.astype(np.int64, copy=False)), vector.nulls)

            return test
        found = semantic_test(key) if sort.kind is Kind.TEXT else None
        return None if found is None else self._of_texts(name, found)

    def _of_texts(self, name: str, found: Callable[[Texts], Bools]) -> Predicate:
        value = self.cells.value(name)

        def test(batch: Batch) -> Truth:
            texts = batch.texts(value)
            return known(found(texts), texts.nulls)

        return test


def _comparison(one: Numbers, operator: Callable[..., Any], other: Numbers) -> Predicate:
    def test(batch: Batch) -> Truth:
        left, right = one(batch), other(batch)
        return known(operator(left.values, right.values), either(left.nulls, right.nulls))

    return test


def _calculation(operator: str, one: Numbers, other: Numbers) -> Numbers:
    def calculate(batch: Batch) -> Vector:
        left, right = one(batch), other(batch)
        values = _exactly(operator, left.values, right.values)
        return Vector(np.broadcast_to(values, batch.size), either(left.nulls, right.nulls))

    return calculate


def _exactly(operator: str, left: Array, right: Array) -> Array:
    """Whole numbers of 64 bits together; as Python's own where 64 bits might not hold the result."""
    left, right = (
        side.astype(np.int64, copy=False) if side.dtype != object else side for side in (left, right)
    )
    furthest = [
        int(max(abs(int(side.min())), abs(int(side.max())))) if len(side) else 0 for side in (left, right)
    ]
    reach = furthest[0] * furthest[1] if operator == "*" else furthest[0] + furthest[1]
    if reach >= _FAR:
        left, right = left.astype(object), right.astype(object)
    found: Array = _CALCULATIONS[operator](left, right)
    return found


def _encoded(sort: Sort, given: Value) -> int | float | None:
    """A literal as the vectors of a sort hold values; None where it cannot be held against them."""
    if given is None or isinstance(given, bool):
        return None
    match sort.kind:
        case Kind.INTEGER:
            return given if isinstance(given, int) and abs(given) < _FAR else None
        case Kind.FLOAT:
            return float(given) if isinstance(given, int | float | Decimal) else None
        case Kind.DECIMAL:
            return _scaled(sort, given)
        case Kind.DATE:
            is_day = isinstance(given, date) and not isinstance(given, datetime)
            return given.toordinal() - date(1970, 1, 1).toordinal() if is_day else None  # type: ignore[union-attr]
        case Kind.TIMESTAMP if isinstance(given, datetime):
            return (given.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return None


def _scaled(sort: Sort, given: Value) -> int | None:
    if not isinstance(given, int | Decimal):
        return None
    whole = Decimal(given).scaleb(sort.scale)
    return int(whole) if whole == whole.to_integral_value() and abs(whole) < _FAR else None


_OPERATORS: dict[str, Callable[..., Any]] = {
    "=": operators.eq,
    "<>": operators.ne,
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}
_TURNED: dict[str, Any] = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_CALCULATIONS: dict[str, Callable[..., Any]] = {
    "+": operators.add,
    "-": operators.sub,
    "*": operators.mul,
}
