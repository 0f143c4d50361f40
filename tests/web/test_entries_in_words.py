"""An entry of the register reads as words; the exact bytes stand below it."""

import re
from datetime import UTC, datetime

import pytest
from django.utils import translation
from support.cast import Cast
from support.deciding import LATER, decided, rich_cast
from support.pages import signed_in
from support.pens import Pen

from concordia.capabilities.ledger.queries import EntryLine, register_page
from concordia.demo.charters import example_charter
from concordia.web.register.telling import Line, told
from concordia.web.shared import clock

CHARTER = example_charter("wage-data")
HASH = "da5573097b201611fe76911de0bc8fb779bc7a76beb9c432c5e9b597e524df86"


def lines(language: str = "nl", **values: str | None) -> list[Line]:
    entry = EntryLine(3, "any", "obj", datetime(2026, 3, 2, tzinfo=UTC), "org", "role", values)
    with translation.override(language):
        return list(told(entry, CHARTER))


@pytest.mark.parametrize(
    ("field", "value", "label", "words"),
    [
        ("position", "board-member", "Functie", "Bestuurslid"),
        ("position", "gone-since", "Functie", "gone since"),
        ("key", "irs", "Partner", "Belastingdienst"),
        ("key", "gone", "Partner", "gone"),
        ("period", "2026-05-19/..", "Periode", "vanaf 19 mei 2026"),
        ("period", "2026-05-19/2026-06-01", "Periode", "vanaf 19 mei 2026 tot en met 1 juni 2026"),
        ("from", "2026-05-19", "Vanaf", "19 mei 2026"),
        ("until", "2026-05-19T08:00:00+00:00", "Tot en met", "di 19 mei 2026, 10:00"),
        ("how", "proxy", "Hoe", "met een volmacht"),
        ("verdict", "adopted", "Uitslag", "aangenomen"),
        ("assertion", "{}", "Handtekening", "{}"),
        ("state", "adopted", "Stand", "overgenomen in eigen lijn"),
        ("text", "Een alinea.", "Tekst", "Een alinea."),
        ("vote", '{"choice":"for","to-ratify":false,"voter":"cbs"}', "Stem", "CBS: voor"),
        ("scope", '{"from":"2026-05-19","subjects":[],"text":""}', "Mandaat",
         "alle onderwerpen; geen grens in geld; vanaf 19 mei 2026"),
        ("scope", '{"from":"2026-05-19","limit_cents":25000,"subjects":["own"],"text":"Kort.","until":"2026-06-01"}',
         "Mandaat", "own; tot € 250; vanaf 19 mei 2026 tot en met 1 juni 2026; Kort."),
    ],
)  # fmt: skip
def test_a_field_is_told_in_words(field: str, value: str, label: str, words: str) -> None:
    assert lines(**{field: value}) == [Line(label, words)]


def test_a_signature_and_a_key_are_told_without_their_bytes() -> None:
    pen = Pen()
    signature, key = pen.sign("{}", 51).to_json(), pen.key.to_json()

    assert lines(assertion=signature) == [
        Line("Handtekening", "van de stemmer zelf, met de sleutel van handeling 51")
    ]
    assert lines(**{"public-key": key}) == [Line("Vingerafdruk van de sleutel", pen.key.fingerprint)]


def test_both_languages_tell_the_same_fields() -> None:
    assert [
        line.words for line in lines("en", how="recorded", verdict="no_quorum", period="2026-05-19/..")
    ] == [
        "from 19 May 2026",
        "recorded by somebody else",
        "no quorum",
    ]


@pytest.mark.parametrize("field", ["vote", "scope", "period", "review"])
@pytest.mark.parametrize("value", ["", "[]", "{}", "soon", "1/2/3", '{"choice": 1}'])
def test_a_value_of_another_shape_stands_as_it_is(field: str, value: str) -> None:
    assert [line.words for line in lines(**{field: value})] == [value] * bool(value)


def test_fingerprints_and_keys_are_left_to_the_exact_part() -> None:
    assert lines(text=HASH, content=HASH, appointment="app_1", vkey="a+b+c", snapshot="{}", head="x") == []


def test_what_was_erased_says_so() -> None:
    assert lines(person=None) == [Line("Persoon", None)]


@pytest.mark.django_db
def test_no_entry_of_an_alliance_shows_a_machine_word_above_its_proof(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast: Cast = rich_cast()
    decided(cast)
    monkeypatch.setattr(clock, "now", lambda: LATER)
    client = signed_in(cast.tax.user)
    base = f"/a/{cast.key}/register/entries/"
    size = register_page(cast.tax.at()).size
    for n in range(size):
        page = client.get(f"{base}{n}/").content.decode()
        said = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
        told_part = re.findall(r"<d[td][^>]*>(.*?)</d[td]>", said, re.DOTALL)
        machine = [one for one in told_part if re.search(r"[{}]|\b[a-z]{3}_[0-9a-z]{8}|[a-z]_[a-z]", one)]
        assert machine == []
        assert "<summary>Exactly as it was recorded</summary>" in page
