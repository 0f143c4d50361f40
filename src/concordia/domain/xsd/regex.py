"""Patterns of XML Schema in the form that data contracts have (ECMA-262), where both mean the same.

In XML Schema a pattern is of the whole value, `^` and `$` are signs like any other, and `\\i`, `\\c`, `\\w` and
`\\p{..}` are sets of Unicode that engines do not share: those are refused, and then stay words.
"""

from concordia.domain.checking.patterns import Pattern, PatternError

_ESCAPED = {"n": r"\n", "r": r"\r", "t": r"\t"}
_SETS = {"d": "0-9", "s": r" \t\n\r"}
_LITERAL = set(r"\|.?*+(){}-[]^")


def from_xsd(written: str) -> str:
    """The pattern as a contract writes it. Raises PatternError for what cannot be said there."""
    made = f"^(?:{_Translator(written).all()})$"
    Pattern.read(made)
    return made


class _Translator:
    def __init__(self, written: str) -> None:
        self._signs, self._at = written, 0

    def all(self) -> str:
        found = []
        while self._at < len(self._signs):
            found.append(self._one(self._next()))
        return "".join(found)

    def _next(self) -> str:
        if self._at >= len(self._signs):
            raise PatternError("it ends too early")
        self._at += 1
        return self._signs[self._at - 1]

    def _one(self, sign: str) -> str:
        if sign == "\\":
            return self._escape(self._next(), inside=False)
        if sign == "[":
            return self._set()
        return {".": r"[^\n\r]", "(": "(?:", "^": r"\^", "$": r"\$", "]": r"\]"}.get(sign, sign)

    def _escape(self, sign: str, *, inside: bool) -> str:
        if sign in _ESCAPED:
            return _ESCAPED[sign]
        if sign in _SETS:
            return _SETS[sign] if inside else f"[{_SETS[sign]}]"
        if sign in "DS" and not inside:
            return f"[^{_SETS[sign.lower()]}]"
        if sign in _LITERAL:
            return f"\\{sign}"
        raise PatternError(f"\\{sign}")

    def _set(self) -> str:
        negated = self._signs[self._at : self._at + 1] == "^"
        self._at += negated
        members: list[str] = []
        while (sign := self._next()) != "]":
            if sign == "[":
                raise PatternError("a set less another set")
            if sign == "-" and self._signs[self._at : self._at + 1] == "[":
                raise PatternError("a set less another set")
            members.append(self._member(sign, is_first=not members))
        if not members:
            raise PatternError("an empty set")
        return f"[{'^' if negated else ''}{''.join(members)}]"

    def _member(self, sign: str, *, is_first: bool) -> str:
        if sign == "\\":
            return self._escape(self._next(), inside=True)
        is_last = self._signs[self._at : self._at + 1] == "]"
        if sign == "-" and not is_first and not is_last:
            return "-"
        return f"\\{sign}" if sign in "^-" else sign
