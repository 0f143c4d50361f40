"""A partner's witness: its key, and its countersignatures (C2SP tlog-cosignature)."""

from datetime import UTC, datetime

from django.db import transaction

from concordia.capabilities.ledger.commands.appending import append
from concordia.capabilities.ledger.facts import Fact, Value
from concordia.capabilities.ledger.models import Checkpoint, Cosignature, Log, WitnessKey
from concordia.capabilities.ledger.permissions import WITNESS
from concordia.domain import checkpoint as core
from concordia.domain.faults import RegisterError
from concordia.domain.notes import COSIGNATURE, VerifierKey, parse_note
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError, RefusalError
from concordia.kernel.scoping import Audience

_LOOK_BACK = 200  # checkpoints that a line may belong to


@transaction.atomic
def register_witness_key(access: Access, *, vkey: str, audience: tuple[str, ...]) -> None:
    """Tell with which key one's organization countersigns; an earlier key retires.

    Raises RefusalError for a key that cannot countersign.
    """
    partner = _own_partner(access)
    access.require_recent()
    try:
        key = VerifierKey.parse(vkey.strip())
    except RegisterError as error:
        raise _unreadable(error) from None
    if key.kind != COSIGNATURE:
        raise RefusalError(
            both(
                "Deze sleutel is niet van een getuige. Plak de regel die `init` van uw getuige liet zien.",
                "This is not the key of a witness. Paste the line that `init` of your witness showed.",
            ),
            field="vkey",
        )

    known = WitnessKey.objects.unscoped().filter(
        alliance_id=access.require_alliance(), retired_at__isnull=True
    )
    if any(VerifierKey.parse(row.vkey).public == key.public for row in known.exclude(owner_id=partner)):
        raise RefusalError(
            both(
                "Dit is de sleutel van de getuige van een andere partner. Elke partner heeft een eigen getuige; "
                "maak er een met `init`.",
                "This is the key of another partner's witness. Every partner has a witness of its own; "
                "make one with `init`.",
            ),
            field="vkey",
        )

    known.filter(owner_id=partner).update(retired_at=access.now)
    WitnessKey.objects.create(
        alliance_id=access.require_alliance(),
        owner_id=partner,
        audience=Audience.SHARED,
        vkey=str(key),
        registered_at=access.now,
    )

    fact = Fact(
        "witness.registered", partner, 1, partner, _role(access), audience, {"vkey": Value(str(key), partner)}
    )
    append(access, fact)


@transaction.atomic
def record_cosignature(access: Access, *, line: str) -> int:
    """Keep the line that one's witness printed; the size it vouches for.

    Idempotent. Raises RefusalError when the line is not of one's registered key, or fits no checkpoint.
    """
    partner = _own_partner(access)
    key = WitnessKey.objects.visible_to(access).filter(owner_id=partner, retired_at__isnull=True).first()
    if key is None:
        raise RefusalError(
            both(
                "Uw organisatie heeft nog geen sleutel van een getuige. Meld die eerst aan.",
                "Your organization has no witness key yet. Register it first.",
            ),
            field="line",
        )
    log = Log.objects.visible_to(access).filter(owner_id=access.require_alliance()).order_by("-epoch").first()
    if log is None:
        raise NotFoundError
    checkpoint, time = _fitting(log, VerifierKey.parse(key.vkey), line.strip())

    Cosignature.objects.unscoped().get_or_create(
        log=log,
        owner_id=partner,
        size=checkpoint.size,
        defaults={
            "alliance_id": access.require_alliance(),
            "audience": Audience.SHARED,
            "line": line.strip() + "\n",
            "signed_at": time,
            "received_at": access.now,
        },
    )
    return checkpoint.size


def _fitting(log: Log, key: VerifierKey, line: str) -> tuple[core.Checkpoint, datetime]:
    """The newest of the log's latest checkpoints that the line countersigns, and when it says so."""
    if len(line.splitlines()) > 1:
        raise RefusalError(
            both(
                "Plak precies één regel: de laatste die uw getuige liet zien.",
                "Paste exactly one line: the last one your witness showed.",
            ),
            field="line",
        )
    rows = Checkpoint.objects.filter(log=log).exclude(note=b"").order_by("-size")[:_LOOK_BACK]
    for row in rows:
        note = bytes(row.note)
        try:
            added = parse_note(core.add_line(note, line + "\n")).signatures[-1]
        except RegisterError as error:
            raise _unreadable(error) from None
        if (added.name, added.key_id) != (key.name, key.key_id):
            continue
        signed = core.verify_signature(key, parse_note(note).text, added.value)
        if signed and signed.time is not None:
            return core.parse_checkpoint(note), datetime.fromtimestamp(signed.time, UTC)
    raise RefusalError(
        both(
            "Deze regel hoort niet bij de sleutel van uw getuige, of bij geen stand van dit register. "
            "Controleer met uw getuige een nieuw bundel en plak de regel die hij daarna laat zien.",
            "This line does not belong to the key of your witness, or to no checkpoint of this register. "
            "Check a new bundle with your witness and paste the line it then shows.",
        ),
        field="line",
    )


def _unreadable(error: RegisterError) -> RefusalError:
    nl, en = error.sentence("nl"), error.sentence("en")
    return RefusalError(
        both(
            f"Deze regel is niet te lezen. {nl} Plak hem precies zoals hij werd getoond.",
            f"This line cannot be read. {en} Paste it exactly as it was shown.",
        ),
        field="line",
    )


def _own_partner(access: Access) -> str:
    access.require(WITNESS)
    if access.partner is None:
        raise NotFoundError
    return access.partner


def _role(access: Access) -> str:
    return access.seats[0].position if access.seats else "host"
