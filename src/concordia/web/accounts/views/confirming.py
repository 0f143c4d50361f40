"""Proving once more who one is before a binding act, and going on with what one was sending."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from concordia.capabilities.accounts import commands, queries
from concordia.domain.texts import both
from concordia.kernel.errors import RefusalError
from concordia.web.accounts import clock
from concordia.web.accounts.entering import access_of, next_of, person, record_proof
from concordia.web.accounts.recent import drop_typed, typed
from concordia.web.accounts.views.pages import answer_of, ask_browser, changed, own, show


@own
def confirm(request: HttpRequest) -> HttpResponse:
    """A passkey, or a password with a code; in the example one button."""
    access = access_of(request)
    account, keys = queries.account(access), queries.keys(access)
    if request.method == "POST":
        try:
            _prove(request, account)
        except RefusalError as refusal:
            return show(request, "confirm", refusal=refusal, account=account, keys=keys)
        changed(request, "confirmed")
        return HttpResponseRedirect(next_of(request))
    return show(request, "confirm", account=account, keys=keys)


@own
@require_POST
def confirm_options(request: HttpRequest) -> HttpResponse:
    """Ask the browser for a passkey of whoever is signed in."""
    return ask_browser(request, commands.begin_proof(str(request.user.pk)))


@own
def resume(request: HttpRequest) -> HttpResponse:
    """What one was sending when asked to confirm or to sign in again: send it, or let it go."""
    kept = typed(request)
    if request.method == "POST" or kept is None:
        drop_typed(request)
        return HttpResponseRedirect("/")
    return show(request, "resume", kept=kept)


def _prove(request: HttpRequest, account: queries.Account) -> None:
    """Record a proof in the session. Raises RefusalError."""
    now = clock.now()
    user = person(account.id)
    if account.example:
        record_proof(request, user, "hat")
    elif request.POST.get("passkey"):
        kept, answer = answer_of(request)
        _, key = commands.confirm_passkey(kept.get("state", {}), answer, user_id=account.id, now=now)
        record_proof(request, user, "mfa", type=str(queries.PASSKEY), id=key, reauthenticated=True)
    else:
        commands.claim_attempt("code", account.id, now)
        if not user.check_password(request.POST.get("password", "")):
            raise _wrong_password()
        kind = commands.confirm_code(account.id, request.POST.get("code", ""), now)
        commands.refund_attempt("code", account.id, now)
        record_proof(request, user, "password", reauthenticated=True)
        record_proof(request, user, "mfa", type=kind, reauthenticated=True)


def _wrong_password() -> RefusalError:
    return RefusalError(
        both("Dit is niet uw wachtwoord. Probeer het opnieuw.", "This is not your password. Try again."),
        field="password",
    )
