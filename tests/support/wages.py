"""Wage declarations made from the official schema and its example: synthetic, of any number of records."""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree
from support.shared import shared_data

from concordia.domain.contracts.model import Contract
from concordia.domain.contracts.reading import dump_contract, read_contract
from concordia.domain.contracts.xml_mapping import XmlRecord, xml_record
from concordia.domain.xsd import Origin, contract_from_xsd
from concordia.domain.xsd.components import Components, local_name
from concordia.domain.xsd.simple import Simple
from concordia.domain.xsd.tree import Part, Trees

_FIXED = {"SofiNr": "123456782", "Pc": "1234AB", "LandCd": "NL", "AantCtrcturenPWk": "36.5"}


def schema_path():
    """The official schema."""
    return shared_data("messages/loonaangifte2026/Loonaangifte2026v2.0.xsd")


def example() -> bytes:
    """The published synthetic example."""
    return shared_data("messages/loonaangifte2026/loonaangifte-2026-v2.0.synthetic.xml").read_bytes()


def wage_contract() -> Contract:
    """The contract that is made from the schema."""
    root = etree.parse(schema_path()).getroot()
    written = contract_from_xsd([(root, root.get("targetNamespace"))], Origin("wages.xsd", "0" * 64))
    return read_contract(dump_contract(written)).contract


def wage_records() -> dict[str, XmlRecord]:
    """How every table of that contract stands in a message."""
    found = {item.name: xml_record(item) for item in wage_contract().objects}
    return {name: record for name, record in found.items() if record}


def wage_declaration(records: int, corrections: int = 0) -> bytes:
    """A declaration of so many income relationships, and corrections of earlier periods with two each."""
    root = etree.parse(schema_path()).getroot()
    message = Trees(Components.of([(root, root.get("targetNamespace"))]), "nl").root(
        f"{{{root.get('targetNamespace')}}}Loonaangifte"
    )
    initial = _part(
        message,
        "AdministratieveEenheid",
        "TijdvakAangifte",
        "VolledigeAangifte",
        "InkomstenverhoudingInitieel",
    )
    correction = _part(message, "AdministratieveEenheid", "TijdvakCorrectie")
    text = example().decode()
    begin, end = text.index("<InkomstenverhoudingInitieel>"), text.rindex("</VolledigeAangifte>")
    rest = text[end:]
    after = rest.index("</TijdvakAangifte>") + len("</TijdvakAangifte>")
    many = "\n".join("".join(_element(initial, number)) for number in range(records))
    more = "\n".join("".join(_element(correction, number)) for number in range(corrections))
    return f"{text[:begin]}{many}\n{rest[:after]}{more}{rest[after:]}".encode()


def _part(part: Part, *names: str) -> Part:
    for name in names:
        part = next(child for child in part.parts if local_name(child.name) == name)
    return part


def _element(part: Part, number: int) -> Iterator[str]:
    name = local_name(part.name)
    yield f"<{name}>"
    if part.simple:
        yield escape(_FIXED.get(name) or _value(part.simple, number))
    others = {name for names in part.choices for name in names[1:]}
    for child in part.parts:
        if local_name(child.name) not in others:
            for nth in range(_times(child, number)):
                yield from _element(child, number + nth)
    yield f"</{name}>"


def _times(part: Part, number: int) -> int:
    if part.repeats:
        return min(part.least + number % 3, part.most)
    return part.least or number % 2


def _value(simple: Simple, number: int) -> str:
    if simple.values:
        return simple.values[number % len(simple.values)]
    if simple.family == "integer":
        return str(1 + number % (10 ** min(simple.sizes.get("totalDigits", 4), 4) - 1))
    if simple.family == "decimal":
        return f"{number % 1000}.{number % 100:02d}"
    if simple.family == "date":
        return f"2026-01-{1 + number % 28:02d}"
    longest = simple.sizes.get("maxLength", simple.sizes.get("length", 12))
    return "Medewerker van de salarisadministratie"[:longest].ljust(simple.sizes.get("length", 1), "x")
