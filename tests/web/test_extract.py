"""The extract of a decision carries a proof that anybody can recompute."""

import io
import re
from base64 import b64decode

import pikepdf
import pytest
from support.cast import make_cast
from support.deciding import LATER, close, decided, opened, rich_cast, vote

from concordia.capabilities.ledger import queries as ledger
from concordia.capabilities.ledger.commands import publish
from concordia.domain.merkle import verify_inclusion
from concordia.web.decisions.views.reading import proof_of

from .test_costs import browser_of

pytestmark = pytest.mark.django_db


def extract(cast, decision: str) -> pikepdf.Pdf:
    answer = browser_of(cast, "social").get(f"/a/{cast.key}/decisions/{decision}/extract.pdf")
    assert answer.status_code == 200
    return pikepdf.open(io.BytesIO(answer.content))


def test_the_proof_in_an_extract_leads_from_the_decision_to_the_signed_root():
    cast = make_cast()
    page = decided(cast)
    access = cast.social.at(LATER)
    entry = next(entry.n for entry in page.entries if entry.obj == page.id)
    assert ledger.inclusion(access, entry) is None

    publish(ledger.log_of(access).id, LATER)
    proof = ledger.inclusion(access, entry)
    assert proof is not None
    origin, size, root, place, leaf, *way = proof.lines()

    assert origin == ledger.log_of(access).origin
    assert verify_inclusion(
        int(place.removeprefix("index ")),
        int(size),
        b64decode(leaf.removeprefix("leaf ")),
        [b64decode(step) for step in way],
        b64decode(root),
    )


def test_an_extract_is_a_tagged_archive_document_in_the_readers_language():
    cast = make_cast()
    page = decided(cast)
    publish(ledger.log_of(cast.social.at(LATER)).id, LATER)
    pdf = extract(cast, page.id)

    assert pdf.Root.MarkInfo.Marked
    assert str(pdf.Root.Lang)[:2] in {"nl", "en"}
    metadata = pdf.Root.Metadata.read_bytes().decode()
    assert re.search(r"pdfaid:part[^0-9]*2", metadata)


def test_an_extract_holds_its_proof_however_often_partners_changed_their_vote():
    cast = rich_cast()
    proposal = opened(cast)
    for number in range(201):
        vote(cast, "social", proposal, reason=f"Thought {number}.")
    for role in ("tax", "figures"):
        vote(cast, role, proposal)
    page = close(cast, proposal)
    publish(ledger.log_of(cast.social.at(LATER)).id, LATER)

    proof = proof_of(cast.social.at(LATER), page)

    assert proof is not None
    assert (page.entries[-1].n, page.entries[-1].kind) == (proof.n, "decision.adopted")
