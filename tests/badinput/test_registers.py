"""Lines and keys of witnesses that are none, and entries that are not there (section Log)."""

from html import unescape

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from support.cast import NOW, Cast
from support.deciding import drafted

from concordia.capabilities.ledger.commands import publish
from concordia.capabilities.ledger.models import Cosignature, Leaf
from concordia.capabilities.ledger.queries import log_of
from concordia.domain.checkpoint import cosign, parse_checkpoint
from concordia.domain.notes import COSIGNATURE, ED25519, VerifierKey

from .conftest import Clock, Desk


class Witness:
    """The witness of a partner, with a key made from a number."""

    def __init__(self, name: str = "tax.example/w1", seed: int = 1) -> None:
        self.name, self.private = name, Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.key = VerifierKey(name, COSIGNATURE, self.private.public_key().public_bytes_raw())

    def line(self, cast: Cast, *, time: int | None = None) -> str:
        """The line it prints for the newest checkpoint of the alliance."""
        log = log_of(cast.tax.at())
        publish(log.id, NOW)
        note = bytes(log.checkpoints.latest("size").note)
        return cosign(parse_checkpoint(note), self.name, self.private, time or int(NOW.timestamp()))


@pytest.fixture
def witness(tax: Desk) -> Witness:
    """A witness of the tax office, registered."""
    witness = Witness()
    assert tax.post("register/witness-key/", {"vkey": str(witness.key)}).status_code == 303
    return witness


def refused(desk: Desk, line: str) -> str:
    """The page that refuses a line; nothing was kept."""
    answer = desk.post("register/cosignature/", {"line": line})
    assert answer.status_code == 422
    assert not Cosignature.objects.unscoped().exists()
    return unescape(answer.content.decode())


def test_a_line_of_the_witness_counts(tax: Desk, cast: Cast, witness: Witness) -> None:
    answer = tax.post("register/cosignature/", {"line": witness.line(cast)})

    assert answer.status_code == 303
    assert Cosignature.objects.unscoped().count() == 1


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line[:-8],
        lambda line: line.replace("— ", "- "),
        lambda line: line.replace("tax.example", "social.example"),
        lambda line: line.strip() + "\n" + line,
        lambda line: line.strip().replace(" ", "  "),
        lambda line: line.strip()[:-4] + "AAAA",
        lambda line: "x" * 390,
        lambda line: "— " + "€" * 100,
        lambda line: "\u202e" + line,
        lambda line: line.strip().rstrip("=") + "*",
    ],
)
def test_a_line_that_is_none_is_refused_and_stays_on_the_page(
    tax: Desk, cast: Cast, witness: Witness, change
) -> None:
    line = change(witness.line(cast))

    page = refused(tax, line)

    assert "Not processed yet. What you filled in is still here." in page
    assert line.strip()[:40] in page


def test_a_line_under_a_key_nobody_registered_is_refused(tax: Desk, cast: Cast, witness: Witness) -> None:
    refused(tax, Witness(seed=2).line(cast))


def test_a_line_without_end_is_refused_by_its_length(tax: Desk, witness: Witness) -> None:
    refused(tax, "— tax.example/w1 " + "A" * 100_000)


def test_a_line_before_a_key_is_registered_says_what_to_do_first(tax: Desk, cast: Cast) -> None:
    assert "no witness key" in refused(tax, Witness().line(cast))


def test_the_witness_of_another_partner_does_not_speak_for_mine(
    tax: Desk, cast: Cast, witness: Witness, desk_of
) -> None:
    social = desk_of("social")
    social.post("register/witness-key/", {"vkey": str(Witness("social.example/w1", 3).key)})

    refused(social, witness.line(cast))


def test_who_sits_for_no_partner_hands_in_nothing(cast: Cast, witness: Witness, desk_of) -> None:
    answer = desk_of("manager").post("register/cosignature/", {"line": witness.line(cast)})

    assert answer.status_code in {403, 404}
    assert not Cosignature.objects.unscoped().exists()


PLAIN = VerifierKey("tax.example/w1", ED25519, Witness().private.public_key().public_bytes_raw())


@pytest.mark.parametrize(
    "vkey",
    [
        "nothing",
        "tax.example/w1+00000000+AAAA",
        str(Witness().key)[:-4],
        str(Witness().key).replace("+", " "),
        str(PLAIN),
        str(VerifierKey("tax.example/w1", COSIGNATURE, bytes(32))),
        "é+" + str(Witness().key),
        "x" * 401,
        "",
    ],
)
def test_a_key_that_is_none_is_refused_and_registers_nothing(tax: Desk, vkey: str) -> None:
    before = Leaf.objects.count()

    answer = tax.post("register/witness-key/", {"vkey": vkey})

    assert answer.status_code == 422
    assert "Not processed yet. What you filled in is still here." in answer.content.decode()
    assert Leaf.objects.count() == before


def test_a_key_of_another_partner_is_refused(witness: Witness, desk_of) -> None:
    before = Leaf.objects.count()

    answer = desk_of("social").post("register/witness-key/", {"vkey": str(witness.key)})

    assert answer.status_code == 422
    assert Leaf.objects.count() == before


@pytest.mark.parametrize("number", ["999", "9223372036854775807", "9223372036854775808", "9" * 60])
@pytest.mark.parametrize("rest", ["", "receipt/"])
def test_an_entry_that_is_not_there_is_not_found(tax: Desk, number: str, rest: str) -> None:
    assert tax.get(f"register/entries/{number}/{rest}").status_code == 404


@pytest.mark.parametrize("number", ["-1", "1.0", "0x1", "one", "%2b1"])
def test_an_entry_number_that_is_no_number_is_not_found(tax: Desk, number: str) -> None:
    assert tax.get(f"register/entries/{number}/").status_code == 404


@pytest.mark.parametrize("before", ["0", "-1", "1e3", "999999999999999", "9" * 50, "%D9%A1", "none"])
@pytest.mark.parametrize("path", ["register/", "register/own/"])
def test_a_page_of_the_register_beyond_its_ends_is_a_page(tax: Desk, path: str, before: str) -> None:
    assert tax.get(f"{path}?before={before}").status_code == 200


def test_an_entry_of_ones_own_log_is_not_found_by_others(cast: Cast, tax: Desk, desk_of) -> None:
    drafted(cast)
    last = Leaf.objects.order_by("-n").first()
    assert last
    social = desk_of("social")

    page = social.get("register/own/").content.decode()

    assert "One calendar" not in page
    assert "Draft begun" not in page


def test_the_manager_takes_no_bundle_of_a_partner(desk_of) -> None:
    assert desk_of("manager").get("register/bundle/").status_code == 404


def test_a_signer_that_does_not_answer_loses_nothing(tax: Desk, hands: Clock, settings) -> None:
    settings.SIGNER_COMMAND = "false"
    before = Leaf.objects.count()

    answer = tax.get("register/entries/0/receipt/")

    assert answer.status_code == 503
    assert "Nothing was lost; try again later." in answer.content.decode()
    assert Leaf.objects.count() == before
