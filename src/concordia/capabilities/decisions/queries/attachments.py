"""The files behind the register's commitments, found by what they contain."""

from collections.abc import Callable

from django.core.files.storage import default_storage

from concordia.capabilities.decisions.models import Paper
from concordia.kernel.access import Access


def attachment(access: Access, sha256: str) -> Callable[[], bytes] | None:
    """A function that reads the file with this SHA-256, None where the reader may see no such file."""
    papers = Paper.objects.visible_to(access).filter(sha256=sha256)
    place = next((paper.place for paper in papers if default_storage.exists(paper.place)), None)
    return None if place is None else lambda: _read(place)


def _read(place: str) -> bytes:
    with default_storage.open(place, "rb") as file:
        content: bytes = file.read()
    return content
