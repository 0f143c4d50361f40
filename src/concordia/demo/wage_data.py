"""The wage-data alliance of the white paper, with people named by their role and invented figures.

Half a year of its life: its objective adopted, a calendar agreed, costs rejected and put forward anew, one
vote running, one proposal in preparation, one draft that only its organization sees.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction

from concordia.capabilities.accounts.commands import example_account
from concordia.capabilities.alliances.commands import (
    Founded,
    found_alliance,
    grant_mandate,
    sit_down,
)
from concordia.capabilities.alliances.models import Alliance
from concordia.capabilities.alliances.queries import access_for
from concordia.capabilities.decisions import commands
from concordia.capabilities.decisions.commands import Draft
from concordia.capabilities.ledger.commands import publish, record_cosignature, register_witness_key
from concordia.capabilities.ledger.models import Log
from concordia.demo.charters import example_charter
from concordia.domain.charter import Charter
from concordia.domain.checkpoint import cosign, parse_checkpoint
from concordia.domain.notes import COSIGNATURE, VerifierKey
from concordia.kernel.access import Access

KEY = "wage-data"
_PARTNERS = {"irs": "Belastingdienst", "ssa": "UWV", "cbs": "CBS"}
_ROLES = {
    "board-member": "Bestuurslid",
    "alliance-coordinator": "Ketencoördinator",
    "line-manager": "Lijnmanager",
    "professional": "Professional",
}


@dataclass
class Stage:
    """The alliance with its people, and the day the story has reached."""

    founded: Founded
    charter: Charter
    users: dict[str, str]
    people: dict[str, str]
    appointments: dict[str, str]

    def at(self, who: str, moment: datetime) -> Access:
        """The access of a role-named person at a moment of the story."""
        return access_for(self.users[who], KEY, now=moment, language="nl", recent=True)


def build_example(now: datetime | None = None) -> bool:
    """Build the example unless it is there; whether it was built. Ends at `now`, by default this moment."""
    if Alliance.objects.unscoped().filter(key=KEY).exists():
        return False
    ends = now or datetime.now(UTC)
    with transaction.atomic():
        stage = _people(ends - timedelta(days=190))
        _objective(stage, ends - timedelta(days=170))
        _calendar(stage, ends - timedelta(days=120))
        _costs(stage, ends - timedelta(days=80))
        _running(stage, ends)
        _preparing(stage, ends)
    _verified(stage, ends - timedelta(hours=2))
    return True


def _people(start: datetime) -> Stage:
    charter = example_charter(KEY)
    stage = Stage(found_alliance(start, charter=charter, example=True), charter, {}, {}, {})
    for partner, name in _PARTNERS.items():
        for position, role in _ROLES.items():
            _seat(stage, start, f"{partner}-{position}", f"{role} {name}", partner, position)
    _seat(stage, start, "manager", "Ketenmanager", None, "key-alliance-manager")
    _seat(stage, start, "agency", "Medewerker ketenbureau", None, "agency-staff")
    grant_mandate(
        stage.at("irs-board-member", start + timedelta(hours=2)),
        appointment_id=stage.appointments["irs-line-manager"],
        subjects=(),
        limit_cents=250_000_00,
        from_date=start.date(),
        until_date=start.date() + timedelta(days=720),
        text="Besluiten van het lijnmanagersoverleg, tot een kwart miljoen per keer.",
    )
    return stage


def _seat(stage: Stage, at: datetime, key: str, name: str, partner: str | None, position: str) -> None:
    user = example_account(name=name, language="nl", now=at)
    stage.users[key] = user
    stage.people[key], stage.appointments[key] = sit_down(
        stage.founded,
        at,
        partner=partner,
        position=stage.charter.position(position),
        user_id=user,
        name=name,
    )


def _decided(stage: Stage, start: datetime, draft: Draft, votes: dict[str, tuple[str, str]]) -> str:
    """A proposal of the tax administration from draft to decision; the decision's id."""
    proposal = commands.draft_proposal(stage.at("irs-board-member", start), draft=draft)
    sent = start + timedelta(hours=3)
    commands.send_for_consultation(stage.at("irs-board-member", sent), proposal_id=proposal)
    for partner, days in (("ssa", 4), ("cbs", 6)):
        commands.give_impact_note(
            stage.at(f"{partner}-alliance-coordinator", sent + timedelta(days=days)),
            proposal_id=proposal,
            note=_IMPACT[partner],
        )
    opened = sent + timedelta(days=8)
    commands.open_voting(stage.at("manager", opened), proposal_id=proposal)
    for hours, (partner, (choice, reason)) in enumerate(votes.items(), start=1):
        commands.cast_ballot(
            stage.at(f"{partner}-board-member", opened + timedelta(hours=hours * 5)),
            proposal_id=proposal,
            choice=choice,
            reason=reason,
        )
    return commands.close_voting(stage.at("manager", opened + timedelta(days=2)), proposal_id=proposal)


_IMPACT = {
    "ssa": "Wij kunnen dit inpassen. Onze uitkeringsadministratie vraagt wel twee weken voorbereiding.",
    "cbs": "Geen gevolgen voor onze statistieken, zolang de leverdatum gelijk blijft.",
}


def _objective(stage: Stage, start: datetime) -> None:
    decision = _decided(
        stage,
        start,
        Draft(
            title="Ons gezamenlijke doel",
            question="Stellen de partners het doel van de keten zo vast?",
            text=(
                "Eén aangifte van loon, door alle partners gebruikt, op tijd en zonder fouten.\n\n"
                "Dit doel gaat voor op het gemak van elke partner afzonderlijk. Wie het niet haalt, zegt dat "
                "op de dag dat het blijkt."
            ),
            procedure="strategic",
        ),
        {
            "irs": ("for", ""),
            "ssa": ("for", "Dit is precies waarvoor wij bij elkaar kwamen."),
            "cbs": ("for", ""),
        },
    )
    after = start + timedelta(days=12)
    commands.write_outcome(
        stage.at("manager", after),
        decision_id=decision,
        outcome="De keten heeft één doel: één aangifte, door allen gebruikt, op tijd en zonder fouten.",
        owner_id=stage.people["manager"],
        review_date=after.date() + timedelta(days=365),
    )
    for partner, state, word in (
        ("irs", "done", "Opgenomen in ons jaarplan."),
        ("ssa", "done", "Besproken met alle divisies."),
        ("cbs", "adopted", "Vastgesteld in onze directieraad."),
    ):
        commands.report_receipt(
            stage.at(f"{partner}-board-member", after + timedelta(days=9)),
            decision_id=decision,
            state=state,
            word=word,
        )


def _calendar(stage: Stage, start: datetime) -> None:
    decision = _decided(
        stage,
        start,
        Draft(
            title="Eén leverkalender voor alle aangiften",
            question="Werken alle partners vanaf volgend kwartaal met dezelfde leverkalender?",
            text=(
                "Nu houdt elke partner een eigen kalender bij. Daardoor kwam de levering van maart vier dagen te "
                "laat bij het CBS, zonder dat iemand het op tijd zag.\n\n"
                "Voorstel: het ketenbureau houdt één kalender bij. Wie een datum niet haalt, meldt dat uiterlijk "
                "drie werkdagen ervoor."
            ),
            procedure="strategic",
        ),
        {
            "irs": ("for", ""),
            "ssa": ("for", "Mits het ketenbureau hem ook echt bijhoudt."),
            "cbs": ("for", "Dit lost ons probleem van maart op."),
        },
    )
    after = start + timedelta(days=12)
    commands.write_outcome(
        stage.at("manager", after),
        decision_id=decision,
        outcome="Vanaf volgend kwartaal geldt één leverkalender, bijgehouden door het ketenbureau.",
        owner_id=stage.people["agency"],
        review_date=after.date() + timedelta(days=180),
    )
    commands.report_receipt(
        stage.at("cbs-alliance-coordinator", after + timedelta(days=20)),
        decision_id=decision,
        state="done",
        word="Onze planning leest de kalender nu rechtstreeks.",
    )
    commands.report_receipt(
        stage.at("ssa-alliance-coordinator", after + timedelta(days=22)),
        decision_id=decision,
        state="started",
        word="Twee van drie teams zijn over.",
    )


def _costs(stage: Stage, start: datetime) -> None:
    decision = _decided(
        stage,
        start,
        Draft(
            title="Verdeling van de kosten van de gezamenlijke voorziening",
            question="Delen de partners de kosten in drie gelijke delen?",
            text="De gezamenlijke voorziening kost dit jaar 1,2 miljoen euro. Voorstel: elk een derde deel.",
            procedure="strategic",
            amount_cents=1_200_000_00,
        ),
        {
            "irs": ("for", ""),
            "ssa": ("for", ""),
            "cbs": ("against", "Wij gebruiken een vijfde van het volume en zouden een derde betalen."),
        },
    )
    commands.write_outcome(
        stage.at("manager", start + timedelta(days=12)),
        decision_id=decision,
        outcome="Geen gelijke verdeling. De Belastingdienst komt met een voorstel naar gebruik.",
        owner_id=stage.people["irs-board-member"],
        review_date=None,
    )


def _running(stage: Stage, ends: datetime) -> None:
    start = ends - timedelta(days=17)
    proposal = commands.draft_proposal(
        stage.at("irs-board-member", start),
        draft=Draft(
            title="Kosten verdelen naar gebruik",
            question="Delen de partners de kosten van de gezamenlijke voorziening naar hun aandeel in het volume?",
            text=(
                "Bij gelijke delen betaalde het CBS meer dan het gebruikt. Dat voorstel is niet aangenomen.\n\n"
                "Voorstel: 40 procent Belastingdienst, 40 procent UWV, 20 procent CBS, naar het volume van vorig "
                "jaar. De sleutel wordt elk jaar in december opnieuw berekend."
            ),
            procedure="strategic",
            amount_cents=1_200_000_00,
        ),
    )
    commands.add_paper(
        stage.at("irs-board-member", start),
        proposal_id=proposal,
        name="volume-per-partner.csv",
        content=b"partner,berichten,aandeel\nBelastingdienst,8400000,40\nUWV,8390000,40\nCBS,4200000,20\n",
    )
    commands.send_for_consultation(stage.at("irs-board-member", start), proposal_id=proposal)
    for partner, days in (("ssa", 3), ("cbs", 9)):
        commands.give_impact_note(
            stage.at(f"{partner}-alliance-coordinator", start + timedelta(days=days)),
            proposal_id=proposal,
            note=(
                "Voor ons verandert het bedrag nauwelijks; wij kunnen dit dragen."
                if partner == "ssa"
                else "Dit volgt het gebruik. Wij besparen ruim een ton ten opzichte van gelijke delen."
            ),
        )
    commands.open_voting(stage.at("manager", ends - timedelta(days=3)), proposal_id=proposal)
    commands.cast_ballot(
        stage.at("ssa-board-member", ends - timedelta(days=2, hours=4)), proposal_id=proposal, choice="for"
    )


def _verified(stage: Stage, at: datetime) -> None:
    """Two of the three partners let their witness look. The keys that sign for it here are kept nowhere."""
    witnesses = {partner: Ed25519PrivateKey.generate() for partner in ("irs", "cbs")}
    audience = tuple(stage.founded.partners.values())
    for partner, private in witnesses.items():
        key = VerifierKey(f"{partner}.example", COSIGNATURE, private.public_key().public_bytes_raw())
        coordinator = stage.at(f"{partner}-alliance-coordinator", at)
        register_witness_key(coordinator, vkey=str(key), audience=audience)
    log = Log.objects.unscoped().get(owner_id=stage.founded.alliance)
    signed = publish(log.id, at)
    assert signed is not None
    checkpoint = parse_checkpoint(bytes(signed.note))
    for minutes, (partner, private) in zip((20, 45), witnesses.items(), strict=True):
        looked = at + timedelta(minutes=minutes)
        line = cosign(checkpoint, f"{partner}.example", private, int(looked.timestamp()))
        record_cosignature(stage.at(f"{partner}-alliance-coordinator", looked), line=line)


def _preparing(stage: Stage, ends: datetime) -> None:
    start = ends - timedelta(days=2)
    proposal = commands.draft_proposal(
        stage.at("ssa-alliance-coordinator", start),
        draft=Draft(
            title="Een gezamenlijke begrippenlijst",
            question="Stellen de partners één begrippenlijst vast voor alle berichten?",
            text=(
                "“Werknemer” betekent bij elke partner iets anders. Dat kost elke maand herstelwerk.\n\n"
                "Voorstel: het lijnmanagersoverleg beheert één lijst, met naast elke gezamenlijke betekenis die "
                "van de partner zelf."
            ),
            procedure="operational",
        ),
    )
    commands.send_for_consultation(stage.at("ssa-alliance-coordinator", start), proposal_id=proposal)
    commands.write_partner_note(
        stage.at("irs-alliance-coordinator", start + timedelta(hours=5)),
        proposal_id=proposal,
        text="Eerst vragen wat juridische zaken hiervan vindt, voor wij antwoorden.",
    )
    commands.draft_proposal(
        stage.at("cbs-board-member", ends - timedelta(days=1)),
        draft=Draft(
            title="Stage bij elkaar op de werkvloer",
            question="Lopen professionals van elke partner een week mee bij een andere?",
            text="Wie de vorige en de volgende schakel kent, lost een knelpunt op voor het omhoog gaat.",
            procedure="strategic",
        ),
    )
