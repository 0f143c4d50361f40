"""Damaged, endless and dishonest files: each gets a verdict with a sentence, in bounded means."""

import gzip
import io
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from support.deliveries import contract_of, failing

from concordia.deliveries.checking import Limits, UnfinishedError, check_delivery
from concordia.domain.checking.result import Result, Verdict
from concordia.domain.contracts.reading import dump_contract

ROW = contract_of(
    {"name": "id", "logicalType": "integer", "required": True},
    {"name": "name", "logicalType": "string", "logicalTypeOptions": {"maxLength": 20}},
)
CONTRACT = dump_contract(ROW)


def judged(*files: Path, **limits: object) -> Result:
    return check_delivery(
        CONTRACT, "lines", list(files), profile=False, limits=Limits(**limits) if limits else None
    )


def made(folder: Path, content: bytes, name: str = "lines.csv") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.fixture(scope="module")
def long_file(tmp_path_factory) -> Path:
    """Two million rows, of which the last is wrong."""
    path = tmp_path_factory.mktemp("long") / "lines.csv"
    with path.open("w", encoding="utf-8") as file:
        file.write("id;name\n")
        file.writelines(f"{number};n{number}\n" for number in range(1, 2_000_000))
        file.write("x;last\n")
    return path


def said(result: Result) -> str:
    return " ".join(one.reason.in_language("en") for one in result.rules if one.reason)


def test_a_line_that_is_no_row_is_counted_and_the_others_are_judged(tmp_path):
    content = b'id;name\n1;a\n2;b;too many\n3\n4;"open quote\n5;e\n'
    found = judged(made(tmp_path, content))
    assert found.verdict is Verdict.REFUSE
    assert failing(found)["lines.readable"] >= 2
    assert found.rows >= 1


def test_one_bad_value_never_ends_a_run(tmp_path):
    content = (
        "id;name\n"
        + "".join(f"{number};n\n" for number in range(1, 30_000))
        + "x;n\n1e999;n\nNaN;n\n"
        + "9" * 40
        + ";n\n"
    )
    found = judged(made(tmp_path, content.encode()))
    assert failing(found) == {"lines.id.type": 4}
    assert [sample.row for one in found.rules for sample in one.samples] == [30_000, 30_001, 30_002, 30_003]


def test_bytes_that_are_no_utf8_refuse_their_line_only(tmp_path):
    content = b"id;name\n" + b"1;a\n" * 400_000 + b"2;\xff\xfe\n" + b"3;c\n"
    found = judged(made(tmp_path, content))
    assert failing(found) == {"lines.readable": 1}
    assert found.rows == 400_001


def test_another_encoding_is_found_and_said(tmp_path):
    found = judged(made(tmp_path, "id;name\n1;Zoë\n".encode("latin-1")))
    assert found.verdict is Verdict.ACCEPT
    assert "ISO 8859-1" in found.files[0].told[1].in_language("en")
    utf16 = judged(made(tmp_path, "id;name\n1;Zoë\n".encode("utf-16"), "wide.csv"))
    assert (utf16.verdict, utf16.rows) == (Verdict.ACCEPT, 1)


def test_a_comma_in_numbers_is_found_said_and_shown_as_it_was_written(tmp_path):
    amount = {"name": "amount", "logicalType": "number", "physicalType": "decimal(10,2)"}
    contract = dump_contract(contract_of(amount | {"logicalTypeOptions": {"maximum": 2}}, {"name": "name"}))
    found = check_delivery(contract, "lines", [made(tmp_path, b"amount;name\n1,50;a\n3,25;b\n1;c,d\n")])
    assert failing(found) == {"lines.amount.maximum": 1}
    assert [one.samples[0].values for one in found.rules if one.samples] == [(("amount", "3,25"),)]
    assert "a comma in numbers" in found.files[0].told[0].in_language("en")
    points = check_delivery(contract, "lines", [made(tmp_path, b"amount;name\n1.50;a\n1;b\n")])
    assert (points.verdict, "comma in numbers" in str(points.files[0].told)) == (Verdict.ACCEPT, False)


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    assert judged(made(tmp_path, b"\xef\xbb\xbfid;name\n1;a\n")).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n", b"\0\0\0"])
def test_an_empty_file_lacks_its_columns(tmp_path, content):
    assert set(failing(judged(made(tmp_path, content)))) >= {"lines.id.present", "lines.name.present"}


TWINS = contract_of({"name": "A", "logicalType": "integer"}, {"name": "a", "logicalType": "integer"})


def judged_twins(path: Path) -> Result:
    return check_delivery(dump_contract(TWINS), "lines", [path], profile=False)


def test_names_that_differ_in_capitals_are_two_columns_of_a_csv(tmp_path):
    found = judged_twins(made(tmp_path, b"A,a\n1,x\n2,y\n"))
    assert failing(found) == {"lines.a.type": 2}


@pytest.mark.parametrize("form", ["jsonl", "parquet"])
def test_where_such_names_cannot_be_told_apart_neither_is_read_and_that_is_told(tmp_path, form):
    path = tmp_path / f"lines.{form}"
    if form == "jsonl":
        path.write_text('{"A": 1, "a": "x"}\n{"A": 2, "a": "y"}\n', encoding="utf-8")
    else:
        parquet.write_table(pa.table([[1, 2], ["x", "y"]], names=["A", "a"]), path)
    found = judged_twins(path)
    assert found.verdict is Verdict.REFUSE
    assert {"lines.A.present", "lines.a.present"} <= failing(found).keys()
    assert "A, a" in " ".join(remark.in_language("en") for remark in found.remarks)


def test_a_header_alone_is_a_delivery_without_rows(tmp_path):
    found = judged(made(tmp_path, b"id;name\n"))
    assert (found.verdict, found.rows) == (Verdict.ACCEPT, 0)


def test_a_cell_of_ten_megabytes_is_a_value_that_is_too_long(tmp_path):
    found = judged(made(tmp_path, b"id;name\n1;" + b"x" * 10_000_000 + b"\n2;b\n"))
    assert failing(found) == {"lines.name.maxLength": 1}
    shown = next(one.samples[0].values[0][1] for one in found.rules if one.samples)
    assert len(shown) == 200


def test_a_line_without_end_is_refused_with_what_to_look_at(tmp_path):
    found = judged(made(tmp_path, b'id;name\n1;"' + b"x" * 40_000_000))
    assert found.verdict is Verdict.REFUSE
    assert "more than 16 MB" in said(found)


def test_a_hundred_thousand_columns_are_refused_with_a_sentence(tmp_path):
    header = ";".join(f"c{number}" for number in range(100_000))
    found = judged(made(tmp_path, header.encode() + b"\n"))
    assert found.verdict is Verdict.REFUSE
    assert "at most 10000 are read" in said(found)


def test_a_column_that_stands_twice_is_not_read(tmp_path):
    found = judged(made(tmp_path, b"id;name;id\n1;a;2\n"))
    assert failing(found)["lines.id.present"] == 1
    assert "stand twice" in found.remarks[0].in_language("en")


def test_a_column_that_stands_twice_in_a_typed_file_is_not_read(tmp_path):
    arrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    table = arrow.Table.from_arrays(
        [arrow.array([1]), arrow.array(["a"]), arrow.array([2])], ["id", "name", "id"]
    )
    parquet.write_table(table, tmp_path / "lines.parquet")
    found = judged(tmp_path / "lines.parquet")
    assert failing(found)["lines.id.present"] == 1


def test_gzip_and_zip_are_unpacked(tmp_path):
    plain = b"id;name\n1;a\n2;b\n"
    assert judged(made(tmp_path, gzip.compress(plain), "lines.csv.gz")).verdict is Verdict.ACCEPT
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../one.csv", plain)
        archive.writestr("/etc/two.csv", plain)
    found = judged(made(tmp_path, packed.getvalue(), "lines.zip"))
    assert (found.verdict, found.rows) == (Verdict.ACCEPT, 4)
    assert [file.name for file in found.files] == ["one.csv", "two.csv"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_gzip_is_refused_whole(tmp_path, share):
    noise = random.Random(1)
    plain = b"id;name\n" + b"".join(b"%d;%d\n" % (n, noise.getrandbits(60)) for n in range(200_000))
    whole = gzip.compress(plain)
    found = judged(made(tmp_path, whole[: int(len(whole) * share)], "lines.csv.gz"))
    assert found.verdict is Verdict.REFUSE
    assert "damaged" in said(found)


def test_a_zip_that_unpacks_to_far_too_much_stops_at_its_bound(tmp_path):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("lines.csv", b"id;name\n" + b" " * 300_000_000)
    found = judged(made(tmp_path, packed.getvalue(), "bomb.zip"), disk="200MB")
    assert found.verdict is Verdict.REFUSE
    assert "too much" in said(found)


def parquet_file(folder: Path) -> Path:
    arrow = pytest.importorskip("pyarrow")
    import pyarrow.parquet as parquet

    table = arrow.table({"id": list(range(2_000)), "name": [f"n{number}" for number in range(2_000)]})
    parquet.write_table(table, folder / "lines.parquet", write_page_checksum=True)
    return folder / "lines.parquet"


@pytest.mark.parametrize("share", [0.001, 0.3, 0.9, 0.999])
def test_a_truncated_parquet_is_refused_with_a_sentence_that_names_no_place(tmp_path, share):
    whole = parquet_file(tmp_path).read_bytes()
    found = judged(made(tmp_path, whole[: max(4, int(len(whole) * share))], "cut.parquet"))
    assert found.verdict is Verdict.REFUSE
    assert str(tmp_path) not in said(found)


def test_flipped_bits_never_break_the_check(tmp_path):
    """Each gets a verdict or an honest end; pages with a checksum that does not fit are never counted."""
    whole = parquet_file(tmp_path).read_bytes()
    noise = random.Random(7)
    for _ in range(12):
        place = noise.randrange(len(whole))
        flipped = whole[:place] + bytes([whole[place] ^ (1 << noise.randrange(8))]) + whole[place + 1 :]
        assert judged(made(tmp_path, flipped, "flipped.parquet")).verdict in set(Verdict)


def test_bytes_of_another_kind_are_refused(tmp_path):
    for content in (
        b"PAR1" + b"\0" * 100,
        os.urandom(5_000),
        b"\x1f\x8b" + os.urandom(100),
        b"PK\x03\x04" + os.urandom(100),
    ):
        assert judged(made(tmp_path, content, "noise")).verdict is Verdict.REFUSE


def test_json_lines_that_are_none_are_counted(tmp_path):
    content = b'{"id": 1, "name": "a"}\nnot json\n[1]\n{"id": "x", "name": 5}\n{"id": 1e400, "name": null}\n'
    found = judged(made(tmp_path, content, "lines.jsonl"))
    assert failing(found) == {
        "lines.readable": 2,
        "lines.id.type": 2,
        "lines.name.type": 1,
    }


def test_a_delivery_of_two_kinds_is_refused(tmp_path):
    found = judged(
        made(tmp_path, b"id;name\n1;a\n"), made(tmp_path, b'{"id": 1, "name": "a"}\n', "lines.jsonl")
    )
    assert "different kinds" in said(found)


def test_the_last_of_two_million_rows_is_found_by_its_number(long_file):
    found = judged(long_file, memory="256MB")
    assert failing(found) == {"lines.id.type": 1}
    assert next(one.samples[0].row for one in found.rules if one.samples) == 2_000_000


def test_memory_that_is_no_amount_to_work_in_is_refused_and_nothing_is_left(tmp_path):
    space = Path(tempfile.gettempdir())
    before = set(space.glob("concordia-check-*"))
    with pytest.raises(ValueError, match="1MB"):
        judged(made(tmp_path, b"id;name\n"), memory="1MB")
    assert set(space.glob("concordia-check-*")) == before


def test_time_that_runs_out_is_said(long_file):
    query = "SELECT COUNT(*) FROM {{object}} WHERE name ~ '{}.*9$'"
    heavy = [{"type": "sql", "query": query.format(number), "mustBe": 0} for number in range(60)]
    contract = dump_contract(contract_of({"name": "name", "logicalType": "string"}, quality=heavy))
    with pytest.raises(UnfinishedError, match="stopped from outside"):
        check_delivery(contract, "lines", [long_file], limits=Limits(seconds=1))


def test_a_reader_that_is_killed_is_said(long_file):
    started = threading.Event()

    def kill(*_: object) -> None:
        if not started.is_set():
            started.set()
            for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
                if b"deliveries.worker" in Path(f"/proc/{child}/cmdline").read_bytes():
                    os.kill(int(child), signal.SIGKILL)

    with pytest.raises(UnfinishedError, match="signal 9"):
        check_delivery(CONTRACT, "lines", [long_file], progress=kill)


def test_ctrl_c_stops_cleanly(tmp_path, long_file):
    (tmp_path / "contract.yaml").write_text(CONTRACT, encoding="utf-8")
    space = tmp_path / "space"
    space.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "concordia", "check", str(tmp_path / "contract.yaml"), str(long_file)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        env=os.environ | {"TMPDIR": str(space)},
    )
    for _ in range(600):
        if any(space.glob("concordia-check-*")):
            break
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert not any(space.iterdir())
