"""A forgotten password: a letter where there is a mail server, a colleague's help where there is none."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.facts import normal_email
from concordia.domain.texts import both
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.web.accounts import clock
from concordia.web.accounts.entering import address_of
from concordia.web.accounts.joining import words_of
from concordia.web.accounts.views.pages import done, door, show


@door
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a letter with a link. The answer is the same whether or not the address is known."""
    if request.method != "POST":
        return show(request, "forgotten", by_mail=bool(settings.EMAIL_URL))
    now, email = clock.now(), normal_email(request.POST.get("email", ""))
    try:
        commands.claim_attempt("reset-address", address_of(request), now)
        commands.claim_attempt("reset", email, now)
        page = settings.PUBLIC_URL + reverse("account_forgotten")
        commands.request_reset(email, page=page, language=get_language() or "nl", now=now)
    except RefusalError as refusal:
        return show(request, "forgotten", refusal=refusal, by_mail=bool(settings.EMAIL_URL))
    return show(request, "forgotten", by_mail=bool(settings.EMAIL_URL), sent_to=email)


@door
def new_password(request: HttpRequest, reset: str) -> HttpResponse:
    """Choose a new password with the link of a letter. Signing in with it still asks the second step."""
    try:
        user = queries.resetting(reset)
    except NotFoundError:
        return show(request, "link_over", status=404)
    if request.method == "POST":
        now = clock.now()
        try:
            new = request.POST.get("new_password", "")
            commands.reset_password(reset, new=new, words=words_of(user.id, now), now=now)
        except RefusalError as refusal:
            return show(request, "new_password", refusal=refusal)
        said = both(
            "Uw wachtwoord is gewijzigd. Log ermee in.", "Your password was changed. Sign in with it."
        )
        return done(request, said, "account_login")
    return show(request, "new_password")
