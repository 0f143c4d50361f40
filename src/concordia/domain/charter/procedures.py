"""Whether the procedures of a charter can decide: who votes, what they weigh, a rule that can go both ways."""

from collections.abc import Iterator

from concordia.domain.charter.model import Charter
from concordia.domain.charter.places import MOST_PLACES, chair_votes, places
from concordia.domain.charter.references import BODY, GROUP, MEASURE, keys, refers
from concordia.domain.problems import Problem
from concordia.domain.rules.engine import Verdict
from concordia.domain.rules.feasible import verdicts
from concordia.domain.rules.model import CHAIR, COMPARISONS, Count, Test, Threshold, counts_in
from concordia.domain.rules.procedure import Procedure
from concordia.domain.texts import Text, both


def procedure_problems(charter: Charter) -> Iterator[Problem]:
    """What does not hold together in how the partners decide."""
    bodies = keys(charter.bodies)
    for procedure in charter.procedures:
        path = f"procedures.{procedure.key}"
        before = list(refers(f"{path}.body", procedure.body, bodies, BODY)) + list(
            _counts(charter, procedure)
        )
        yield from before
        if procedure.at_end in {"consent", "refuse", "carry-over"} and procedure.term is None:
            yield _no_term(path, procedure)
        yield from _urgency(path, procedure)
        if not before:
            yield from _casts(charter, procedure, path)
            yield from _can_decide(charter, procedure, path)


def _no_term(path: str, procedure: Procedure) -> Problem:
    return Problem(
        f"{path}.at_end",
        both(
            f"“{procedure.at_end}” spreekt aan het einde van een termijn, en die is er niet.",
            f"“{procedure.at_end}” speaks at the end of a term, and there is none.",
        ),
        both("Voeg term toe, bijvoorbeeld P5D.", "Add term, for example P5D."),
    )


def _urgency(path: str, procedure: Procedure) -> Iterator[Problem]:
    """Urgency shortens the period beforehand: there must be one, and it must be longer."""
    if procedure.urgency is None:
        return
    if procedure.involve is None:
        what = both(
            "Spoed verkort de termijn vooraf, en die is er niet.",
            "Urgency shortens the period beforehand, and there is none.",
        )
    elif procedure.urgency.at_least.about() >= procedure.involve.at_least.about():
        what = both(
            f"Bij spoed is de termijn ({procedure.urgency.at_least}) niet korter dan gewoon "
            f"({procedure.involve.at_least}).",
            f"When urgent the period ({procedure.urgency.at_least}) is not shorter than usual "
            f"({procedure.involve.at_least}).",
        )
    else:
        return
    mend = both(
        "Haal urgency weg, of geef involve een langere termijn.",
        "Take urgency away, or give involve a longer period.",
    )
    yield Problem(f"{path}.urgency", what, mend)


def _counts(charter: Charter, procedure: Procedure) -> Iterator[Problem]:
    measures = list(dict.fromkeys(key for partner in charter.partners for key in partner.measures))
    groups = ["all", CHAIR, *charter.groups]
    for name in ("quorum", "rule"):
        for count in counts_in(getattr(procedure, name)):
            path = f"procedures.{procedure.key}.{name}"
            if count.by != "heads":
                yield from refers(f"{path}.by", count.by, ["heads", *measures], MEASURE)
                yield from _measured(charter, path, count)
            yield from refers(f"{path}.among", count.among, groups, GROUP)


def _measured(charter: Charter, path: str, count: Count) -> Iterator[Problem]:
    asked = [one for one in charter.partners if count.among in {"all", CHAIR, *charter.groups_of(one.key)}]
    without = [partner.key for partner in asked if count.by not in partner.measures]
    if without:
        listed = ", ".join(without)
        yield Problem(
            f"{path}.by",
            both(
                f"De maat “{count.by}” ontbreekt bij: {listed}.",
                f"The measure “{count.by}” is missing at: {listed}.",
            ),
            both("Geef hun deze maat.", "Give them this measure."),
        )


def _casts(charter: Charter, procedure: Procedure, path: str) -> Iterator[Problem]:
    """A casting vote of the chair asks for a chair who votes."""
    counted = [*counts_in(procedure.rule), *counts_in(procedure.quorum)]
    if CHAIR in {count.among for count in counted} and not chair_votes(charter, procedure):
        yield Problem(
            f"{path}.rule.among",
            both(
                f"De stem van de voorzitter telt hier mee, maar in “{procedure.body}” stemt geen voorzitter.",
                f"The vote of the chair counts here, but in “{procedure.body}” no chair votes.",
            ),
            both(
                "Geef het orgaan een voorzitter die meestemt, of noem een groep van het handvest.",
                "Give the body a chair who votes, or name a group of the charter.",
            ),
        )


def _can_decide(charter: Charter, procedure: Procedure, path: str) -> Iterator[Problem]:
    """A rule must be able to adopt, and to refuse."""
    body = charter.body(procedure.body)
    if not any(seat.vote for seat in body.seats):
        yield Problem(
            f"{path}.body",
            both(f"In “{body.key}” stemt niemand.", f"Nobody votes in “{body.key}”."),
            both("Kies een orgaan met stemmende leden.", "Choose a body with members that vote."),
        )
        return
    voters = places(charter, procedure, procedure.subjects)
    too_many = procedure.voters != "partners" and len(voters) == MOST_PLACES
    possible = None if too_many else verdicts(procedure, voters)
    if possible is None:
        return
    if Verdict.ADOPTED not in possible:
        where = "quorum" if possible == {Verdict.NO_QUORUM} else "rule"
        yield Problem(f"{path}.{where}", _never(procedure, possible), _NEVER_MEND)
    elif Verdict.REJECTED not in possible:
        yield Problem(
            f"{path}.rule",
            both(
                "Deze regel neemt elk voorstel aan, wat de stemmers ook doen.",
                "This rule adopts every proposal, whatever the voters do.",
            ),
            both(
                "Voeg een toets toe die niet altijd klopt, zoals meer voor dan tegen.",
                "Add a test that does not always hold, such as more for than against.",
            ),
        )


_NEVER_MEND = both(
    "Verlaag de drempel, of controleer waarover het deel (of) wordt genomen.",
    "Lower the threshold, or check what the share (of) is taken of.",
)


def _never(procedure: Procedure, possible: frozenset[Verdict]) -> Text:
    if possible == {Verdict.NO_QUORUM}:
        return both(
            "De opkomst die hier nodig is kan nooit worden gehaald.", "This quorum can never be reached."
        )
    beyond = [
        count
        for count in counts_in(procedure.rule)
        if isinstance(count, Test) and isinstance(count.bound, Threshold) and not count.bound.share
    ]
    numbers = ", ".join(str(count.bound) for count in beyond if count.comparison in COMPARISONS[:2])
    hint = (f" Nodig is {numbers}.", f" It needs {numbers}.") if numbers else ("", "")
    return both(
        f"Met deze regel kan geen voorstel ooit worden aangenomen.{hint[0]}",
        f"Under this rule no proposal can ever be adopted.{hint[1]}",
    )
