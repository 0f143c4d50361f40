"""Entries: one form, read back as written, everything else refused."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.registers import NINE, ORIGIN, leaf_of

from concordia.domain.canonical import ProfileError, canonical_json, parse_canonical
from concordia.domain.leaves import LENGTH_LIMIT, Attachment, Leaf, LeafError, build_leaf, moment

words = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
fields = words.filter(lambda field: not field.startswith("att/"))
hashes = st.binary(min_size=32, max_size=32)
leaves = st.builds(
    build_leaf,
    log=st.just(ORIGIN),
    n=st.integers(10, 2**53 - 1),
    at=st.datetimes(timezones=st.just(UTC)),
    kind=st.sampled_from(["decision.adopted", "mandate.granted", "heartbeat"]),
    obj=words,
    rev=st.integers(0, 99),
    org=words,
    role=words,
    audience=st.lists(words, max_size=4),
    commitments=st.dictionaries(fields, hashes, max_size=5),
    attachments=st.lists(st.builds(Attachment, hashes, st.integers(0, 2**40)), max_size=3),
    prev=st.none() | st.integers(0, 9),
)


def changed(**members):
    """The bytes of an ordinary entry with some members set (or, for `...`, left out)."""
    body = parse_canonical(leaf_of(4, {"title": "Besluit"}).to_bytes()) | members
    return canonical_json({name: value for name, value in body.items() if value is not ...})


@given(leaves)
@settings(deadline=None)
def test_an_entry_is_read_back_as_written(leaf):
    assert Leaf.from_bytes(leaf.to_bytes()) == leaf


@given(leaves, st.data())
@settings(deadline=None)
def test_a_changed_byte_never_reads_as_the_same_entry(leaf, data):
    written = bytearray(leaf.to_bytes())
    place = data.draw(st.integers(0, len(written) - 1))
    written[place] ^= 1 << data.draw(st.integers(0, 7))
    try:
        assert Leaf.from_bytes(bytes(written)) != leaf
    except (LeafError, ProfileError):
        return


def test_the_bytes_of_an_entry():
    leaf = build_leaf(
        log=ORIGIN, n=1042, at=NINE, kind="decision.adopted", obj="dec_1", rev=3, org="org_noord",
        role="board", audience=("org_west", "org_noord", "org_west"), commitments={"title": bytes(32)},
        attachments=[Attachment(bytes(32), 182345)], prev=977,
    )  # fmt: skip
    zeros = b64encode(bytes(32)).decode()

    assert leaf.to_bytes().decode() == (
        f'{{"att":[{{"c":"{zeros}","len":182345}}],"aud":["org_noord","org_west"],'
        f'"by":{{"org":"org_noord","role":"board"}},"c":{{"title":"{zeros}"}},"kind":"decision.adopted",'
        f'"log":"{ORIGIN}","n":1042,"obj":"dec_1","prev":977,"rev":3,"t":"2026-11-23T09:00:00Z","v":1}}'
    )


@pytest.mark.parametrize(
    "members",
    [
        {"v": 2},
        {"v": True},
        {"v": ...},
        {"log": ...},
        {"log": ""},
        {"log": "a+b"},
        {"log": "a" * 256},
        {"log": 1},
        {"n": -1},
        {"n": "4"},
        {"n": True},
        {"t": "2026-11-23 09:00:00Z"},
        {"t": "2026-02-30T09:00:00Z"},
        {"t": "2026-11-23T09:00:00+01:00"},
        {"t": 5},
        {"kind": ""},
        {"kind": "Decision.adopted"},
        {"kind": "decision..adopted"},
        {"kind": "k" * 65},
        {"obj": ""},
        {"obj": "a b"},
        {"obj": "x" * 129},
        {"rev": -1},
        {"prev": 4},
        {"prev": -1},
        {"by": {"org": "org_noord"}},
        {"by": {"org": "org_noord", "role": "board", "name": "x"}},
        {"by": {"org": "org_noord", "role": ""}},
        {"by": "board"},
        {"aud": "org_noord"},
        {"aud": ["b", "a"]},
        {"aud": ["a", "a"]},
        {"aud": [1]},
        {"c": []},
        {"c": {"title": "AAAA"}},
        {"c": {"title": 1}},
        {"c": {"ti tle": b64encode(bytes(32)).decode()}},
        {"c": {"att/0": b64encode(bytes(32)).decode()}},
        {"c": {"title": b64encode(bytes(32)).decode().replace("A=", "B=")}},
        {"c": {"title": "!" + b64encode(bytes(32)).decode()}},
        {"att": {}},
        {"att": [{"c": b64encode(bytes(32)).decode()}]},
        {"att": [{"c": b64encode(bytes(32)).decode(), "len": -1}]},
        {"att": ["x"]},
        {"refs": [[1, "title"]]},
        {"kind": "opening.erased", "refs": []},
        {"kind": "opening.erased", "refs": [[4, "title"]]},
        {"kind": "opening.erased", "refs": [[1, ""]]},
        {"kind": "opening.erased", "refs": [[1, 2]]},
        {"kind": "opening.erased", "refs": [[1]]},
        {"kind": "opening.erased", "refs": ["1"]},
        {"kind": "opening.erased", "refs": [[2, "title"], [1, "title"]]},
        {"person": "x"},
    ],
)
def test_a_member_outside_the_form_is_refused(members):
    with pytest.raises(LeafError) as refusal:
        Leaf.from_bytes(changed(**members))

    assert refusal.value.nl.startswith("Regel, ")


def test_a_fraction_or_a_doubled_key_is_refused():
    data = leaf_of(4, {}).to_bytes()
    for wrong in (data.replace(b'"rev":1', b'"rev":1.0'), data.replace(b'"rev":1', b'"rev":1,"rev":1')):
        assert wrong != data
        with pytest.raises(ProfileError):
            Leaf.from_bytes(wrong)


def test_seventeen_kibibytes_are_refused_before_anything_is_written():
    values = {f"field_{n}": "x" for n in range(290)}
    with pytest.raises(LeafError, match="at most 16384 fit"):
        leaf_of(4, values)
    with pytest.raises(LeafError, match="at most 16384 fit"):
        Leaf.from_bytes(b"x" * (LENGTH_LIMIT + 1))


def test_an_erasure_names_what_is_erased():
    leaf = leaf_of(9, {}, kind="opening.erased", refs=[(3, "person"), (1, "votes"), (3, "person")])

    assert leaf.refs == ((1, "votes"), (3, "person"))
    assert Leaf.from_bytes(leaf.to_bytes()) == leaf
    assert b'"refs":[[1,"votes"],[3,"person"]]' in leaf.to_bytes()


def test_a_commitment_is_found_by_its_field():
    leaf = leaf_of(4, {"title": "a"}, attachments=[Attachment(b"f" * 32, 9)])

    assert leaf.commitment("title") == leaf.commitments["title"]
    assert leaf.commitment("att/0") == b"f" * 32
    assert leaf.commitment("att/1") is leaf.commitment("att/00") is leaf.commitment("text") is None


def test_moments_are_written_in_utc_by_the_second():
    there = datetime(2026, 11, 23, 10, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))

    assert moment(there) == "2026-11-23T09:00:00Z"
    assert moment(datetime(1, 1, 1, tzinfo=UTC)) == "0001-01-01T00:00:00Z"
    with pytest.raises(LeafError, match="no time zone"):
        moment(datetime(2026, 11, 23))
