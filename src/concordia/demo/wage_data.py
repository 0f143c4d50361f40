"""The wage-data alliance of the white paper, with people named by their role and invented figures.

Half a year of its life: its objective adopted, a calendar agreed, costs rejected and put forward anew, one
vote running, one proposal in preparation, one draft that only its organization sees.
"""

from datetime import UTC, datetime, timedelta

from django.db import transaction

from concordia.capabilities.alliances.models import Alliance
from concordia.capabilities.decisions import commands
from concordia.capabilities.decisions.commands import Draft
from concordia.demo.stage import KEY, Stage, gather, verify_register


def build_example(now: datetime | None = None, language: str = "nl") -> bool:
    """Build the example unless it is there; whether it was built.

    The story ends at `now`, by default this moment; its people write in `language`, nl or en.
    """
    if Alliance.objects.unscoped().filter(key=KEY).exists():
        return False
    ends = now or datetime.now(UTC)
    with transaction.atomic():
        stage = gather(ends - timedelta(days=190), language)
        _objective(stage, ends - timedelta(days=170))
        _calendar(stage, ends - timedelta(days=120))
        _costs(stage, ends - timedelta(days=80))
        _running(stage, ends)
        _preparing(stage, ends)
    verify_register(stage, ends - timedelta(days=1))
    return True


def _decided(stage: Stage, start: datetime, draft: Draft, votes: dict[str, tuple[str, str]]) -> str:
    """A proposal of the tax administration from draft to decision; the decision's id."""
    proposal = commands.draft_proposal(stage.at("irs-board-member", start), draft=draft)
    sent = start + timedelta(hours=3)
    commands.send_for_consultation(stage.at("irs-board-member", sent), proposal_id=proposal)
    for partner, days in (("ssa", 4), ("cbs", 6)):
        commands.give_impact_note(
            stage.at(f"{partner}-alliance-coordinator", sent + timedelta(days=days)),
            proposal_id=proposal,
            note=_impact(stage, partner),
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


def _impact(stage: Stage, partner: str) -> str:
    if partner == "ssa":
        return stage.say(
            "Wij kunnen dit inpassen. Onze uitkeringsadministratie vraagt wel twee weken voorbereiding.",
            "We can fit this in. Our benefits administration does need two weeks to prepare.",
        )
    return stage.say(
        "Geen gevolgen voor onze statistieken, zolang de leverdatum gelijk blijft.",
        "No consequences for our statistics, as long as the delivery date stays the same.",
    )


def _objective(stage: Stage, start: datetime) -> None:
    decision = _decided(
        stage,
        start,
        Draft(
            title=stage.say("Ons gezamenlijke doel", "Our common objective"),
            question=stage.say(
                "Stellen de partners het doel van de keten zo vast?",
                "Do the partners adopt this as the objective of the alliance?",
            ),
            text=stage.say(
                (
                    "Eén aangifte van loon, door alle partners gebruikt, op tijd en zonder fouten.\n\n"
                    "Dit doel gaat voor op het gemak van elke partner afzonderlijk. Wie het niet haalt, zegt dat "
                    "op de dag dat het blijkt."
                ),
                (
                    "One declaration of wages, used by all partners, in time and without errors.\n\n"
                    "This objective comes before the convenience of any one partner. Who cannot reach it says so "
                    "on the day it shows."
                ),
            ),
            procedure="strategic",
        ),
        {
            "irs": ("for", ""),
            "ssa": (
                "for",
                stage.say(
                    "Dit is precies waarvoor wij bij elkaar kwamen.",
                    "This is exactly what we came together for.",
                ),
            ),
            "cbs": ("for", ""),
        },
    )
    _carry_out_objective(stage, decision, start + timedelta(days=12))


def _carry_out_objective(stage: Stage, decision: str, after: datetime) -> None:
    commands.write_outcome(
        stage.at("manager", after),
        decision_id=decision,
        outcome=stage.say(
            "De keten heeft één doel: één aangifte, door allen gebruikt, op tijd en zonder fouten.",
            "The alliance has one objective: one declaration, used by all, in time and without errors.",
        ),
        owner_id=stage.people["manager"],
        review_date=after.date() + timedelta(days=365),
    )
    for partner, state, word in (
        ("irs", "done", stage.say("Opgenomen in ons jaarplan.", "Put into our year plan.")),
        ("ssa", "done", stage.say("Besproken met alle divisies.", "Discussed with every division.")),
        (
            "cbs",
            "adopted",
            stage.say("Vastgesteld in onze directieraad.", "Adopted by our management board."),
        ),
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
            title=stage.say(
                "Eén leverkalender voor alle aangiften", "One delivery calendar for all declarations"
            ),
            question=stage.say(
                "Werken alle partners vanaf volgend kwartaal met dezelfde leverkalender?",
                "Do all partners work with the same delivery calendar from next quarter on?",
            ),
            text=stage.say(
                (
                    "Nu houdt elke partner een eigen kalender bij. Daardoor kwam de levering van maart vier dagen te "
                    "laat bij het CBS, zonder dat iemand het op tijd zag.\n\n"
                    "Voorstel: het ketenbureau houdt één kalender bij. Wie een datum niet haalt, meldt dat uiterlijk "
                    "drie werkdagen ervoor."
                ),
                (
                    "Each partner keeps a calendar of its own. That is why the March delivery reached the "
                    "statistics office four days late, and nobody saw it in time.\n\n"
                    "Proposal: the alliance agency keeps one calendar. Who will miss a date says so at least "
                    "three working days before."
                ),
            ),
            procedure="strategic",
        ),
        {
            "irs": ("for", ""),
            "ssa": (
                "for",
                stage.say(
                    "Mits het ketenbureau hem ook echt bijhoudt.",
                    "Provided that the agency really keeps it up to date.",
                ),
            ),
            "cbs": (
                "for",
                stage.say("Dit lost ons probleem van maart op.", "This solves our problem of March."),
            ),
        },
    )
    _carry_out_calendar(stage, decision, start + timedelta(days=12))


def _carry_out_calendar(stage: Stage, decision: str, after: datetime) -> None:
    commands.write_outcome(
        stage.at("manager", after),
        decision_id=decision,
        outcome=stage.say(
            "Vanaf volgend kwartaal geldt één leverkalender, bijgehouden door het ketenbureau.",
            "From next quarter on there is one delivery calendar, kept by the alliance agency.",
        ),
        owner_id=stage.people["agency"],
        review_date=after.date() + timedelta(days=180),
    )
    commands.report_receipt(
        stage.at("cbs-alliance-coordinator", after + timedelta(days=20)),
        decision_id=decision,
        state="done",
        word=stage.say(
            "Onze planning leest de kalender nu rechtstreeks.",
            "Our planning reads the calendar directly now.",
        ),
    )
    commands.report_receipt(
        stage.at("ssa-alliance-coordinator", after + timedelta(days=22)),
        decision_id=decision,
        state="started",
        word=stage.say("Twee van drie teams zijn over.", "Two of three teams have moved."),
    )


def _costs(stage: Stage, start: datetime) -> None:
    decision = _decided(
        stage,
        start,
        Draft(
            title=stage.say(
                "Verdeling van de kosten van de gezamenlijke voorziening",
                "Sharing the costs of the common facility",
            ),
            question=stage.say(
                "Delen de partners de kosten in drie gelijke delen?",
                "Do the partners share the costs in three equal parts?",
            ),
            text=stage.say(
                "De gezamenlijke voorziening kost dit jaar 1,2 miljoen euro. Voorstel: elk een derde deel.",
                "The common facility costs 1.2 million euros this year. Proposal: one third each.",
            ),
            procedure="strategic",
            amount_cents=1_200_000_00,
        ),
        {
            "irs": ("for", ""),
            "ssa": ("for", ""),
            "cbs": (
                "against",
                stage.say(
                    "Wij gebruiken een vijfde van het volume en zouden een derde betalen.",
                    "We use a fifth of the volume and would pay a third.",
                ),
            ),
        },
    )
    commands.write_outcome(
        stage.at("manager", start + timedelta(days=12)),
        decision_id=decision,
        outcome=stage.say(
            "Geen gelijke verdeling. De Belastingdienst komt met een voorstel naar gebruik.",
            "No equal shares. The tax administration will propose shares by usage.",
        ),
        owner_id=stage.people["irs-board-member"],
        review_date=None,
    )


def _running(stage: Stage, ends: datetime) -> None:
    start = ends - timedelta(days=17)
    proposal = commands.draft_proposal(
        stage.at("irs-board-member", start),
        draft=Draft(
            title=stage.say("Kosten verdelen naar gebruik", "Sharing costs by usage"),
            question=stage.say(
                "Delen de partners de kosten van de gezamenlijke voorziening naar hun aandeel in het volume?",
                "Do the partners share the costs of the common facility by their share of the volume?",
            ),
            text=stage.say(
                (
                    "Bij gelijke delen betaalde het CBS meer dan het gebruikt. Dat voorstel is niet aangenomen.\n\n"
                    "Voorstel: 40 procent Belastingdienst, 40 procent UWV, 20 procent CBS, naar het volume van vorig "
                    "jaar. De sleutel wordt elk jaar in december opnieuw berekend."
                ),
                (
                    "With equal parts the statistics office would pay for more than it uses. That proposal was not "
                    "adopted.\n\n"
                    "Proposal: 40 percent tax administration, 40 percent insurance agency, 20 percent statistics "
                    "office, by last year's volume. The key is computed anew each December."
                ),
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
                stage.say(
                    "Voor ons verandert het bedrag nauwelijks; wij kunnen dit dragen.",
                    "For us the amount hardly changes; we can bear this.",
                )
                if partner == "ssa"
                else stage.say(
                    "Dit volgt het gebruik. Wij besparen ruim een ton ten opzichte van gelijke delen.",
                    "This follows usage. We save well over a hundred thousand compared with equal parts.",
                )
            ),
        )
    commands.open_voting(stage.at("manager", ends - timedelta(days=3)), proposal_id=proposal)
    commands.cast_ballot(
        stage.at("ssa-board-member", ends - timedelta(days=2, hours=4)), proposal_id=proposal, choice="for"
    )


def _preparing(stage: Stage, ends: datetime) -> None:
    start = ends - timedelta(days=2)
    proposal = commands.draft_proposal(
        stage.at("ssa-alliance-coordinator", start),
        draft=Draft(
            title=stage.say("Een gezamenlijke begrippenlijst", "A common list of terms"),
            question=stage.say(
                "Stellen de partners één begrippenlijst vast voor alle berichten?",
                "Do the partners adopt one list of terms for all messages?",
            ),
            text=stage.say(
                (
                    "“Werknemer” betekent bij elke partner iets anders. Dat kost elke maand herstelwerk.\n\n"
                    "Voorstel: het lijnmanagersoverleg beheert één lijst, met naast elke gezamenlijke betekenis die "
                    "van de partner zelf."
                ),
                (
                    "“Employee” means something else at each partner. That costs repair work every month.\n\n"
                    "Proposal: the line managers keep one list, with beside each common meaning the partner's own."
                ),
            ),
            procedure="operational",
        ),
    )
    commands.send_for_consultation(stage.at("ssa-alliance-coordinator", start), proposal_id=proposal)
    commands.write_partner_note(
        stage.at("irs-alliance-coordinator", start + timedelta(hours=5)),
        proposal_id=proposal,
        text=stage.say(
            "Eerst vragen wat juridische zaken hiervan vindt, voor wij antwoorden.",
            "First ask what our legal department thinks of this, before we answer.",
        ),
    )
    commands.draft_proposal(
        stage.at("cbs-board-member", ends - timedelta(days=1)),
        draft=Draft(
            title=stage.say("Stage bij elkaar op de werkvloer", "Working a week at each other's place"),
            question=stage.say(
                "Lopen professionals van elke partner een week mee bij een andere?",
                "Do professionals of each partner work along at another for a week?",
            ),
            text=stage.say(
                "Wie de vorige en de volgende schakel kent, lost een knelpunt op voor het omhoog gaat.",
                "Who knows the link before and the link after solves a bottleneck before it climbs.",
            ),
            procedure="strategic",
        ),
    )
