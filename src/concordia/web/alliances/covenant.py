"""The charter printed as the covenant a board signs."""

from concordia.capabilities.alliances.queries import CharterInForce
from concordia.domain.charter import read_covenant
from concordia.web.shared.documents import make_pdf
from concordia.web.shared.words import t


def covenant_pdf(version: CharterInForce, language: str) -> bytes:
    """A tagged PDF/A of a version, in the reader's language, with the hash partners decided on."""
    day = version.in_force_from.date() if version.in_force_from else None
    read = read_covenant(version.charter, language, number=version.number, in_force=day)
    return make_pdf(
        title=read.title,
        subtitle=read.subtitle,
        language=language,
        sections=[chapter.data() for chapter in read.chapters],
        reference=t(f"Versie {version.number}", f"Version {version.number}") if version.number else "",
        footer=f"SHA-256 {version.content_hash}",
    )
