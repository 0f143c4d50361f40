"""What a person may know of their own account, and what a link opens. Nothing here lists other people."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.usersessions.models import UserSession
from django.contrib.auth.tokens import PasswordResetTokenGenerator

from concordia.capabilities.accounts.facts import RECENT, fingerprint
from concordia.capabilities.accounts.models import Invitation, User
from concordia.capabilities.accounts.permissions import own_account
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.kernel.ids import LENGTH
from concordia.kernel.subject import Subject

PASSKEY, TOTP, RECOVERY = (
    Authenticator.Type.WEBAUTHN,
    Authenticator.Type.TOTP,
    Authenticator.Type.RECOVERY_CODES,
)
SECOND_FACTORS = (PASSKEY, TOTP)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in."""

    id: str
    name: str
    email: str
    language: str
    theme: str
    example: bool


@dataclass(frozen=True, slots=True)
class Passkey:
    """A key on a device of the person."""

    id: int
    name: str
    added_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything a person can sign in with."""

    has_password: bool
    passkeys: tuple[Passkey, ...]
    totp_since: datetime | None
    recovery_left: int | None

    @property
    def enough(self) -> bool:
        """Whether there is a second factor, without which no page of an alliance opens (ASVS 6.3.3)."""
        return bool(self.passkeys) or self.totp_since is not None

    @property
    def can_lose_totp(self) -> bool:
        """Whether a passkey would remain."""
        return bool(self.passkeys)

    @property
    def can_lose_a_passkey(self) -> bool:
        """Whether another passkey, or a password with codes, would remain."""
        return len(self.passkeys) > 1 or (self.has_password and self.totp_since is not None)


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One place where the person is signed in."""

    id: int
    here: bool
    address: str
    device: str
    since: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """A link that works now. `subject` is None for the first account of an installation."""

    id: str
    subject: Subject | None
    name: str
    email: str
    returning: str | None
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """An invitation as its maker sees it: never its token."""

    id: str
    subject: str
    name: str
    email: str
    made_at: datetime
    expires_at: datetime
    redeemed_at: datetime | None
    revoked_at: datetime | None

    def state(self, now: datetime) -> str:
        """`used`, `revoked`, `expired` or `open`."""
        if self.redeemed_at:
            return "used"
        if self.revoked_at:
            return "revoked"
        return "open" if now < self.expires_at else "expired"


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """A link with which somebody who lost every key may come back once a second person approved it."""

    id: str
    made_by: str | None
    maker: str
    made_at: datetime
    approved: bool


def account(access: Access) -> Account:
    """One's own account."""
    user = User.objects.filter(pk=own_account(access), is_active=True).first()
    if user is None:
        raise NotFoundError
    return _account(user)


def example_people() -> tuple[Account, ...]:
    """The role-named people of the example alliance, whose hats its bar offers."""
    return tuple(
        _account(user) for user in User.objects.filter(example=True, is_active=True).order_by("name")
    )


def any_account() -> bool:
    """Whether somebody can sign in already; if not, the first-run code opens the door."""
    return User.objects.exists()


def _account(user: User) -> Account:
    return Account(user.id, user.name, user.email, user.language, user.theme, user.example)


def keys(access: Access) -> Keys:
    """What one signs in with."""
    user = User.objects.get(pk=own_account(access))
    kept = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk"))
    recovery = next((row for row in kept if row.type == RECOVERY), None)
    return Keys(
        has_password=user.has_usable_password(),
        passkeys=tuple(
            Passkey(row.pk, row.data["name"], row.created_at, row.last_used_at)
            for row in kept
            if row.type == PASSKEY
        ),
        totp_since=next((row.created_at for row in kept if row.type == TOTP), None),
        recovery_left=None if recovery is None else len(RecoveryCodes(recovery).get_unused_codes()),
    )


def has_second_factor(user_id: str) -> bool:
    """Whether this account is an example's (nobody's keys) or has a passkey or codes."""
    return (
        Authenticator.objects.filter(user_id=user_id, type__in=SECOND_FACTORS).exists()
        or User.objects.filter(pk=user_id, example=True).exists()
    )


def is_id(text: str) -> bool:
    """Whether it has the form of one of our identifiers; what has not is never sent to the database."""
    return len(text) <= LENGTH and text.isascii() and text.replace("_", "").isalnum()


def second_steps(user_id: str) -> frozenset[str]:
    """Which second steps somebody who gave their password can take."""
    return frozenset(Authenticator.objects.filter(user_id=user_id).values_list("type", flat=True))


def sessions(access: Access, here: str | None) -> tuple[SessionLine, ...]:
    """Where one is signed in, the latest first. `here` is the key of the session that asks."""
    user = User.objects.get(pk=own_account(access))
    lines = [
        SessionLine(row.pk, row.session_key == here, row.ip, row.user_agent, row.created_at, row.last_seen_at)
        for row in UserSession.objects.purge_and_list(user)
    ]
    return tuple(sorted(lines, key=lambda line: line.seen_at, reverse=True))


def resetting(reset: str) -> User:
    """Whose password a reset link is about. Raises NotFoundError when it is unknown, used or too old."""
    user_id, _, token = reset.partition(".")
    if not is_id(user_id):
        raise NotFoundError
    user = User.objects.filter(pk=user_id, is_active=True, example=False).first()
    if user is None or not PasswordResetTokenGenerator().check_token(user, token):
        raise NotFoundError
    return user


def open_invitation(token: str, now: datetime) -> OpenInvitation:
    """What a link opens. Raises NotFoundError alike for an unknown, used, revoked or expired one."""
    invitation = Invitation.objects.filter(token_hash=fingerprint(token)).first()
    if invitation is None or not is_open(invitation, now):
        raise NotFoundError
    return OpenInvitation(
        invitation.id,
        Subject.parse(invitation.subject) if invitation.subject else None,
        invitation.name,
        invitation.email,
        invitation.returning_id,
        invitation.expires_at,
    )


def is_open(invitation: Invitation, now: datetime) -> bool:
    """Not used, revoked, expired, nor waiting for the second person a return asks for."""
    if invitation.redeemed_at or invitation.revoked_at or now >= invitation.expires_at:
        return False
    if invitation.returning_id is not None:
        return invitation.approved_by_id is not None or invitation.made_by_id is None
    return bool(invitation.subject) or not any_account()


def return_waiting(user_id: str, now: datetime) -> ReturnLine | None:
    """The latest link back made for somebody and not yet used, for the second person who may approve it."""
    rows = Invitation.objects.filter(returning_id=user_id, redeemed_at=None, revoked_at=None)
    row = rows.filter(expires_at__gt=now).select_related("made_by").first()
    if row is None:
        return None
    maker = row.made_by.name if row.made_by else ""
    return ReturnLine(row.id, row.made_by_id, maker, row.made_at, row.approved_by_id is not None)


def invitations(subjects: Iterable[Subject]) -> tuple[InvitationLine, ...]:
    """The invitations made for these subjects, the latest first. Who may ask is decided above."""
    rows = Invitation.objects.filter(subject__in=[str(subject) for subject in subjects])
    return tuple(
        InvitationLine(
            row.id,
            row.subject,
            row.name,
            row.email,
            row.made_at,
            row.expires_at,
            row.redeemed_at,
            row.revoked_at,
        )
        for row in rows
    )


def proved_recently(session: Mapping[str, object], user_id: str, now: datetime) -> bool:
    """Whether this session holds a fresh proof of who the person is (ASVS 7.5.3).

    A passkey is one; a password counts together with a code; wearing a hat of the example is one of its own.
    The records are those allauth keeps in the session when a proof is given.
    """
    records = session.get("account_authentication_methods")
    if session.get("account_authentication_methods_user") != user_id or not isinstance(records, list):
        return False
    fresh = {_proof(record) for record in records if _age(record, now) < RECENT}
    return bool(fresh & {PASSKEY, "hat"}) or ("password" in fresh and bool(fresh & {TOTP, RECOVERY}))


def _proof(record: Mapping[str, object]) -> object:
    return record.get("type") if record.get("method") == "mfa" else record.get("method")


def _age(record: Mapping[str, object], now: datetime) -> timedelta:
    at = record.get("at")
    return now - datetime.fromtimestamp(at if isinstance(at, float | int) else 0, UTC)
