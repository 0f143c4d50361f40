"""What stands in the way of reading an XML message, in calm words, with the line and how to mend it."""

from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import Text, both


class XmlFaultError(DocumentError):
    """Raised for a message that is not read. `kind` names the fault for programs; `line` counts from 1.

    Rows that were given before belong to a message that must be refused as a whole.
    """

    def __init__(self, kind: str, line: int | None = None, **words: str) -> None:
        self.kind, self.line = kind, line
        what, mend = _SENTENCES[kind]
        where = f"line {line}" if line else "document"
        super().__init__([Problem(where, _filled(what, words), _filled(mend, words))])


def _filled(text: Text, words: dict[str, str]) -> Text:
    shown = {name: value if len(value) <= 80 else f"{value[:79]}…" for name, value in words.items()}
    return Text(tuple((language, sentence.format(**shown)) for language, sentence in text.by_language))


_AGAIN = both(
    "Maak het bericht opnieuw met uw programma en verstuur het nog eens; bewerk het niet met de hand.",
    "Make the message anew with your program and send it again; do not edit it by hand.",
)
_SPLIT = both(
    "Controleer of uw programma de gegevens op de goede plaats zet.",
    "Check that your program puts the data in the right place.",
)
_SENTENCES: dict[str, tuple[Text, Text]] = {
    "doctype": (
        both(
            "Het bericht bevat een documenttype (<!DOCTYPE). Dat lezen we niet: het kan andere bestanden oproepen.",
            "The message has a document type (<!DOCTYPE). We do not read those, since they can call up other files.",
        ),
        both("Laat <!DOCTYPE … > weg.", "Leave <!DOCTYPE … > out."),
    ),
    "ill-formed": (
        both("Hier klopt de opmaak van XML niet ({detail}).", "The XML is not well formed here ({detail})."),
        _AGAIN,
    ),
    "truncated": (
        both(
            "Het bericht houdt hier op voordat het klaar is.", "The message stops here before it is complete."
        ),
        both("Verstuur het hele bestand opnieuw.", "Send the whole file again."),
    ),
    "after-root": (
        both(
            "Na het einde van het bericht staat nog iets.",
            "Something still stands after the end of the message.",
        ),
        both(
            "Verwijder wat na het laatste element staat, of verstuur twee berichten als twee bestanden.",
            "Remove what stands after the last element, or send two messages as two files.",
        ),
    ),
    "empty": (
        both("Er staat geen bericht in het bestand.", "There is no message in the file."),
        both("Controleer of u het goede bestand hebt gekozen.", "Check that you chose the right file."),
    ),
    "encoding": (
        both(
            "Hier staat een teken dat niet past bij de tekenset van het bericht ({encoding}).",
            "A character here does not fit the encoding of the message ({encoding}).",
        ),
        both(
            "Sla het bericht op als UTF-8 en noem dat in de eerste regel.",
            "Save the message as UTF-8 and name that in its first line.",
        ),
    ),
    "unknown-encoding": (
        both(
            "De tekenset van het bericht kennen we niet ({encoding}).",
            "We do not know the encoding {encoding}.",
        ),
        both("Sla het bericht op als UTF-8.", "Save the message as UTF-8."),
    ),
    "other-root": (
        both(
            "Dit is een ander soort bericht: het begint met “{found}”, en niet met “{expected}”.",
            "This is another kind of message: it begins with “{found}”, not with “{expected}”.",
        ),
        both(
            "Kies het bestand dat bij dit contract hoort, of controleer de naamruimte (xmlns).",
            "Choose the file that belongs to this contract, or check the namespace (xmlns).",
        ),
    ),
    "repeated": (
        both(
            "“{name}” staat hier voor de tweede keer in hetzelfde onderdeel; het contract kent er één.",
            "“{name}” stands here for the second time in one part; the contract knows one.",
        ),
        _SPLIT,
    ),
    "too-late": (
        both(
            "“{name}” staat hier na gegevens waar het bij hoort; het moet ervoor staan.",
            "“{name}” stands here after the data it belongs to; it must stand before them.",
        ),
        _SPLIT,
    ),
    "too-deep": (
        both(
            "De elementen liggen hier te diep in elkaar (meer dan {most}).",
            "Elements nest too deep here ({most}).",
        ),
        _AGAIN,
    ),
    "too-long": (
        both("Een waarde is hier langer dan {most} bytes.", "A value is longer than {most} bytes here."),
        both("Controleer dit veld in uw programma.", "Check this field in your program."),
    ),
    "too-many-attributes": (
        both(
            "Een element heeft hier meer dan {most} kenmerken.",
            "An element has more than {most} attributes here.",
        ),
        _AGAIN,
    ),
    "too-many-names": (
        both(
            "Het bericht heeft meer dan {most} verschillende namen van elementen.",
            "The message has more than {most} different names of elements.",
        ),
        _AGAIN,
    ),
    "too-large": (
        both(
            "Een onderdeel van het bericht is te groot om te lezen.",
            "A part of the message is too large to read.",
        ),
        _AGAIN,
    ),
    "no-schema": (
        both("Het schema kan niet worden gebruikt ({detail}).", "The schema cannot be used ({detail})."),
        both(
            "Geef een XML-schema met alle bestanden waarnaar het verwijst ernaast.",
            "Give an XML Schema with every file that it refers to beside it.",
        ),
    ),
}
