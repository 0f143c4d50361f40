"""A decision as a document: result, explanation, votes, and where it stands in the register."""

from typing import Any

from concordia.capabilities.decisions.queries import DecisionPage
from concordia.domain.texts import Text
from concordia.web.shared.documents import make_pdf
from concordia.web.shared.entries import entry_word
from concordia.web.shared.formats import day, moment
from concordia.web.shared.words import t


def extract_pdf(page: DecisionPage, language: str) -> bytes:
    """A tagged PDF/A of a decision in the reader's language."""

    def say(text: Text) -> str:
        return text.in_language(language)

    words = {
        "for": t("voor", "for"),
        "against": t("tegen", "against"),
        "abstain": t("onthouding", "abstains"),
        "block": t("blokkade", "blocks"),
        "absent": t("niet gestemd", "did not vote"),
        "present": t("aanwezig", "present"),
        "recused": t("trok zich terug", "stepped aside"),
    }
    facts = [
        (t("Nummer", "Number"), page.number),
        (t("Besloten op", "Decided on"), moment(page.decided_at)),
        (t("Voorstel", "Proposal"), page.proposal_number),
        (t("Uitkomst", "Outcome"), page.outcome or "–"),
        (t("Bewaakt door", "Seen to by"), page.owner or "–"),
        (t("Terugkijken op", "Review on"), day(page.review_date)),
    ]
    votes = [(say(line.name), words.get(line.choice, line.choice), line.reason or "–") for line in page.tally]
    entries = [(str(entry.n), entry_word(entry.kind), moment(entry.at)) for entry in page.entries]
    sections: list[dict[str, Any]] = [
        {"heading": "", "blocks": [{"kind": "facts", "facts": facts}]},
        {
            "heading": t("Waarover is besloten", "What was decided on"),
            "blocks": [{"kind": "paragraph", "text": text} for text in (page.question, *page.paragraphs)],
        },
        {
            "heading": t("Uitslag, regel voor regel", "Result, line by line"),
            "blocks": [{"kind": "list", "items": [say(line.text) for line in page.lines]}],
        },
        {
            "heading": t("Stemmen", "Votes"),
            "blocks": [
                {
                    "kind": "table",
                    "head": [t("Stemmer", "Voter"), t("Stem", "Vote"), t("Reden", "Reason")],
                    "rows": votes,
                }
            ],
        },
        {
            "heading": t("In het register", "In the register"),
            "blocks": [
                {
                    "kind": "paragraph",
                    "text": t(
                        "Elke partner kan dit nagaan met de eigen getuige.",
                        "Each partner can verify this with its own witness.",
                    ),
                },
                {
                    "kind": "table",
                    "head": [t("Handeling", "Entry"), t("Soort", "Kind"), t("Moment", "Moment")],
                    "rows": entries,
                },
            ],
        },
    ]
    return make_pdf(
        title=page.title,
        subtitle=say(page.lines[0].text),
        language=language,
        sections=sections,
        reference=page.number,
        footer=page.number,
    )
