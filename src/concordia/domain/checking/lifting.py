"""SQL rules lifted to predicates: `SELECT COUNT(*) FROM t WHERE p` becomes p, so that it yields rows and shares.

What is lifted is typed on the way: a comparison of text with a number, on which engines differ or fail, is not.
What cannot be lifted stays a query (`QueryRule`); here it is only held to be one that reads and nothing else.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from concordia.domain.checking import expressions as ex
from concordia.domain.checking.patterns import Pattern, PatternError, like
from concordia.domain.checking.rules import ColumnPlan
from concordia.domain.checking.sorts import Kind, Misfit, Sort, read_text

LONGEST = 20_000
_TABLE_WORDS = "object|table|model|schema"
_COLUMN_WORDS = "property|column|field"


class NotLiftedError(ValueError):
    """Raised for SQL that is no predicate over the rows of one delivery, with the part that stands in the way."""


class NotReadOnlyError(ValueError):
    """Raised for SQL that is not one statement that only reads."""


@dataclass(frozen=True, slots=True)
class Table:
    """The delivery a query is about: the names by which it may be called, and its columns."""

    names: tuple[str, ...]
    columns: tuple[ColumnPlan, ...]

    def column(self, written: str) -> ColumnPlan:
        """A column by its name or that in the file, whatever its case. Raises NotLiftedError."""
        for column in self.columns:
            if written in (column.name, column.source):
                return column
        for column in self.columns:
            if written.lower() in (column.name.lower(), column.source.lower()):
                return column
        raise NotLiftedError(written)


def filled_in(query: str, table: str, column: str | None) -> str:
    """The query with its placeholders (`{object}`, `${property}`) replaced by quoted names."""
    found = re.sub(rf"\$?\{{({_TABLE_WORDS})\}}", lambda _: quoted(table), query)
    if column is not None:
        found = re.sub(rf"\$?\{{({_COLUMN_WORDS})\}}", lambda _: quoted(column), found)
    return found


def quoted(name: str) -> str:
    """A name between the quotes of SQL."""
    return '"' + name.replace('"', '""') + '"'


def read_query(query: str) -> exp.Query:
    """The one query that SQL says. Raises NotReadOnlyError."""
    if len(query) > LONGEST:
        raise NotReadOnlyError(f"longer than {LONGEST} characters")
    try:
        statements = sqlglot.parse(query, dialect="duckdb")
    except (SqlglotError, RecursionError, ValueError) as error:
        raise NotReadOnlyError(str(error).splitlines()[0][:200] if str(error) else "unreadable") from None
    found = [statement for statement in statements if statement is not None]
    if len(found) != 1 or not isinstance(found[0], exp.Query):
        raise NotReadOnlyError("one SELECT")
    return found[0]


def lift(query: str, table: Table) -> ex.Expression | None:
    """The predicate whose true rows a query counts; None where it counts every row.

    Raises NotReadOnlyError for what is not one query, NotLiftedError for one that is no such count.
    """
    select = read_query(query)
    if not isinstance(select, exp.Select) or len(select.expressions) != 1:
        raise NotLiftedError("select")
    used = {
        name for name, value in select.args.items() if value and name not in {"expressions", "from_", "where"}
    }
    if used - {"kind", "hint"}:
        raise NotLiftedError(", ".join(sorted(used)))
    lifting = _Lifting(table, _alias_of(select, table))
    counted = select.expressions[0].unalias()
    parts = [] if select.args.get("where") is None else [lifting.predicate(select.args["where"].this)]
    if isinstance(counted, exp.Filter):
        parts.append(lifting.predicate(counted.expression.this))
        counted = counted.this
    if not isinstance(counted, exp.Count) or counted.expressions:
        raise NotLiftedError("count")
    if not isinstance(counted.this, exp.Star | exp.Literal):
        parts.append(ex.Not(ex.IsNull(lifting.typed(counted.this)[0])))
    return None if not parts else parts[0] if len(parts) == 1 else ex.And(tuple(parts))


def _alias_of(select: exp.Select, table: Table) -> str:
    source = select.args.get("from_")
    named = source.this if source else None
    if not isinstance(named, exp.Table) or named.args.get("db") or not isinstance(named.this, exp.Identifier):
        raise NotLiftedError("from")
    if named.name.lower() not in {name.lower() for name in table.names}:
        raise NotLiftedError(named.name)
    return str(named.alias or named.name)


type _Typed = tuple[ex.Expression, Sort]

_TEXT, _WHOLE, _FLOAT, _TRUTH = Sort(Kind.TEXT), Sort(Kind.INTEGER), Sort(Kind.FLOAT), Sort(Kind.BOOLEAN)
_COMPARISONS: dict[type, ex.Comparison] = {
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
}
_OPERATORS: dict[type, ex.Operator] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/", exp.Mod: "%"}


class _Lifting:
    """One query on its way to a predicate."""

    def __init__(self, table: Table, alias: str) -> None:
        self.table = table
        self.alias = alias

    def predicate(self, node: Any) -> ex.Expression:
        """A condition. Raises NotLiftedError."""
        found, sort = self.typed(node)
        if sort.kind is not Kind.BOOLEAN:
            raise NotLiftedError(node.sql())
        return found

    def typed(self, node: Any) -> _Typed:
        """An expression with the sort of its values. Raises NotLiftedError."""
        for kinds, read in _READERS:
            if isinstance(node, kinds):
                found: _Typed = read(self, node)
                return found
        raise NotLiftedError(type(node).__name__.lower())

    def column(self, node: exp.Column) -> _Typed:
        if node.args.get("db") or (node.table and node.table.lower() != self.alias.lower()):
            raise NotLiftedError(node.sql())
        plan = self.table.column(node.name)
        if plan.sort.kind is Kind.NESTED:
            raise NotLiftedError(node.name)
        return ex.Column(plan.name), plan.sort

    def literal(self, node: exp.Literal) -> _Typed:
        if node.is_string:
            return ex.Literal(node.this), _TEXT
        number = Decimal(node.this)
        if "e" in node.this.lower():
            return ex.Literal(float(number)), _FLOAT
        if number == number.to_integral_value():
            return ex.Literal(int(number)), _WHOLE
        return ex.Literal(number), Sort(Kind.DECIMAL)

    def boolean(self, node: exp.Boolean) -> _Typed:
        return ex.Literal(bool(node.this)), _TRUTH

    def paren(self, node: exp.Paren) -> _Typed:
        return self.typed(node.this)

    def negative(self, node: exp.Neg) -> _Typed:
        found, sort = self.typed(node.this)
        if isinstance(found, ex.Literal) and isinstance(found.value, int | float | Decimal):
            return ex.Literal(-found.value), sort
        if sort.kind not in {Kind.INTEGER, Kind.FLOAT}:
            raise NotLiftedError("-")
        return ex.Arithmetic("-", ex.Literal(0), found), sort

    def both(self, node: exp.And | exp.Or) -> _Typed:
        parts = tuple(self.predicate(part) for part in node.flatten())
        return (ex.And(parts) if isinstance(node, exp.And) else ex.Or(parts)), _TRUTH

    def turned(self, node: exp.Not) -> _Typed:
        return ex.Not(self.predicate(node.this)), _TRUTH

    def compare(self, node: exp.Binary) -> _Typed:
        left, right = self.alike(node.this, node.expression)
        return ex.Compare(_COMPARISONS[type(node)], left, right), _TRUTH

    def between(self, node: exp.Between) -> _Typed:
        low = self.alike(node.this, node.args["low"])
        high = self.alike(node.this, node.args["high"])
        return ex.And((ex.Compare(">=", *low), ex.Compare("<=", *high))), _TRUTH

    def one_of(self, node: exp.In) -> _Typed:
        if node.args.get("query") or node.args.get("unnest") or node.args.get("field"):
            raise NotLiftedError("in")
        pairs = [self.alike(node.this, item) for item in node.expressions]
        values = [pair[1].value for pair in pairs if isinstance(pair[1], ex.Literal)]
        if len(values) != len(node.expressions) or not values:
            raise NotLiftedError("in")
        return ex.In(pairs[0][0], tuple(values)), _TRUTH

    def state(self, node: exp.Is) -> _Typed:
        asked = node.expression
        found, sort = self.typed(node.this)
        if isinstance(asked, exp.Null):
            return ex.IsNull(found), _TRUTH
        if isinstance(asked, exp.Boolean) and sort.kind is Kind.BOOLEAN:
            wanted = found if asked.this else ex.Not(found)
            return ex.And((ex.Not(ex.IsNull(found)), wanted)), _TRUTH
        raise NotLiftedError("is")

    def alike_text(self, node: exp.Like, escape: str = "") -> _Typed:
        found, sort = self.typed(node.this)
        template = node.expression
        if sort.kind is not Kind.TEXT or not (isinstance(template, exp.Literal) and template.is_string):
            raise NotLiftedError("like")
        return ex.Matches(found, like(template.this, escape)), _TRUTH

    def escaped(self, node: exp.Escape) -> _Typed:
        if not isinstance(node.this, exp.Like) or len(node.expression.name) != 1:
            raise NotLiftedError("escape")
        return self.alike_text(node.this, node.expression.name)

    def pattern(self, node: exp.RegexpLike | exp.RegexpFullMatch) -> _Typed:
        found, sort = self.typed(node.this)
        written = node.expression
        if sort.kind is not Kind.TEXT or node.args.get("flag") or node.args.get("options"):
            raise NotLiftedError("regexp")
        if not (isinstance(written, exp.Literal) and written.is_string):
            raise NotLiftedError("regexp")
        try:
            whole = isinstance(node, exp.RegexpFullMatch)
            return ex.Matches(
                found, Pattern.read(rf"\A(?:{written.this})\Z" if whole else written.this)
            ), _TRUTH
        except PatternError as error:
            raise NotLiftedError(str(error)) from None

    def calculate(self, node: exp.Binary) -> _Typed:
        operator = _OPERATORS[type(node)]
        (left, first), (right, second) = self.typed(node.this), self.typed(node.expression)
        kinds = {first.kind, second.kind}
        if kinds <= {Kind.INTEGER} and operator != "/":
            return ex.Arithmetic(operator, left, right), _WHOLE
        if kinds <= {Kind.INTEGER, Kind.FLOAT}:
            return ex.Arithmetic(operator, left, right), _FLOAT
        raise NotLiftedError(operator)

    def length(self, node: exp.Length) -> _Typed:
        return ex.Length(self.text(node.this)), _WHOLE

    def text(self, node: Any) -> ex.Expression:
        found, sort = self.typed(node)
        if sort.kind is not Kind.TEXT:
            raise NotLiftedError(node.sql())
        return found

    def text_call(self, node: exp.Lower | exp.Upper | exp.Trim) -> _Typed:
        if set(node.args) - {"this"} and any(node.args.get(name) for name in set(node.args) - {"this"}):
            raise NotLiftedError("trim")
        name: ex.Name = (
            "lower" if isinstance(node, exp.Lower) else "upper" if isinstance(node, exp.Upper) else "trim"
        )
        return ex.Call(name, (self.text(node.this),)), _TEXT

    def substring(self, node: exp.Substring) -> _Typed:
        ends = [node.args.get("start"), node.args.get("length")]
        given = [end for end in ends if end is not None]
        if not all(isinstance(end, exp.Literal) and end.this.isdigit() for end in given) or ends[0] is None:
            raise NotLiftedError("substring")
        numbers = tuple(ex.Literal(int(end.this)) for end in given)
        return ex.Call("substring", (self.text(node.this), *numbers)), _TEXT

    def absolute(self, node: exp.Abs) -> _Typed:
        found, sort = self.typed(node.this)
        if sort.kind not in {Kind.INTEGER, Kind.FLOAT}:
            raise NotLiftedError("abs")
        return ex.Call("abs", (found,)), sort

    def part_of_day(self, node: Any) -> _Typed:
        names: dict[type, ex.Name] = {
            exp.Year: "year",
            exp.Month: "month",
            exp.Day: "day",
            exp.DayOfMonth: "day",
        }
        name = names.get(type(node)) or node.name.lower()
        found, sort = self.typed(node.expression if isinstance(node, exp.Extract) else node.this)
        if name not in {"year", "month", "day"} or sort.kind not in {Kind.DATE, Kind.TIMESTAMP}:
            raise NotLiftedError(str(name))
        return ex.Call(name, (found,)), _WHOLE

    def fallback(self, node: exp.Coalesce) -> _Typed:
        first, sort = self.typed(node.this)
        others = [self.alike(node.this, other)[1] for other in node.expressions]
        return ex.Call("coalesce", (first, *others)), sort

    def nothing_if(self, node: exp.Nullif) -> _Typed:
        left, right = self.alike(node.this, node.expression)
        return ex.Call("nullif", (left, right)), self.typed(node.this)[1]

    def cast(self, node: exp.Cast) -> _Typed:
        """Only a written day or moment, and a value as what it already is."""
        kind = {"DATE": Kind.DATE, "TIMESTAMP": Kind.TIMESTAMP}.get(node.to.this.value)
        found, sort = self.typed(node.this)
        if kind and isinstance(found, ex.Literal) and isinstance(found.value, str):
            return self._read(found, Sort(kind)), Sort(kind)
        if kind and sort.kind is kind:
            return found, sort
        raise NotLiftedError("cast")

    def alike(self, left: Any, right: Any) -> tuple[ex.Expression, ex.Expression]:
        """Two sides that can be compared: of one sort, or numbers both. A written day is read as one."""
        (first, one), (second, other) = self.typed(left), self.typed(right)
        if one.kind is other.kind or (one.numeric and other.numeric):
            return first, second
        if isinstance(second, ex.Literal) and isinstance(second.value, str):
            return first, self._read(second, one)
        if isinstance(first, ex.Literal) and isinstance(first.value, str):
            return self._read(first, other), second
        raise NotLiftedError(f"{one.kind} and {other.kind}")

    def _read(self, literal: ex.Literal, sort: Sort) -> ex.Literal:
        if sort.kind not in {Kind.DATE, Kind.TIMESTAMP, Kind.TIME}:
            raise NotLiftedError(str(literal.value))
        try:
            return ex.Literal(read_text(Sort(sort.kind), str(literal.value)))
        except Misfit:
            raise NotLiftedError(str(literal.value)) from None


_READERS: tuple[tuple[Any, Any], ...] = (
    (exp.Column, _Lifting.column),
    (exp.Literal, _Lifting.literal),
    (exp.Boolean, _Lifting.boolean),
    (exp.Paren, _Lifting.paren),
    (exp.Neg, _Lifting.negative),
    ((exp.And, exp.Or), _Lifting.both),
    (exp.Not, _Lifting.turned),
    (tuple(_COMPARISONS), _Lifting.compare),
    (exp.Between, _Lifting.between),
    (exp.In, _Lifting.one_of),
    (exp.Is, _Lifting.state),
    (exp.Escape, _Lifting.escaped),
    (exp.Like, _Lifting.alike_text),
    ((exp.RegexpLike, exp.RegexpFullMatch), _Lifting.pattern),
    (tuple(_OPERATORS), _Lifting.calculate),
    (exp.Length, _Lifting.length),
    ((exp.Lower, exp.Upper, exp.Trim), _Lifting.text_call),
    (exp.Substring, _Lifting.substring),
    (exp.Abs, _Lifting.absolute),
    ((exp.Year, exp.Month, exp.Day, exp.DayOfMonth, exp.Extract), _Lifting.part_of_day),
    (exp.Coalesce, _Lifting.fallback),
    (exp.Nullif, _Lifting.nothing_if),
    (exp.Cast, _Lifting.cast),
)
