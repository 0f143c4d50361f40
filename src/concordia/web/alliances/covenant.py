"""The charter printed as the covenant a board signs."""

from django.utils.timezone import localdate

from concordia.capabilities.alliances.queries import CharterInForce
from concordia.domain.charter import Document, read_covenant
from concordia.web.shared.documents import make_pdf
from concordia.web.shared.words import t


def covenant_pdf(version: CharterInForce, language: str) -> bytes:
    """A tagged PDF/A of a version, in the reader's language, with the hash partners decided on."""
    read = covenant_of(version, language)
    return make_pdf(
        title=read.title,
        subtitle=read.subtitle,
        language=language,
        sections=[chapter.data() for chapter in read.chapters],
        reference=t(f"Versie {version.number}", f"Version {version.number}") if version.number else "",
        footer=f"SHA-256 {version.content_hash}",
    )


def covenant_of(version: CharterInForce, language: str) -> Document:
    """What the covenant says; in force from a day of the alliance, which begins before that of Greenwich."""
    day = localdate(version.in_force_from) if version.in_force_from else None
    return read_covenant(version.charter, language, number=version.number, in_force=day)
