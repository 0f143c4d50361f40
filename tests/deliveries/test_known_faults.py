"""The measured deliveries: what the generator says of its faults is what the engine, and the plain reading, count."""

import pyarrow.parquet as parquet
import pytest
from bench.deliveries.contracts import key_of
from bench.deliveries.data import Made, as_csv, make
from support.deliveries import checked, counts_of

from concordia.domain.checking.compile import plan_of
from concordia.domain.checking.reference import counts
from concordia.domain.checking.rules import ReadableRule
from concordia.domain.contracts.reading import read_contract

LISTS = ("employers", "tables", "sectors", "declared")


def plan(delivery: Made):
    return plan_of(read_contract((delivery.folder / "all.odcs.yaml").read_text()).contract, "lines")


def expected(delivery: Made) -> dict[str, int]:
    """What every rule of the plan counts: the known faults, and nought for what nobody wrote."""
    known = {key_of(rule): delivery.truth[rule.name] for rule in delivery.rules}
    return {rule.key: 0 for rule in plan(delivery).rules} | known


@pytest.fixture(scope="module")
def delivery(tmp_path_factory) -> Made:
    return make(20_000 + 12_000, place=tmp_path_factory.mktemp("measured"))


def test_every_rule_has_faults_and_each_is_known(delivery):
    assert {rule.name for rule in delivery.rules} == set(delivery.truth)
    assert len(delivery.rules) == 33
    assert all(delivery.truth.values())


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_the_engine_counts_the_known_faults(delivery, form, tmp_path):
    file = delivery.lines if form == "parquet" else as_csv(delivery)
    lists = {name: [delivery.folder / f"{name}.parquet"] for name in LISTS}

    found = checked(plan(delivery), [file], tmp_path, lists, memory="512MB")

    assert counts_of(found) == expected(delivery)


def test_the_engine_counts_the_known_faults_of_several_parts(tmp_path):
    wide = make(1000, parts=4, place=tmp_path)
    lists = {name: [wide.folder / f"{name}.parquet"] for name in LISTS}

    found = checked(plan(wide), [wide.lines], tmp_path, lists)

    assert len(wide.rules) == 128
    assert counts_of(found) == expected(wide)


def test_the_plain_reading_counts_the_known_faults(tmp_path):
    small = make(3000, place=tmp_path)
    read = {
        name: parquet.read_table(small.folder / f"{name}.parquet").to_pylist() for name in (*LISTS, "lines")
    }

    found = counts(plan(small), read.pop("lines"), read)

    unread = {rule.key for rule in plan(small).rules if isinstance(rule, ReadableRule)}
    assert {key: n for key, n in found.items() if n is not None} == {
        key: n for key, n in expected(small).items() if found[key] is not None
    }
    assert {key for key, n in found.items() if n is None} - unread == {
        rule.key for rule in plan(small).rules if rule.kind == "present"
    }


def test_a_delivery_is_the_same_when_it_is_made_again(tmp_path):
    first, second = (make(2000, place=tmp_path / name) for name in ("first", "second"))

    assert first.lines.read_bytes() == second.lines.read_bytes()
    assert make(2000, place=tmp_path / "first").truth == first.truth
