"""Reading proposals, decisions and their papers; a GET changes nothing."""

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from concordia.capabilities.decisions import queries
from concordia.capabilities.ledger.queries import InclusionProof, inclusion
from concordia.kernel.access import Access
from concordia.web.decisions.extract import extract_pdf
from concordia.web.decisions.forms import OutcomeForm, ReceiptForm
from concordia.web.decisions.views.common import show_proposal
from concordia.web.shared.entrance import page

VERDICTS = ("adopted", "rejected", "no_quorum", "not_valid", "carried_over")


@page
def proposals(request: HttpRequest, access: Access) -> HttpResponse:
    """What is open, and what was."""
    context = {"page": queries.proposals(access, request.GET.get("before", ""))}
    return render(request, "decisions/proposals.html", context)


@page
def proposal(request: HttpRequest, access: Access, proposal_id: str) -> HttpResponse:
    """A proposal from idea to result. `?choice=for` comes from a letter: it selects, and votes nothing."""
    return show_proposal(request, access, proposal_id)


@page
def paper(request: HttpRequest, access: Access, paper_id: str) -> FileResponse:
    """A file, always as a download, never shown as a page."""
    found = queries.paper_file(access, paper_id)
    response = FileResponse(
        found.content, as_attachment=True, filename=found.line.name, content_type=found.line.media_type
    )
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


@page
def decisions(request: HttpRequest, access: Access) -> HttpResponse:
    """The register of decisions, searched and filtered; only the list when asked for a part of the page."""
    words = request.GET.get("q", "")[:200]
    verdict = request.GET.get("verdict", "")
    year = request.GET.get("year", "")
    found = queries.decisions(
        access,
        words=words,
        verdict=verdict if verdict in VERDICTS else "",
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        before=request.GET.get("before", ""),
    )
    context = {
        "page": found,
        "words": words,
        "verdict_asked": verdict,
        "year_asked": year,
        "verdicts": VERDICTS,
    }
    part = request.headers.get("HX-Target") == "found"
    return render(request, "decisions/found.html" if part else "decisions/decisions.html", context)


@page
def decision(request: HttpRequest, access: Access, decision_id: str) -> HttpResponse:
    """A decision with its explanation, votes, receipts and proof."""
    return show_decision(request, access, decision_id)


@page
def extract(request: HttpRequest, access: Access, decision_id: str) -> HttpResponse:
    """A decision as a PDF extract with its proof."""
    found = queries.decision(access, decision_id)
    pdf = extract_pdf(found, proof_of(access, found), access.language)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{found.number}.pdf"'
    return response


def proof_of(access: Access, found: queries.DecisionPage) -> InclusionProof | None:
    """The proof that the decision stands in the register; None while that is not signed."""
    return None if found.entry is None else inclusion(access, found.entry)


def show_decision(request: HttpRequest, access: Access, decision_id: str, **forms: object) -> HttpResponse:
    """The page of a decision; a refused form stands there again."""
    found = queries.decision(access, decision_id)
    mine = next((line for line in found.receipts if line.partner.own), None)
    context = {
        "page": found,
        "outcome_form": OutcomeForm(
            people=list(found.people),
            initial={"outcome": found.outcome, "review_date": found.review_date, "owner": found.owner_id},
        ),
        "receipt_form": ReceiptForm(
            initial={"state": mine.state, "word": mine.word} if mine and mine.state != "waiting" else None
        ),
    }
    return render(request, "decisions/decision.html", context | forms, status=422 if forms else 200)
