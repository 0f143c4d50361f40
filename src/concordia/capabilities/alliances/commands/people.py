"""People come in by invitation, belong to their own organization, and can be erased."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from concordia.capabilities.accounts import commands as accounts
from concordia.capabilities.alliances import facts
from concordia.capabilities.alliances.commands.appointments import give_position
from concordia.capabilities.alliances.commands.recording import record
from concordia.capabilities.alliances.models import (
    Alliance,
    Appointment,
    Contact,
    Partner,
    Person,
    PersonKey,
)
from concordia.capabilities.alliances.permissions import MANAGE_ALLIANCE, MANAGE_PARTNER
from concordia.capabilities.alliances.queries.inviting import require_inviting
from concordia.capabilities.alliances.queries.people import require_managing
from concordia.capabilities.ledger.commands import erase_subject
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.ids import new_id
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject

PERSON = "alliances.person"


@dataclass(frozen=True, slots=True)
class Invited:
    """A new person and the secret of their invitation, shown this once."""

    person: str
    appointment: str
    token: str


@transaction.atomic
def invite_person(
    access: Access,
    *,
    name: str,
    email: str,
    position: str,
    partner_id: str | None,
    from_date: date,
    until_date: date | None = None,
) -> Invited:
    """Add a person with a position to one's own organization and make the invitation link (C5, C54).

    Where nobody came in for a partner yet, whoever manages people may invite its first. `partner_id` None means a
    position of the alliance as a whole. Raises RefusalError for a name that says nothing, a position the charter
    does not have, or a period that ends before it starts.
    """
    require_inviting(access, partner_id)

    name = " ".join("".join(sign if sign.isprintable() else " " for sign in name).split())
    if not 2 <= len(name) <= 120:
        raise RefusalError(
            both(
                "Vul een naam in van 2 tot 120 tekens. De rest van het formulier is bewaard.",
                "Fill in a name of 2 to 120 characters. The rest of the form is kept.",
            ),
            field="name",
        )
    alliance = access.require_alliance()

    identifier = new_id("per")
    owner = partner_id or alliance

    person = Person.objects.create(
        id=identifier,
        alliance_id=alliance,
        owner_id=owner,
        audience=Audience.SHARED,
        partner_id=partner_id,
        name=name,
        added_at=access.now,
    )
    Contact.objects.create(
        person=person, alliance_id=alliance, owner_id=owner, audience=Audience.PRIVATE, email=email
    )
    invitation = accounts.invite(access, subject=Subject(PERSON, identifier), email=email, name=name)

    appointment = give_position(access, person, position, from_date=from_date, until_date=until_date)
    return Invited(identifier, appointment, invitation.token)


@transaction.atomic
def invite_again(access: Access, *, person_id: str) -> str:
    """A fresh invitation link for somebody who has not come in yet; older links end.

    Raises RefusalError for who is in: an invitation would put another account in their place (ASVS 6.4.4).
    """
    person = Person.objects.visible_to(access).select_related("contact").one(id=person_id)
    require_inviting(access, person.partner_id)
    if person.account_id or person.erased_at:
        raise RefusalError(
            both(
                "Deze persoon is al binnen, of is gewist. Kan een collega niet meer inloggen? Kies dan op de "
                "pagina van die persoon: Geef opnieuw toegang.",
                "This person is in already, or was erased. Can a colleague no longer sign in? Then choose on the "
                "page of that person: Give access again.",
            )
        )

    contact = Contact.objects.visible_to(access).filter(person_id=person_id).first()

    subject = Subject(PERSON, person_id)
    accounts.revoke_invitations(access, subject=subject)
    return accounts.invite(
        access, subject=subject, email=contact.email if contact else "", name=person.name
    ).token


@transaction.atomic
def withdraw_invitation(access: Access, *, person_id: str) -> None:
    """Make an invitation that was not used, or a link to come back, stop working. Twice is the same as once.

    Who may invite there or manages these people may, and for a link to come back also the person it is for.
    """
    person = Person.objects.visible_to(access).one(id=person_id)
    if person.id == access.person:
        accounts.refuse_return(access)
    elif person.account_id or person.erased_at:
        require_managing(access, person.partner_id)
    else:
        require_inviting(access, person.partner_id)
    accounts.revoke_invitations(access, subject=Subject(PERSON, person_id))


@transaction.atomic
def take_place(now: datetime, *, subject: Subject, user_id: str, name: str = "") -> str:
    """Bind the account that used an invitation to the person it was made for; the alliance's key.

    `subject` is what the invitation was made for, `name` how the person calls themselves. Raises
    RefusalError when this account already is somebody else in that alliance, NotFoundError when the place is
    taken. A link back into the account that was made before ends: it was not asked for this place.
    """
    if subject.kind != PERSON:
        raise NotFoundError
    person = Person.objects.unscoped().select_for_update().get(id=subject.id)
    taken = person.account_id not in ("", user_id)  # by who opened another link of the same invitation
    if taken or person.erased_at is not None or not accounts.hold_account(user_id):
        raise NotFoundError

    # Held: of two links that one account opens at once, the second sees the first.
    alliance = Alliance.objects.unscoped().select_for_update().get(id=person.alliance_id)
    same_account = Person.objects.unscoped().filter(alliance_id=person.alliance_id, account_id=user_id)
    if same_account.exclude(id=person.id).exists():
        raise RefusalError(
            both(
                "Met dit account bent u al lid van deze alliantie. Log uit en open de link opnieuw "
                "om hem voor een ander account te gebruiken.",
                "With this account you are already in this alliance. Sign out and open the link again "
                "to use it for another account.",
            )
        )

    accounts.revoke_returns(user_id, now)
    person.account_id, person.name = user_id, name or person.name
    person.save(update_fields=["account_id", "name"])

    access = Access(
        now, user=user_id, alliance=person.alliance_id, person=person.id, partner=person.partner_id
    )
    record(access, facts.person_joined(person.id, person.name))
    return alliance.key


@transaction.atomic
def erase_person(access: Access, *, person_id: str, ground: str) -> None:
    """Erase a person's data; every proof stays valid (trust.md 4.1, Erasure; GDPR article 17).

    The name becomes unreadable everywhere, contact data and the key of everything recorded about them are
    destroyed. Appointments end. The account goes too, unless it has a place elsewhere. Raises RefusalError
    without a ground.
    """
    person = Person.objects.visible_to(access).select_for_update().one(id=person_id)
    access.require(MANAGE_PARTNER if person.partner_id else MANAGE_ALLIANCE)
    access.require_recent()
    require_own(access, person.partner_id)

    if not ground.strip():
        raise RefusalError(
            both(
                "Vul in waarom deze gegevens worden gewist, bijvoorbeeld: op verzoek van de betrokkene.",
                "Fill in why this data is erased, for example: at the person's own request.",
            ),
            field="ground",
        )

    Contact.objects.unscoped().filter(person_id=person_id).delete()
    PersonKey.objects.unscoped().filter(person_id=person_id).delete()
    held = Appointment.objects.unscoped().filter(person_id=person_id, ended_at__isnull=True)
    lasting = Q(until_date__isnull=True) | Q(until_date__gt=access.today)
    held.filter(lasting, from_date__lte=access.today).update(until_date=access.today)
    held.update(ended_at=access.now)
    accounts.revoke_invitations(access, subject=Subject(PERSON, person_id))
    account_id = person.account_id
    person.name, person.account_id, person.erased_at = "—", "", access.now
    person.save(update_fields=["name", "account_id", "erased_at"])
    _forget_account(account_id, access.now)

    erase_subject(
        access, person_id, ground
    )  # first: it may append to private logs, which go before the shared
    record(access, facts.person_erased(person_id))


def _forget_account(account_id: str, now: datetime) -> None:
    """Let an account go that has no place left. That it has one elsewhere is told to nobody."""
    if not account_id or not accounts.hold_account(account_id):
        return
    if not Person.objects.unscoped().filter(account_id=account_id).exists():
        accounts.erase_account(account_id, now=now)


def require_own(access: Access, partner_id: str | None) -> None:
    """Nobody manages another partner's people (non-intervention). Raises NotFoundError."""
    if access.system:
        return
    if partner_id != access.partner and not (partner_id is None and MANAGE_ALLIANCE in access.permissions):
        raise NotFoundError
    if partner_id and not Partner.objects.visible_to(access).filter(id=partner_id).exists():
        raise NotFoundError
