"""The rules of the measured delivery, said once: our contract and every other tool's are made from them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

KINDS = ("11", "13", "15", "17", "18", "22", "23", "24", "31", "32")
CONTRACTS = ("B", "O", "U")
RISKS = ("A01", "A02", "B01", "B02", "C01")
REASONS = ("01", "02", "03", "04", "20", "21", "30")
POSTCODE = "^[1-9][0-9]{3} ?[A-Z]{2}$"
ROW, REFERENCE, KEY, TOTAL = "row", "reference", "key", "total"
COUNTED_APART = (REFERENCE, KEY, TOTAL)


@dataclass(frozen=True)
class Rule:
    """A rule by a name of its own. `kind` says how to read `given`; its `condition` is SQL for a row that fails."""

    name: str
    kind: str
    columns: tuple[str, ...]
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def sort(self) -> str:
        """What it is about: one row, a reference, a key or a total."""
        return self.kind if self.kind in COUNTED_APART else ROW

    def plain(self) -> dict[str, Any]:
        """As plain values, for programs that know nothing of ours."""
        return asdict(self) | {"sort": self.sort}


def rules(parts: int = 1) -> list[Rule]:
    """The rules: 28 about a row, 3 references, a key and a total; of several parts without the total."""
    if parts == 1:
        return list(_rules(""))
    found = [rule for part in range(1, parts + 1) for rule in _rules(f"_{part}")]
    return [rule for rule in found if rule.sort != TOTAL]


def _rules(suffix: str) -> Iterator[Rule]:
    for column, kind, given in _OF_ONE_COLUMN:
        yield Rule(f"{column}{suffix}.{kind}", kind, (column + suffix,), given)
    for name, columns, written in _CONDITIONS:
        ours = [column + suffix for column in columns]
        condition = written.format(**dict(zip(columns, ours, strict=True)))
        yield Rule(name + suffix, "condition", tuple(ours), {"condition": condition})
    for column, listed in (("employer", "employers"), ("wage_table", "tables"), ("sector", "sectors")):
        yield Rule(
            f"{column}{suffix}.reference", REFERENCE, (column + suffix,), {"list": listed, "of": column}
        )
    yield Rule(f"once{suffix}", KEY, tuple(column + suffix for column in KEY_COLUMNS))
    yield Rule(f"total{suffix}", TOTAL, (f"employer{suffix}", f"wage{suffix}"), {"list": "declared"})


KEY_COLUMNS = ("employer", "citizen", "relation", "period_start")
_OF_ONE_COLUMN: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("line", "minimum", {"value": 1}),
    ("employer", "required", {}),
    ("employer", "eleven", {"semantic": "rsin"}),
    ("payroll", "pattern", {"pattern": "^L[0-9]{2}$"}),
    ("citizen", "required", {}),
    ("citizen", "eleven", {"semantic": "bsn"}),
    ("relation", "minimum", {"value": 1}),
    ("relation", "maximum", {"value": 99}),
    ("period_start", "required", {}),
    ("born", "minimum", {"value": "1900-01-01"}),
    ("born", "maximum", {"value": "2026-12-31"}),
    ("kind", "valid", {"values": KINDS}),
    ("contract", "valid", {"values": CONTRACTS}),
    ("risk_group", "valid", {"values": RISKS}),
    ("hours", "minimum", {"value": 0}),
    ("hours", "maximum", {"value": 744}),
    ("wage", "minimum", {"value": 0}),
    ("wage_insured", "maximum", {"value": 100_000_000}),
    ("premium_work", "minimum", {"value": 0}),
    ("premium_sick", "minimum", {"value": 0}),
    ("is_insured_sick", "required", {}),
    ("postcode", "pattern", {"pattern": POSTCODE, "semantic": "postcode-nl"}),
    ("country", "pattern", {"pattern": "^[A-Z]{2}$"}),
    ("reason", "valid", {"values": REASONS}),
)
_CONDITIONS = (
    ("ends-after-start", ("period_start", "period_end"), "{period_end} < {period_start}"),
    ("tax-within-wage", ("wage", "tax"), "{tax} > {wage}"),
    (
        "premium-if-insured",
        ("is_insured_work", "premium_work"),
        "{is_insured_work} IS FALSE AND {premium_work} > 0",
    ),
    ("postcode-at-home", ("country", "postcode"), "{country} = 'NL' AND {postcode} IS NULL"),
)
