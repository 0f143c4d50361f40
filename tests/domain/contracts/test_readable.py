"""A contract in words: a data steward reads what is asked of each column, why, and whom to ask."""

import pytest
from support.contracts import CORPUS, OURS, REAL, contract

from concordia.domain.charter.readable import Chapter, Document
from concordia.domain.contracts.reading import dump_contract, read_contract
from concordia.domain.problems import DocumentError
from concordia.domain.stewardship.readable import as_text, read_aloud

WAGES = read_contract((CORPUS / "wage-declarations.odcs.yaml").read_text(encoding="utf-8")).contract


def text_of(document: dict, language: str = "en") -> str:
    return as_text(read_aloud(read_contract(dump_contract(document)).contract, language))


def flat(document: Document) -> str:
    """The text without the breaks of lines that its width asks for."""
    return " ".join(as_text(document).split())


@pytest.mark.parametrize(
    "words",
    [
        "Datacontract, versie 1.2.0 (active)",
        "Vaststellen van loonheffing",
        "Grondslag in de wet: Wet op de loonbelasting 1964, artikel 28",
        "De ethische vraag: Mag een uitkering stoppen op grond van één aangifte?",
        "Het antwoord: Nee, een medewerker kijkt eerst of de aangifte klopt.",
        "Eigenaar: Gegevensbeheer loon, Gegevensbeheerder",
        "Gebruikers: Uitvoering van uitkeringen, Statistiek",
        "### Burgerservicenummer",
        "Naam in de levering: lhnr",
        "Vertrouwelijkheid: confidential",
        "- “Burgerservicenummer” is een geldig burgerservicenummer.",
        "- “Loon in geld” is een getal met hoogstens 10 cijfers voor en 2 achter de komma.",
        "(norm voor het aantal lege waarden: minder dan 1 %)",
        "- “Soort arbeid” is een van: vast, tijdelijk, oproep.",
        "(norm voor het aantal regels: meer dan 0)",
        "niet te veel nulbedragen (norm voor wat wordt geteld: minder dan 5 %) Een fout geeft een",
        "De bedragen passen bij de vorige maand. (Wordt niet gecontroleerd:",
        "“Loonheffingennummer” komt voor in “werkgevers”.",
        "- Elke combinatie van “Loonheffingennummer”, “Burgerservicenummer” en “maand” komt één",
        "uiterlijk na 5 dagen Na het einde van de maand.",
        "bewaard 7 jaar",
        "Servicepunt loon https://loon.example",
        "Open Data Contract Standard v3.1.0",
    ],
)
def test_a_steward_reads_in_dutch_what_is_asked_and_why(words):
    assert words in flat(read_aloud(WAGES, "nl"))


@pytest.mark.parametrize(
    "words",
    [
        "Data contract, version 1.2.0 (active)",
        "Legal ground: Wet op",
        "Not checked: An agreement in words is for you to check.",
        "is at least 0.",
        "at the latest after 5 days",
        "Every column is in the delivery, also where it may be empty.",
    ],
)
def test_and_in_english(words):
    assert words in flat(read_aloud(WAGES, "en"))


def test_chapters_tell_what_they_are_about_for_a_page_and_a_print():
    document = read_aloud(WAGES, "nl")

    keys = [chapter.key for chapter in document.chapters]
    assert keys[:3] == ["about", "ground", "object.loonaangifte"]
    assert keys[3:8] == [
        f"column.loonaangifte.{name}" for name in ("werkgever", "bsn", "maand", "loon", "soort")
    ]
    assert keys[8:] == ["rules.loonaangifte", "levels", "people", "version"]
    for chapter in document.chapters:
        assert chapter.data()["blocks"]


def _read(path):
    try:
        return read_contract(path.read_text(encoding="utf-8")).contract
    except DocumentError:
        return None


IN_ORDER = {path.name: made for path in (*OURS, *REAL) if (made := _read(path))}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("read", IN_ORDER.values(), ids=IN_ORDER.keys())
def test_every_column_of_every_contract_is_told_within_the_width_of_a_terminal(read, language):
    document = read_aloud(read, language)

    keys = {chapter.key for chapter in document.chapters}
    assert {
        f"column.{item.name}.{column.name}" for item in read.objects for column in item.properties
    } <= keys
    for chapter in document.chapters:
        for block in chapter.blocks:
            alone = Document("", "", language, (Chapter("", "", (block,)),))
            for line in as_text(alone).splitlines() if block.kind != "table" else ():
                assert len(line) <= 90 or " " not in line.strip()  # an address is not broken


def test_a_check_without_words_of_its_own_and_one_with():
    made = contract(
        {
            "name": "x",
            "quality": [
                {"metric": "nullValues", "mustBe": 0},
                {"metric": "nullValues", "mustBe": 0, "description": "Never empty."},
            ],
        }
    )

    shown = text_of(made)

    assert "- “x” is missing (empty). (norm" in shown
    assert "- Never empty. (norm for the number of empty values: exactly 0)" in shown


def test_a_contract_that_says_little_has_few_chapters():
    shown = text_of(
        {"apiVersion": "v3.1.0", "kind": "DataContract", "id": "c", "status": "draft", "version": "1.0.0"}
    )

    assert "Legal ground" not in shown
    assert "What you can count on" not in shown
    assert "Identifier: c" in shown


def test_an_amount_of_money_reads_as_people_write_it():
    price = {"priceAmount": 9.95, "priceCurrency": "EUR", "priceUnit": "month"}

    assert "EUR 9,95 per maand" in text_of(contract(price=price), "nl")
    assert "EUR 9.95 per month" in text_of(contract(price=price))
