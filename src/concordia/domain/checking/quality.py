"""The quality checks of a contract as rules: library metrics, SQL, and what only people can judge."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic.alias_generators import to_camel

from concordia.domain.checking import meanings
from concordia.domain.checking.expressions import Column, Expression, In, IsNull, Matches, Not, Or, Written
from concordia.domain.checking.patterns import Pattern, PatternError
from concordia.domain.checking.rules import (
    NONE_FAILS,
    ColumnPlan,
    CountRule,
    KeyRule,
    Norm,
    QueryRule,
    RowRule,
    Rule,
    Severity,
    TotalRule,
    Unchecked,
    Unit,
    exact,
)
from concordia.domain.checking.sorts import Kind, Misfit, read_text
from concordia.domain.contracts.model import Property, Quality, SchemaObject, column_of
from concordia.domain.texts import Text, both

ENGINE = "concordia"  # the engine of custom checks that we know: totals per group


class _NotCheckedError(ValueError):
    """Raised with why a check cannot be made."""

    def __init__(self, nl: str, en: str) -> None:
        self.reason = both(nl, en)
        super().__init__(en)


def quality_rules(item: SchemaObject, columns: Sequence[ColumnPlan]) -> Iterator[Rule]:
    """A rule for each quality check of an object and of its columns."""
    for part, column in zip(item.properties, columns, strict=True):
        for number, check in enumerate(part.quality):
            yield _Check(item, columns, check, f"{item.name}.{part.name}", number, part, column).rule()
    for number, check in enumerate(item.quality):
        yield _Check(item, columns, check, item.name, number).rule()


class _Check:
    """One quality check on its way to a rule."""

    def __init__(
        self,
        item: SchemaObject,
        columns: Sequence[ColumnPlan],
        check: Quality,
        path: str,
        number: int,
        part: Property | None = None,
        column: ColumnPlan | None = None,
    ) -> None:
        self.item, self.columns, self.check = item, tuple(columns), check
        self.part, self.column = part, column
        self.key = f"{path}.quality.{check.id or check.name or number}"
        self.named = (column.name,) if column else ()

    def rule(self) -> Rule:
        """The rule; what cannot be checked says why."""
        try:
            return self._rule()
        except _NotCheckedError as error:
            said = self._said(both("Een afspraak in woorden.", "An agreement in words."))
            kind = self.check.type
            return Unchecked(
                self.key, kind, said, NONE_FAILS, self._severity(), self.named, reason=error.reason
            )

    def _rule(self) -> Rule:
        if self.check.query is not None:
            return self._query(self.check.query)
        if self.check.measured is not None:
            return self._metric(self.check.measured)
        if self.check.engine == ENGINE and isinstance(self.check.implementation, dict):
            return self._total(self.check.implementation)
        if self.check.type == "custom":
            raise _NotCheckedError(
                f"Deze controle is voor een ander programma ({self.check.engine}).",
                f"This check is for another program ({self.check.engine}).",
            )
        raise _NotCheckedError(
            "Een afspraak in woorden controleert u zelf.", "An agreement in words is for you to check."
        )

    def _metric(self, metric: str) -> Rule:
        match metric:
            case "rowCount":
                return CountRule(
                    self.key, metric, self._said(meanings.rows()), self._norm(), self._severity(), ()
                )
            case "duplicateValues" | "duplicateCount":
                columns = self._key_columns()
                said = self._said(meanings.key([self._label(name) for name in columns]))
                return KeyRule(self.key, metric, said, self._norm(), self._severity(), columns)
            case "nullValues" | "missingValues" | "invalidValues":
                if self.column is None:
                    raise _NotCheckedError(
                        "Deze maat hoort bij een kolom.", "This metric belongs to a column."
                    )
                said, counted = _VALUES[metric](self, self.column)
                return self._rows(metric, said, counted)
        raise _NotCheckedError(
            f"De maat “{metric}” is hier niet bekend.", f"The metric “{metric}” is not known here."
        )

    def _nulls(self, column: ColumnPlan) -> tuple[Text, Expression]:
        return meanings.missing(column.label, [None]), IsNull(Written(column.name))

    def _missing(self, column: ColumnPlan) -> tuple[Text, Expression]:
        listed = self._argument("missingValues")
        parts: list[Expression] = [IsNull(Written(column.name))] if None in listed else []
        texts = tuple(str(value) for value in listed if value is not None)
        if texts and column.sort.kind is Kind.TEXT:
            parts.append(In(Column(column.name), texts))
        elif texts:
            values, others = _readable(column, texts)
            parts += [In(Column(column.name), values)] if values else []
            parts += [In(Written(column.name), others)] if others else []
        return meanings.missing(column.label, listed), parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _invalid(self, column: ColumnPlan) -> tuple[Text, Expression]:
        arguments = self.check.arguments or {}
        fails: list[Expression] = []
        said = both("", "")
        if "pattern" in arguments:
            said = meanings.matches(column.label, str(arguments["pattern"]))
            fails.append(Not(Matches(self._text(column), self._pattern(arguments["pattern"]))))
        if "validValues" in arguments:
            listed = self._argument("validValues")
            values, others = _readable(column, tuple(str(value) for value in listed))
            if others:
                shown = ", ".join(others[:3])
                raise _NotCheckedError(
                    f"Dit zijn geen waarden van deze soort: {shown}.",
                    f"These are no values of this sort: {shown}.",
                )
            said = meanings.one_of(column.label, listed)
            fails.append(Not(In(Column(column.name), values)))
        if not fails:
            raise _NotCheckedError(
                "Noem bij arguments welke waarden geldig zijn: validValues of pattern.",
                "Name in arguments which values are valid: validValues or pattern.",
            )
        return said, fails[0] if len(fails) == 1 else Or(tuple(fails))

    def _text(self, column: ColumnPlan) -> Expression:
        if column.sort.kind is not Kind.TEXT:
            raise _NotCheckedError("Een patroon hoort bij tekst.", "A pattern belongs to text.")
        return Column(column.name)

    def _pattern(self, written: Any) -> Pattern:
        try:
            return Pattern.read(str(written))
        except PatternError as error:
            raise _NotCheckedError(
                f"Dit patroon kan niet overal gelijk worden nagegaan ({error}).",
                f"This pattern cannot be checked alike everywhere ({error}).",
            ) from None

    def _argument(self, name: str) -> list[Any]:
        found = (self.check.arguments or {}).get(name)
        if not isinstance(found, list) or not found:
            raise _NotCheckedError(
                f"Bij arguments ontbreekt de lijst {name}.", f"In arguments the list {name} is missing."
            )
        return found

    def _key_columns(self) -> tuple[str, ...]:
        if self.column is not None:
            return self.named
        known = {column.name for column in self.columns}
        columns = tuple(str(name) for name in self._argument("properties"))
        if not set(columns) <= known:
            raise _NotCheckedError("Een kolom ervan bestaat niet.", "One of its columns does not exist.")
        return columns

    def _query(self, query: str) -> Rule:
        # What reads SQL takes its time and memory to load, and most contracts have none.
        from concordia.domain.checking.lifting import (
            NotLiftedError,
            NotReadOnlyError,
            Table,
            filled_in,
            lift,
        )

        names = tuple(dict.fromkeys((self.item.name, self.item.physical_name or self.item.name)))
        written = filled_in(query, self.item.name, self.column.name if self.column else None)
        said = meanings.by_query(self.column.label if self.column else None)
        try:
            counted = lift(written, Table(names, self.columns))
        except NotReadOnlyError as error:
            raise _NotCheckedError(
                f"Dit is geen enkele opdracht die alleen leest ({error}).",
                f"This is not one statement that only reads ({error}).",
            ) from None
        except NotLiftedError:
            norm, severity = self._norm(), self._severity()
            return QueryRule(self.key, "sql", self._said(said), norm, severity, self.named, query=written)
        if counted is None:
            return CountRule(self.key, "sql", self._said(meanings.rows()), self._norm(), self._severity(), ())
        return self._rows("sql", said, counted)

    def _rows(self, kind: str, said: Text, counted: Expression) -> Rule:
        return RowRule(
            self.key, kind, self._said(said), self._norm(), self._severity(), self.named, fails=counted
        )

    def _total(self, written: dict[str, Any]) -> Rule:
        """`{total: {of: amount, per: [employer], equals: header.amount, on: [employer]}}`."""
        asked = written.get("total")
        ends = column_of(str(asked.get("equals", ""))) if isinstance(asked, dict) else None
        if ends is None or not isinstance(asked, dict) or not isinstance(asked.get("per"), list):
            raise _NotCheckedError(
                "Schrijf total met of, per en equals (tabel.kolom).",
                "Write total with of, per and equals (table.column).",
            )
        groups, of = tuple(str(name) for name in asked["per"]), str(asked.get("of"))
        on = tuple(str(name) for name in asked.get("on") or groups)
        sorts = {column.name: column.sort for column in self.columns}
        exact_sum = of in sorts and sorts[of].kind in {Kind.INTEGER, Kind.DECIMAL}
        if not exact_sum or not groups or not set(groups) <= set(sorts) or len(on) != len(groups):
            raise _NotCheckedError(
                "Een totaal wordt genomen van een geheel of exact getal, per bestaande kolommen.",
                "A total is taken of a whole or exact number, per columns that exist.",
            )
        said = meanings.total(self._label(of), [self._label(name) for name in groups], ends[0])
        return TotalRule(
            self.key,
            "total",
            self._said(said),
            self._norm() if self.check.operator else NONE_FAILS,
            self._severity(),
            groups,
            total=of,
            target=ends[0],
            target_columns=on,
            equals=ends[1],
        )

    def _label(self, name: str) -> str:
        return next((column.label for column in self.columns if column.name == name), name)

    def _said(self, ours: Text) -> Text:
        """The words of the contract where it has them, else ours."""
        written = self.check.description or self.check.name
        return Text.of(written) if written else ours

    def _severity(self) -> Severity:
        word = (self.check.severity or "error").lower()
        if word in {"warning", "warn", "minor", "medium"}:
            return Severity.WARNING
        return Severity.INFO if word in {"info", "information", "low"} else Severity.ERROR

    def _norm(self) -> Norm:
        operator = self.check.operator
        if operator is None:
            raise _NotCheckedError("Er staat geen norm bij (mustBe…).", "There is no norm (mustBe…).")
        given = getattr(self.check, operator)
        try:
            bounds = tuple(exact(number) for number in (given if isinstance(given, tuple) else (given,)))
        except ValueError:
            raise _NotCheckedError("De norm is geen getal.", "The norm is no number.") from None
        percent = (self.check.unit or "rows").lower() in {"percent", "%", "percentage"}
        return Norm(to_camel(operator), bounds, Unit.PERCENT if percent else Unit.ROWS)


def _readable(column: ColumnPlan, texts: tuple[str, ...]) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """The texts as values of the column's sort, and those that are none."""
    values, others = [], []
    for text in texts:
        try:
            values.append(read_text(column.sort, text))
        except Misfit:
            others.append(text)
    return tuple(value for value in values if value is not None), tuple(others)


_VALUES = {
    "nullValues": _Check._nulls,
    "missingValues": _Check._missing,
    "invalidValues": _Check._invalid,
}
