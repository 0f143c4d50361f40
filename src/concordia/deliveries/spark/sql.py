"""SQL for Spark with ANSI on. Every name and value of a contract or file passes `name` or `text`."""

import math
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from concordia.domain.checking.expressions import Comparison, Value
from concordia.domain.checking.sorts import Kind
from concordia.domain.texts import Text, both

DIGITS = 38  # of the widest exact number that Spark has
_EXACT_FLOATS = 2**53  # up to here every whole number is a float


class UnsupportedError(ValueError):
    """Raised with why a rule cannot be counted exactly on this engine."""

    def __init__(self, nl: str, en: str) -> None:
        self.text: Text = both(nl, en)
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Typed:
    """SQL with what it gives: a time as microseconds of the day.

    An exact number has at most `before` digits before the point and `scale` behind it; `whole` where its type is one
    of whole numbers of 64 bits. `given` is the value itself, where the contract names it.
    """

    sql: str
    kind: Kind
    before: int = 0
    scale: int = 0
    whole: bool = False
    given: Value = None

    @property
    def exact(self) -> bool:
        """Whether it is an exact number."""
        return self.kind in {Kind.INTEGER, Kind.DECIMAL}


def name(written: str) -> str:
    """An identifier."""
    return "`" + written.replace("`", "``") + "`"


def text(written: str) -> str:
    """A text between quotes. Raises UnsupportedError for one that is no Unicode text."""
    if any(0xD800 <= ord(sign) <= 0xDFFF for sign in written):
        raise UnsupportedError("Deze tekst bevat halve tekens.", "This text holds half characters.")
    signs = {"\\": "\\\\", "'": "\\'", "\0": "\\0", "$": "\\u0024"}
    return "'" + "".join(signs.get(sign, sign) for sign in written) + "'"


def literal(given: Value) -> Typed:
    """A value that a rule names. Raises UnsupportedError for a number of more than 38 digits."""
    match given:
        case bool():
            return Typed("TRUE" if given else "FALSE", Kind.BOOLEAN, given=given)
        case int() | Decimal():
            return _number(given)
        case float():
            return Typed(f"CAST({text(repr(given))} AS DOUBLE)", Kind.FLOAT, given=given)
        case datetime():
            return Typed(
                f"CAST({text(given.isoformat(sep=' '))} AS TIMESTAMP_NTZ)", Kind.TIMESTAMP, given=given
            )
        case date():
            return Typed(f"CAST({text(given.isoformat())} AS DATE)", Kind.DATE, given=given)
        case time():
            return Typed(f"{microseconds(given)}L", Kind.TIME, given=given)
        case str():
            return Typed(text(given), Kind.TEXT, given=given)
    raise UnsupportedError(
        "Een lege waarde wordt hier niet vergeleken.", "An empty value is not compared here."
    )


def microseconds(given: time) -> int:
    """A time as microseconds of its day."""
    return ((given.hour * 60 + given.minute) * 60 + given.second) * 1_000_000 + given.microsecond


def _number(given: int | Decimal) -> Typed:
    number = Decimal(given)
    if number == number.to_integral_value():
        number = Decimal(int(number))
    _, digits, exponent = number.as_tuple()
    scale = max(0, -int(exponent))
    before = max(len(digits) - scale, 1)
    if before + scale > DIGITS:
        raise too_many_digits()
    if scale == 0 and abs(int(number)) < 2**63:
        return Typed(f"{int(number)}L", Kind.INTEGER, before, given=given, whole=True)
    kind = Kind.DECIMAL if scale else Kind.INTEGER
    written = f"CAST({text(format(number, 'f'))} AS DECIMAL({before + scale},{scale}))"
    return Typed(written, kind, before, scale, given=given)


def too_many_digits() -> UnsupportedError:
    """What is told where exact numbers would take more digits than there are."""
    return UnsupportedError(
        f"Spark rekent exact met hoogstens {DIGITS} cijfers.",
        f"Spark calculates exactly with at most {DIGITS} digits.",
    )


def as_float(one: Typed) -> str:
    """A number as a binary float."""
    return one.sql if one.kind is Kind.FLOAT else f"CAST({one.sql} AS DOUBLE)"


def as_decimal(one: Typed, before: int = DIGITS, scale: int = 0) -> str:
    """An exact number with this many digits. Raises UnsupportedError for more than 38."""
    if before + scale > DIGITS:
        raise too_many_digits()
    return f"CAST({one.sql} AS DECIMAL({before + scale},{scale}))"


def alike(parts: list[Typed]) -> list[Typed]:
    """Values of one type, as their places in one result need. Raises UnsupportedError where that is not exact."""
    if any(one.kind is Kind.FLOAT for one in parts):
        if any(one.exact and not _floats_exactly(one) for one in parts):
            raise UnsupportedError(
                "Hier staan exacte getallen en gewone getallen door elkaar.",
                "Exact numbers and floats stand here mixed.",
            )
        return [Typed(as_float(one), Kind.FLOAT) for one in parts]
    if not all(one.exact for one in parts) or all(one.whole for one in parts):
        return parts
    before, scale = max(one.before for one in parts), max(one.scale for one in parts)
    kind = Kind.DECIMAL if scale else Kind.INTEGER
    return [Typed(as_decimal(one, before, scale), kind, before, scale) for one in parts]


def _floats_exactly(one: Typed) -> bool:
    if not isinstance(one.given, int | Decimal):
        return False
    given = Decimal(one.given)
    return abs(given) < _EXACT_FLOATS and Decimal(float(given)) == given


def compared(operator: Comparison, left: Typed, right: Typed) -> str:
    """A comparison. Raises UnsupportedError where it would take more digits than there are."""
    if left.kind is Kind.FLOAT or right.kind is Kind.FLOAT:
        return f"({as_float(left)} {operator} {as_float(right)})"
    if left.exact and right.exact:
        if left.scale == 0 and right.scale and isinstance(right.given, Decimal):
            return _beside_fraction(operator, left, right.given)
        if right.scale == 0 and left.scale and isinstance(left.given, Decimal):
            return _beside_fraction(_TURNED.get(operator, operator), right, left.given)
        left, right = alike([left, right])
    return f"({left.sql} {operator} {right.sql})"


_TURNED: dict[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


def _beside_fraction(operator: Comparison, left: Typed, fraction: Decimal) -> str:
    """A whole number beside a number that is none: it takes no digits behind the point to tell."""
    floor = math.floor(fraction)
    if operator in {"=", "<>"}:
        truth = "TRUE" if operator == "<>" else "FALSE"
        return f"(CASE WHEN {left.sql} IS NOT NULL THEN {truth} END)"
    if operator in {"<", "<="}:
        return compared("<=", left, literal(floor))
    return compared(">", left, literal(floor))
