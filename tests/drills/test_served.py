"""What strangers send to a real server with several workers: nobody else waits, and nothing counts twice."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pytest_django.plugin import DjangoDbBlocker
from support.installation import Installation, new_installation
from support.served import FORM, Visitor, free_port, served
from support.softkey import SoftKey

PASSWORD = "een paard leest geen kranten"
SIGN_IN, SECOND = "/account/sign-in/", "/account/sign-in/second/"
# Somebody with a password, an app, recovery codes and a passkey; what they know is printed.
PERSON = f"""
import django, json, os, sys
email, os.environ["CONCORDIA_URL"] = sys.argv[1:3]
django.setup()
from datetime import UTC, datetime, timedelta
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from support.softkey import SoftKey
from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.commands.codes import begin_totp
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
user = User(email=email, name="secretaris", date_joined=datetime.now(UTC))
user.set_password("{PASSWORD}")
user.save()
access = Access(datetime.now(UTC) - timedelta(days=1), user=user.id, recent=True)
seed = begin_totp()
code = format_hotp_value(hotp_value(seed, int(access.now.timestamp()) // 30))
commands.confirm_totp(access, seed=seed, code=code)
key, ceremony = SoftKey(os.environ["CONCORDIA_URL"], "127.0.0.1"), commands.begin_adding(access)
commands.add_passkey(access, commands.NewPasskey(ceremony.state, key.create(ceremony.options)))
pem = key.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
print(json.dumps(dict(email=email, seed=seed, codes=commands.new_recovery_codes(access), pem=pem,
                      credential=key.credential_id.hex(), handle=key.user_handle)))
"""


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in, with what they know and have."""

    email: str
    seed: str
    codes: list[str]
    key: SoftKey


@dataclass(frozen=True)
class Site:
    """A served installation with three workers."""

    place: Installation
    address: str

    def person(self, email: str) -> Person:
        """Make somebody who can sign in."""
        answer = self.place.script(PERSON, email, self.address)
        assert answer.status == 0, answer.err
        known = json.loads(answer.out)
        key = SoftKey(self.address, "127.0.0.1")
        key.private = load_pem_private_key(known["pem"].encode(), None)  # type: ignore[assignment]
        key.credential_id, key.user_handle = bytes.fromhex(known["credential"]), known["handle"]
        return Person(email, known["seed"], known["codes"], key)

    def connect(self, head: str) -> socket.socket:
        """A connection on which this much of a request was sent."""
        host, _, port = self.address.rpartition("//")[2].partition(":")
        line = socket.create_connection((host, int(port)), timeout=40)
        line.sendall(f"{head}\r\nHost: {host}:{port}\r\n".encode())
        return line


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Site]:
    with django_db_blocker.unblock():
        place = new_installation(tmp_path_factory.mktemp("served") / "data")
    with served(place, free_port()) as address:
        yield Site(place, address)
    with django_db_blocker.unblock():
        place.drop()


def at_once[Found](number: int, act: Callable[[int], Found]) -> list[Found]:
    """What so many get who do something at the same moment."""
    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(act, range(number)))


def code_of(person: Person) -> str:
    return format_hotp_value(hotp_value(person.seed, int(datetime.now(UTC).timestamp()) // 30))


def halfway(site: Site, person: Person) -> Visitor:
    """A browser in which the password was given and the second step waits."""
    visitor = Visitor()
    _, where, _ = visitor.send(
        site.address + SIGN_IN, {"email": person.email, "password": PASSWORD, "next": "/account/"}
    )
    assert where == site.address + SECOND
    return visitor


def test_sixty_who_send_a_letter_a_second_keep_nobody_waiting_and_are_let_go(site: Site) -> None:
    head = f"POST {SIGN_IN} HTTP/1.1\r\nContent-Type: {FORM}\r\nContent-Length: 4000"
    slow = [site.connect(head) for _ in range(60)]
    began = time.monotonic()
    for line in slow:
        line.sendall(b"\r\n")

    for second in range(30):
        for line in slow:
            line.settimeout(0.001)
            line.sendall(b"a")
        if second < 3:
            assert Visitor().ask(site.address + SIGN_IN)[0] == 200  # it waits for half a minute at most
        time.sleep(0.7)
        if time.monotonic() - began > 21.5:
            break

    for line in slow:
        line.settimeout(5)
        assert line.recv(30).startswith(b"HTTP/1.1 408 ")
        line.close()
    assert time.monotonic() - began < 30


def test_who_never_ends_the_head_or_sends_nothing_keeps_nobody_waiting_and_is_let_go(site: Site) -> None:
    silent = [site.connect("GET / HTTP/1.1") for _ in range(60)]
    silent += [site.connect(f"POST {SIGN_IN} HTTP/1.1\r\nContent-Length: 9") for _ in range(60)]
    for line in silent[60:]:
        line.sendall(b"\r\n")

    assert Visitor().ask(site.address + SIGN_IN)[0] == 200
    for line in silent:
        line.settimeout(30)
        assert line.recv(30)[:13] in {b"", b"HTTP/1.1 408 "}


def test_a_cookie_of_eight_kilobytes_is_a_stranger_and_a_head_of_sixty_four_is_refused(site: Site) -> None:
    answers = []
    for length in (8_000, 65_536):
        cookie = f"Cookie: concordia_session={'x' * length}"
        line = site.connect(f"GET {SIGN_IN} HTTP/1.1")
        with suppress(ConnectionError):  # who is refused may still be sending
            line.sendall(f"{cookie}\r\n\r\n".encode())
        try:
            answers.append(line.recv(12).decode())
        except ConnectionError:
            answers.append("")

    assert answers[0] == "HTTP/1.1 200"
    assert answers[1] in {"HTTP/1.1 431", ""}


def test_a_body_that_says_it_is_huge_is_refused_before_it_is_sent(site: Site) -> None:
    line = site.connect(f"POST {SIGN_IN} HTTP/1.1\r\nContent-Length: 99999999999")
    line.sendall(b"\r\n")

    answer = b"".join(iter(lambda: line.recv(4000), b"")).decode()
    assert answer.startswith("HTTP/1.1 413 ")
    assert "This is too large to receive. Nothing was kept." in answer


def test_one_code_in_six_browsers_on_all_workers_opens_one(site: Site) -> None:
    person = site.person("codes@wvp.example")
    visitors = [halfway(site, person) for _ in range(6)]
    time.sleep(max(0, 3 - datetime.now(UTC).timestamp() % 30))
    code = code_of(person)

    entered = at_once(6, lambda n: visitors[n].send(site.address + SECOND, {"code": code})[1])

    assert sorted(entered).count(site.address + SECOND) == 5


def test_one_recovery_code_in_six_browsers_on_all_workers_opens_one(site: Site) -> None:
    person = site.person("recovery@wvp.example")
    visitors = [halfway(site, person) for _ in range(6)]

    entered = at_once(6, lambda n: visitors[n].send(site.address + SECOND, {"code": person.codes[0]})[1])

    assert sorted(entered).count(site.address + SECOND) == 5


def test_guesses_on_all_workers_are_slowed_and_the_owner_enters_with_a_passkey(site: Site) -> None:
    person = site.person("guessed@wvp.example")
    guess = {"email": person.email, "password": "a guess of some length"}

    statuses = at_once(20, lambda n: Visitor().send(site.address + SIGN_IN, guess)[0])
    assert sorted(statuses) == [422] * 5 + [429] * 15

    assert passkey(site, Visitor(), person) == (200, site.address + "/account/")


def test_a_proof_that_is_sent_again_opens_nothing(site: Site) -> None:
    person = site.person("replayed@wvp.example")
    thief, proofs = Visitor(), []

    assert passkey(site, Visitor(), person, keep=proofs) == (200, site.address + "/account/")
    thief.send(site.address + SIGN_IN, {}, to=site.address + SIGN_IN + "passkey/")
    assert thief.send(site.address + SIGN_IN, {"passkey": proofs[0]})[0] == 422


def passkey(site: Site, visitor: Visitor, person: Person, keep: list[str] | None = None) -> tuple[int, str]:
    """Sign in with a passkey: the status, and where one ends."""
    asked = visitor.send(site.address + SIGN_IN, {}, to=site.address + SIGN_IN + "passkey/")[2]
    proof = json.dumps(person.key.get(json.loads(asked)))
    if keep is not None:
        keep.append(proof)
    return visitor.send(site.address + SIGN_IN, {"passkey": proof, "next": "/account/"})[:2]


def test_a_server_asked_to_stop_ends_with_all_it_started_though_somebody_still_sends(
    place: Installation,
) -> None:
    port = free_port()
    with served(place, port, workers=2) as address, socket.create_connection(("127.0.0.1", port)) as slow:
        slow.sendall(b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nx")
        assert Visitor().ask(f"{address}/health")[0] == 200
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
