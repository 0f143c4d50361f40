"""What is judged on whole columns at once: texts by their bytes, sketches of different values, keys by their hashes."""

import random
from datetime import date, time, timedelta
from decimal import Decimal

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from hypothesis import given
from support.deliveries import checked, contract_of, counts_of, planned

from concordia.deliveries.embedded import few, stream
from concordia.deliveries.embedded import passes as passes_of_rows
from concordia.deliveries.embedded.keys import KeyHashes
from concordia.deliveries.embedded.passes import _Passes
from concordia.deliveries.embedded.sketches import SMALLEST, Distinct, hashes_of, text_hashes
from concordia.deliveries.embedded.texts import eleven_whole, equal_test, semantic_test, shape_test
from concordia.deliveries.embedded.vectors import texts_of, vector_of
from concordia.domain.checking.reference import counts
from concordia.domain.checking.semantic_types import SEMANTIC_TYPES, passes
from concordia.domain.checking.shapes import shapes_of

BY_BYTES = ("bsn", "rsin", "lhnr", "kvk", "oin", "postcode-nl", "uuid")
NUMBERS = st.sampled_from(["111222333", "123456782", "000000000", "100000009", "12345678", "1112223334"])
TEXTS = st.lists(
    st.none()
    | NUMBERS
    | st.from_regex("[0-9]{9}L[0-9]{2}|[1-9][0-9]{3} ?[A-Z]{2}", fullmatch=True)
    | st.text(max_size=12),
    max_size=40,
)


@pytest.mark.parametrize("key", BY_BYTES)
@given(texts=TEXTS)
def test_a_semantic_type_by_bytes_passes_what_its_plain_test_passes(key, texts):
    test = semantic_test(key)
    assert test is not None
    array = pa.array([None, *texts, "tail"], pa.string()).slice(1, len(texts))
    found = [bool(one) for one in test(texts_of(array))]
    assert found == [text is not None and passes(key, text) for text in texts]


@pytest.mark.parametrize("key", sorted(SEMANTIC_TYPES.keys() - set(BY_BYTES)))
def test_what_needs_more_than_its_form_by_bytes_is_left_to_the_engine(key):
    assert semantic_test(key) is None


@given(
    st.lists(
        st.integers(-(2**63), 2**63 - 1) | st.integers(0, 10**9) | st.sampled_from([111222333, 0]),
        max_size=30,
    )
)
def test_whole_numbers_pass_the_eleven_test_as_nine_digits(numbers):
    found = eleven_whole(np.array(numbers, np.int64)).tolist()
    assert found == [0 < number < 10**9 and passes("bsn", number) for number in numbers]


@given(TEXTS)
def test_lengths_are_of_characters(texts):
    kept = texts_of(pa.array(texts, pa.string()))
    assert kept.lengths.tolist() == [len(text or "") for text in texts]


def test_a_shape_is_met_by_many_texts_at_once():
    texts = [f"{number:04d} AB" for number in range(1_000, 3_000)] + ["0999 AB", "1000ab", "1000AB"]
    shapes = shapes_of(SEMANTIC_TYPES["postcode-nl"].form, whole=True)
    found = shape_test(shapes)(texts_of(pa.array(texts)))
    assert found.tolist() == [True] * 2_000 + [False, False, True]


@given(st.lists(st.none() | st.decimals(-(10**14), 10**14, places=3), max_size=20), st.integers(0, 5))
def test_decimals_are_whole_numbers_of_their_smallest_part(decimals, start):
    array = pa.array([Decimal(0)] * start + decimals, pa.decimal128(18, 3)).slice(start)
    found = vector_of(array)
    for number, decimal in enumerate(decimals):
        if decimal is None:
            assert found.nulls is not None
            assert found.nulls[number]
        else:
            assert found.values[number] == int(decimal * 1000)


def test_different_values_are_counted_exactly_while_they_are_few():
    seen = Distinct()
    for _ in range(50):
        seen.add(hashes_of(np.arange(SMALLEST - 1)))
    assert seen.estimate() == SMALLEST - 1


@pytest.mark.parametrize("step", [1, 7, 1_000, 2**32])
def test_many_different_values_are_counted_about(step):
    seen = Distinct()
    for start in range(0, 300_000, 10_000):
        hashes = hashes_of(np.repeat(np.arange(start, start + 10_000), 2) * step)
        seen.add(seen.news(hashes, None))
    assert abs(seen.estimate() - 300_000) < 30_000


def test_floats_that_are_equal_are_one_value():
    assert len(set(hashes_of(np.array([0.0, -0.0])).tolist())) == 1


@given(st.lists(st.lists(st.integers(0, 40), max_size=30), max_size=5))
def test_the_hashes_that_stand_twice_are_found(tmp_path_factory, batches):
    kept = KeyHashes(tmp_path_factory.mktemp("keys") / "hashes")
    for batch in batches:
        kept.add(np.array(batch, np.uint64))
    every = [one for batch in batches for one in batch]
    twice = sorted({one for one in every if every.count(one) > 1})
    assert kept.twice(1_000).tolist() == twice
    assert not kept.place.exists()


@given(TEXTS, st.integers(0, 12))
def test_words_of_texts_are_their_bytes_from_a_place_on(texts, at):
    found = texts_of(pa.array(["head", *texts], pa.string()).slice(1)).words(at, 0).tolist()
    assert found == [int.from_bytes((text or "").encode()[at : at + 8], "little") for text in texts]


@pytest.mark.parametrize("whole", [False, True])
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=10))
def test_the_hash_of_a_text_is_the_same_whatever_stands_beside_it(whole, texts):
    together = text_hashes(texts_of(pa.array(texts, pa.string())), whole=whole).tolist()
    alone = [int(text_hashes(texts_of(pa.array([text], pa.string())), whole=whole)[0]) for text in texts]
    assert together == alone


@given(TEXTS)
def test_equal_texts_have_equal_hashes_and_others_hardly_ever(texts):
    filled = [text for text in texts if text is not None]
    hashes = text_hashes(texts_of(pa.array(["head", *texts], pa.string()).slice(1))).tolist()
    by_text = {text: hash_ for text, hash_ in zip(texts, hashes, strict=True) if text is not None}
    assert [by_text[text] for text in filled] == [
        hash_ for text, hash_ in zip(texts, hashes, strict=True) if text is not None
    ]
    assert len(set(by_text.values())) == len(by_text)


def typed(rows: int, chance: random.Random) -> pa.Table:
    """A table in which every rule of CONTRACT fails now and then, longer than a batch."""
    maybe = lambda value: None if chance.random() < 0.02 else value  # noqa: E731
    return pa.table(
        {
            "bsn": pa.array(
                [maybe(chance.choice(["111222333", "123456782", "111222334"])) for _ in range(rows)]
            ),
            "code": pa.array(
                [
                    maybe(chance.choice("ABC") if number < 20_000 else chance.choice("ABCDE|\x1f"))
                    for number in range(rows)
                ]
            ),
            "place": pa.array(
                [maybe(f"{chance.randint(900, 9999)} {chance.choice(['AB', 'ab'])}") for _ in range(rows)]
            ),
            "amount": pa.array(
                [maybe(Decimal(chance.randint(-200, 10_000)) / 100) for _ in range(rows)], pa.decimal128(9, 2)
            ),
            "day": pa.array(
                [maybe(date(2025, 12, 1) + timedelta(chance.randint(0, 60))) for _ in range(rows)]
            ),
            "number": pa.array([number - (number % 1_000 == 999) for number in range(rows)]),
        }
    )


CONTRACT = contract_of(
    {"name": "bsn", "logicalType": "string", "required": True, "logicalTypeOptions": {"format": "bsn"}},
    {
        "name": "code",
        "logicalType": "string",
        "quality": [{"metric": "invalidValues", "arguments": {"validValues": ["A", "B", "C"]}, "mustBe": 0}],
    },
    {
        "name": "place",
        "logicalType": "string",
        "logicalTypeOptions": {"pattern": "^[1-9][0-9]{3} ?[A-Z]{2}$", "maxLength": 6},
    },
    {
        "name": "amount",
        "logicalType": "number",
        "physicalType": "decimal(9,2)",
        "logicalTypeOptions": {"minimum": 0},
    },
    {"name": "day", "logicalType": "date", "logicalTypeOptions": {"minimum": "2026-01-01"}},
    {"name": "number", "logicalType": "integer", "unique": True},
    quality=[
        {
            "type": "sql",
            "query": "SELECT COUNT(*) FROM lines WHERE number + number > 30000 AND amount < 1",
            "mustBe": 0,
        }
    ],
)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("most", [few.FEW, -1])
def test_many_batches_count_as_the_rules_say_and_show_the_first_rows(tmp_path, monkeypatch, most, threads):
    monkeypatch.setattr(few, "FEW", most)
    monkeypatch.setattr(stream, "MOST_ROWS", 4_096)
    table = typed(30_005, random.Random(20261127))
    parquet.write_table(table, tmp_path / "lines.parquet", row_group_size=10_000)
    plan, rows = planned(CONTRACT), table.to_pylist()
    result = checked(plan, [tmp_path / "lines.parquet"], tmp_path, sample=5, threads=threads, profile=True)

    expected = {key: count for key, count in counts(plan, rows).items() if count is not None}
    assert {key: count for key, count in counts_of(result).items() if key in expected} == expected
    assert all(expected[key] for key in expected if not key.endswith((".type", ".rowCount")))
    early = next(one for one in result.rules if one.key == "lines.day.minimum")
    fails = [number for number, row in enumerate(rows, 1) if row["day"] and row["day"] < date(2026, 1, 1)]
    assert [sample.row for sample in early.samples] == fails[:5]

    seen = {column.name: column for column in result.columns}
    for name in table.column_names:
        values = [row[name] for row in rows if row[name] is not None]
        assert seen[name].filled == len(values)
        assert (seen[name].lowest, seen[name].highest) == (str(min(values)), str(max(values)))
        assert abs((seen[name].distinct or 0) - len(set(values))) <= 0.1 * len(set(values))


@pytest.mark.parametrize("most", [few.FEW, -1])
def test_a_rule_over_several_texts_of_which_there_are_few_is_judged(tmp_path, monkeypatch, most):
    monkeypatch.setattr(few, "FEW", most)
    table = pa.table({"a": ["x", None, "yy"] * 1_000, "b": [None, "q", None] * 1_000})
    parquet.write_table(table, tmp_path / "lines.parquet")
    wanted = ("a IS NOT NULL AND b IS NULL", "length(a) > 1 OR length(b) > 1", "a = 'x' AND b IS NULL")
    quality = [
        {"type": "sql", "query": f"SELECT COUNT(*) FROM lines WHERE {where}", "mustBe": 0} for where in wanted
    ]
    columns = ({"name": name, "logicalType": "string"} for name in "ab")
    found = counts_of(
        checked(planned(contract_of(*columns, quality=quality)), [tmp_path / "lines.parquet"], tmp_path)
    )
    assert [found[f"lines.quality.{number}"] for number in range(3)] == [2_000, 1_000, 1_000]


@given(TEXTS, st.lists(TEXTS.map(lambda texts: next(filter(None, texts), "")), min_size=1, max_size=4))
def test_texts_are_found_equal_by_their_bytes(texts, listed):
    some = [*listed, *(text for text in texts[:3] if text)]
    test = equal_test(some)
    assert test is not None
    array = pa.array(["head", *texts], pa.string()).slice(1)
    assert test(texts_of(array)).tolist() == [(text or "") in some for text in texts]


def test_rows_are_shown_alike_whether_seen_while_reading_or_read_again(tmp_path, monkeypatch):
    table = typed(9_000, random.Random(20261127))
    parquet.write_table(table, tmp_path / "lines.parquet", row_group_size=2_000)
    plan = planned(CONTRACT)
    seen = checked(plan, [tmp_path / "lines.parquet"], tmp_path, sample=7)
    monkeypatch.setattr(_Passes, "_shown", lambda *_: {})
    again = checked(plan, [tmp_path / "lines.parquet"], tmp_path, sample=7)
    assert [one.samples for one in seen.rules] == [one.samples for one in again.rules]
    assert any(cell is None for one in seen.rules for row in one.samples for _, cell in row.values)


def test_a_key_that_stands_in_batches_of_other_texts_is_found(tmp_path):
    texts = ["twin"] + ["short"] * 20 + ["x" * 30] * 20 + ["twin"]
    table = pa.table(
        {"text": [f"{text}{number}" if text != "twin" else text for number, text in enumerate(texts)]}
    )
    parquet.write_table(table, tmp_path / "lines.parquet", row_group_size=21)
    plan = planned(contract_of({"name": "text", "logicalType": "string", "unique": True}))
    assert counts_of(checked(plan, [tmp_path / "lines.parquet"], tmp_path))["lines.text.unique"] == 1


@pytest.mark.parametrize("most", [300, 0])
def test_keys_that_stand_often_are_shown_however_many_there_are(tmp_path, monkeypatch, most):
    monkeypatch.setattr(passes_of_rows, "_MOST_REPEATED", most)
    table = pa.table({"key": [1, 2, 3, 4, 2, 5, None, 4, 2, None]})
    parquet.write_table(table, tmp_path / "lines.parquet", row_group_size=4)
    plan = planned(contract_of({"name": "key", "logicalType": "integer", "unique": True}))
    result = checked(plan, [tmp_path / "lines.parquet"], tmp_path, sample=2)
    found = next(one for one in result.rules if one.key == "lines.key.unique")
    assert (found.counted, [(one.row, one.first) for one in found.samples]) == (
        3,
        [(5, ("lines.parquet", 2)), (8, ("lines.parquet", 4))],
    )


def test_names_with_points_and_columns_asked_twice_are_read_as_any_others(tmp_path):
    table = pa.table({"a": [1, 2], "a.b": [-1, 3]})
    parquet.write_table(table, tmp_path / "lines.parquet")
    least = {"logicalType": "integer", "logicalTypeOptions": {"minimum": 2}}
    contract = contract_of(
        {"name": "a"} | least, {"name": "a.b"} | least, {"name": "again", "physicalName": "a"} | least
    )
    found = counts_of(checked(planned(contract), [tmp_path / "lines.parquet"], tmp_path, profile=True))
    assert [found[f"lines.{name}.minimum"] for name in ("a", "a.b", "again")] == [1, 1, 1]


def test_columns_wider_than_a_word_are_summed_up_by_the_engine(tmp_path):
    table = pa.table(
        {
            "wide": pa.array([Decimal(10**25), Decimal(-(10**25)), None], pa.decimal128(30, 0)),
            "at": pa.array([time(10), time(23, 59), None], pa.time64("us")),
            "many": pa.array([[1], [2], None], pa.list_(pa.int64())),
        }
    )
    parquet.write_table(table, tmp_path / "lines.parquet")
    contract = contract_of(
        {"name": "wide", "logicalType": "number", "physicalType": "decimal(30,0)", "required": True},
        {"name": "at", "logicalType": "time", "required": True},
        {"name": "many", "logicalType": "array", "required": True},
    )
    result = checked(planned(contract), [tmp_path / "lines.parquet"], tmp_path, profile=True)
    assert [(one.filled, one.lowest, one.highest) for one in result.columns] == [
        (2, str(-(10**25)), str(10**25)),
        (2, "10:00:00", "23:59:00"),
        (2, None, None),
    ]
