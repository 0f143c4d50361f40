"""Where allauth asks us: nobody signs up by themselves, seeds are sealed, words are ours."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from concordia.capabilities.accounts.commands import keep_few_sessions
from concordia.capabilities.accounts.facts import seal, unseal
from concordia.web.accounts.entering import log


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Accounts arise by invitation only; the pages say what happened, so allauth stays silent."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's signature
        """Never: an invitation is the only door."""
        return False

    def add_message(self, *args: Any, **options: Any) -> None:
        """Say nothing: allauth's sentences are not ours."""

    def send_mail(self, *args: Any, **options: Any) -> None:
        """Send nothing: letters are written by the commands, in the language of who reads them."""

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """Send nothing, as above."""

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:  # noqa: ARG002
        """Lead back to signing in, where a closed account is as unknown as any other."""
        return HttpResponseRedirect(reverse("account_login"))

    def post_login(self, request: HttpRequest, user: AbstractBaseUser, **options: Any) -> HttpResponse:
        """Remember where the person signed in; the oldest of more than five sessions ends."""
        response: HttpResponse = super().post_login(request, user, **options)
        keep_few_sessions(str(user.pk))
        log(request, "signed in")
        return response


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # as above
    """Seeds of codes are kept sealed under the installation's secret, which may be replaced."""

    def encrypt(self, text: str) -> str:
        """Seal under the present secret."""
        return seal(text, settings.SECRET_KEY)

    def decrypt(self, encrypted_text: str) -> str:
        """Read what was sealed under the present secret or an earlier one."""
        return unseal(encrypted_text, [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS])

    def send_notification_mail(self, *args: Any, **options: Any) -> None:
        """Send nothing: the commands write letters."""
