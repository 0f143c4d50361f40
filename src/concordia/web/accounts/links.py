"""An invitation as something to hand over: a link to copy, a code to scan, a letter to send."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from concordia.domain.texts import Text, both


@dataclass(frozen=True, slots=True)
class Link:
    """What the page that shows an invitation needs. `letter` is the address of the .eml file."""

    url: str
    letter: str
    qr: SafeString


def invitation_link(token: str) -> Link:
    """The link of a fresh invitation; built from the installation's own address, never from a request."""
    url = settings.PUBLIC_URL + reverse("invitation", args=[token])
    return Link(url, reverse("invitation_letter", args=[token]), qr(url))


def qr(text: str) -> SafeString:
    """An inline SVG drawing of a QR code: black on white also in the dark, because cameras need it so."""
    drawing = segno.make(text, error="m", micro=False)
    svg = drawing.svg_inline(scale=4, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr")
    return mark_safe(svg)  # noqa: S308 - made of numbers only; the text itself is not in it


def letter(url: str, *, name: str, email: str, language: str) -> bytes:
    """The invitation as an unsent message, which a mail program opens ready to send (RFC 5322, X-Unsent)."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = _SUBJECT.in_language(language)
    if email:
        message["To"] = email
    message["X-Unsent"] = "1"
    message.set_content(_body(url, name).in_language(language))
    return message.as_bytes()


_SUBJECT = both("Uitnodiging voor Concordia", "Invitation to Concordia")


def _body(url: str, name: str) -> Text:
    nl, en = (f"Beste {name},", f"Dear {name},") if name else ("Beste collega,", "Dear colleague,")
    return both(
        f"{nl}\n\nU bent uitgenodigd in Concordia, waar onze alliantie samen besluit. "
        f"Open deze link om mee te doen:\n\n{url}\n\n"
        "De link werkt één keer, en twee weken lang. Geef hem aan niemand anders.\n",
        f"{en}\n\nYou are invited to Concordia, where our alliance decides together. "
        f"Open this link to join:\n\n{url}\n\n"
        "The link works once, for two weeks. Give it to nobody else.\n",
    )
