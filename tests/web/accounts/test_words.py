"""One language a page: everything is said in Dutch and in English, and nothing in both at once."""

import re
from pathlib import Path

import pytest
from django.test import Client

from concordia.capabilities.accounts import commands
from concordia.capabilities.accounts.models import User
from concordia.kernel.access import Access
from concordia.kernel.subject import Subject
from concordia.web import accounts

from .conftest import PASSWORD, Clock

PAIR = re.compile(r't\("((?:[^"\\]|\\.)+)",\s*"((?:[^"\\]|\\.)+)"\)')
TEMPLATES = sorted((Path(accounts.__file__).parent / "templates").rglob("*.html"))
SIGNED_IN = [
    "/account/",
    "/account/email/",
    "/account/keys/",
    "/account/keys/passkeys/",
    "/account/keys/app/",
    "/account/keys/recovery/",
    "/account/password/",
    "/account/sessions/",
    "/account/sign-out/",
    "/account/confirm/",
]
SIGNED_OUT = ["/account/sign-in/?ended=1", "/account/password/new/", "/invitation/nothing/"]


def said(language: int) -> set[str]:
    """Every sentence of the templates in one language, as far as it has no gaps to fill in."""
    pairs = [pair for template in TEMPLATES for pair in PAIR.findall(template.read_text("utf-8"))]
    return {pair[language].partition("{")[0].strip() for pair in pairs}


def visible(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code in {200, 404}, path
    return re.sub(r"<[^>]+>", "\n", answer.content.decode())


@pytest.mark.parametrize(("language", "other"), [("nl", 1), ("en", 0)])
def test_no_page_mixes_languages(
    signed_in: Client, user: User, language: str, other: int, hands: Clock
) -> None:
    User.objects.filter(pk=user.pk).update(language=language)
    foreign = {one for one in said(other) - said(1 - other) if len(one.split()) > 1}
    assert len(foreign) > 100
    invited = commands.invite(Access(hands.time, user=user.id), subject=Subject("alliances.person", "per_x"))
    out = Client(headers={"accept-language": language})
    pages = [(signed_in, path) for path in SIGNED_IN] + [(out, path) for path in SIGNED_OUT]
    pages += [(out, f"/invitation/{invited.token}/"), (signed_in, f"/invitation/{invited.token}/")]

    for client, path in pages:
        text = visible(client, path)
        assert not [sentence for sentence in foreign if sentence in text], path


@pytest.mark.parametrize(("language", "sentence"), [("nl", "horen niet bij elkaar"), ("en", "do not belong")])
def test_refusals_are_said_in_the_language_of_the_browser(db: None, language: str, sentence: str) -> None:
    client = Client(headers={"accept-language": language})
    refused = client.post("/account/sign-in/", {"email": "a@b.nl", "password": PASSWORD})

    assert sentence in refused.content.decode()
    assert f'lang="{language}"' in refused.content.decode()


def test_every_template_says_everything_twice() -> None:
    for template in TEMPLATES:
        text = template.read_text("utf-8")
        assert "{% trans" not in text
        assert not re.search(r">\s*[A-Z][a-z]+ [a-z]+", re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", "", text))


def test_no_sentence_shouts_or_boasts() -> None:
    for sentence in said(0) | said(1):
        assert not re.search(r"!|success|succesvol|gelukt", sentence, re.IGNORECASE), sentence
