"""Policies: C2SP's shape, quorums of partners, and everything malformed."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.registers import ORIGIN, signer_of

from concordia.domain.notes import COSIGNATURE, ED25519, VerifierKey
from concordia.domain.policy import PolicyError, format_policy, parse_policy

LOGS = signer_of().keys


def witness_key(name, kind=COSIGNATURE):
    private = Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))
    return VerifierKey(f"{name}.example/w1", kind, private.public_key().public_bytes_raw())


NAMES = ("noord", "oost", "west", "zuid")
KEYS = {name: witness_key(name) for name in NAMES}
LOG = f"log {LOGS[0]}"
WITNESSES = "\n".join(f"witness {name} {key}" for name, key in KEYS.items())


def policy(*lines):
    return parse_policy("\n".join((LOG, WITNESSES, *lines)).encode())


def cosigned(*names):
    return [KEYS[name] for name in names]


def test_the_policy_of_a_log_is_read_back_as_written():
    written = format_policy(LOGS, KEYS, 3)
    read = parse_policy(written)

    assert (read.logs, read.witnesses, read.quorum) == (LOGS, KEYS, "partners")
    assert written.decode().splitlines()[-2:] == ["group partners 3 noord oost west zuid", "quorum partners"]
    assert [read.is_met(cosigned(*NAMES[:count])) for count in range(5)] == [False, False, False, True, True]


def test_a_policy_may_ask_for_no_witness():
    read = parse_policy(format_policy(LOGS, KEYS, 0))

    assert read.quorum == "none"
    assert read.is_met([])


def test_groups_may_hold_groups():
    read = policy("group a any noord oost", "group b all west zuid", "group c 2 a b", "quorum c")

    assert read.is_met(cosigned("oost", "west", "zuid"))
    assert not read.is_met(cosigned("noord", "oost", "west"))


def test_comments_spaces_addresses_and_one_witness_as_quorum():
    read = policy("# said at the signing", "", "\t quorum \t west ")

    assert read.is_met(cosigned("west"))
    assert not read.is_met(cosigned("noord"))
    assert parse_policy(f"{LOG} https://log.example\nquorum none\n".encode()).logs == LOGS[:1]


@pytest.mark.parametrize(
    "lines",
    [
        ["quorum nobody"],
        ["quorum none", "quorum none"],
        ["quorum"],
        ["quorum none none"],
        ["group none 1 noord", "quorum none"],
        ["group noord 1 oost", "quorum none"],
        ["group a 0 noord", "quorum a"],
        ["group a 2 noord", "quorum a"],
        ["group a 1 noord noord", "quorum a"],
        ["group a 1", "quorum a"],
        ["group a x noord", "quorum a"],
        ["group a ١ noord", "quorum a"],
        ["group a 1 later", "group later 1 noord", "quorum a"],
        ["group a 1 noord", "group b 1 noord", "quorum a"],
        [LOG, "quorum none"],
        ["log", "quorum none"],
        ["log x y z", "quorum none"],
        [f"log {witness_key('log')}", "quorum none"],
        ["witness noord", "quorum none"],
        [f"witness noord {witness_key('other')}", "quorum none"],
        [f"witness other {KEYS['noord']}", "quorum none"],
        [f"witness other {witness_key('other', ED25519)}", "quorum none"],
        ["witness other x", "quorum none"],
        ["partners none", "quorum none"],
        ["quorum none\r"],
        ["quorum none\x00"],
    ],
)
def test_a_malformed_policy_is_refused(lines):
    with pytest.raises(PolicyError):
        policy(*lines)


def test_a_policy_without_quorum_or_without_end_is_refused():
    for data in (LOG.encode(), b"\xff", b"#" * 200_001):
        with pytest.raises(PolicyError):
            parse_policy(data)


def test_a_quorum_that_cannot_be_made_is_not_written():
    with pytest.raises(PolicyError):
        format_policy(LOGS, KEYS, 5)
    assert ORIGIN in format_policy(LOGS, {}, 0).decode()
