"""Every binding act becomes one entry, in the same transaction, behind commitments."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from support.house import NOW, House, make_house

from concordia.capabilities.ledger import commands
from concordia.capabilities.ledger.commands import append, open_private_log, open_shared_log, stop_log
from concordia.capabilities.ledger.facts import BEHIND, SUBJECTS
from concordia.capabilities.ledger.models import Leaf, Log, Node, Opening
from concordia.capabilities.ledger.queries.tree import (
    entries_between,
    fetcher,
    opening_context,
    row_fetcher,
    stored_root,
)
from concordia.domain.canonical import canonical_json
from concordia.domain.commitments import verify_opening
from concordia.domain.leaves import Leaf as Entry
from concordia.domain.merkle import RootBuilder, leaf_hash
from concordia.kernel import keystore
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id


def stored(house: House, n: int) -> Entry:
    return Entry.from_bytes(entries_between(house.log, n, n + 1)[0])


def root_of(entries: list[bytes]) -> bytes:
    builder = RootBuilder()
    builder.add_all(map(leaf_hash, entries))
    return builder.root()


def test_an_entry_says_what_happened_and_shows_no_value(house: House) -> None:
    told = house.record(house.fact(title="One declaration", text="All use it."))
    leaf = stored(house, 0)
    assert (leaf.log, leaf.n, leaf.t) == (told.origin, 0, "2026-03-02T10:00:00Z")
    assert (leaf.kind, leaf.obj, leaf.org, leaf.role) == (
        "decision.adopted",
        "dec_a",
        house.partners["tax"],
        "board",
    )
    assert set(leaf.audience) == set(house.everybody)
    assert b"declaration" not in leaf.to_bytes()
    assert told.at == datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)


def test_every_value_opens_its_commitment_and_nothing_else_is_kept(house: House) -> None:
    house.record(house.fact(title="One declaration", text="All use it.", files=(b"a paper",)))
    leaf = stored(house, 0)
    for row in Opening.objects.filter(log=house.log):
        context = opening_context(house.log.origin, row.n, row.field)
        text = keystore.unseal(row.subject, bytes(row.sealed), context)
        assert text not in bytes(row.sealed)
        commitment = leaf.commitment(row.field)
        assert commitment is not None
        assert verify_opening(commitment, house.log.origin, 0, row.field, bytes(row.salt), text)
    assert {row.field for row in Opening.objects.all()} == {"title", "text", "att/0"}
    assert [attached.length for attached in leaf.attachments] == [7]


def test_what_is_about_a_person_is_under_the_key_of_that_person(house: House) -> None:
    person = new_id("per")
    house.record(house.fact(title="Appointed", personal={"person": (person, "A chair")}))
    subjects = dict(Opening.objects.values_list("field", "subject"))
    assert subjects["person"] == person
    assert subjects["title"] == subjects[SUBJECTS] == house.partners["tax"]
    row = Opening.objects.get(field=SUBJECTS)
    context = opening_context(house.log.origin, 0, SUBJECTS)
    assert keystore.unseal(row.subject, bytes(row.sealed), context) == canonical_json({"person": person})


def test_entries_of_one_object_point_at_each_other(house: House) -> None:
    for obj in ("dec_a", "dec_b", "dec_a", "dec_a"):
        house.record(house.fact(obj, title="x"))
    assert [stored(house, n).prev for n in range(4)] == [None, None, 0, 2]


@pytest.mark.parametrize("size", [1, 2, 7, 8, 33])
def test_the_stored_tree_is_that_of_the_entries(house: House, size: int) -> None:
    house.fill(size)
    entries = entries_between(house.log, 0, size)
    assert len(entries) == size == house.log.size
    assert stored_root(house.log, size) == root_of(entries)
    complete = sum(size >> level for level in range(size.bit_length()))
    assert Node.objects.filter(log=house.log).count() == complete
    by_one, by_row = fetcher(house.log), row_fetcher(house.log)
    assert all(by_one(0, n) == by_row(0, n) == leaf_hash(entries[n]) for n in range(size))


def test_an_entry_goes_when_its_act_is_undone(house: House) -> None:
    house.record()
    with pytest.raises(ValueError, match="undone"), transaction.atomic():
        undo_after(house)
    assert house.log.size == 1
    assert (Leaf.objects.count(), Node.objects.count(), Opening.objects.count()) == (1, 1, 1)


def undo_after(house: House) -> None:
    append(house.system(), house.fact(title="never"))
    raise ValueError("undone")


@pytest.mark.django_db(transaction=True)
def test_an_entry_needs_the_transaction_of_what_it_records() -> None:
    house = House(new_id("all"), {"tax": new_id("par")})
    with pytest.raises(RuntimeError, match="in the transaction"):
        append(house.system(), house.fact(title="x"))


def test_outsiders_append_nowhere(house: House) -> None:
    from concordia.kernel.access import Access

    with pytest.raises(NotFoundError):
        append(Access(now=NOW, alliance=house.alliance), house.fact(title="x"))
    with pytest.raises(RuntimeError, match="no log"):
        append(Access(now=NOW, alliance=new_id("all"), system=True), house.fact(title="x"))


def test_an_entry_that_is_too_long_is_refused_and_nothing_is_kept(house: House) -> None:
    endless = {f"field{i:04d}": "x" for i in range(400)}
    with pytest.raises(RefusalError) as refused, transaction.atomic():
        append(house.system(), house.fact(**endless))
    assert "16384" in refused.value.text.in_language("en")
    assert "niet gedaan" in refused.value.text.in_language("nl")
    assert house.log.size == 0
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    "change", [{"obj": "two words"}, {"title\n": "x"}, {"audience": ("één",)}, {"att/0": "x"}]
)
def test_what_the_format_does_not_know_is_refused(house: House, change: dict[str, str]) -> None:
    with pytest.raises(RefusalError), transaction.atomic():
        append(house.system(), house.fact(**({"title": "x"} | change)))  # type: ignore[arg-type]
    assert house.log.size == 0


def test_a_value_may_be_any_text(house: House) -> None:
    text = "a\x00b\n\u202e" + "é" * 100_000
    house.record(house.fact(title=text))
    (row,) = Opening.objects.all()
    context = opening_context(house.log.origin, 0, "title")
    assert keystore.unseal(row.subject, bytes(row.sealed), context).decode() == text


def test_nothing_more_is_said_about_an_erased_person(house: House) -> None:
    person = new_id("per")
    keystore.destroy(person)
    with pytest.raises(RefusalError, match="was erased"), transaction.atomic():
        append(house.system(), house.fact(personal={"person": (person, "A chair")}))
    assert house.log.size == 0


def test_a_stopped_log_refuses_calmly_and_says_why(house: House) -> None:
    house.record()
    stop_log(house.log.id, BEHIND, 12)
    with pytest.raises(RefusalError) as refused, transaction.atomic():
        append(house.system(), house.fact(title="x"))
    assert "12 handelingen ondertekend" in refused.value.text.in_language("nl")
    assert house.log.size == 1
    commands.resume_log(house.log.id)
    house.record()
    assert house.log.size == 2


def test_a_private_log_is_a_log_of_its_own(house: House) -> None:
    house.record(private_to="tax")
    house.record(private_to="tax")
    assert (house.private("tax").size, house.private("social").size, house.log.size) == (2, 0, 0)
    assert f"/org/{house.partners['tax']}/1" in house.private("tax").origin


def test_opening_a_log_twice_gives_the_same_one(house: House) -> None:
    assert open_shared_log(house.alliance, NOW).id == house.log.id
    tax = house.partners["tax"]
    assert open_private_log(house.alliance, tax, NOW).id == house.private("tax").id
    assert Log.objects.unscoped().count() == 4


def test_alliances_have_logs_apart(house: House) -> None:
    other = make_house()
    house.record()
    assert (house.log.size, other.log.size) == (1, 0)


def test_appending_costs_the_same_however_long_the_log(house: House) -> None:
    house.fill(3)
    before = queries_of_one(house)
    house.fill(119)  # to an odd entry again: those complete subtrees
    assert queries_of_one(house) == before <= 8


def queries_of_one(house: House) -> int:
    from django.test.utils import CaptureQueriesContext

    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        append(house.system(), house.fact("dec_z", title="x"))
    return len(captured)
