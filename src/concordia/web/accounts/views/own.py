"""One's own account: who one is to others, where one is signed in."""

from django.http import HttpRequest, HttpResponse

from concordia.capabilities.accounts import commands, queries
from concordia.domain.texts import both
from concordia.kernel.errors import RefusalError
from concordia.web.accounts.devices import device
from concordia.web.accounts.entering import access_of
from concordia.web.accounts.views.pages import done, fresh, own, show


@own
def profile(request: HttpRequest) -> HttpResponse:
    """Name, language and looks."""
    access = access_of(request)
    if request.method == "POST":
        try:
            commands.change_profile(
                access,
                name=request.POST.get("name", ""),
                language=request.POST.get("language", ""),
                theme=request.POST.get("theme", ""),
            )
        except RefusalError as refusal:
            return show(request, "profile", refusal=refusal, account=queries.account(access))
        return done(request, both("Opgeslagen.", "Saved."), "account_profile")
    return show(request, "profile", account=queries.account(access))


@fresh
def email(request: HttpRequest) -> HttpResponse:
    """The address one signs in with."""
    access = access_of(request)
    if request.method == "POST":
        try:
            commands.claim_attempt("reset", str(request.user.pk), access.now)
            commands.change_email(access, email=request.POST.get("email", ""))
        except RefusalError as refusal:
            return show(request, "email", refusal=refusal, account=queries.account(access))
        said = both("Uw e-mailadres is gewijzigd.", "Your e-mail address was changed.")
        return done(request, said, "account_profile")
    return show(request, "email", account=queries.account(access))


@own
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; end one of them, or all others."""
    access, here = access_of(request), request.session.session_key
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        if chosen.isascii() and chosen.isdigit():
            commands.end_session(access, session_id=int(chosen))
        else:
            commands.end_other_sessions(access, here=here)
        return done(request, both("Daar bent u uitgelogd.", "You are signed out there."), "account_sessions")
    return show(request, "sessions", sessions=queries.sessions(access, here), device=device)
