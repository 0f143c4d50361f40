"""Signing in and out at the level of a request: proofs, sessions, and where to go next."""

import logging
from datetime import datetime
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.stages import LoginStage, LoginStageController
from allauth.core.internal.httpkit import get_client_ip
from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model, update_session_auth_hash
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language

from concordia.kernel.access import Access
from concordia.web.accounts import clock
from concordia.web.accounts.recent import is_recent

security = logging.getLogger("concordia.security")
SIGNED_IN_AT, SEEN_AT, SECOND_FACTOR = "concordia_since", "concordia_seen", "concordia_second_factor"


def access_of(request: HttpRequest) -> Access:
    """Who asks, outside any alliance."""
    user = request.user
    return Access(
        now=clock.now(),
        user=str(user.pk) if user.is_authenticated else None,
        language=(get_language() or "nl")[:2],
        recent=is_recent(request),
    )


def address_of(request: HttpRequest) -> str:
    """The network address that asks; a header says it only behind a proxy that the settings name."""
    return get_client_ip(request) or "unknown"


def next_of(request: HttpRequest, default: str = "/") -> str:
    """Where to go afterwards: a path of this installation, whatever somebody wrote in `next`."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    here = asked.startswith("/") and asked.isprintable() and len(asked) < 2000
    return asked if here and url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else default


def person(user_id: str) -> AbstractBaseUser:
    """The account behind an id that a proof gave."""
    return get_user_model().objects.get(pk=user_id)


def record_proof(request: HttpRequest, user: AbstractBaseUser, method: str, **what: Any) -> None:
    """Write in the session how the person proved who they are (`password`, `mfa` with its `type`, `hat`)."""
    record_authentication(request, user, method, **what)


def enter(request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
    """Sign in with the proofs recorded; asks for the second step where one is set up and not yet given."""
    response: HttpResponse = perform_login(request, Login(user=user, redirect_url=next_of(request)))
    return response


def log(request: HttpRequest, event: str) -> None:
    """Write a line for whoever watches over the installation: what, who, from where; never what was typed."""
    security.info("%s account=%s address=%s", event, request.user.pk or "-", address_of(request))


def pending_stage(request: HttpRequest) -> LoginStage | None:
    """The sign-in that waits for its second step, at most a quarter of an hour and while the account is open."""
    stage: LoginStage | None = LoginStageController.enter(request, "mfa_authenticate")
    return stage if stage is not None and stage.login.user.is_active else None


def renew_session(request: HttpRequest) -> None:
    """Give this session a new key and the person's present stamp (ASVS 7.2.4)."""
    before = request.session.session_key
    update_session_auth_hash(request, get_user_model().objects.get(pk=request.user.pk))
    request.session.save()
    UserSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def moment(request: HttpRequest, key: str) -> datetime | None:
    """A moment kept in the session, if it is one."""
    kept = request.session.get(key)
    return datetime.fromisoformat(kept) if isinstance(kept, str) else None
