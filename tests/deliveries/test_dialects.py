"""How a CSV is written: as the contract says it, found out where it says nothing, and told where they differ."""

import gzip
from pathlib import Path

import pytest
from support.deliveries import contract_of, failing

from concordia.deliveries.checking import check_delivery
from concordia.domain.checking.result import Result, Verdict
from concordia.domain.contracts.reading import dump_contract

AMOUNT = {"name": "amount", "logicalType": "number", "physicalType": "decimal(10,2)"}
NAME = {"name": "name", "logicalType": "string", "logicalTypeOptions": {"maxLength": 3}}


def checked(folder: Path, content: bytes, *servers: dict, server: str | None = None) -> Result:
    listed = [
        {
            "server": f"s{number}",
            "type": "local",
            "path": "x",
            "format": "csv",
            "customProperties": [{"property": name, "value": value} for name, value in words.items()],
        }
        for number, words in enumerate(servers)
    ]
    document = contract_of(AMOUNT, NAME) | ({"servers": listed} if listed else {})
    path = folder / "lines.csv"
    path.write_bytes(content)
    return check_delivery(dump_contract(document), "lines", [path], profile=False, server=server)


def told(result: Result, language: str = "en") -> str:
    return " ".join(one.in_language(language) for file in result.files for one in file.told)


def test_what_the_contract_says_is_followed_and_told(tmp_path):
    said = {"delimiter": "^", "encoding": "windows-1252", "quote": "'", "decimalSeparator": ","}
    found = checked(tmp_path, "amount^name\n1,50^'a^€'\n".encode("cp1252"), said)
    assert (found.verdict, found.rows) == (Verdict.ACCEPT, 1)
    assert "Read as CSV with “^”, a comma in numbers and characters in windows-1252." in told(found)
    assert "The contract says: what separates, what encloses, the characters, point or comma" in told(found)
    assert "Het contract zegt: wat scheidt" in told(found, "nl")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-16", "utf-16-be", "iso-8859-1", "iso-8859-15", "windows-1252"]
)
@pytest.mark.parametrize("packed", [False, True])
def test_every_encoding_that_can_be_said_is_read(tmp_path, encoding, packed):
    text = "amount;name\n1.50;Zoë\n2;é\n"
    content = ("\ufeff" + text if encoding.startswith("utf-16") else text).encode(
        {"utf-16": "utf-16-le"}.get(encoding, encoding)
    )
    found = checked(tmp_path, gzip.compress(content) if packed else content, {"encoding": encoding})
    assert (found.verdict, found.rows) == (Verdict.ACCEPT, 2)
    assert found.files[0].form == ("csv+gzip" if packed else "csv")


def test_a_mark_of_either_order_of_bytes_is_read_without_being_said(tmp_path):
    for encoding in ("utf-16-le", "utf-16-be"):
        found = checked(tmp_path, "\ufeffamount;name\n1.50;Zoë\n".encode(encoding))
        assert (found.verdict, found.rows) == (Verdict.ACCEPT, 1)


def test_a_byte_that_is_no_character_refuses_its_line_only(tmp_path):
    found = checked(tmp_path, b"amount;name\n1;a\n2;\x81\n3;c\n", {"encoding": "windows-1252"})
    assert failing(found) == {"lines.readable": 1}
    assert found.rows == 2


def test_without_a_line_of_names_columns_stand_in_the_order_of_the_contract(tmp_path):
    found = checked(tmp_path, b"1.5;abc\n2;abcd\n", {"header": False, "delimiter": ";"})
    assert found.rows == 2
    assert failing(found) == {"lines.name.maxLength": 1}
    assert next(one.samples[0].row for one in found.rules if one.samples) == 2
    assert "without a line of names" in told(found)
    named = checked(tmp_path, b"amount;name\n1;a\n", {"header": False, "delimiter": ";"})
    assert "seems to be one all the same" in told(named)


def test_where_a_comma_is_agreed_a_number_with_a_point_is_none(tmp_path):
    found = checked(tmp_path, b"amount;name\n1,5;a\n1.500;b\n", {"decimalSeparator": ","})
    assert failing(found) == {"lines.amount.type": 1}
    assert next(one.samples[0].values for one in found.rules if one.samples) == (("amount", "1.500"),)


@pytest.mark.parametrize(
    ("said", "content", "words"),
    [
        ({"delimiter": ";"}, b"amount,name\n1,a\n", "what separates: “;”; the file seems to have “,”"),
        (
            {"encoding": "iso-8859-1"},
            "amount,name\n1,Zoë\n".encode(),
            "“iso-8859-1”; the file seems to have “utf-8”",
        ),
        ({"encoding": "utf-8"}, "\ufeffamount,name\n1,a\n".encode("utf-16-le"), "to have “utf-16”"),
        ({"decimalSeparator": "."}, b"amount;name\n1,5;a\n", "“.”; the file seems to have “,”"),
    ],
)
def test_a_file_that_seems_otherwise_than_agreed_is_read_as_agreed_and_that_is_told(
    tmp_path, said, content, words
):
    found = checked(tmp_path, content, said)
    assert words in told(found)
    assert "Read as the contract says." in told(found)
    assert "Gelezen zoals het contract zegt." in told(found, "nl")


def test_a_file_that_is_as_agreed_tells_no_conflict(tmp_path):
    said = {"delimiter": ",", "encoding": "utf-8", "decimalSeparator": ".", "header": True}
    assert "seems" not in told(checked(tmp_path, "\ufeffamount,name\n1.5,é\n".encode(), said))


def test_servers_that_differ_are_not_followed_until_one_is_chosen(tmp_path):
    content = b"amount|name\n1|a;b\n"
    found = checked(tmp_path, content, {"delimiter": ";"}, {"delimiter": "|"})
    assert found.verdict is Verdict.ACCEPT
    assert "Choose one with --server NAME." in told(found)
    assert failing(checked(tmp_path, content, {"delimiter": ";"}, {"delimiter": "|"}, server="s0"))
    assert "Choose" not in told(
        checked(tmp_path, content, {"delimiter": ";"}, {"delimiter": "|"}, server="s1")
    )


def test_a_value_that_cannot_be_is_told_and_found_out_instead(tmp_path):
    found = checked(tmp_path, b"amount;name\n1;a\n", {"delimiter": "semicolon"})
    assert found.verdict is Verdict.ACCEPT
    assert "delimiter: “semicolon” cannot be here." in told(found)
