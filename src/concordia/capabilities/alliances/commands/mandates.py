"""What a holder may decide for the partner: given and withdrawn by that partner alone (white paper 3.2)."""

from datetime import date

from django.db import transaction

from concordia.capabilities.alliances import facts
from concordia.capabilities.alliances.commands.appointments import own_appointment
from concordia.capabilities.alliances.commands.recording import record
from concordia.capabilities.alliances.models import Mandate
from concordia.capabilities.alliances.permissions import MANAGE_ALLIANCE, MANAGE_PARTNER
from concordia.domain.canonical import canonical_json
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.scoping import Audience


@transaction.atomic
def grant_mandate(
    access: Access,
    *,
    appointment_id: str,
    subjects: tuple[str, ...],
    limit_cents: int | None,
    from_date: date,
    until_date: date | None,
    text: str = "",
) -> str:
    """Give the holder of an appointment a mandate; its id.

    `subjects` empty means every subject of the charter; `limit_cents` None means no limit in money.
    Raises RefusalError for a negative limit or a period that ends before it starts. Who may bind an organization,
    and how far, is an act that binds it.
    """
    appointment = own_appointment(access, appointment_id)
    access.require_recent()
    _require_sense(limit_cents, from_date, until_date)

    mandate = Mandate.objects.create(
        alliance_id=appointment.alliance_id,
        owner_id=appointment.owner_id,
        audience=Audience.SHARED,
        appointment=appointment,
        subjects=sorted(set(subjects)),
        limit_cents=limit_cents,
        from_date=from_date,
        until_date=until_date,
        text=text.strip()[:2000],
        granted_at=access.now,
    )

    scope: dict[str, object] = {"subjects": mandate.subjects, "from": str(from_date), "text": mandate.text}
    if limit_cents is not None:
        scope["limit_cents"] = limit_cents
    if until_date is not None:
        scope["until"] = str(until_date)
    record(access, facts.mandate_granted(mandate.id, appointment.id, canonical_json(scope).decode()))
    return mandate.id


@transaction.atomic
def revoke_mandate(access: Access, *, mandate_id: str) -> None:
    """Withdraw a mandate now. Votes given under it stay; later ones need another."""
    rows = Mandate.objects.visible_to(access).select_related("appointment").select_for_update(of=("self",))
    mandate = rows.one(id=mandate_id)
    access.require(MANAGE_PARTNER if mandate.appointment.partner_id else MANAGE_ALLIANCE)
    if mandate.appointment.partner_id not in {access.partner, None}:
        raise NotFoundError
    access.require_recent()
    if mandate.revoked_at is not None:
        raise RefusalError(
            both(
                "Dit mandaat is al ingetrokken. Er is niets veranderd.",
                "This mandate was already withdrawn. Nothing was changed.",
            )
        )

    mandate.revoked_at = access.now
    mandate.save(update_fields=["revoked_at"])

    record(access, facts.mandate_revoked(mandate.id))


def _require_sense(limit_cents: int | None, from_date: date, until_date: date | None) -> None:
    if limit_cents is not None and not 0 <= limit_cents < 2**53:
        raise RefusalError(
            both(
                "Het bedrag moet nul of meer zijn. Laat het leeg voor: geen grens.",
                "The amount must be zero or more. Leave it empty for: no limit.",
            ),
            field="limit",
        )
    if until_date is not None and until_date < from_date:
        raise RefusalError(
            both(
                "De laatste dag van het mandaat ligt voor de eerste. Pas een van de twee aan.",
                "The last day of the mandate is before the first. Change one of the two.",
            ),
            field="until_date",
        )
