"""What a message has that its schema does not, in plain Dutch and English, with the words of libxml2 as detail."""

import re
from dataclasses import dataclass

from concordia.domain.texts import Text, both

_MOST_NAMED = 6


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a message does not follow its schema.

    `detail` is what libxml2 says; it may hold the value itself, so show it only to who may see the delivery.
    """

    line: int
    path: str
    kind: str
    words: Text
    detail: str

    def sentence(self, language: str) -> str:
        """Line, path and what is wrong, for a reader of `language`."""
        line = "regel" if language == "nl" else "line"
        return f"{line} {self.line}, {self.path}: {self.words.in_language(language)}"


def finding_of(line: int, path: str, type_name: str, message: str) -> Finding:
    """A message of libxml2 in our words."""
    detail = message.strip()
    kind = _kind(type_name, detail)
    names = _listed(detail)
    attribute = re.search(r"attribute '([^']+)'", detail)
    words = {
        "names": names,
        "name": _local(attribute[1]) if attribute else _element(detail),
        "limit": _limit(detail),
    }
    sentence = _SENTENCES[kind]
    if kind in {"not-allowed", "wrong-value"} and not names:
        sentence = _SENTENCES[f"{kind}-at-all"]
    filled = tuple((code, text.format(**words)) for code, text in sentence.by_language)
    return Finding(
        line, _nearest(path, _element(detail)), kind, Text(filled), re.sub(r"\{[^}'\s]+\}", "", detail)
    )


def _nearest(path: str, name: str) -> str:
    """The path up to the element that is meant: a fault of it may show only in what stands in it."""
    steps = path.split("/")
    ends = [at for at, step in enumerate(steps) if step.partition("[")[0] == name]
    return "/".join(steps[: ends[-1] + 1]) if ends else path


def _kind(type_name: str, detail: str) -> str:
    if type_name == "SCHEMAV_ELEMENT_CONTENT":
        return "missing" if "Missing child" in detail else "not-allowed"
    return _KINDS.get(type_name.removeprefix("SCHEMAV_"), "other")


_KINDS = {
    "CVC_ELT_1": "other-message",
    "CVC_DATATYPE_VALID_1_2_1": "wrong-type",
    "CVC_DATATYPE_VALID_1_2_2": "wrong-type",
    "CVC_DATATYPE_VALID_1_2_3": "wrong-type",
    "CVC_ENUMERATION_VALID": "wrong-value",
    "CVC_PATTERN_VALID": "pattern",
    "CVC_LENGTH_VALID": "length",
    "CVC_MINLENGTH_VALID": "too-short",
    "CVC_MAXLENGTH_VALID": "too-long",
    "CVC_MININCLUSIVE_VALID": "too-low",
    "CVC_MINEXCLUSIVE_VALID": "too-low",
    "CVC_MAXINCLUSIVE_VALID": "too-high",
    "CVC_MAXEXCLUSIVE_VALID": "too-high",
    "CVC_TOTALDIGITS_VALID": "digits",
    "CVC_FRACTIONDIGITS_VALID": "digits",
    "CVC_COMPLEX_TYPE_4": "attribute-missing",
    "CVC_COMPLEX_TYPE_3_2_1": "attribute-not-allowed",
    "CVC_COMPLEX_TYPE_3_2_2": "attribute-not-allowed",
    "CVC_COMPLEX_TYPE_2_1": "nothing-allowed",
    "CVC_COMPLEX_TYPE_2_2": "text-only",
    "CVC_COMPLEX_TYPE_2_3": "text-not-allowed",
    "CVC_TYPE_3_1_1": "attribute-not-allowed",
    "CVC_TYPE_3_1_2": "text-only",
    "CVC_IDC": "key",
}

_SENTENCES = {
    "missing": both("Hier ontbreekt iets: {names}.", "Something is missing here: {names}."),
    "not-allowed": both(
        "“{name}” mag hier niet staan; hier hoort {names}.",
        "“{name}” may not stand here; expected is {names}.",
    ),
    "not-allowed-at-all": both("“{name}” mag hier niet staan.", "“{name}” may not stand here."),
    "other-message": both(
        "Dit is een ander soort bericht: het schema kent “{name}” niet als begin.",
        "This is another kind of message: the schema does not know “{name}” as a beginning.",
    ),
    "wrong-type": both(
        "De waarde van “{name}” heeft de verkeerde vorm.", "The value of “{name}” has the wrong form."
    ),
    "wrong-value": both(
        "De waarde van “{name}” staat niet in de lijst: {names}.",
        "The value of “{name}” is not in the list: {names}.",
    ),
    "wrong-value-at-all": both(
        "De waarde van “{name}” staat niet in de lijst.", "The value of “{name}” is not in the list."
    ),
    "pattern": both(
        "De waarde van “{name}” heeft niet de afgesproken opbouw.",
        "The value of “{name}” is not built as agreed.",
    ),
    "length": both(
        "De waarde van “{name}” moet {limit} tekens lang zijn.",
        "The value of “{name}” must be {limit} characters long.",
    ),
    "too-short": both(
        "De waarde van “{name}” is te kort (minstens {limit} tekens).",
        "The value of “{name}” is too short (at least {limit} characters).",
    ),
    "too-long": both(
        "De waarde van “{name}” is te lang (hoogstens {limit} tekens).",
        "The value of “{name}” is too long (at most {limit} characters).",
    ),
    "too-low": both(
        "De waarde van “{name}” is te laag ({limit}).", "The value of “{name}” is too low ({limit})."
    ),
    "too-high": both(
        "De waarde van “{name}” is te hoog ({limit}).", "The value of “{name}” is too high ({limit})."
    ),
    "digits": both(
        "De waarde van “{name}” heeft te veel cijfers (hoogstens {limit}).",
        "The value of “{name}” has too many digits (at most {limit}).",
    ),
    "attribute-missing": both("Het kenmerk “{name}” ontbreekt.", "The attribute “{name}” is missing."),
    "attribute-not-allowed": both(
        "Het kenmerk “{name}” mag hier niet staan.", "The attribute “{name}” may not stand here."
    ),
    "text-not-allowed": both(
        "In “{name}” mag geen losse tekst staan.", "“{name}” may hold no text of its own."
    ),
    "text-only": both("In “{name}” mag alleen tekst staan.", "“{name}” may hold text only."),
    "nothing-allowed": both("“{name}” moet leeg zijn.", "“{name}” must be empty."),
    "key": both(
        "Een sleutel staat hier dubbel, ontbreekt of verwijst nergens naar.",
        "A key stands here twice, is missing or refers to nothing.",
    ),
    "other": both("Dit volgt het schema niet.", "This does not follow the schema."),
}


def _local(name: str) -> str:
    return name.rpartition("}")[2]


def _element(detail: str) -> str:
    match = re.match(r"Element '([^']*)'", detail)
    return _local(match[1]) if match else ""


def _limit(detail: str) -> str:
    found = re.findall(r"allowed[^']*'([^']*)'", detail)
    return found[-1] if found else ""


def _listed(detail: str) -> str:
    """What is expected or allowed, by name."""
    among = re.search(r"Expected is (?:one of )?\((.*?)\)", detail) or re.search(
        r"of the set \{(.*)\}", detail
    )
    if among is None:
        return ""
    names = [_local(name.strip().strip("'")) for name in among[1].split(",") if "##" not in name]
    shown = ", ".join(name for name in names[:_MOST_NAMED] if name)
    return shown + (", …" if len(names) > _MOST_NAMED else "")
