"""Good input to damage: a contract with a bit of everything, and the same rows in every form that is read."""

import gzip
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet

from concordia.domain.contracts.reading import dump_contract

RECORD = [{"property": "xmlRecord", "value": "/m/r"}]
XSD = (
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="m"><xs:complexType><xs:sequence>'
    '<xs:element name="r" maxOccurs="unbounded"><xs:complexType><xs:all>'
    '<xs:element name="id" type="xs:integer"/><xs:element name="amount" type="xs:decimal"/>'
    '<xs:element name="born" type="xs:date" minOccurs="0"/><xs:element name="name" type="xs:string"/></xs:all>'
    "</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"
)


def document() -> dict[str, Any]:
    """The contract that every delivery here is held to."""
    sql = "SELECT COUNT(*) FROM {object} WHERE amount / 2 > 3 AND length(name) BETWEEN 1 AND 4"
    return {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "fuzz",
        "version": "1.0.0",
        "status": "active",
        "schema": [
            {
                "name": "lines",
                "customProperties": RECORD,
                "properties": [
                    {"name": "id", "logicalType": "integer", "primaryKey": True, "required": True},
                    {
                        "name": "amount",
                        "logicalType": "number",
                        "physicalType": "decimal(10,2)",
                        "logicalTypeOptions": {"minimum": 0, "multipleOf": 5},
                    },
                    {"name": "born", "logicalType": "date", "logicalTypeOptions": {"maximum": "2026-01-01"}},
                    {
                        "name": "name",
                        "logicalType": "string",
                        "classification": "confidential",
                        "logicalTypeOptions": {"pattern": "^[A-Z]", "maxLength": 6, "format": "iban"},
                        "relationships": [{"to": "others.name"}],
                        "quality": [{"metric": "duplicateValues", "mustBeLessThan": 10, "unit": "percent"}],
                    },
                ],
                "quality": [{"type": "sql", "query": sql, "mustBe": 0}],
            }
        ],
        "servers": [{"server": "in", "type": "local", "path": "x", "format": "csv"}],
        "customProperties": [{"property": "legalGround", "value": "none"}],
    }


def contract() -> bytes:
    """The same as YAML."""
    return dump_contract(document()).encode()


def rows(chance: Random) -> list[dict[str, Any]]:
    """Some rows, a few of them wrong."""
    names = ("Ada", "Ben", "é", "", 'say "so"', "two\nlines", "a;b")
    return [
        {
            "id": number,
            "amount": f"{chance.randrange(-5, 500)}.{chance.randrange(100):02d}",
            "born": date(1950 + number % 70, 1 + number % 12, 1 + number % 28).isoformat(),
            "name": chance.choice(names),
        }
        for number in range(chance.choice((0, 1, 5, 5, 30, 30, 30, 2_000)))
    ]


def csv(chance: Random) -> bytes:
    """Rows as CSV, with one separator or another, in one encoding or another."""
    sign, encoding = chance.choice(";,\t|"), chance.choice(("utf-8", "utf-8-sig", "utf-16", "latin-1"))
    lines = [sign.join(("id", "amount", "born", "name"))]
    for row in rows(chance):
        name = str(row["name"]).replace('"', '""')
        lines.append(sign.join((str(row["id"]), row["amount"], row["born"], f'"{name}"')))
    return ("\n".join(lines) + "\n").encode(encoding)


def json_lines(chance: Random) -> bytes:
    """Rows as JSON lines."""
    return "".join(json.dumps(row) + "\n" for row in rows(chance)).encode()


def xml(chance: Random) -> bytes:
    """Rows as a message, at times with what only the strict reader knows."""
    inside = chance.choice(("", "", "<!-- said -->", "<?do it?>", "<![CDATA[x]]>"))
    made = "".join(
        f"<r><id>{row['id']}</id><amount>{row['amount']}</amount><born>{row['born']}</born>"
        f"<name>{str(row['name']).replace('&', '&amp;')}{inside}</name></r>\n"
        for row in rows(chance)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<m>{made}</m>\n'.encode()


def parquet_file(chance: Random) -> bytes:
    """Rows as Parquet, packed and laid out in one way or another."""
    given = rows(chance)
    columns = {
        "id": pa.array([row["id"] for row in given], chance.choice((pa.int64(), pa.int32(), pa.float64()))),
        "amount": pa.array([row["amount"] for row in given]),
        "born": pa.array([date.fromisoformat(row["born"]) for row in given]),
        "name": pa.array([row["name"] or None for row in given]),
        "more": pa.array([[row["id"]] * 2 for row in given]),
    }
    out = io.BytesIO()
    parquet.write_table(
        pa.table(columns),
        out,
        compression=chance.choice(("none", "snappy", "zstd", "gzip")),
        use_dictionary=chance.random() < 0.5,
        row_group_size=chance.choice((7, 1_000)),
        write_page_index=chance.random() < 0.5,
        data_page_version=chance.choice(("1.0", "2.0")),
    )
    return out.getvalue()


def packed(chance: Random, content: bytes) -> bytes:
    """Content as gzip or zip."""
    if chance.random() < 0.5:
        return gzip.compress(content, chance.randrange(1, 10), mtime=0)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", chance.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
        for number in range(chance.randrange(1, 3)):
            archive.writestr(zipfile.ZipInfo(f"part-{number}"), content)
    return out.getvalue()


DELIVERIES: dict[str, Callable[[Random], bytes]] = {
    "csv": csv,
    "jsonl": json_lines,
    "parquet": parquet_file,
    "xml": xml,
}
