"""Rules every session lives by: its time, its second step, and asking again before binding acts."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import urlencode

from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from concordia.capabilities.accounts.commands import SlowDownError, claim_attempt
from concordia.capabilities.accounts.facts import ABSOLUTE, IDLE
from concordia.capabilities.accounts.queries import has_second_factor
from concordia.kernel.errors import StepUpError
from concordia.web.accounts import clock
from concordia.web.accounts.asked import unasked
from concordia.web.accounts.entering import SECOND_FACTOR, SEEN_AT, SIGNED_IN_AT, log, moment
from concordia.web.accounts.recent import KEPT, keep_typed

# What somebody without a second step may open, and what is never worth keeping when a session ends.
_OPEN = (
    "/account/",
    "/invitation/",
    "/language/",
    "/accessibility/",
    "/static/",
    "/csp-report",
    "/.well-known/",
)
_NOTE_EVERY = timedelta(minutes=1)  # so that reading pages does not write on each of them


class Sessions:
    """End sessions in time, lead people to a second step, and turn a step-up into a question."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let through, or lead elsewhere with what was typed kept."""
        if not request.user.is_authenticated:
            return self._answer(request)
        now = clock.now()
        if _is_over(request, now):
            return _end(request)
        _note(request, now)
        if not request.path.startswith(_OPEN) and not _has_second_factor(request):
            return HttpResponseRedirect(reverse("account_keys"))
        response = self._answer(request)
        if response.status_code in {403, 404} and request.path.startswith("/a/"):
            _note_refusal(request, response.status_code)
        if response.status_code == 404 and request.path.startswith("/a/") and _is_guessing(request, now):
            return _end(request)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        """The answer; fields that no form of ours has are ignored there and noted here, by name only."""
        response = self.get_response(request)
        names = unasked(request, response) if request.method == "POST" else ""
        if names:
            log(request, f"unasked fields {names}")
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a binding act that asks for a fresh proof; afterwards the person sends it from there."""
        if not isinstance(exception, StepUpError) or not request.user.is_authenticated:
            return None
        if request.path.startswith(_OPEN):
            return _to("account_confirm", next=request.path)
        keep_typed(request)
        return _to("account_confirm", next=reverse("account_resume"))


def _note_refusal(request: HttpRequest, status: int) -> None:
    """Tell who watches that somebody asked for what is not for them (ASVS 16.3.2); the address stays out."""
    page = request.resolver_match.url_name if request.resolver_match else None
    log(request, f"refused {status} {page or 'unknown'}")


def _is_guessing(request: HttpRequest, now: datetime) -> bool:
    """Whether an account asked for more absent pages than anybody does by hand (trust.md 5, no. 43)."""
    try:
        claim_attempt("absent", str(request.user.pk), now)
    except SlowDownError:
        log(request, "absent slowed")
        return True
    return False


def _is_over(request: HttpRequest, now: datetime) -> bool:
    """Whether the session idled for an hour or lived for twelve. A clock set back ends nothing early."""
    since, seen = moment(request, SIGNED_IN_AT), moment(request, SEEN_AT)
    return bool((since and now - since >= ABSOLUTE) or (seen and now - seen >= IDLE))


def _end(request: HttpRequest) -> HttpResponse:
    """Sign out; what was being sent waits in the fresh session for this same person to come back."""
    back = request.get_full_path() if request.method == "GET" else "/"
    if request.method == "POST" and not request.path.startswith(_OPEN):
        keep_typed(request)
        back = reverse("account_resume")
    kept = request.session.get(KEPT)
    logout(request)
    if kept is not None:
        request.session[KEPT] = kept
    return _to("account_login", next=back, ended="1")


def _to(name: str, **query: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(f"{reverse(name)}?{urlencode(query)}")


def _note(request: HttpRequest, now: datetime) -> None:
    """Remember that the person is here, at most once a minute."""
    if moment(request, SIGNED_IN_AT) is None:
        request.session[SIGNED_IN_AT] = now.isoformat()
    seen = moment(request, SEEN_AT)
    if seen is None or not timedelta(0) <= now - seen < _NOTE_EVERY:
        request.session[SEEN_AT] = now.isoformat()
        UserSession.objects.filter(session_key=request.session.session_key).update(last_seen_at=now)


def _has_second_factor(request: HttpRequest) -> bool:
    """Asked once a session: the last second factor cannot be let go, and coming back ends every session."""
    if not request.session.get(SECOND_FACTOR):
        request.session[SECOND_FACTOR] = has_second_factor(str(request.user.pk))
    return bool(request.session[SECOND_FACTOR])
