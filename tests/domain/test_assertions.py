"""A vote that was signed: both implementations accept the same and refuse the same."""

import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from hypothesis import given, settings
from hypothesis import strategies as st
from support.pens import KINDS, Pen

from concordia import witness
from concordia.domain.assertions import Assertion, SigningKey, check, from_base64url, to_base64url
from concordia.domain.faults import RegisterError

VOTE = '{"choice":"for","decision":"dec_a","rev":1}'
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
PENS = {kind: Pen(kind) for kind in KINDS}
SIGNED = {kind: pen.sign(VOTE).to_json() for kind, pen in PENS.items()}


def by_host(key: str, assertion: str, vote: str) -> None:
    check(SigningKey.from_json(key), Assertion.from_json(assertion), vote)


def by_witness(key: str, assertion: str, vote: str) -> None:
    _, parts = witness.read_assertion(assertion.encode())
    witness.check_assertion(witness.read_voter_key(key.encode()), parts, vote.encode())


def holds(verify: Callable[[str, str, str], None], key: str, assertion: str, vote: str = VOTE) -> bool:
    try:
        verify(key, assertion, vote)
    except (RegisterError, witness.WitnessError):
        return False
    return True


def verdict(key: str, assertion: str, vote: str = VOTE) -> bool:
    """What both say; they say the same."""
    found = {holds(verify, key, assertion, vote) for verify in (by_host, by_witness)}
    assert len(found) == 1
    return found.pop()


@pytest.mark.parametrize("kind", KINDS)
def test_the_signature_of_a_voter_holds(kind):
    pen = PENS[kind]

    assert verdict(pen.key.to_json(), pen.sign(VOTE).to_json())


@pytest.mark.parametrize("kind", KINDS)
def test_another_vote_under_the_same_signature_is_refused(kind):
    pen = PENS[kind]

    assert not verdict(pen.key.to_json(), pen.sign(VOTE).to_json(), VOTE.replace("for", "against"))


@pytest.mark.parametrize("kind", KINDS)
def test_the_signature_of_another_person_is_refused(kind):
    stranger = Pen("EC") if kind == "RSA" else Pen(kind)

    assert not verdict(PENS[kind].key.to_json(), stranger.sign(VOTE).to_json())


@pytest.mark.parametrize(
    "lies",
    [
        {"client": {"type": "webauthn.create"}},
        {"client": {"type": None}},
        {"client": {"challenge": "AAAA"}},
        {"client": {"challenge": None}},
        {"client": {"origin": "https://concordia.example.evil"}},
        {"client": {"crossOrigin": True}},
        {"client": {"crossOrigin": "no"}},
        {"text": b"[]"},
        {"text": b"{"},
        {"text": b'{"type":"webauthn.get","type":"webauthn.get"}'},
        {"text": b"\xff\xfe"},
        {"text": b"[" * 5000},
        {"rp": "other.example"},
        {"flags": 0x00},
        {"flags": 0x01},
        {"flags": 0x04},
        {"length": 36},
        {"length": 1},
        {"signature": b"\x00"},
        {"signature": b"\x30\x06\x02\x01\x01\x02\x01\x01"},
        {"signature": bytes(64)},
        {"signature": bytes(256)},
        {"signature": b"\xff" * 256},
    ],
    ids=str,
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_a_key_did_not_sign_here_for_this_with_its_person_there_is_refused(kind, lies):
    pen = PENS[kind]

    assert not verdict(pen.key.to_json(), pen.sign(VOTE, **lies).to_json())


def test_what_a_browser_adds_to_its_answer_is_no_objection():
    pen = PENS["EC"]
    more = {
        "other_keys_can_be_added_here": "do not compare clientDataJSON against a template",
        "topOrigin": "x",
    }

    assert verdict(pen.key.to_json(), pen.sign(VOTE, client=more).to_json())


@pytest.mark.parametrize(
    "change", ["zero r", "zero s", "large r", "large s", "long form", "tail", "negative", "padded"]
)
def test_a_signature_that_is_not_in_its_one_form_is_refused(change):
    pen = PENS["EC"]
    good = pen.sign(VOTE)
    r, s = decode_dss_signature(good.signature)
    forged = {
        "zero r": encode_dss_signature(0, s),
        "zero s": encode_dss_signature(r, 0),
        "large r": encode_dss_signature(r + ORDER, s),
        "large s": encode_dss_signature(r, s + ORDER),
        "long form": b"\x30\x81" + good.signature[1:],
        "tail": good.signature + b"\x00",
        "negative": b"\x30\x06\x02\x01\xff\x02\x01\x01",
        "padded": _padded(good.signature),
    }[change]

    assert not verdict(pen.key.to_json(), pen.sign(VOTE, signature=forged).to_json())


def _padded(signature: bytes) -> bytes:
    """The first number with a zero in front that it does not need."""
    length = signature[3]
    first = b"\x02" + bytes([length + 1]) + b"\x00" + signature[4 : 4 + length]
    rest = first + signature[4 + length :]
    return b"\x30" + bytes([len(rest)]) + rest


def test_the_mirrored_signature_of_the_same_key_holds_as_the_standard_has_it():
    pen = PENS["EC"]

    # FIPS 186-5 accepts both; neither lets anybody sign another vote.
    mirrored = pen.sign(VOTE)
    r, s = decode_dss_signature(mirrored.signature)
    twin = Assertion(0, mirrored.client_data, mirrored.authenticator_data, encode_dss_signature(r, ORDER - s))
    assert verdict(pen.key.to_json(), twin.to_json())


BAD_KEYS = {
    "no kind": lambda jwk: {key: value for key, value in jwk.items() if key != "kty"},
    "another kind": lambda jwk: jwk | {"kty": "oct"},
    "too much": lambda jwk: jwk | {"d": "AQAB"},
    "not text": lambda jwk: jwk | {"x" if "x" in jwk else "n": 1},
    "empty": lambda jwk: jwk | {"x" if "x" in jwk else "n": ""},
    "short": lambda jwk: jwk | {"x" if "x" in jwk else "n": "AQAB"},
    "zero": lambda jwk: jwk | {"x" if "x" in jwk else "n": to_base64url(bytes(32))},
    "not canonical": lambda jwk: jwk | {"x" if "x" in jwk else "n": jwk.get("x", jwk.get("n", "")) + "="},
}


@pytest.mark.parametrize("change", BAD_KEYS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_is_none_is_refused(kind, change):
    pen = PENS[kind]
    body = json.loads(pen.key.to_json())
    body["jwk"] = BAD_KEYS[change](body["jwk"])
    text = json.dumps(body, sort_keys=True, separators=(",", ":"))

    assert not verdict(text, pen.sign(VOTE).to_json())


def test_a_weak_or_even_modulus_is_refused():
    pen = PENS["RSA"]
    modulus = int.from_bytes(from_base64url(pen.jwk["n"]))
    for number in (modulus >> 1025 | 1, modulus - 1, modulus << 4096 | 1):
        jwk = pen.jwk | {"n": to_base64url(number.to_bytes((number.bit_length() + 7) // 8))}
        body = {"jwk": jwk, "origin": pen.key.origin, "person": "per_one", "rp": pen.key.rp}

        assert not verdict(json.dumps(body, sort_keys=True, separators=(",", ":")), pen.sign(VOTE).to_json())


def test_the_fingerprint_is_the_thumbprint_of_the_standard():
    # RFC 7638, section 3.1.
    n = (
        "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknj"
        "hMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQ"
        "vRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzK"
        "nqDKgw"
    )
    key = SigningKey("per_one", "a.example", "https://a.example", {"kty": "RSA", "n": n, "e": "AQAB"})

    assert key.fingerprint == "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
    assert witness.read_voter_key(key.to_json().encode()).fingerprint() == key.fingerprint


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=300, deadline=None)
def test_of_any_damage_both_say_the_same(kind, data):
    texts = [PENS[kind].key.to_json(), SIGNED[kind], VOTE]
    which = data.draw(st.integers(0, 2))
    text = texts[which]
    low = data.draw(st.integers(0, len(text)))
    high = min(len(text), low + data.draw(st.integers(0, 4)))
    piece = data.draw(
        st.sampled_from(['"', "A", "_", "=", "0", "{}", "null", "é", "", "-", "1.5", "AQAB", ","])
    )
    texts[which] = text[:low] + piece + text[high:]

    assert verdict(*texts) in (True, False)


@given(st.binary(max_size=80))
@settings(max_examples=300, deadline=None)
def test_of_any_bytes_as_a_signature_both_say_no(signature):
    pen = PENS["EC"]

    assert not verdict(pen.key.to_json(), pen.sign(VOTE, signature=signature or b"\x00").to_json())
