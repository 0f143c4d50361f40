"""Ed25519 as RFC 8032 has it, and stricter where it leaves room."""

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from concordia import witness
from concordia.domain.curve import is_sound_key

# RFC 8032, section 7.1, tests 1 to 3: private key, public key, message, signature.
VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493
PRIME = 2**255 - 19
SEEDS = st.binary(min_size=32, max_size=32)


@pytest.mark.parametrize(("seed", "public", "message", "signature"), VECTORS)
def test_the_vectors_of_the_standard_hold(seed: str, public: str, message: str, signature: str):
    key, text, signed = bytes.fromhex(seed), bytes.fromhex(message), bytes.fromhex(signature)

    assert witness.ed25519_public(key).hex() == public
    assert witness.ed25519_sign(key, text) == signed
    assert witness.ed25519_verify(bytes.fromhex(public), text, signed)


@settings(max_examples=30)
@given(seed=SEEDS, message=st.binary(max_size=300))
def test_it_signs_and_verifies_as_the_library_does(seed: bytes, message: bytes):
    library = Ed25519PrivateKey.from_private_bytes(seed)
    public = library.public_key().public_bytes_raw()

    assert witness.ed25519_public(seed) == public
    assert witness.ed25519_sign(seed, message) == library.sign(message)
    assert witness.ed25519_verify(public, message, library.sign(message))


@settings(max_examples=60)
@given(seed=SEEDS, place=st.integers(0, 63), bits=st.integers(1, 255))
def test_it_refuses_what_the_library_refuses(seed: bytes, place: int, bits: int):
    library = Ed25519PrivateKey.from_private_bytes(seed)
    signature = bytearray(library.sign(b"text"))
    signature[place] ^= bits
    public = library.public_key().public_bytes_raw()

    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(public).verify(bytes(signature), b"text")
    assert not witness.ed25519_verify(public, b"text", bytes(signature))


def test_an_answer_beyond_the_order_is_refused():
    seed = bytes(32)
    signature = witness.ed25519_sign(seed, b"text")
    larger = int.from_bytes(signature[32:], "little") + ORDER

    forged = signature[:32] + larger.to_bytes(32, "little")

    assert not witness.ed25519_verify(witness.ed25519_public(seed), b"text", forged)


def test_a_signature_of_another_length_is_refused():
    signature = witness.ed25519_sign(bytes(32), b"text")
    public = witness.ed25519_public(bytes(32))

    assert not witness.ed25519_verify(public, b"text", signature[:63])
    assert not witness.ed25519_verify(public, b"text", signature + b"\0")
    assert not witness.ed25519_verify(public, b"text", b"")


SMALL = [
    (1).to_bytes(32, "little"),
    (0).to_bytes(32, "little"),
    (PRIME - 1).to_bytes(32, "little"),
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
    bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
]


@pytest.mark.parametrize("public", SMALL)
def test_keys_of_small_order_are_refused(public: bytes):
    assert not witness.is_sound_key(public)


@pytest.mark.parametrize("public", SMALL[1:])
def test_a_forgery_under_a_key_of_small_order_does_not_hold(public: bytes):
    neutral = (1).to_bytes(32, "little")

    assert not any(witness.ed25519_verify(public, bytes([n]), neutral + bytes(32)) for n in range(16))


@pytest.mark.parametrize("y", [PRIME, PRIME + 1, 2**255 - 1, 2**255 + 1])
def test_encodings_that_are_not_canonical_are_refused(y: int):
    assert not witness.is_sound_key((y % 2**256).to_bytes(32, "little"))


@settings(max_examples=100)
@given(public=SEEDS)
def test_it_agrees_with_the_other_implementation_about_keys(public: bytes):
    assert witness.is_sound_key(public) == is_sound_key(public)


def test_it_agrees_about_a_sound_key_with_a_part_of_small_order():
    mixed = witness._compress(
        witness._plus(witness._BASE, witness._expand(SMALL[2]))  # the base point, moved by a point of order 2
    )

    assert not witness.is_sound_key(mixed)
    assert not is_sound_key(mixed)
