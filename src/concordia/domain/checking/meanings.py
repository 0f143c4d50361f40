"""What each rule says, in the words of a data steward; nl and en."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from concordia.domain.checking.rules import Norm, Unit
from concordia.domain.checking.sorts import Kind, Sort
from concordia.domain.texts import Text, both


def present(label: str) -> Text:
    """The column is there."""
    return both(f"“{label}” zit in de levering.", f"“{label}” is in the delivery.")


def required(label: str) -> Text:
    """The column is filled in."""
    return both(f"“{label}” is altijd ingevuld.", f"“{label}” is always filled in.")


def of_sort(label: str, sort: Sort) -> Text:
    """The column holds values of its sort."""
    nl, en = _SORTS[sort.kind]
    if sort.kind is Kind.DECIMAL:
        before, behind = sort.precision - sort.scale, sort.scale
        nl += f" met hoogstens {before} cijfers voor en {behind} achter de komma"
        en += f" with at most {before} digits before and {behind} behind the point"
    if sort.kind is Kind.INTEGER and (sort.low, sort.high) != (-(2**63), 2**63 - 1):
        nl, en = f"{nl} van {sort.low} tot en met {sort.high}", f"{en} from {sort.low} to {sort.high}"
    if sort.kind is Kind.DATE:
        form = sort.form.replace("yyyy", "jjjj").replace("MM", "mm")
        nl, en = f"{nl} ({form})", f"{en} ({sort.form.lower()})"
    return both(f"“{label}” is {nl}.", f"“{label}” is {en}.")


def key(labels: Sequence[str]) -> Text:
    """The columns together tell rows apart."""
    if len(labels) == 1:
        return both(f"Elke “{labels[0]}” komt één keer voor.", f"Each “{labels[0]}” stands once.")
    return both(
        f"Elke combinatie van {listed(labels, 'nl')} komt één keer voor.",
        f"Each combination of {listed(labels, 'en')} stands once.",
    )


def reference(labels: Sequence[str], target: str) -> Text:
    """The values stand in another list."""
    return both(
        f"{listed(labels, 'nl')} komt voor in “{target}”.", f"{listed(labels, 'en')} stands in “{target}”."
    )


def total(label: str, groups: Sequence[str], target: str) -> Text:
    """A sum per group equals what another list says."""
    return both(
        f"Het totaal van “{label}” per {listed(groups, 'nl')} is gelijk aan dat in “{target}”.",
        f"The total of “{label}” per {listed(groups, 'en')} equals that in “{target}”.",
    )


def bound(label: str, option: str, value: Any) -> Text:
    """A value or its length is within a bound."""
    nl, en = _BOUNDS[option]
    shown = str(value)
    return both(f"“{label}” {nl.format(_dutch(value))}.", f"“{label}” {en.format(shown)}.")


def matches(label: str, pattern: str) -> Text:
    """A value has a form."""
    return both(f"“{label}” heeft de vorm {pattern}", f"“{label}” has the form {pattern}")


def semantic(label: str, name: Text) -> Text:
    """A value passes the test of its semantic type."""
    return both(
        f"“{label}” is een geldig {name.in_language('nl')}.",
        f"“{label}” is a valid {name.in_language('en')}.",
    )


def one_of(label: str, values: Sequence[Any]) -> Text:
    """A value is one of a list."""
    shown = ", ".join(str(value) for value in values[:12])
    more = len(values) - 12
    rest = (f" of een van {more} andere", f" or one of {more} others") if more > 0 else ("", "")
    return both(f"“{label}” is een van: {shown}{rest[0]}.", f"“{label}” is one of: {shown}{rest[1]}.")


def missing(label: str, values: Sequence[Any]) -> Text:
    """A value stands for nothing."""
    shown = ", ".join("leeg" if value in (None, "") else str(value) for value in values)
    english = ", ".join("empty" if value in (None, "") else str(value) for value in values)
    return both(f"“{label}” ontbreekt ({shown}).", f"“{label}” is missing ({english}).")


def rows() -> Text:
    """The number of rows."""
    return both("Het aantal regels.", "The number of rows.")


def by_query(column: str | None) -> Text:
    """What a query counts, where the contract gives it no words."""
    return both(
        f"Controle met SQL op “{column}”." if column else "Controle met SQL.",
        f"Check by SQL on “{column}”." if column else "Check by SQL.",
    )


def norm(given: Norm) -> Text:
    """The norm in words (`hoogstens 5 %`)."""
    unit = " %" if given.unit is Unit.PERCENT else ""
    nl, en = _NORMS[given.operator]
    shown = [_number(number) for number in given.bounds]
    return both(nl.format(*(number.replace(".", ",") for number in shown)) + unit, en.format(*shown) + unit)


def listed(names: Sequence[str], language: str) -> str:
    """Names in a row of words."""
    quoted = [f"“{name}”" for name in names]
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {'en' if language == 'nl' else 'and'} {quoted[-1]}"


def _number(number: Fraction) -> str:
    if number.denominator == 1:
        return str(number.numerator)
    return format((Decimal(number.numerator) / Decimal(number.denominator)).normalize(), "f")


def _dutch(value: Any) -> str:
    return str(value).replace(".", ",") if isinstance(value, Decimal | float) else str(value)


_SORTS = {
    Kind.TEXT: ("tekst", "text"),
    Kind.INTEGER: ("een geheel getal", "a whole number"),
    Kind.DECIMAL: ("een getal", "a number"),
    Kind.FLOAT: ("een getal", "a number"),
    Kind.BOOLEAN: ("true of false", "true or false"),
    Kind.DATE: ("een datum", "a date"),
    Kind.TIMESTAMP: ("een moment (datum en tijd)", "a moment (date and time)"),
    Kind.TIME: ("een tijd", "a time"),
    Kind.NESTED: ("een samengestelde waarde", "a value of several parts"),
}
_BOUNDS = {
    "minLength": ("heeft minstens {} tekens", "has at least {} characters"),
    "maxLength": ("heeft hoogstens {} tekens", "has at most {} characters"),
    "minimum": ("is minstens {}", "is at least {}"),
    "maximum": ("is hoogstens {}", "is at most {}"),
    "exclusiveMinimum": ("is meer dan {}", "is more than {}"),
    "exclusiveMaximum": ("is minder dan {}", "is less than {}"),
    "multipleOf": ("is een veelvoud van {}", "is a multiple of {}"),
}
_NORMS = {
    "mustBe": ("precies {}", "exactly {}"),
    "mustNotBe": ("niet {}", "not {}"),
    "mustBeGreaterThan": ("meer dan {}", "more than {}"),
    "mustBeGreaterOrEqualTo": ("minstens {}", "at least {}"),
    "mustBeLessThan": ("minder dan {}", "fewer than {}"),
    "mustBeLessOrEqualTo": ("hoogstens {}", "at most {}"),
    "mustBeBetween": ("van {} tot en met {}", "from {} to {}"),
    "mustNotBeBetween": ("niet van {} tot en met {}", "not from {} to {}"),
}
