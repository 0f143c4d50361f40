"""How fast XML messages become columns, how fast they are held against a schema, and what either takes in memory."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from bench.lines import Line, judged
from concordia.deliveries.xml import Reading
from concordia.deliveries.xml.schema import Schema, validate
from concordia.domain.contracts.xml_mapping import XmlColumn, XmlPlace, XmlRecord

_ROUNDS = 3
_AIM = 5.0  # million cells per second of processor time
_FIELDS = ("nr", "person", "name", "born", "kind", "from", "until", "code", "table", "sector")
_AMOUNTS = tuple(f"amount{number}" for number in range(15))
_SPACE = "urn:example:wages"


def measure(*, quick: bool) -> list[Line]:
    """The fast and the strict reader, others where they are installed, and the schema, on one message."""
    records = 10_000 if quick else 200_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "message.xml")
        with path.open("wb") as file:
            file.writelines(message(records))
        few = Path(folder, "few.xml")
        with few.open("wb") as file:
            file.writelines(message(records // 10))
        return [
            _line("fast reader", path, records, lambda: read(path, fast=True), aim=_AIM),
            _line("strict reader", few, records // 10, lambda: read(few, fast=False)),
            *_others(path, records),
            _line("schema", path, records, lambda: _validated(path, folder)),
            _memory(path),
        ]


def message(records: int) -> Iterator[bytes]:
    """A message of wage records, some hundred bytes of tags around 25 short values each; the same every time."""
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<Message xmlns="{_SPACE}">\n<Payer>123456789L01</Payer>\n'.encode()
    for number in range(records):
        yield _record(number).encode()
    yield b"</Message>\n"


def _record(number: int) -> str:
    values = (
        number + 1,
        100_000_000 + number * 7919 % 899_999_999,
        f"N{number % 977}",
        f"19{50 + number % 50}-0{1 + number % 9}-1{number % 10}",
        11 + number % 50,
        "2026-01-01",
        "2026-01-31" if number % 7 else "",
        f"C{number % 90}",
        f"{number % 999:03d}",
        number % 70,
    )
    heads = "".join(
        f"      <{name}>{value}</{name}>\n"
        for name, value in zip(_FIELDS, values, strict=True)
        if value != ""
    )
    amounts = "".join(
        f"      <{name}>{number * (at + 3) % 6000}.{number % 100:02d}</{name}>\n"
        for at, name in enumerate(_AMOUNTS)
    )
    return f"  <Relation>\n    <Who>\n{heads}    </Who>\n    <Wage>\n{amounts}    </Wage>\n  </Relation>\n"


def _mapping() -> XmlRecord:
    def named(*names: str) -> tuple[str, ...]:
        return tuple(f"{{{_SPACE}}}{name}" for name in names)

    def own(part: str, name: str) -> XmlColumn:
        return XmlColumn(name, (XmlPlace("own", named(part, name)),))

    columns = [own("Who", name) for name in _FIELDS] + [own("Wage", name) for name in _AMOUNTS]
    payer = XmlColumn("payer", (XmlPlace("outer", named("Message", "Payer")),))
    return XmlRecord("relations", (named("Message", "Relation"),), (payer, *columns))


def read(path: Path, *, fast: bool) -> int:
    """Read a message; the number of values in it."""
    reading = Reading(path, [_mapping()], fast=fast)
    cells = sum(_values(batch) for _, batch in reading)
    if fast and reading.strict_because:
        raise RuntimeError(reading.strict_because)
    return cells


def speed(records: int) -> float:
    """Millions of cells that the fast reader makes in a second of processor time, the best of some rounds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "message.xml")
        with path.open("wb") as file:
            file.writelines(message(records))
        best = 0.0
        for _ in range(_ROUNDS):
            begun = process_time()
            best = max(best, read(path, fast=True) / (process_time() - begun) / 1e6)
        return best


def _values(batch: Any) -> int:
    return sum(len(column) - column.null_count for column in batch.columns)


def _others(path: Path, records: int) -> Iterator[Line]:
    """What xml2arrow does, where it is installed: alone, and behind a parser that refuses what it would take."""
    try:
        from xml2arrow import XmlToArrowParser
    except ImportError:
        print("xml2arrow is not installed: not measured", file=sys.stderr)
        return
    rows = "".join(
        f"      - {{name: {name}, xml_path: /Message/Relation/{part}/{name}, data_type: Utf8, nullable: true}}\n"
        for part, names in (("Who", _FIELDS), ("Wage", _AMOUNTS))
        for name in names
    )
    config = path.with_name("config.yaml")
    config.write_text(
        f"tables:\n  - name: relations\n    xml_path: /Message\n    levels: []\n    fields:\n{rows}"
    )
    parser = XmlToArrowParser(str(config))

    def alone() -> int:
        return sum(_values(batch) for _, batch in parser.parse_batches(str(path)))

    def guarded() -> int:
        from concordia.deliveries.xml.guard import Guard

        guard = Guard()
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                guard.take(piece)
        guard.take(b"", last=True)
        return alone()

    yield _line("xml2arrow alone", path, records, alone)
    yield _line("xml2arrow behind a guard", path, records, guarded)


def _validated(path: Path, folder: str) -> int:
    xsd = Path(folder, "message.xsd")
    fields = "".join(f'<xs:element name="{name}" type="xs:string" minOccurs="0"/>' for name in _FIELDS)
    amounts = "".join(f'<xs:element name="{name}" type="xs:decimal"/>' for name in _AMOUNTS)
    xsd.write_text(
        f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{_SPACE}" '
        'elementFormDefault="qualified"><xs:element name="Message"><xs:complexType><xs:sequence>'
        '<xs:element name="Payer" type="xs:string"/><xs:element name="Relation" maxOccurs="unbounded">'
        f'<xs:complexType><xs:sequence><xs:element name="Who"><xs:complexType><xs:sequence>{fields}</xs:sequence>'
        f'</xs:complexType></xs:element><xs:element name="Wage"><xs:complexType><xs:sequence>{amounts}</xs:sequence>'
        "</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType>"
        "</xs:element></xs:schema>"
    )
    if validate(path, Schema(xsd)):
        raise RuntimeError("the message does not follow its schema")
    return 0


def _line(what: str, path: Path, records: int, act: Callable[[], int], aim: float | None = None) -> Line:
    size, best, wall, cells = path.stat().st_size / 1e6, float("inf"), float("inf"), 0
    for _ in range(_ROUNDS):
        begun, clock = process_time(), perf_counter()
        cells = act()
        best, wall = min(best, process_time() - begun), min(wall, perf_counter() - clock)
    speed = f"{size / best:.0f} MB per CPU second"
    speed += f", {cells / best / 1e6:.1f} M cells" if cells else ""
    return Line(
        what=f"XML: {what}",
        with_=f"{records:,} records, {size:.0f} MB",
        typical=speed,
        worst=f"{wall:.1f} s in all, best of {_ROUNDS}",
        aim=f"≥ {aim:.0f} M cells per CPU second" if aim else "",
        verdict=judged(cells / best / 1e6 >= aim) if aim else "",
    )


def _memory(path: Path) -> Line:
    """What the fast reader adds to a process that has read nothing large yet."""
    code = (
        "import sys; from pathlib import Path; from bench import xml; from resource import *\n"
        "for path in sys.argv[1:]: xml.read(Path(path), fast=True); print(getrusage(RUSAGE_SELF).ru_maxrss)"
    )
    few = path.with_name("few.xml")
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, str(few), str(path)], stdout=subprocess.PIPE, check=True, text=True
    )
    small, large = (int(number) / 1024 for number in done.stdout.split())
    return Line(
        what="XML: memory of the fast reader",
        with_="a tenth of the message, and all of it",
        typical=f"{small:.0f} MB",
        worst=f"{large:.0f} MB",
        aim="the same",
        verdict=judged(large < small * 1.15),
    )
