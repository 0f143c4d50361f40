"""Small deliveries, and what the obvious reading of a contract counts in them."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from concordia.deliveries.embedded.engine import Delivery, Options, check
from concordia.deliveries.files import Source, open_source
from concordia.deliveries.staging import staged
from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.result import Result
from concordia.domain.checking.rules import Plan
from concordia.domain.contracts.model import SchemaObject
from concordia.domain.contracts.reading import dump_contract, read_contract

IDENTITY = ("demo", "1.0.0", "0" * 64)


def contract_of(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A contract with one object, `lines`, of these columns."""
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "demo",
        "version": "1.0.0",
        "status": "active",
        "schema": [{"name": "lines", "properties": list(columns), **more}],
    }


def planned(document: dict[str, Any]) -> Plan:
    """The rules of the one object of a contract, read from its YAML as anybody's is."""
    return plan_of(read_contract(dump_contract(document)).contract, "lines")


def write_csv(
    path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str | None]], *, delimiter: str = ","
) -> Path:
    """Rows of text as CSV; nothing as an empty cell."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            cells = [row.get(column) for column in columns]
            if len(cells) == 1 and not cells[0]:
                file.write('""\n')
            else:
                writer.writerow(["" if cell is None else cell for cell in cells])
    return path


def write_json_lines(path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """Rows as JSON lines."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return path


def write_xml(path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str | None]]) -> Path:
    """Rows of text as an XML message, each an element `r` of `m`; nothing as no element."""
    made = [
        "".join(
            f"<{column}>{escape(row[column])}</{column}>" for column in columns if row.get(column) is not None
        )
        for row in rows
    ]
    path.write_text(f"<m>{''.join(f'<r>{row}</r>' for row in made)}</m>", encoding="utf-8", newline="")
    return path


def checked(
    plan: Plan,
    files: Sequence[Path],
    folder: Path,
    references: Mapping[str, Sequence[Path]] | None = None,
    item: SchemaObject | None = None,
    **options: Any,
) -> Result:
    """The result of the engine itself, in this process. `item` says where rows stand in XML."""
    temporary = folder / "temporary"
    temporary.mkdir(exist_ok=True)
    for earlier in temporary.glob("message-*"):
        earlier.unlink()
    sources = opened(files, temporary, [column.source for column in plan.columns])
    return check(
        Delivery(
            plan,
            tuple(staged(sources, item, temporary)) if item else sources,
            {name: opened(paths, temporary) for name, paths in (references or {}).items()},
        ),
        IDENTITY,
        temporary,
        Options(**{"threads": 1, "profile": False, **options}),
    )


def opened(files: Sequence[Path], temporary: Path, wanted: Sequence[str] = ()) -> tuple[Source, ...]:
    """Files as the engine takes them."""
    return tuple(source for file in files for source in open_source(file, temporary, wanted=wanted))


def counts_of(result: Result) -> dict[str, int | None]:
    """What each rule counted, by its key."""
    return {one.key: None if one.counted is None else int(one.counted) for one in result.rules}


def failing(result: Result) -> dict[str, int]:
    """What failed, with how often."""
    return {one.key: int(one.counted or 0) for one in result.rules if one.outcome == "failed"}
