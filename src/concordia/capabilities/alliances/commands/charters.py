"""The charter changes section by section as a draft, and comes into force by a decision only (C6)."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Max

from concordia.capabilities.alliances import facts
from concordia.capabilities.alliances.commands.founding import add_partners
from concordia.capabilities.alliances.commands.recording import record
from concordia.capabilities.alliances.models import Alliance, Appointment, CharterVersion, Partner
from concordia.capabilities.alliances.permissions import DRAFT_CHARTER
from concordia.capabilities.alliances.queries.charters import charter_to_amend
from concordia.capabilities.ledger.commands import open_private_log
from concordia.domain.charter import (
    Charter,
    canonical_charter,
    charter_hash,
    load_charter,
    replace_section,
    stored_charter,
)
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.scoping import Audience
from concordia.kernel.subject import Subject


@transaction.atomic
def draft_charter(access: Access) -> str:
    """Start a draft from the newest charter, seen by one's own organization only; its id."""
    access.require(DRAFT_CHARTER)

    current = charter_to_amend(access)

    draft = CharterVersion.objects.create(
        alliance_id=access.require_alliance(),
        owner_id=access.partner or access.require_alliance(),
        audience=Audience.PRIVATE if access.partner else Audience.SHARED,
        source=canonical_charter(current.charter).decode(),
        content_hash=current.content_hash,
        based_on_id=current.id,
        drafted_by_id=access.person or "",
        drafted_at=access.now,
        changed_at=access.now,
    )
    return draft.id


@transaction.atomic
def change_charter_section(access: Access, *, version_id: str, section: str, text: str) -> None:
    """Replace one section of a draft by the YAML in `text`.

    The whole charter is checked. Raises DocumentError with every problem at once; the draft is then
    unchanged and the caller still has the text.
    """
    draft = own_draft(access, version_id)
    charter = replace_section(stored_charter(draft.source), section, text)
    _require_same_alliance(draft, charter)

    _keep(draft, charter, access.now)


def replace_charter_draft(access: Access, *, version_id: str, text: str) -> None:
    """Replace a whole draft by an uploaded document (YAML or JSON). Raises DocumentError as above."""
    access.require(DRAFT_CHARTER)
    charter = load_charter(text)  # a large one takes a while, and nobody should wait for that at the lock

    with transaction.atomic():
        draft = own_draft(access, version_id)
        _require_same_alliance(draft, charter)
        _keep(draft, charter, access.now)


@transaction.atomic
def discard_charter_draft(access: Access, *, version_id: str) -> None:
    """Put a draft aside. It stays readable to its owner; nobody else ever saw it."""
    draft = own_draft(access, version_id)

    draft.withdrawn_at = access.now
    draft.save(update_fields=["withdrawn_at"])


@transaction.atomic
def propose_charter(access: Access, *, version_id: str) -> Subject:
    """Show a draft to every partner, as the subject of a proposal under the amendment procedure."""
    draft = own_draft(access, version_id)
    if draft.content_hash == charter_to_amend(access).content_hash:
        raise RefusalError(
            both(
                "Dit ontwerp is gelijk aan het nieuwste handvest. Wijzig eerst een onderdeel.",
                "This draft equals the newest charter. Change a section first.",
            )
        )

    draft.audience = Audience.SHARED
    draft.proposed_at = access.now
    draft.save(update_fields=["audience", "proposed_at"])

    record(access, facts.charter_proposed(draft.id, draft.content_hash))
    return Subject("alliances.charter", draft.id)


@transaction.atomic
def enact_charter(access: Access, version_id: str, *, decision: Subject, in_force_from: datetime) -> int:
    """Give an adopted version its number and its date of coming into force; the number.

    Called when the decision under the amendment procedure is adopted. Partners that are new get their rows
    and logs, partners that are gone leave at that date.
    """
    version = CharterVersion.objects.visible_to(access).select_for_update().one(id=version_id)
    if version.number is not None:
        return version.number
    alliance = version.alliance_id
    charter = stored_charter(version.source)

    numbered = CharterVersion.objects.unscoped().filter(alliance_id=alliance)
    version.number = (numbered.aggregate(last=Max("number"))["last"] or 0) + 1
    version.in_force_from, version.adopted_by = in_force_from, str(decision)
    version.save(update_fields=["number", "in_force_from", "adopted_by"])
    Alliance.objects.unscoped().filter(id=alliance).update(name=charter.alliance.name.plain())
    joined, left = add_partners(alliance, charter, in_force_from), _leave(alliance, charter, in_force_from)
    for partner in joined:
        open_private_log(alliance, partner.id, access.now)
    joined += _come_back(alliance, charter, in_force_from, access.now)
    _rename(alliance, charter)

    record(
        access,
        facts.charter_enacted(
            version.id, version.number, version.content_hash, str(decision), version.source
        ),
        *(facts.partner_joined(partner.id, partner.key) for partner in joined),
        *(facts.partner_left(partner.id, partner.key) for partner in left),
    )
    return version.number


def own_draft(access: Access, version_id: str) -> CharterVersion:
    """A draft of one's own organization that is still being written. Raises as its callers say."""
    draft = CharterVersion.objects.visible_to(access).select_for_update().one(id=version_id)
    access.require(DRAFT_CHARTER)
    if draft.owner_id not in {access.partner, access.require_alliance()}:
        raise NotFoundError
    if draft.proposed_at or draft.number or draft.withdrawn_at:
        raise RefusalError(
            both(
                "Dit ontwerp is al voorgelegd of terzijde gelegd. Begin een nieuw ontwerp.",
                "This draft was already put forward or set aside. Start a new draft.",
            )
        )
    return draft


def _require_same_alliance(draft: CharterVersion, charter: Charter) -> None:
    before = stored_charter(draft.source).alliance.key
    if charter.alliance.key != before:
        raise RefusalError(
            both(
                f"De sleutel van de alliantie blijft “{before}”. Zet die terug bij `alliance.key`.",
                f"The key of the alliance stays “{before}”. Put it back at `alliance.key`.",
            )
        )


def _keep(draft: CharterVersion, charter: Charter, now: datetime) -> None:
    draft.source = canonical_charter(charter).decode()
    draft.content_hash = charter_hash(charter)
    draft.changed_at = now
    draft.save(update_fields=["source", "content_hash", "changed_at"])


def _come_back(alliance: str, charter: Charter, at: datetime, now: datetime) -> list[Partner]:
    """The partners that had left and are party again. Who was still to leave stays, with its people."""
    keys = [partner.key for partner in charter.partners]
    gone = Partner.objects.unscoped().filter(alliance_id=alliance, key__in=keys, left_at__isnull=False)
    back = list(gone.filter(left_at__lte=now))
    staying = Appointment.objects.unscoped().filter(partner__in=gone.filter(left_at__gt=now))
    staying.filter(ended_at=F("partner__left_at")).update(ended_at=None)
    gone.filter(left_at__gt=now).update(left_at=None)
    gone.update(left_at=None, joined_at=at)
    return back


def _rename(alliance: str, charter: Charter) -> None:
    """The partners as the charter now calls and orders them."""
    said = {partner.key: (place, partner.name.plain()) for place, partner in enumerate(charter.partners)}
    rows = list(Partner.objects.unscoped().filter(alliance_id=alliance, key__in=said))
    for row in rows:
        row.place, row.name = said[row.key]
    Partner.objects.unscoped().bulk_update(rows, ["place", "name"])


def _leave(alliance: str, charter: Charter, at: datetime) -> list[Partner]:
    keys = {partner.key for partner in charter.partners}
    here = Partner.objects.unscoped().filter(alliance_id=alliance, left_at__isnull=True)
    gone = list(here.exclude(key__in=keys))
    ids = [partner.id for partner in gone]
    here.filter(id__in=ids).update(left_at=at)
    running = Appointment.objects.unscoped().filter(partner_id__in=ids, ended_at__isnull=True)
    running.update(ended_at=at)
    return gone
