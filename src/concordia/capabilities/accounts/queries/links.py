"""What a link opens, and how an invitation stands for whoever made it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from concordia.capabilities.accounts.facts import fingerprint
from concordia.capabilities.accounts.models import Invitation
from concordia.capabilities.accounts.queries.people import any_account
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
    """A link with which somebody who lost every key may come back once a second person approved it."""

    id: str
    made_by: str | None
    maker: str
    made_at: datetime
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
