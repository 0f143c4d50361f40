"""Where people are signed in, and ending it (ASVS 7.4)."""

from allauth.usersessions.models import UserSession

from concordia.capabilities.accounts.facts import SESSIONS
from concordia.capabilities.accounts.models import User, new_stamp
from concordia.capabilities.accounts.permissions import own_account
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError


def end_session(access: Access, *, session_id: int) -> None:
    """End one of one's own sessions. Raises NotFoundError for anybody else's."""
    session = UserSession.objects.filter(pk=session_id, user_id=own_account(access)).first()
    if session is None:
        raise NotFoundError
    session.end()


def end_other_sessions(access: Access, *, here: str | None) -> int:
    """End every session of one's own but the one with key `here`. Returns how many."""
    others = UserSession.objects.filter(user_id=own_account(access)).exclude(session_key=here)
    ended = list(others)
    for session in ended:
        session.end()
    return len(ended)


def keep_few_sessions(user_id: str) -> None:
    """Let the oldest sessions make room, so that at most five remain."""
    for session in UserSession.objects.filter(user_id=user_id).order_by("-created_at", "-pk")[SESSIONS:]:
        session.end()


def renew_stamp(user: User) -> None:
    """Make every session of this person invalid at once. The page that did it renews its own afterwards."""
    user.stamp = new_stamp()
    user.save(update_fields=["stamp"])
