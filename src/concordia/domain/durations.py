"""ISO 8601 durations, exact on the calendar: a month is a month, a year a year."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from concordia.domain.texts import Text, both

_PATTERN = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,7})S)?)?"
)
HOME = ZoneInfo(
    "Europe/Amsterdam"
)  # 14 days after Monday 10:00 is Monday 10:00, also in the night of the clock
_PASSING = frozenset({"hours", "minutes", "seconds"})
_UNITS = {
    "years": ("jaar", "jaar", "year", "years"),
    "months": ("maand", "maanden", "month", "months"),
    "weeks": ("week", "weken", "week", "weeks"),
    "days": ("dag", "dagen", "day", "days"),
    "hours": ("uur", "uur", "hour", "hours"),
    "minutes": ("minuut", "minuten", "minute", "minutes"),
    "seconds": ("seconde", "seconden", "second", "seconds"),
}


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time as a charter writes it (`P14D`, `P1Y`, `PT72H`)."""

    written: str
    parts: tuple[tuple[str, int], ...]

    @classmethod
    def parse(cls, text: object) -> "Duration":
        """Read a duration. Raises ValueError for anything else, a duration of nothing included."""
        match = _PATTERN.fullmatch(text) if isinstance(text, str) else None
        parts = tuple((unit, int(n)) for unit, n in match.groupdict().items() if n) if match else ()
        if not any(n for _, n in parts):
            raise ValueError("not a duration: write for example P14D, P6W, P3M, P1Y or PT72H")
        return cls(str(text), parts)

    def __str__(self) -> str:
        return self.written

    def after(self, moment: datetime) -> datetime:
        """The moment this long after another: days on the clock of the partners' country, hours as they pass."""
        if moment.tzinfo is None:
            return moment + relativedelta(**dict(self.parts))  # type: ignore[arg-type]
        days = {unit: n for unit, n in self.parts if unit not in _PASSING}
        if days:
            there: datetime = moment.astimezone(HOME) + relativedelta(**days)  # type: ignore[arg-type]
            moment = there.astimezone(moment.tzinfo)
        return moment + timedelta(**{unit: n for unit, n in self.parts if unit in _PASSING})

    def days_after(self, day: date, *, times: int = 1) -> date:
        """The day this long after another, or so many times this long; hours count once they fill a day.

        Three times a month is three months: the 31st stays the 31st where a month has one. Raises OverflowError
        or ValueError beyond the year 9999.
        """
        whole = {unit: n * times for unit, n in self.parts if unit not in _PASSING}
        passing = timedelta(**{unit: n * times for unit, n in self.parts if unit in _PASSING})
        after: date = day + relativedelta(**whole)  # type: ignore[arg-type]
        return after + timedelta(days=passing.days)

    def times_between(self, first: date, last: date) -> int:
        """About how many times this fits between two days, 0 or more: where months differ, some turns off."""
        days = {"years": 365.2425, "months": 30.436875, "weeks": 7, "days": 1}
        parts_of_a_day = {"hours": 1 / 24, "minutes": 1 / 1440, "seconds": 1 / 86400}
        length = sum((days | parts_of_a_day)[unit] * n for unit, n in self.parts)
        return max(0, int((last - first).days / length))

    def about(self) -> timedelta:
        """Its length for comparing, with months of 30 and years of 365 days."""
        days = {"years": 365, "months": 30, "weeks": 7, "days": 1}
        total = timedelta()
        for unit, n in self.parts:
            total += timedelta(days=days[unit] * n) if unit in days else timedelta(**{unit: n})
        return total

    def text(self) -> Text:
        """In words: “14 dagen” and “14 days”."""
        return both(
            " en ".join(f"{n} {_UNITS[unit][0 if n == 1 else 1]}" for unit, n in self.parts),
            " and ".join(f"{n} {_UNITS[unit][2 if n == 1 else 3]}" for unit, n in self.parts),
        )

    def every(self) -> Text:
        """As a rhythm: “elk jaar”, “elke 3 maanden”; “every year”, “every 3 months”."""
        if len(self.parts) == 1 and self.parts[0][1] == 1:
            one_nl, _, one_en, _ = _UNITS[self.parts[0][0]]
            return both(f"{'elk' if one_nl in {'jaar', 'uur'} else 'elke'} {one_nl}", f"every {one_en}")
        text = self.text()
        return both(f"elke {text.in_language('nl')}", f"every {text.in_language('en')}")

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Accept the written form; give it back."""
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.parse(value),
            serialization=core_schema.plain_serializer_function_ser_schema(str),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """JSON Schema: a string of ISO 8601."""
        return {"type": "string", "pattern": f"^{re.sub(r'[?]P<[a-z]+>', '', _PATTERN.pattern)}$"}
