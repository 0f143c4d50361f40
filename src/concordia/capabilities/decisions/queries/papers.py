"""The files beside a proposal."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.files import File
from django.core.files.storage import default_storage

from concordia.capabilities.decisions.models import Paper, Proposal
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class PaperLine:
    """A file beside a proposal; `size` in bytes. `name` is a label: never a path, never trusted."""

    id: str
    name: str
    size: int
    sha256: str
    media_type: str


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file with its contents, to be sent as a download: never shown inside a page."""

    line: PaperLine
    content: "File[bytes]"


def paper(access: Access, paper_id: str) -> PaperLine:
    """A file one may read. Raises NotFoundError."""
    return _line(Paper.objects.visible_to(access).one(id=paper_id))


def paper_file(access: Access, paper_id: str) -> PaperFile:
    """A file one may read, opened. Raises NotFoundError, also when the file itself is gone."""
    row = Paper.objects.visible_to(access).one(id=paper_id)
    try:
        return PaperFile(_line(row), default_storage.open(row.place, "rb"))
    except FileNotFoundError:
        raise NotFoundError from None


def papers_of(access: Access, proposal: Proposal) -> tuple[PaperLine, ...]:
    """The files of a proposal, in the order in which they were added."""
    return _lines(Paper.objects.visible_to(access).filter(proposal=proposal))


def _lines(rows: Iterable[Paper]) -> tuple[PaperLine, ...]:
    return tuple(_line(row) for row in rows)


def _line(row: Paper) -> PaperLine:
    return PaperLine(row.id, row.name, row.size, row.sha256, row.media_type)
