"""One changed byte anywhere is refused: as damage on the way, and by somebody who repairs the checksums."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.bundles import Partner, changed, flipped, members_of
from support.registers import bundle_of, small_log

from concordia import witness

SHARED, PRIVATE = small_log(), small_log(3)
BUNDLE = bundle_of(SHARED, PRIVATE)
MEMBERS = members_of(BUNDLE)
pytestmark = pytest.mark.usefixtures("fast_keys")
# What nobody signed: see docs/register-format.md, section 7.
UNSIGNED = {"README.txt", "bundle.json"}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> witness.State:
    return Partner(tmp_path_factory.mktemp("oost")).pin(SHARED, PRIVATE).read()


def is_refused(bundle: bytes, state: witness.State) -> bool:
    try:
        witness.check_bundle(witness.Archive(BytesIO(bundle)), state)
    except witness.WitnessError:
        return True
    return False


def test_the_bundle_itself_is_intact(state: witness.State):
    assert not is_refused(BUNDLE, state)


def test_every_damaged_byte_of_the_file_is_refused(state: witness.State):
    accepted = [place for place in range(len(BUNDLE)) if not is_refused(flipped(BUNDLE, place), state)]

    assert accepted == []


@pytest.mark.parametrize("name", [name for name in MEMBERS if name not in UNSIGNED])
def test_every_changed_byte_of_a_member_is_refused_though_the_checksums_fit(name: str, state: witness.State):
    data = MEMBERS[name]

    accepted = [
        place
        for place in range(len(data))
        if not is_refused(changed(BUNDLE, name, lambda data, place=place: flipped(data, place)), state)
    ]

    assert accepted == []


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, len(BUNDLE) - 1), bits=st.integers(1, 255))
def test_any_other_value_of_any_byte_is_refused(state: witness.State, place: int, bits: int):
    assert is_refused(flipped(BUNDLE, place, bits), state)


@settings(max_examples=200, deadline=None)
@given(start=st.integers(0, len(BUNDLE)), end=st.integers(0, len(BUNDLE)))
def test_a_bundle_that_was_cut_is_refused(state: witness.State, start: int, end: int):
    low, high = sorted((start, end))
    cut = BUNDLE[:low] + BUNDLE[high:]

    assert is_refused(cut, state) or cut == BUNDLE
