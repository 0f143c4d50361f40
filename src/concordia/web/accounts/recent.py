"""Whether the person at this browser proved who they are just now, and what they were sending when asked."""

from typing import Any

from django.http import HttpRequest

from concordia.capabilities.accounts.queries import proved_recently, signs_with_passkey
from concordia.web.accounts import clock

KEPT = "concordia_typed"
_LONGEST = 100_000  # characters of a form that are kept; papers are never kept


def is_recent(request: HttpRequest) -> bool:
    """A passkey, or a password with a code, within the last ten minutes in this very session."""
    user = request.user
    return user.is_authenticated and proved_recently(request.session, str(user.pk), clock.now())


def has_passkey_at_hand(request: HttpRequest) -> bool:
    """Whether this person used a passkey at this browser, so that one is there to sign with."""
    user = request.user
    return user.is_authenticated and signs_with_passkey(request.session, str(user.pk))


def keep_typed(request: HttpRequest) -> None:
    """Keep what was being sent until the person is back; `typed` gives it to nobody else."""
    fields = [(name, value) for name in request.POST for value in request.POST.getlist(name)]
    fields = [(name, value) for name, value in fields if name not in ("csrfmiddlewaretoken", "passkey")]
    if sum(len(name) + len(value) for name, value in fields) <= _LONGEST:
        request.session[KEPT] = {
            "path": request.get_full_path(),
            "fields": fields,
            "user": str(request.user.pk),
            "files": bool(request.FILES),
        }


def typed(request: HttpRequest) -> dict[str, Any] | None:
    """What this person was sending: `path`, `fields` and whether `files` must be chosen again."""
    kept = request.session.get(KEPT)
    if not isinstance(kept, dict):
        return None
    if kept["user"] != str(request.user.pk):
        drop_typed(request)
        return None
    return kept


def drop_typed(request: HttpRequest) -> None:
    """Forget it."""
    request.session.pop(KEPT, None)
