"""A decision as a document: result, explanation, votes, and the proof that it stands in the register."""

from typing import Any

from concordia.capabilities.decisions.queries import DecisionPage
from concordia.capabilities.ledger.queries import InclusionProof
from concordia.domain.texts import Text
from concordia.web.shared.documents import make_pdf
from concordia.web.shared.entries import entry_word
from concordia.web.shared.formats import day, moment
from concordia.web.shared.words import t

type Section = dict[str, Any]


def extract_pdf(page: DecisionPage, proof: InclusionProof | None, language: str) -> bytes:
    """A tagged PDF/A of a decision in the reader's language; `proof` is None while its entry is not signed."""

    def say(text: Text) -> str:
        return text.in_language(language)

    decided = {
        "heading": t("Waarover is besloten", "What was decided on"),
        "blocks": [{"kind": "paragraph", "text": text} for text in (page.question, *page.paragraphs)],
    }
    explained = {
        "heading": t("Uitslag, regel voor regel", "Result, line by line"),
        "blocks": [{"kind": "list", "items": [say(line.text) for line in page.lines]}],
    }
    return make_pdf(
        title=page.title,
        subtitle=say(page.lines[0].text),
        language=language,
        sections=[_facts(page), decided, explained, _votes(page, language), _entries(page), _proof(proof)],
        reference=page.number,
        footer=page.number,
    )


def _facts(page: DecisionPage) -> Section:
    facts = [
        (t("Nummer", "Number"), page.number),
        (t("Besloten op", "Decided on"), moment(page.decided_at)),
        (t("Voorstel", "Proposal"), page.proposal_number),
        (t("Uitkomst", "Outcome"), page.outcome or "–"),
        (t("Bewaakt door", "Seen to by"), page.owner or "–"),
        (t("Terugkijken op", "Review on"), day(page.review_date)),
    ]
    return {"heading": "", "blocks": [{"kind": "facts", "facts": facts}]}


def _votes(page: DecisionPage, language: str) -> Section:
    words = {
        "for": t("voor", "for"),
        "against": t("tegen", "against"),
        "abstain": t("onthouding", "abstains"),
        "block": t("blokkade", "blocks"),
        "absent": t("niet gestemd", "not voted"),
        "present": t("aanwezig", "present"),
        "recused": t("trok zich terug", "stepped aside"),
    }
    rows = [
        (line.name.in_language(language), words.get(line.choice, line.choice), line.reason or "–")
        for line in page.tally
    ]
    head = [t("Stemmer", "Voter"), t("Stem", "Vote"), t("Reden", "Reason")]
    return {"heading": t("Stemmen", "Votes"), "blocks": [{"kind": "table", "head": head, "rows": rows}]}


def _entries(page: DecisionPage) -> Section:
    rows = [(str(entry.n), entry_word(entry.kind), moment(entry.at)) for entry in page.entries]
    head = [t("Handeling", "Entry"), t("Soort", "Kind"), t("Moment", "Moment")]
    table = {"kind": "table", "head": head, "rows": rows}
    return {"heading": t("In het register", "In the register"), "blocks": [table]}


def _proof(proof: InclusionProof | None) -> Section:
    if proof is None:
        text = t(
            "Het register is nog niet ondertekend tot en met dit besluit. "
            "Haal dit uittreksel over een minuut opnieuw op; dan staat het bewijs erin.",
            "The register is not signed up to this decision yet. "
            "Fetch this extract again in a minute; it will hold the proof then.",
        )
        blocks: list[Section] = [{"kind": "paragraph", "text": text}]
    else:
        text = t(
            f"Handeling {proof.n} staat in het register van {proof.size} handelingen, ondertekend op "
            f"{moment(proof.signed_at)}. Hieronder: het register, de grootte, de wortel, de plaats, de handeling "
            "zelf en de weg van de handeling naar de wortel (RFC 9162, SHA-256, base64). De handtekeningen staan "
            "in de bundel van elke partner en in het bewijs van deze handeling.",
            f"Entry {proof.n} is in the register of {proof.size} entries, signed on {moment(proof.signed_at)}. "
            "Below: the register, its size, its root, the place, the entry itself, and the way from the entry to "
            "the root (RFC 9162, SHA-256, base64). The signatures are in the bundle of each partner and in the "
            "proof of this entry.",
        )
        blocks = [
            {"kind": "paragraph", "text": text},
            {"kind": "code", "text": "\n".join(proof.lines())},
        ]
    return {"heading": t("Bewijs", "Proof"), "blocks": blocks}
