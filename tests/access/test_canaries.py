"""A word in every private field of one partner turns up for nobody else, in nothing they can obtain (trust.md T-B3)."""

import logging
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from support.cast import Cast
from support.deciding import LATER, decided, opened, rich_cast, sent
from support.kept import kept
from support.pages import shapes, signed_in

from concordia.capabilities.accounts.models import Letter
from concordia.capabilities.decisions.commands import open_voting
from concordia.capabilities.ledger.models import Leaf

from .canaries import BIRD, FIELDS, NOWHERE_SHOWN, hide, links, spoken, word
from .scene import inside

pytestmark = pytest.mark.django_db
OTHERS = ("social", "figures_coordinator", "manager", "outsider", "anonymous")
NEW_EACH_TIME = re.compile(r'nonce="[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"|data-csrf="[^"]+"')


class Aviary:
    """An alliance with canaries in it, and everybody's browser."""

    def __init__(self) -> None:
        self.cast, outsiders, self.decision, self.shared, self.hidden = _alliances()
        people = {**self.cast.members, "outsider": outsiders.tax}
        self.clients = {role: signed_in(member.user) for role, member in people.items()}
        self.clients["anonymous"] = Client()

    def crawl(self, role: str) -> dict[str, str]:
        """What everything says that this person can reach by links."""
        found: dict[str, str] = {}
        waiting = [f"/a/{self.cast.key}/"]
        while waiting:
            path = waiting.pop()
            if path not in found:
                answer = self.clients[role].get(path)
                waiting += links(answer)
                found[path] = spoken(answer)
        return found


@kept
def _alliances() -> tuple[Cast, Cast, str, str, dict[str, object]]:
    """An alliance with canaries in it and another; a decision and a proposal that are shared, and what is hidden."""
    cast = rich_cast()
    decision = decided(cast)
    over = [opened(cast), decision.proposal]
    shared = sent(cast, by="social", title="Shared with all")
    return cast, rich_cast("far"), decision.id, shared, hide(cast, shared, over)


@pytest.fixture
def aviary(db: None) -> Aviary:
    return Aviary()


def direct(cast: Cast, hidden: dict[str, object]) -> list[str]:
    """Every address of what is hidden, however one may have learned its identifier."""
    common = {"number": 1, "paragraph": 0, "section": "alliance", "key": "strategic", "form": "yaml"}
    found = []
    for name, keys in inside().items():
        if any(key in hidden for key in keys):
            found.append(
                reverse(name, kwargs={"alliance": cast.key, **{key: (common | hidden)[key] for key in keys}})
            )
    return found


def test_every_canary_sings_for_its_own_partner(aviary: Aviary) -> None:
    heard = " ".join(aviary.crawl("tax").values())
    assert {field for field in FIELDS if word(field) not in heard} == NOWHERE_SHOWN


def test_what_lies_inside_a_bundle_is_heard(aviary: Aviary) -> None:
    bundle = reverse("register-bundle", kwargs={"alliance": aviary.cast.key})
    assert "shared with all" in spoken(aviary.clients["social"].get(bundle))


def test_what_is_printed_in_a_document_is_heard(aviary: Aviary) -> None:
    keys = {"alliance": aviary.cast.key, "decision_id": aviary.decision}
    extract = aviary.clients["social"].get(reverse("decision-extract", kwargs=keys))
    assert "do we keep one calendar?" in spoken(extract)


@pytest.mark.parametrize("role", OTHERS)
def test_no_canary_sings_on_any_page_or_in_any_file_of_others(aviary: Aviary, role: str) -> None:
    found = aviary.crawl(role)
    assert len(found) > (40 if role in aviary.cast.members else 0)
    assert [path for path, said in found.items() if BIRD in said] == []


@pytest.mark.parametrize("method", ["GET", "POST", "PUT"])
@pytest.mark.parametrize("role", OTHERS)
def test_whoever_knows_an_address_hears_nothing_there(aviary: Aviary, role: str, method: str) -> None:
    withdrawn = {**aviary.hidden, "proposal_id": aviary.hidden["withdrawn"]}
    for path in direct(aviary.cast, aviary.hidden) + direct(aviary.cast, withdrawn):
        answer = aviary.clients[role].generic(method, path, b"", content_type="text/plain")
        assert BIRD not in spoken(answer), path
        assert answer.status_code in ({302, 405} if role == "anonymous" else {403, 404, 405}), path


@pytest.mark.parametrize("role", ["social", "manager", "outsider"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_hidden_looks_like_what_is_absent(aviary: Aviary, role: str, method: str) -> None:
    absent = {key: str(value)[:4] + "0" * (len(str(value)) - 4) for key, value in aviary.hidden.items()}
    client = aviary.clients[role]
    pairs = zip(direct(aviary.cast, aviary.hidden), direct(aviary.cast, absent), strict=True)
    for there, nowhere in pairs:
        answers = [client.generic(method, path, b"", content_type="text/plain") for path in (there, nowhere)]
        bodies = [
            NEW_EACH_TIME.sub("", answer.content.decode()).replace(path, "")
            for answer, path in zip(answers, (there, nowhere), strict=True)
        ]
        assert answers[0].status_code == answers[1].status_code, there
        assert bodies[0] == bodies[1], there


@pytest.mark.parametrize("role", ["social", "manager", "outsider"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_hidden_costs_what_is_absent_costs(aviary: Aviary, role: str, method: str) -> None:
    """The same questions to the database one by one, so that no clock tells them apart (trust.md 5, no. 34)."""
    absent = {key: str(value)[:4] + "0" * (len(str(value)) - 4) for key, value in aviary.hidden.items()}
    client = aviary.clients[role]
    fields = {"text": "Words.", "note": "Words.", "title": "Words", "choice": "for", "act": "give"}
    pairs = list(zip(direct(aviary.cast, aviary.hidden), direct(aviary.cast, absent), strict=True))
    assert len(pairs) > 25
    differing = []
    for pair in pairs:
        asked = []
        for path in pair:
            client.get("/accessibility/")  # what a session writes once a minute is written
            with CaptureQueriesContext(connection) as queries:
                client.get(path) if method == "GET" else client.post(path, fields)
            asked.append(shapes(queries))
        if asked[0] != asked[1]:
            differing.append((pair[0], asked))
    assert [path for path, _ in differing] == [], differing[0][1]


@pytest.mark.parametrize("role", ["social", "manager"])
def test_searching_for_a_canary_finds_what_searching_for_nothing_known_finds(
    aviary: Aviary, role: str
) -> None:
    where = reverse("decisions", kwargs={"alliance": aviary.cast.key})

    def found(asked: str) -> str:
        page = aviary.clients[role].get(where, {"q": asked}).content.decode()
        return NEW_EACH_TIME.sub("", page).replace(asked, "")

    nothing = found("z" * len(word("title")))
    assert {field for field in FIELDS if found(word(field)) != nothing} == set()
    assert found("calendar") != nothing


def test_an_answer_that_was_not_given_stays_hidden_when_voting_opens_and_closes(aviary: Aviary) -> None:
    later = LATER.replace(month=LATER.month + 3)
    open_voting(aviary.cast.manager.at(later), proposal_id=aviary.shared)
    for role in ("social", "manager"):
        assert BIRD not in " ".join(aviary.crawl(role).values()), role


def test_no_letter_and_no_entry_of_a_register_holds_a_canary(aviary: Aviary) -> None:
    letters = [f"{letter.subject} {letter.body}" for letter in Letter.objects.all()]
    entries = [bytes(leaf.bytes).decode() for leaf in Leaf.objects.all()]
    assert entries
    assert [text for text in letters + entries if BIRD in text.lower()] == []


def test_no_log_holds_what_people_typed_or_keep(aviary: Aviary, caplog: pytest.LogCaptureFixture) -> None:
    for name in ("", "django", "django.request", "concordia.security"):  # more than an installation writes
        caplog.set_level(logging.DEBUG, name)
    fields = {"title": "", "text": word("text"), "note": word("note"), "reason": word("impact")}
    for path in direct(aviary.cast, aviary.hidden):
        for role in ("tax", "social", "anonymous"):
            aviary.clients[role].get(path)
            aviary.clients[role].post(path, fields)
    assert caplog.records
    assert BIRD not in caplog.text.lower()
