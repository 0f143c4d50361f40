"""After a decision: its outcome and each partner's receipt."""

from django.http import HttpRequest, HttpResponse

from concordia.capabilities.decisions import commands, queries
from concordia.kernel.access import Access
from concordia.kernel.errors import RefusalError
from concordia.web.decisions.forms import OutcomeForm, ReceiptForm
from concordia.web.decisions.views.common import place
from concordia.web.decisions.views.reading import show_decision
from concordia.web.shared.entrance import done, page, refuse
from concordia.web.shared.words import t


@page(methods=("POST",))
def outcome(request: HttpRequest, access: Access, decision_id: str) -> HttpResponse:
    """Write what was decided, in a sentence."""
    found = queries.decision(access, decision_id)
    form = OutcomeForm(request.POST, people=list(found.people))
    if form.is_valid():
        values = form.cleaned_data
        try:
            commands.write_outcome(
                access,
                decision_id=decision_id,
                outcome=values["outcome"],
                owner_id=values["owner"],
                review_date=values["review_date"],
            )
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = t("De uitkomst staat vast.", "The outcome is written.")
            return done(request, said, place(request, "decision", decision_id=decision_id))
    return show_decision(request, access, decision_id, outcome_form=form)


@page(methods=("POST",))
def receipt(request: HttpRequest, access: Access, decision_id: str) -> HttpResponse:
    """Tell how far one's own organization is."""
    form = ReceiptForm(request.POST)
    if form.is_valid():
        try:
            commands.report_receipt(access, decision_id=decision_id, **form.cleaned_data)
        except RefusalError as refusal:
            refuse(form, refusal, access)
        else:
            said = t(
                "De andere partners zien nu hoe ver u bent.", "The other partners now see how far you are."
            )
            return done(request, said, place(request, "decision", decision_id=decision_id))
    return show_decision(request, access, decision_id, receipt_form=form)
