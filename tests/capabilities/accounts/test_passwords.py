"""Passwords are long and hard to guess, and changing one ends every session."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.models import Letter, User
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError, StepUpError

from .conftest import PASSWORD

NEW = "zeven kleine scheepjes varen"
WORDS = ("Loonaangifteketen", "Belastingdienst")


@pytest.mark.parametrize(
    "weak",
    [
        "kort",
        "veertien teken",
        "loonaangifteketen1",
        "Belastingdienst-2026",
        "concordiaconcordia!",
        "secretaris secretaris 1",
        "abcabcabcabcabcabc",
        "aaaaaaaaaaaaaaaaaaaaaa",
        "welkom1welkom1welkom1",
        "1234567890123456789012",
        "qwertyuiopasdfghjkl",
        "x" * 513,
    ],
)
def test_weak_passwords_are_refused_with_the_field(access: Access, weak: str) -> None:
    with pytest.raises(RefusalError) as refused:
        commands.change_password(access, new=weak, words=WORDS)

    assert refused.value.field == "new_password"


@pytest.mark.parametrize("strong", [NEW, "ÿ q7Z$ kLm 🐎 nop!", "correct horse battery", "x" * 3 + NEW * 10])
def test_any_signs_make_a_password(access: Access, user: User, strong: str) -> None:
    commands.change_password(access, new=strong, words=WORDS)

    user.refresh_from_db()
    assert user.check_password(strong)
    assert user.password.startswith("argon2")


def test_a_change_ends_every_session_and_needs_a_fresh_proof(access: Access, user: User) -> None:
    before = user.get_session_auth_hash()
    with pytest.raises(StepUpError):
        commands.change_password(replace(access, recent=False), new=NEW)

    commands.change_password(access, new=NEW)
    assert User.objects.get(pk=user.pk).get_session_auth_hash() != before


class TestReset:
    """A letter with a link, that tells nobody who has an account."""

    @pytest.fixture(autouse=True)
    def mail(self, settings) -> None:
        settings.EMAIL_URL = "smtp://localhost"

    def ask(self, email: str, now: datetime) -> Letter:
        commands.request_reset(email, page="https://c.example/new/", language="nl", now=now)
        return Letter.objects.get()

    def test_the_link_sets_a_new_password_once(self, user: User, now: datetime) -> None:
        letter = self.ask(user.email.upper(), now)
        reset = letter.body.split("https://c.example/new/")[1].split("/")[0]
        assert queries.resetting(reset) == user

        commands.reset_password(reset, new=NEW, now=now)
        assert User.objects.get(pk=user.pk).check_password(NEW)
        with pytest.raises(NotFoundError):
            commands.reset_password(reset, new=PASSWORD, now=now)

    def test_a_link_lasts_an_hour(self, user: User) -> None:
        made = PasswordResetTokenGenerator()
        now = made._num_seconds(made._now())
        young, old = (made._make_token_with_timestamp(user, now - age, made.secret) for age in (3500, 3700))

        assert queries.resetting(f"{user.id}.{young}") == user
        with pytest.raises(NotFoundError):
            queries.resetting(f"{user.id}.{old}")

    def test_an_unknown_address_gets_a_letter_too(self, user: User, now: datetime) -> None:
        letter = self.ask("niemand@uwv.example", now)

        assert letter.to == "niemand@uwv.example"
        assert "https://" not in letter.body

    @pytest.mark.parametrize("forged", ["", ".", "usr_x.abc", "a.b.c", "\x00.1", "é." * 500])
    def test_a_forged_link_is_not_found(self, user: User, forged: str) -> None:
        with pytest.raises(NotFoundError):
            queries.resetting(forged)

    def test_a_link_of_another_person_does_not_work(self, user: User, make_user, now: datetime) -> None:
        letter = self.ask(user.email, now)
        token = letter.body.split(f"{user.id}.")[1].split("/")[0]
        with pytest.raises(NotFoundError):
            queries.resetting(f"{make_user('b@uwv.example').id}.{token}")

    def test_without_a_mail_server_no_letter_waits(self, user: User, now: datetime, settings) -> None:
        settings.EMAIL_URL = ""
        commands.request_reset(user.email, page="https://c.example/", language="nl", now=now)

        assert not Letter.objects.exists()


class Box:
    """A mail server on this machine that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def box(settings) -> Iterator[Box]:
    """The mail server, and the settings that lead to it."""
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=_free_port())
    server.start()
    options = {"host": "127.0.0.1", "port": server.port, "timeout": 5}
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }
    yield box
    server.stop()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


class TestPost:
    """Letters wait for the post, and nothing waits for letters."""

    @pytest.fixture
    def letter(self, user: User, settings, now: datetime) -> Letter:
        settings.EMAIL_URL = "smtp://localhost"
        commands.request_reset(user.email, page="https://c.example/", language="nl", now=now)
        return Letter.objects.get()

    def test_what_is_posted_is_gone(self, letter: Letter, box: Box, now: datetime) -> None:
        assert commands.deliver_letters(now) == 1

        assert box.letters[0]["To"] == letter.to
        assert "https://c.example/" in box.letters[0].get_content()
        assert commands.deliver_letters(now) == 0

    def test_a_dead_server_is_tried_later_and_later_and_then_given_up(
        self, letter: Letter, now: datetime
    ) -> None:
        tries = []

        def dead(message: object) -> None:
            tries.append(message)
            raise ConnectionRefusedError

        for hour in range(24 * 5):
            assert commands.deliver_letters(now + timedelta(hours=hour), dead) == 0
        assert len(tries) == 12
        assert not Letter.objects.exists()
