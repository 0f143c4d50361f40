"""The page behind an invitation's link. Opening it changes nothing; only sending its form does."""

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from concordia.capabilities.accounts import commands, queries
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.web.accounts import clock, joining
from concordia.web.accounts.entering import access_of, address_of, enter, person, record_proof
from concordia.web.accounts.links import invitation_link, letter
from concordia.web.accounts.views.pages import answer_of, ask_browser, door, show


@door
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Come in: with a new account, with the one somebody is signed in with, or back into one's own."""
    try:
        opened = _open(request, token)
    except RefusalError as refusal:
        return show(request, "link_slow", refusal=refusal)
    if opened is None:
        return show(request, "link_over", status=404)
    page = _page(request, opened)
    if request.method != "POST":
        return show(request, page, invitation=opened, token=token)
    try:
        if page == "invitation_accept":
            return _to_alliance(joining.accept(access_of(request), token=token))
        return _join(request, opened, token)
    except RefusalError as refusal:
        return show(request, page, refusal=refusal, invitation=opened, token=token)
    except NotFoundError:
        return show(request, "link_over", status=404)


@door
@require_POST
def invitation_options(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the browser for the first passkey of whoever opened the link."""
    opened = queries.open_invitation(token, clock.now())
    if opened.returning:
        ceremony = commands.begin_joining(opened.returning, opened.name, opened.email)
        return ask_browser(request, ceremony, user=opened.returning)
    name, email = request.POST.get("name", "").strip()[:120], request.POST.get("email", "").strip()[:254]
    user_id = new_id("usr")
    return ask_browser(request, commands.begin_joining(user_id, name or email, email or name), user=user_id)


@door
@require_safe
def invitation_letter(_request: HttpRequest, token: str) -> HttpResponse:
    """The invitation as an unsent letter for whoever hands it over."""
    opened = queries.open_invitation(token, clock.now())
    message = letter(
        invitation_link(token).url, name=opened.name, email=opened.email, language=get_language() or "nl"
    )
    headers = {"Content-Disposition": 'attachment; filename="concordia.eml"'}
    return HttpResponse(message, content_type="message/rfc822", headers=headers)


def _open(request: HttpRequest, token: str) -> queries.OpenInvitation | None:
    """What the link opens. Only links that do not work count as tries: nobody can guess 256 bits."""
    now = clock.now()
    try:
        return queries.open_invitation(token, now)
    except NotFoundError:
        commands.claim_attempt("invitation-address", address_of(request), now)
        return None


def _page(request: HttpRequest, opened: queries.OpenInvitation) -> str:
    if opened.returning:
        return "invitation_return"
    return "invitation_accept" if request.user.is_authenticated and opened.subject else "invitation_join"


def _join(request: HttpRequest, opened: queries.OpenInvitation, token: str) -> HttpResponse:
    """Make or mend the account, then sign in with the very key that was just given."""
    kept, answer = answer_of(request) if request.POST.get("passkey") else ({}, {})
    key: commands.NewPasskey | str = request.POST.get("new_password", "")
    if request.POST.get("passkey"):
        key = commands.NewPasskey(kept.get("state", {}), answer)
    now = clock.now()
    if opened.returning:
        words = joining.words_of(opened.returning, now)
        user_id, place = commands.return_to_account(token=token, now=now, key=key, words=words).user, None
    else:
        newcomer = commands.Newcomer(
            request.POST.get("name", ""),
            request.POST.get("email", ""),
            (get_language() or "nl")[:2],
            kept.get("user", ""),
        )
        user_id, place = joining.join(newcomer, token=token, key=key, now=now)
    return _enter(request, user_id, isinstance(key, str), place)


def _enter(request: HttpRequest, user_id: str, by_password: bool, place: str | None) -> HttpResponse:
    if request.user.is_authenticated:
        logout(request)
    user = person(user_id)
    if by_password:
        record_proof(request, user, "password")
    else:
        record_proof(request, user, "mfa", type=str(queries.PASSKEY), passwordless=True)
    enter(request, user)
    return _to_alliance(place)


def _to_alliance(place: str | None) -> HttpResponse:
    return HttpResponseRedirect(f"/a/{place}/" if place else "/")
