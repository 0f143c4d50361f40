"""What one signs in with: passkeys, an app with codes, recovery codes, a password."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from concordia.capabilities.accounts import commands, queries
from concordia.domain.texts import both
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.web.accounts.entering import access_of, person, record_proof
from concordia.web.accounts.joining import words_of
from concordia.web.accounts.links import qr
from concordia.web.accounts.views.pages import answer_of, ask_browser, changed, done, fresh, own, show

SEED = "concordia_totp_seed"


@own
def keys(request: HttpRequest) -> HttpResponse:
    """All one's keys; the first thing a person without a second factor sees."""
    access = access_of(request)
    return show(request, "keys", account=queries.account(access), keys=queries.keys(access))


@fresh
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Add a key that lives on a device."""
    if request.method != "POST":
        return show(request, "passkey_new")
    kept, answer = answer_of(request)
    first = not queries.keys(access_of(request)).enough
    try:
        passkey = commands.NewPasskey(kept.get("state", {}), answer, request.POST.get("name", ""))
        commands.add_passkey(access_of(request), passkey)
    except RefusalError as refusal:
        return show(request, "passkey_new", refusal=refusal)
    record_proof(request, person(str(request.user.pk)), "mfa", type=str(queries.PASSKEY))
    changed(request, "passkey added")
    said = both("De toegangssleutel is toegevoegd.", "The passkey was added.")
    return done(request, said, _next_step(request, first))


@fresh
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """Ask the browser to make a passkey."""
    return ask_browser(request, commands.begin_adding(access_of(request)))


@own
def passkey(request: HttpRequest, number: int) -> HttpResponse:
    """One key: give it another name, or go on to let it go."""
    access = access_of(request)
    held = queries.keys(access)
    key = next((key for key in held.passkeys if key.id == number), None)
    if key is None:
        raise NotFoundError
    if request.method == "POST":
        try:
            commands.rename_passkey(access, passkey_id=number, name=request.POST.get("name", ""))
        except RefusalError as refusal:
            return show(request, "passkey", refusal=refusal, key=key, keys=held)
        return done(request, both("Opgeslagen.", "Saved."), "account_keys")
    return show(request, "passkey", key=key, keys=held)


@fresh
@require_POST
def passkey_removal(request: HttpRequest, number: int) -> HttpResponse:
    """Let a key go."""
    try:
        commands.remove_passkey(access_of(request), passkey_id=number)
    except RefusalError as refusal:
        return _keys_refused(request, refusal)
    changed(request, "passkey removed")
    return done(request, both("De sleutel is weggehaald.", "The key was removed."), "account_keys")


@fresh
def app(request: HttpRequest) -> HttpResponse:
    """Set up an app that gives codes: scan, then type the first code."""
    seed = request.session.get(SEED)
    if request.method == "POST" and seed:
        first = not queries.keys(access_of(request)).enough
        try:
            commands.confirm_totp(access_of(request), seed=seed, code=request.POST.get("code", ""))
        except RefusalError as refusal:
            return _app_page(request, seed, refusal)
        del request.session[SEED]
        record_proof(request, person(str(request.user.pk)), "mfa", type=str(queries.TOTP))
        changed(request, "app set up")
        said = both("De app is ingesteld.", "The app was set up.")
        return done(request, said, _next_step(request, first))
    request.session[SEED] = seed or commands.begin_totp()
    return _app_page(request, request.session[SEED])


def _next_step(request: HttpRequest, first: bool) -> str:
    """After a first second factor: recovery codes where they help, else on to what one came for."""
    if not first:
        return "account_keys"
    return "account_recovery" if queries.keys(access_of(request)).has_password else "account_keys"


def _app_page(request: HttpRequest, seed: str, refusal: RefusalError | None = None) -> HttpResponse:
    account = queries.account(access_of(request))
    url = commands.totp_url(seed, account.email)
    spaced = " ".join(seed[start : start + 4] for start in range(0, len(seed), 4))
    return show(request, "app", refusal=refusal, qr=qr(url), seed=spaced)


@fresh
@require_POST
def app_removal(request: HttpRequest) -> HttpResponse:
    """Let the app go."""
    try:
        commands.remove_totp(access_of(request))
    except RefusalError as refusal:
        return _keys_refused(request, refusal)
    changed(request, "app removed")
    return done(request, both("De app is weggehaald.", "The app was removed."), "account_keys")


@fresh
def recovery(request: HttpRequest) -> HttpResponse:
    """Make recovery codes; they are shown this once, in the answer itself, and kept nowhere readable."""
    held = queries.keys(access_of(request))
    if request.method == "POST":
        try:
            codes = commands.new_recovery_codes(access_of(request))
        except RefusalError as refusal:
            return _keys_refused(request, refusal)
        return show(request, "recovery", codes=codes, keys=held)
    return show(request, "recovery", codes=(), keys=held)


@fresh
def password(request: HttpRequest) -> HttpResponse:
    """Change one's password, or choose a first one."""
    access = access_of(request)
    held = queries.keys(access)
    if request.method == "POST":
        try:
            _change_password(request, held)
        except RefusalError as refusal:
            return show(request, "password", refusal=refusal, keys=held)
        changed(request, "password changed")
        said = both("Uw wachtwoord is gewijzigd.", "Your password was changed.")
        return done(request, said, "account_keys")
    return show(request, "password", keys=held)


def _change_password(request: HttpRequest, held: queries.Keys) -> None:
    user = person(str(request.user.pk))
    if held.has_password and not user.check_password(request.POST.get("old_password", "")):
        raise RefusalError(
            both("Dit is niet uw huidige wachtwoord.", "This is not your present password."),
            field="old_password",
        )
    access = access_of(request)
    new = request.POST.get("new_password", "")
    commands.change_password(access, new=new, words=words_of(str(user.pk), access.now))


def _keys_refused(request: HttpRequest, refusal: RefusalError) -> HttpResponse:
    access = access_of(request)
    account, held = queries.account(access), queries.keys(access)
    return show(request, "keys", refusal=refusal, account=account, keys=held)
