"""A line of the table: what was measured, where, and whether it meets its aim."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

MET, MISSED = "ok", "MISSED"
_HEADS = ("what", "with", "database", "typical", "worst", "aim", "")


@dataclass(frozen=True)
class Line:
    """One measurement. `verdict` is empty where nothing was aimed for."""

    what: str
    with_: str
    typical: str
    worst: str
    aim: str = ""
    verdict: str = ""
    database: str = ""

    def to_json(self) -> dict[str, Any]:
        """As plain data, to pass from one process to another."""
        return asdict(self)


def judged(is_met: bool) -> str:
    """The word for a line that has an aim."""
    return MET if is_met else MISSED


def table(lines: Iterable[Line]) -> str:
    """The lines as a Markdown table whose columns line up."""
    return grid(
        _HEADS,
        [
            (line.what, line.with_, line.database, line.typical, line.worst, line.aim, line.verdict)
            for line in lines
        ],
    )


def grid(heads: Sequence[str], cells: Iterable[Sequence[str]]) -> str:
    """Cells under heads as a Markdown table whose columns line up."""
    rows = [heads, *cells]
    widths = [max(len(row[column]) for row in rows) for column in range(len(heads))]
    rows.insert(1, ["-" * width for width in widths])
    return "\n".join(_row(row, widths) for row in rows)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"
