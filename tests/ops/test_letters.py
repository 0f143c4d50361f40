"""Letters go out by themselves; a mail server that refuses, drops or hangs holds up nothing else."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.contrib.sessions.models import Session
from support.house import House

from concordia.capabilities.accounts.commands import write_letter
from concordia.capabilities.accounts.models import Attempt, Letter
from concordia.capabilities.ledger.models import Checkpoint
from concordia.domain.texts import both
from concordia.ops.work import do_due_work

NOW = datetime.now(UTC)


class Moody:
    """A mail server that takes letters as `answers` says: by the step of the conversation."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.taken: list[str] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address.startswith("nobody"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return self.answers.get("rcpt", "250 OK")

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        answer = self.answers.get("data", "250 OK")
        if answer == "drop":
            server.transport.abort()
            return "421 gone"
        if answer.startswith("250"):
            self.taken += envelope.rcpt_tos
        return answer


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def lead_to(settings: Any, port: int) -> None:
    settings.EMAIL_URL = "smtp://127.0.0.1"
    options = {"host": "127.0.0.1", "port": port, "timeout": 1}
    backend = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": backend, "OPTIONS": options}}


@pytest.fixture
def served(settings: Any) -> Iterator[Callable[..., Moody]]:
    """Start a mail server in this mood."""
    running = []

    def serve(**answers: str) -> Moody:
        mood = Moody(**answers)
        server = Controller(mood, hostname="127.0.0.1", port=free_port())
        server.start()
        running.append(server)
        lead_to(settings, server.port)
        return mood

    yield serve
    for server in running:
        server.stop()


@contextmanager
def silence() -> Iterator[int]:
    """A server that takes the call and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        taken: list[socket.socket] = []

        def answer() -> None:
            with suppress(OSError):
                while True:
                    taken.append(deaf.accept()[0])

        threading.Thread(target=answer, daemon=True).start()
        yield int(deaf.getsockname()[1])
        for one in taken:
            one.close()


def write(*to: str) -> None:
    """Letters, the last one now and each other a second before the next."""
    for before, address in reversed(list(enumerate(reversed(to)))):
        at = NOW - timedelta(seconds=before)
        write_letter(address, "nl", both("Uitnodiging", "Invitation"), both("Kom.", "Come."), at)


def signed(house: House) -> bool:
    return Checkpoint.objects.filter(log=house.log).exclude(note=b"").exists()


def test_due_work_posts_the_letters(house: House, served: Callable[..., Moody]) -> None:
    mood = served()
    write("lid@uwv.example", "lid@cbs.example")

    do_due_work()

    assert mood.taken == ["lid@uwv.example", "lid@cbs.example"]
    assert not Letter.objects.exists()


def test_a_refused_address_keeps_no_other_letter_waiting(house: House, served: Callable[..., Moody]) -> None:
    mood = served()
    write("nobody@uwv.example", "lid@cbs.example")

    do_due_work()

    assert mood.taken == ["lid@cbs.example"]
    assert Letter.objects.get().tries == 1


def test_an_address_of_which_no_letter_can_be_made_keeps_no_other_waiting_and_is_given_up(
    house: House, served: Callable[..., Moody]
) -> None:
    mood = served()
    write(f"a@{'é' * 60}.example", "lid@cbs.example")

    do_due_work()

    assert mood.taken == ["lid@cbs.example"]
    Letter.objects.update(tries=11, try_at=NOW - timedelta(minutes=1))
    do_due_work()
    assert not Letter.objects.exists()


@pytest.mark.parametrize("mood", [{"data": "451 later"}, {"data": "drop"}, {"rcpt": "452 full"}], ids=str)
def test_a_letter_that_is_not_taken_waits_for_the_next_time(
    house: House, served: Callable[..., Moody], mood: dict[str, str]
) -> None:
    served(**mood)
    write("lid@uwv.example")
    house.fill(1)

    do_due_work()

    assert Letter.objects.get().try_at > NOW
    assert signed(house)


def test_a_server_that_hangs_is_asked_once_and_holds_up_no_signature(house: House, settings: Any) -> None:
    house.fill(1)
    with silence() as port:
        lead_to(settings, port)
        write(*(f"lid{number}@uwv.example" for number in range(20)))

        do_due_work()

    assert signed(house)
    assert Letter.objects.filter(tries=1).count() == 1
    assert Letter.objects.filter(tries=0).count() == 19


def test_due_work_forgets_what_had_its_time(house: House) -> None:
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - timedelta(days=1))
    Session.objects.create(session_key="new", session_data="", expire_date=NOW + timedelta(days=1))
    Attempt.objects.create(key="k" * 64, taken_until=NOW - timedelta(hours=1))

    do_due_work()

    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert not Attempt.objects.exists()
