"""The tests of semantic types in the fastest form that the embedded engine has."""

from concordia.domain.checking.semantic_types import NINE_DIGITS, SEMANTIC_TYPES


def semantic_sql(key: str, given: str, *, whole: bool) -> str:
    """Whether a value passes; unknown for nothing. `whole` for a column of whole numbers (BSN, RSIN)."""
    if whole:
        return _eleven(given)
    form = SEMANTIC_TYPES[key].form
    fits = f"regexp_full_match({given}, '{form.replace(chr(39), chr(39) * 2)}')"
    if key in NINE_DIGITS:
        return _where(fits, given, _eleven(f"CAST({given} AS BIGINT)"))
    if key == "lhnr":
        return _where(fits, given, _eleven(f"CAST(left({given}, 9) AS BIGINT)"))
    if key in {"iban", "lei"}:
        moved = f"(substring({given}, 5) || left({given}, 4))" if key == "iban" else given
        return _where(fits, given, f"{_mod_97(moved)} = 1")
    return fits


def _where(fits: str, given: str, holds: str) -> str:
    """A test that only texts of the right form can be put to."""
    return f"(CASE WHEN {fits} THEN {holds} WHEN {given} IS NULL THEN NULL ELSE FALSE END)"


def _eleven(number: str) -> str:
    """The eleven-test as a linear form over quotients: one remainder instead of nine substrings.

    With n = sum d_k·10^k and quotients q_k = n div 10^k, sum w_k·d_k = sum (w_k - 10·w_(k-1))·q_k; by 11 these
    coefficients are small.
    """
    weights = (-1, 2, 3, 4, 5, 6, 7, 8, 9)  # of the last digit first
    terms = []
    for place, weight in enumerate(weights):
        factor = weight - (10 * weights[place - 1] if place else 0)
        factor %= 11
        if factor:
            quotient = number if place == 0 else f"({number} // {10**place})"
            terms.append(f"{factor} * {quotient}")
    return f"({number} BETWEEN 1 AND 999999999 AND ({' + '.join(terms)}) % 11 = 0)"


def _mod_97(given: str) -> str:
    """The remainder by 97 in pieces of sixteen digits, after each letter became its two digits."""
    digits = given
    for letter in range(26):
        digits = f"replace({digits}, '{chr(65 + letter)}', '{10 + letter}')"
    rest = "0"
    for start in range(1, 68, 16):
        piece = f"substring({digits}, {start}, 16)"
        rest = f"(({rest} * CAST(10 ** length({piece}) AS BIGINT) + CAST('0' || {piece} AS BIGINT)) % 97)"
    return rest
