"""Whose witnesses a bundle asks for: those of the partners of now, whatever they are called."""

from io import BytesIO

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.cast import NOW, Cast
from support.deciding import LATER

from concordia.capabilities.alliances.models import Partner
from concordia.capabilities.decisions.queries.bundle import partner_bundle
from concordia.capabilities.ledger.commands import publish, register_witness_key
from concordia.capabilities.ledger.queries import log_of
from concordia.domain.bundle import open_bundle
from concordia.domain.notes import COSIGNATURE, VerifierKey
from concordia.domain.policy import Policy, parse_policy

pytestmark = pytest.mark.django_db


def policy_of(cast: Cast) -> Policy:
    """The policy in the bundle of social security."""
    access = cast.social.at(LATER)
    publish(log_of(access).id, LATER)
    out = BytesIO()
    partner_bundle(access, out)
    return parse_policy(open_bundle(out).read("policy"))


def with_witnesses(cast: Cast) -> None:
    for seed, role in enumerate(("tax", "social", "figures"), start=1):
        public = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32).public_key().public_bytes_raw()
        key = VerifierKey(f"{role}.example/w1", COSIGNATURE, public)
        register_witness_key(cast.members[role].at(), vkey=str(key), audience=())


def test_a_bundle_asks_for_no_witness_of_a_partner_that_left(cast: Cast) -> None:
    with_witnesses(cast)
    assert policy_of(cast).groups["partners"].threshold == 2

    Partner.objects.unscoped().filter(key="figures").update(left_at=NOW)

    group = policy_of(cast).groups["partners"]
    assert (group.threshold, group.members) == (1, ("social", "tax"))


@pytest.mark.parametrize("name", ["partners", "none"])
def test_a_partner_whose_name_means_something_else_keeps_nobody_from_the_bundle(
    cast: Cast, name: str
) -> None:
    with_witnesses(cast)
    Partner.objects.unscoped().filter(key="figures").update(key=name)

    policy = policy_of(cast)

    assert f"{name}." in policy.groups["partners"].members
    assert not policy.is_met(list(policy.witnesses.values())[:1])
    assert policy.is_met(list(policy.witnesses.values())[:2])
