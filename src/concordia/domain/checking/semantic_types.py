"""Values with a test of their own: citizen and organization numbers, accounts, identifiers.

A column has a semantic type by `logicalTypeOptions.format` of a text (`bsn`, `iban`, `uuid`), or by the custom
property `semanticType` where its values are whole numbers. Each test is told here once, in plain Python; engines
have the fastest form they know, held to this one by tests.

Sources: the eleven-test of BSN (Besluit burgerservicenummer) and RSIN; ISO 13616 and ISO 7064 (IBAN, LEI); RFC 9562
(UUID); RFC 5321 (mailbox, as HTML reads it).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from concordia.domain.texts import Text, both


@dataclass(frozen=True, slots=True)
class SemanticType:
    """A test on the text of a value. `form` is the pattern of the whole text, in the neutral form of `patterns`."""

    key: str
    name: Text
    form: str
    check: Callable[[str], bool]

    @property
    def is_form_alone(self) -> bool:
        """Whether its form is the whole test."""
        return self.check is _always


def passes(key: str, value: object) -> bool:
    """Whether a value passes the test of a semantic type. A whole number stands for its nine digits."""
    kind = SEMANTIC_TYPES[key]
    text = f"{value:09d}" if isinstance(value, int) and key in NINE_DIGITS else str(value)
    return re.fullmatch(kind.form, text) is not None and kind.check(text)


def eleven_test(nine: str) -> bool:
    """Nine digits weighed 9, 8, … 2 and -1 give a multiple of eleven, and are not all zero."""
    weighed = sum(
        int(digit) * weight for digit, weight in zip(nine, (9, 8, 7, 6, 5, 4, 3, 2, -1), strict=True)
    )
    return weighed % 11 == 0 and nine != "000000000"


def mod_97(text: str) -> int:
    """The remainder by 97 of a text in which A stands for 10 up to Z for 35 (ISO 7064)."""
    return int("".join(str(int(sign, 36)) for sign in text)) % 97


def _iban(text: str) -> bool:
    return mod_97(text[4:] + text[:4]) == 1


def _always(_text: str) -> bool:
    return True


_HEX = "[0-9a-fA-F]"
_OCTET = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_LABEL = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX = "[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"

SEMANTIC_TYPES = {
    kind.key: kind
    for kind in (
        SemanticType("bsn", both("burgerservicenummer", "citizen service number"), "[0-9]{9}", eleven_test),
        SemanticType("rsin", both("RSIN", "RSIN (legal entity)"), "[0-9]{9}", eleven_test),
        SemanticType(
            "lhnr",
            both("loonheffingennummer", "payroll tax number"),
            "[0-9]{9}L[0-9]{2}",
            lambda text: eleven_test(text[:9]),
        ),
        SemanticType("kvk", both("KVK-nummer", "Chamber of Commerce number"), "[0-9]{8}", _always),
        SemanticType("oin", both("OIN", "OIN (government organization)"), "[0-9]{20}", _always),
        SemanticType("iban", both("IBAN", "IBAN"), "[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}", _iban),
        SemanticType("lei", both("LEI", "LEI"), "[A-Z0-9]{18}[0-9]{2}", lambda text: mod_97(text) == 1),
        SemanticType("postcode-nl", both("postcode", "Dutch postcode"), "[1-9][0-9]{3} ?[A-Z]{2}", _always),
        SemanticType("uuid", both("UUID", "UUID"), f"{_HEX}{{8}}-({_HEX}{{4}}-){{3}}{_HEX}{{12}}", _always),
        SemanticType(
            "email", both("e-mailadres", "e-mail address"), rf"{_MAILBOX}@{_LABEL}(\.{_LABEL})*", _always
        ),
        SemanticType("ipv4", both("IPv4-adres", "IPv4 address"), rf"({_OCTET}\.){{3}}{_OCTET}", _always),
        SemanticType("hostname", both("hostnaam", "host name"), rf"{_LABEL}(\.{_LABEL})*", _always),
        SemanticType(
            "uri", both("webadres", "web address (URI)"), r"[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7E]+", _always
        ),
    )
}
NINE_DIGITS = frozenset({"bsn", "rsin"})
