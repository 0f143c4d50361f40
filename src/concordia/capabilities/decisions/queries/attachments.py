"""The files behind the register's commitments, found by what they contain."""

from collections.abc import Callable

from django.core.files.storage import default_storage

from concordia.capabilities.decisions.models import Paper
from concordia.kernel.access import Access


def attachment(access: Access, sha256: str) -> Callable[[], bytes] | None:
    """A function that reads the file with this SHA-256, None where the reader may see no such file."""
    found = Paper.objects.visible_to(access).filter(sha256=sha256).values_list("id", flat=True).first()
    if found is None or not default_storage.exists(f"papers/{found}"):
        return None
    return lambda: _read(found)


def _read(paper_id: str) -> bytes:
    with default_storage.open(f"papers/{paper_id}", "rb") as file:
        content: bytes = file.read()
    return content
