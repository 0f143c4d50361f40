"""A partner's witness: its key, and its countersignatures (C2SP tlog-cosignature)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from django.db import transaction

from concordia.capabilities.ledger.commands.appending import append
from concordia.capabilities.ledger.commands.logs import hold_log
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
_NAME_LIMIT = 128
_LAST_MOMENT = 253_402_214_400  # 9999-12-31: later days cannot be told in every time zone


@transaction.atomic
def register_witness_key(access: Access, *, vkey: str, audience: tuple[str, ...]) -> None:
    """Tell with which key one's organization countersigns; an earlier key retires.

    The key that is in use already changes nothing. Raises RefusalError for a key that cannot countersign.
    """
    partner = _own_partner(access)
    access.require_recent()
    key = _witness_key(vkey)
    alliance = access.require_alliance()
    hold_log(alliance, alliance)  # before looking: of two that come at once, the second sees the first

    known = WitnessKey.objects.unscoped().filter(alliance_id=alliance, retired_at__isnull=True)
    if known.filter(owner_id=partner, vkey=str(key)).exists():
        return
    _check_is_own(key, [VerifierKey.parse(row.vkey) for row in known.exclude(owner_id=partner)])

    known.filter(owner_id=partner).update(retired_at=access.now)
    WitnessKey.objects.create(
        alliance_id=alliance,
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


def _witness_key(vkey: str) -> VerifierKey:
    try:
        key = VerifierKey.parse(vkey)
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
    if len(key.name) > _NAME_LIMIT or not key.name.isprintable():
        raise RefusalError(
            both(
                f"De naam van uw getuige is langer dan {_NAME_LIMIT} tekens, of heeft een teken dat niet te zien "
                "is. Maak een getuige met een gewone naam, zoals oost.example/w1.",
                f"The name of your witness is longer than {_NAME_LIMIT} characters, or holds one that cannot be "
                "seen. Make a witness with a plain name, such as oost.example/w1.",
            ),
            field="vkey",
        )
    return key


def _check_is_own(key: VerifierKey, others: Iterable[VerifierKey]) -> None:
    """Refuse the key, or the name, of another partner's witness: their own programs would then refuse it."""
    for other in others:
        if other.public == key.public:
            raise RefusalError(
                both(
                    "Dit is de sleutel van de getuige van een andere partner. Elke partner heeft een eigen "
                    "getuige; maak er een met `init`.",
                    "This is the key of another partner's witness. Every partner has a witness of its own; "
                    "make one with `init`.",
                ),
                field="vkey",
            )
        if other.name == key.name:
            raise RefusalError(
                both(
                    f"De getuige van een andere partner heet al {key.name}. Maak met `init` een getuige met een "
                    "andere naam, bijvoorbeeld met uw eigen domein erin.",
                    f"The witness of another partner has this name already: {key.name}. Make a witness of another "
                    "name with `init`, for example with your own domain in it.",
                ),
                field="vkey",
            )


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
            return core.parse_checkpoint(note), _moment(signed.time)
    raise RefusalError(
        both(
            "Deze regel hoort niet bij de getuige die u hebt aangemeld, of bij geen stand van dit register. Meld "
            "een andere getuige eerst aan, of controleer een nieuwe bundel en plak de regel die cosign dan laat zien.",
            "This line does not belong to the witness you registered, or to no checkpoint of this register. Register "
            "another witness first, or check a new bundle and paste the line that cosign then shows.",
        ),
        field="line",
    )


def _moment(time: int) -> datetime:
    if time >= _LAST_MOMENT:
        raise RefusalError(
            both(
                "Deze regel noemt een moment dat niet kan. Zet de klok van de computer van uw getuige goed, en "
                "teken opnieuw met `cosign`.",
                "This line states a moment that cannot be. Set the clock of your witness's computer right, and "
                "sign again with `cosign`.",
            ),
            field="line",
        )
    return datetime.fromtimestamp(time, UTC)


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
