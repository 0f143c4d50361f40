"""Signing in with a passkey, or with a password and a second step; and signing out."""

from django.conf import settings
from django.contrib.auth import authenticate, logout
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from concordia.capabilities.accounts import commands, queries
from concordia.capabilities.accounts.facts import normal_email
from concordia.domain.texts import both
from concordia.kernel.errors import RefusalError
from concordia.web.accounts import clock
from concordia.web.accounts.entering import (
    address_of,
    enter,
    next_of,
    pending_stage,
    person,
    record_proof,
)
from concordia.web.accounts.views.pages import answer_of, ask_browser, door, show, to


@door
def sign_in(request: HttpRequest) -> HttpResponse:
    """Who are you: a passkey, or an address with a password."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_of(request))
    if request.method != "POST":
        return show(request, "sign_in", ended="ended" in request.GET)
    try:
        user = _by_passkey(request) if request.POST.get("passkey") else _by_password(request)
    except RefusalError as refusal:
        return show(request, "sign_in", refusal=refusal)
    return enter(request, user)


@door
@require_POST
def sign_in_options(request: HttpRequest) -> HttpResponse:
    """Ask the browser for any passkey it holds for this installation."""
    return ask_browser(request, commands.begin_proof())


def _by_passkey(request: HttpRequest) -> AbstractBaseUser:
    now = clock.now()
    commands.claim_attempt("passkey-address", address_of(request), now)
    kept, answer = answer_of(request)
    user_id, key = commands.confirm_passkey(kept.get("state", {}), answer, user_id=None, now=now)
    commands.refund_attempt("passkey-address", address_of(request), now)
    user = person(user_id)
    if not user.is_active:
        raise _unknown()
    record_proof(request, user, "mfa", type=str(queries.PASSKEY), id=key, passwordless=True)
    return user


def _by_password(request: HttpRequest) -> AbstractBaseUser:
    now = clock.now()
    email = normal_email(request.POST.get("email", ""))
    tries = (("password-address", address_of(request)), ("password", email))
    for kind, who in tries:
        commands.claim_attempt(kind, who, now)
    user = authenticate(request, email=email, password=request.POST.get("password", ""))
    if user is None:
        raise _unknown()
    for kind, who in tries:
        commands.refund_attempt(kind, who, now)
    record_proof(request, user, "password")
    return user


def _unknown() -> RefusalError:
    return RefusalError(
        both(
            "Dit adres en wachtwoord horen niet bij elkaar. Controleer ze, of gebruik uw toegangssleutel.",
            "This address and password do not belong together. Check them, or use your passkey.",
        ),
        field="password",
    )


@door
def second_factor(request: HttpRequest) -> HttpResponse:
    """The second step after a password: a passkey, a code of the app, or a recovery code."""
    stage = pending_stage(request)
    if stage is None:
        return to("account_login")
    user = stage.login.user
    if request.method == "POST":
        try:
            kind, key = _second_proof(request, str(user.pk))
        except RefusalError as refusal:
            return show(request, "second_factor", refusal=refusal, kinds=queries.second_steps(str(user.pk)))
        record_proof(request, user, "mfa", type=kind, id=key)
        response: HttpResponse = stage.exit()
        return response
    return show(request, "second_factor", kinds=queries.second_steps(str(user.pk)))


@door
@require_POST
def second_factor_options(request: HttpRequest) -> HttpResponse:
    """Ask the browser for a passkey of the person who gave the password."""
    stage = pending_stage(request)
    if stage is None:
        return HttpResponse(status=409)
    return ask_browser(request, commands.begin_proof(str(stage.login.user.pk)))


def _second_proof(request: HttpRequest, user_id: str) -> tuple[str, int | None]:
    now = clock.now()
    if request.POST.get("passkey"):
        kept, answer = answer_of(request)
        _, key = commands.confirm_passkey(kept.get("state", {}), answer, user_id=user_id, now=now)
        return str(queries.PASSKEY), key
    commands.claim_attempt("code", user_id, now)
    kind = commands.confirm_code(user_id, request.POST.get("code", ""), now)
    commands.refund_attempt("code", user_id, now)
    return kind, None


@door
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ask, then end this session."""
    if request.method == "POST":
        logout(request)
        return to("account_login")
    return show(request, "sign_out")


@door
@require_POST
def hat(request: HttpRequest) -> HttpResponse:
    """Wear the hat of one of the example's people. Routed on an example installation only."""
    people = {account.id for account in queries.example_people()}
    chosen = request.POST.get("person", "")
    if not settings.EXAMPLE or chosen not in people:
        return HttpResponse(status=404)
    logout(request)
    user = person(chosen)
    record_proof(request, user, "hat")
    return enter(request, user)
