"""What a link opens, and how an invitation stands for whoever made it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from concordia.capabilities.accounts.facts import fingerprint
from concordia.capabilities.accounts.models import Invitation
from concordia.capabilities.accounts.permissions import own_account
from concordia.capabilities.accounts.queries.people import any_account
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.kernel.subject import Subject


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
    """A link with which somebody who lost every key may come back once a second person approved it.

    `made_by` is an account; None for the host.
    """

    id: str
    made_by: str | None
    made_at: datetime
    expires_at: datetime
    approved: bool


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
    if invitation.returning is not None:  # a closed account has no way back
        return invitation.approved_at is not None and invitation.returning.is_active
    return bool(invitation.subject) or not any_account()


def is_asked(invitation: Invitation, now: datetime) -> bool:
    """Whether it is a link back that waits for the second person."""
    ended = invitation.redeemed_at or invitation.revoked_at or now >= invitation.expires_at
    return not ended and invitation.returning_id is not None and invitation.approved_at is None


def return_waiting(subject: Subject, now: datetime) -> ReturnLine | None:
    """The link back made for this place and not yet used, for the second person who may approve it."""
    return _return_line(Invitation.objects.filter(subject=str(subject)), now)


def own_return(access: Access) -> ReturnLine | None:
    """A link back into one's own account, wherever it was made: who did not ask for it may withdraw it."""
    return _return_line(Invitation.objects.filter(returning_id=own_account(access)), access.now)


def _return_line(rows: QuerySet[Invitation], now: datetime) -> ReturnLine | None:
    open_rows = rows.filter(returning__isnull=False, redeemed_at=None, revoked_at=None, expires_at__gt=now)
    row = open_rows.first()
    if row is None:
        return None
    return ReturnLine(row.id, row.made_by_id, row.made_at, row.expires_at, row.approved_at is not None)


def invitations(subjects: Iterable[Subject]) -> tuple[InvitationLine, ...]:
    """The invitations made for these subjects, the latest first. Who may ask is decided above."""
    rows = Invitation.objects.filter(subject__in=[str(subject) for subject in subjects], returning=None)
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
