"""Storage of accounts. These rows are of the installation: no alliance owns a person's account.

Queries answer by account id or token alone; what binds a person to an alliance lives above.
"""

import secrets
from functools import partial
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from concordia.capabilities.accounts.facts import normal_email
from concordia.kernel.ids import LENGTH, new_id

Identifier = partial(models.CharField, max_length=LENGTH)


def _user_id() -> str:
    return new_id("usr")


def _invitation_id() -> str:
    return new_id("inv")


def _letter_id() -> str:
    return new_id("let")


def new_stamp() -> str:
    """128 random bits; a new one ends every session that carries the old one."""
    return secrets.token_hex(16)


class Theme(models.TextChoices):
    """How pages look."""

    SYSTEM = "system", "as the device is set"
    LIGHT = "light", "light"
    DARK = "dark", "dark"


class UserManager(BaseUserManager["User"]):
    """Finds people by the address they sign in with, however they typed it."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The person with this address. Raises User.DoesNotExist."""
        return self.get(email=normal_email(username or ""))


class User(AbstractBaseUser):
    """Somebody who can sign in. Rights do not live here: they follow from appointments in an alliance.

    `example` marks the role-named people of the example alliance, whose hats anybody may wear there and who
    can sign in in no other way. `stamp` is part of every session's proof.
    """

    id = Identifier(primary_key=True, default=_user_id)
    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, default="nl")
    theme = models.CharField(max_length=6, choices=Theme, default=Theme.SYSTEM)
    is_active = models.BooleanField(default=True)
    example = models.BooleanField(default=False)
    date_joined = models.DateTimeField()
    stamp = models.CharField(max_length=32, default=new_stamp)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(email=Lower("email")), name="one_account_per_address"),
            models.CheckConstraint(condition=Q(language__in=("nl", "en")), name="account_language_is_known"),
        )

    def save(self, **options: Any) -> None:
        """Keep the address in its one form."""
        self.email = normal_email(self.email)
        super().save(**options)

    def get_full_name(self) -> str:
        """The name as the person wrote it."""
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry: it changes with the password and with the stamp."""
        return salted_hmac(
            "concordia.accounts.session", self.password + self.stamp, secret=secret, algorithm="sha256"
        ).hexdigest()


class Invitation(models.Model):
    """A link that lets one person in, once. Of its token only the SHA-256 is kept.

    `subject` says what it binds to and is resolved by whoever made it; empty for the first account of an
    installation. With `returning` it lets somebody who lost their keys back into their own account; that
    works from `approved_at` on, which a second person gives, `approved_by`, or the host (ASVS 6.4.4).
    """

    id = Identifier(primary_key=True, default=_invitation_id)
    token_hash = models.CharField(max_length=64, unique=True)
    subject = models.CharField(max_length=120, blank=True, db_index=True)
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    returning = models.ForeignKey(User, models.CASCADE, null=True, related_name="+")
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    approved_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    redeemed_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    redeemed_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-made_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(redeemed_at__isnull=True) | Q(revoked_at__isnull=True),
                name="invitation_is_used_or_revoked_not_both",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(made_by__isnull=True)
                | ~Q(approved_by=F("made_by")),
                name="returning_takes_two_people",
            ),
        )


class Attempt(models.Model):
    """How far the tries for one key are used up. `key` is a hash: no address or e-mail is kept here."""

    key = models.CharField(max_length=64, primary_key=True)
    taken_until = models.DateTimeField(db_index=True)


class Letter(models.Model):
    """A letter waiting for the post, so that no act ever waits for a mail server. Deleted once it is gone."""

    id = Identifier(primary_key=True, default=_letter_id)
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    written_at = models.DateTimeField()
    try_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
