"""Who takes part in the example: people named by their place, and two partners that verify its register."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from concordia.capabilities.accounts.commands import example_account
from concordia.capabilities.alliances.commands import (
    Founded,
    found_alliance,
    grant_mandate,
    sit_down,
)
from concordia.capabilities.alliances.queries import access_for
from concordia.capabilities.ledger.commands import publish, record_cosignature, register_witness_key
from concordia.capabilities.ledger.models import Log
from concordia.demo.charters import example_charter
from concordia.domain.charter import Charter
from concordia.domain.checkpoint import cosign, parse_checkpoint
from concordia.domain.notes import COSIGNATURE, VerifierKey
from concordia.kernel.access import Access

KEY = "wage-data"
_HOME = ZoneInfo("Europe/Amsterdam")
_PLACES = ("board-member", "alliance-coordinator", "line-manager", "professional")  # filled at each partner


@dataclass
class Stage:
    """The alliance with its people, told in one language, and the day the story has reached."""

    founded: Founded
    charter: Charter
    language: str
    users: dict[str, str]
    people: dict[str, str]
    appointments: dict[str, str]

    def say(self, nl: str, en: str) -> str:
        """A text in the language of the story."""
        return nl if self.language == "nl" else en

    def at(self, who: str, moment: datetime) -> Access:
        """The access of a role-named person at a moment of the story, in working hours."""
        return self.exactly(who, working_hours(moment))

    def exactly(self, who: str, now: datetime) -> Access:
        """The access of a role-named person at this very moment."""
        return access_for(self.users[who], KEY, now=now, language=self.language, recent=True)


def working_hours(moment: datetime) -> datetime:
    """A moment of the story moved into an office day of the Netherlands; what was later never becomes earlier.

    A whole day becomes 9:00 to 17:00, a weekend the end of its Friday. Moves at most 9 hours ahead.
    """
    local = moment.astimezone(_HOME)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = (local.hour * 60 + local.minute) / (24 * 60)
    weekend = max(0, local.weekday() - 4)
    if weekend:
        friday = midnight - timedelta(days=weekend)
        return (friday + timedelta(hours=17, minutes=int(30 * (weekend - 1 + passed)))).astimezone(
            moment.tzinfo
        )
    return (midnight + timedelta(hours=9, minutes=int(8 * 60 * passed))).astimezone(moment.tzinfo)


def gather(start: datetime, language: str) -> Stage:
    """Found the alliance, with somebody in every place of every partner."""
    charter, founded = example_charter(KEY), working_hours(start)
    alliance = found_alliance(founded, charter=charter, example=True)
    stage = Stage(alliance, charter, language, {}, {}, {})
    for partner in charter.partners:
        for position in _PLACES:
            _seat(stage, founded, f"{partner.key}-{position}", partner.key, position)
    _seat(stage, founded, "manager", None, "key-alliance-manager")
    _seat(stage, founded, "agency", None, "agency-staff")
    grant_mandate(
        stage.at("irs-board-member", start + timedelta(hours=2)),
        appointment_id=stage.appointments["irs-line-manager"],
        subjects=(),
        limit_cents=250_000_00,
        from_date=start.date(),
        until_date=start.date() + timedelta(days=720),
        text=stage.say(
            "Besluiten van het lijnmanagersoverleg, tot een kwart miljoen per keer.",
            "Decisions of the line managers' table, up to a quarter of a million each.",
        ),
    )
    return stage


def _seat(stage: Stage, at: datetime, key: str, partner: str | None, position: str) -> None:
    """Somebody takes a place, and is called by it: “Bestuurslid UWV”, “Board member, UWV”."""
    title = stage.charter.position(position).title(stage.language)
    of = stage.charter.partner(partner).name.in_language(stage.language) if partner else ""
    name = f"{title}{stage.say(' ', ', ')}{of}" if of else title
    joined = at + timedelta(seconds=len(stage.users))  # the bar offers its hats in the order of the story
    user = example_account(name=name, language=stage.language, now=joined)
    stage.users[key] = user
    stage.people[key], stage.appointments[key] = sit_down(
        stage.founded,
        at,
        partner=partner,
        position=stage.charter.position(position),
        user_id=user,
        name=name,
    )


def verify_register(stage: Stage, day: datetime) -> None:
    """Two of the three partners let their witness look. The keys that sign for it here are kept nowhere."""
    at = working_hours(day)
    witnesses = {partner: Ed25519PrivateKey.generate() for partner in ("irs", "cbs")}
    audience = tuple(stage.founded.partners.values())
    for partner, private in witnesses.items():
        key = VerifierKey(f"{partner}.example", COSIGNATURE, private.public_key().public_bytes_raw())
        coordinator = stage.exactly(f"{partner}-alliance-coordinator", at)
        register_witness_key(coordinator, vkey=str(key), audience=audience)
    log = Log.objects.unscoped().get(owner_id=stage.founded.alliance)
    signed = publish(log.id, at)
    assert signed is not None
    checkpoint = parse_checkpoint(bytes(signed.note))
    for minutes, (partner, private) in zip((20, 45), witnesses.items(), strict=True):
        looked = at + timedelta(minutes=minutes)
        line = cosign(checkpoint, f"{partner}.example", private, int(looked.timestamp()))
        record_cosignature(stage.exactly(f"{partner}-alliance-coordinator", looked), line=line)
