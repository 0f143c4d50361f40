"""Mail gateways open every link of every letter: that changes nothing, and uses nothing up (trust.md, section 5)."""

import re
import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.test import Client
from support.cast import FOUNDED, Cast, make_cast
from support.deciding import opened
from support.pages import signed_in, state

from concordia.capabilities.accounts import commands as accounts
from concordia.capabilities.accounts.models import User
from concordia.capabilities.alliances.commands import invite_person
from concordia.kernel.access import Access
from concordia.web.accounts import clock

pytestmark = pytest.mark.django_db(transaction=False)


class Box:
    """A mail server on this machine that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:
        self.letters.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"


@pytest.fixture
def box(settings: Any) -> Iterator[Box]:
    """The mail server, and the settings that lead to it."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    box = Box()
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    options = {"host": "127.0.0.1", "port": port, "timeout": 5}
    settings.EMAIL_URL = f"smtp://127.0.0.1:{port}"
    settings.MAILERS = {
        "default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    }
    yield box
    server.stop()


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


def letters(cast: Cast, box: Box) -> list[EmailMessage]:
    """One of every letter there is: delivered ones, and the invitation that somebody sends by hand."""
    now = clock.now()
    user = User(email="secretary@office.example", name="Secretary", date_joined=now, language="nl")
    user.set_password("een paard leest geen kranten")
    user.save()
    accounts.change_password(Access(now=now, user=user.id, recent=True), new="twee paarden lezen niets")
    accounts.request_reset(user.email, page="http://testserver/account/password/new/", language="nl", now=now)
    accounts.deliver_letters(now)
    invited = invite_person(
        cast.social.at(now),
        name="New colleague",
        email="new@office.example",
        position="professional",
        partner_id=cast.partners["social"],
        from_date=FOUNDED.date(),
    )
    unsent = Client().get(f"/invitation/{invited.token}/letter/")
    return [*box.letters, message_from_bytes(unsent.content, policy=default)]  # type: ignore[list-item]


def links(found: list[EmailMessage]) -> set[str]:
    """The path of every link."""
    texts = [letter.get_content() for letter in found]
    return {
        re.sub(r"^https?://[^/]+", "", url) for text in texts for url in re.findall(r"https?://[^\s>]+", text)
    }


def open_everything(client: Client, paths: set[str]) -> None:
    for path in sorted(paths):
        for method in (client.get, client.head, client.get, client.options):
            assert method(path).status_code < 500, path


def test_a_robot_that_opens_every_link_of_every_letter_changes_nothing(cast: Cast, box: Box) -> None:
    sent = letters(cast, box)
    assert len(sent) >= 3
    paths = links(sent)
    assert any("/invitation/" in path for path in paths), paths
    assert any("/password/new/" in path for path in paths), paths
    robots = (Client(), signed_in(cast.tax.user))
    before = state()

    for client in robots:
        open_everything(client, paths)

    assert state() == before
    for path in paths:
        answer = Client().get(path, follow=True)
        assert answer.status_code == 200, f"{path} was used up"


def test_a_link_with_a_choice_selects_it_and_votes_nothing(cast: Cast) -> None:
    proposal = opened(cast)
    path = f"/a/{cast.key}/proposals/{proposal}/?choice=for"
    client = signed_in(cast.social.user)
    before = state()

    open_everything(client, {path})
    open_everything(Client(), {path})

    assert state() == before
    assert re.search(r'value="for"[^>]* checked', client.get(path).content.decode())
