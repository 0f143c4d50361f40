"""The tests of semantic types in the forms of Spark."""

from concordia.deliveries.spark.sql import text
from concordia.domain.checking.semantic_types import NINE_DIGITS, SEMANTIC_TYPES


def semantic_sql(key: str, given: str, *, whole: bool) -> str:
    """Whether a value passes; unknown for nothing. `whole` for a column of whole numbers (BSN, RSIN)."""
    if whole:
        return _where(f"{given} BETWEEN 1 AND 999999999", given, _eleven(f"try_cast({given} AS BIGINT)"))
    fits = f"({given} RLIKE {text(rf'\A(?:{SEMANTIC_TYPES[key].form})\z')})"
    if key in NINE_DIGITS:
        return _where(fits, given, _eleven(f"try_cast({given} AS BIGINT)"))
    if key == "lhnr":
        return _where(fits, given, _eleven(f"try_cast(left({given}, 9) AS BIGINT)"))
    if key in {"iban", "lei"}:
        moved = f"concat(substring({given}, 5), left({given}, 4))" if key == "iban" else given
        return _where(fits, given, f"({_mod_97(moved)} = 1)")
    return fits


def _where(fits: str, given: str, holds: str) -> str:
    """A test that only values of the right form can be put to."""
    return f"(CASE WHEN {fits} THEN {holds} WHEN {given} IS NOT NULL THEN FALSE END)"


def _eleven(number: str) -> str:
    """The eleven-test digit by digit: nine digits weighed 9, 8, … 2 and -1."""
    weights = (-1, 2, 3, 4, 5, 6, 7, 8, 9)  # of the last digit first
    terms = [f"{weight} * (({number} div {10**place}) % 10)" for place, weight in enumerate(weights)]
    return f"({number} > 0 AND ({' + '.join(terms)}) % 11 = 0)"


def _mod_97(given: str) -> str:
    """The remainder by 97, sign by sign: a digit adds one place, a letter (A is 10) two."""
    sign = f"ascii(substring({given}, place, 1))"
    step = (
        f"CASE WHEN {sign} < 58 THEN (rest * 10 + {sign} - 48) % 97 ELSE (rest * 100 + {sign} - 55) % 97 END"
    )
    return f"aggregate(sequence(1, char_length({given})), 0L, (rest, place) -> {step})"
