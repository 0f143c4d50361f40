"""What a charter must keep beyond its form: references, bodies with people, rules that can decide."""

from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from itertools import chain, islice
from typing import Protocol

from dateutil.rrule import rrulestr

from concordia.domain.charter.model import Body, Charter
from concordia.domain.lookalikes import skeleton
from concordia.domain.problems import Problem
from concordia.domain.rules.engine import Verdict
from concordia.domain.rules.feasible import verdicts
from concordia.domain.rules.model import COMPARISONS, Count, Test, Threshold, counts_in
from concordia.domain.rules.procedure import Procedure
from concordia.domain.rules.roll import CHAIR, Voter
from concordia.domain.texts import Text, both

_OUTSIDE = {"team", "outside"}
_MOST = 200  # problems told at once; who mends so many hears the rest then
_MOST_NAMED = 60  # keys to choose from; to look for what was meant among more takes too long


def problems(charter: Charter) -> list[Problem]:
    """Everything that does not hold together, in the order of the document; of a multitude the first."""
    found = chain(
        _doubles(charter),
        _lookalikes(charter),
        _groups(charter),
        _bodies(charter),
        _procedures(charter),
        _escalation(charter),
        _reporting(charter),
        _settlement(charter),
        _languages(charter),
        _refers("amendment.procedure", charter.amendment.procedure, _keys(charter.procedures), _PROCEDURE),
    )
    return list(islice(found, _MOST))


_PARTNER = ("partner", "partner")
_POSITION = ("functie", "position")
_BODY = ("orgaan", "body")
_PROCEDURE = ("procedure", "procedure")
_MEASURE = ("maat van de partners", "measure of the partners")
_GROUP = ("groep", "group")


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


def _keys(items: Iterable[_Keyed]) -> list[str]:
    return [item.key for item in items]


def _refers(path: str, key: str, known: Iterable[str], what: tuple[str, str]) -> Iterator[Problem]:
    """A reference must point at something that is there."""
    known = list(known)
    if key in known:
        return
    close = get_close_matches(key, known, n=1, cutoff=0.6) if len(known) <= _MOST_NAMED else []
    listed = ", ".join([*known[:_MOST_NAMED], *(["…"] if len(known) > _MOST_NAMED else [])]) or "–"
    mend = both(f"Kies uit: {listed}.", f"Choose from: {listed}.")
    if close:
        mend = both(f"Bedoelde u “{close[0]}”?", f"Did you mean “{close[0]}”?")
    yield Problem(path, both(f"Er is geen {what[0]} “{key}”.", f"There is no {what[1]} “{key}”."), mend)


def _doubles(charter: Charter) -> Iterator[Problem]:
    for section in ("partners", "positions", "bodies", "procedures", "settlement"):
        for key, times in Counter(_keys(getattr(charter, section))).items():
            if times > 1:
                yield Problem(
                    f"{section}.{key}",
                    both(
                        f"De sleutel “{key}” komt {times} keer voor.",
                        f"The key “{key}” occurs {times} times.",
                    ),
                    both("Geef elk een eigen sleutel.", "Give each a key of its own."),
                )


def _lookalikes(charter: Charter) -> Iterator[Problem]:
    """Partners that a reader cannot tell apart, also where the letters are of another script."""
    seen: dict[str, str] = {}
    for partner in charter.partners:
        for shape in {skeleton(name) for _, name in partner.name.by_language}:
            other = seen.setdefault(shape, partner.key)
            if other != partner.key:
                yield Problem(
                    f"partners.{partner.key}.name",
                    both(
                        f"Deze naam ziet er net zo uit als die van “{other}”.",
                        f"This name looks the same as that of “{other}”.",
                    ),
                    both(
                        "Schrijf de namen zo dat iedereen ze uit elkaar houdt.",
                        "Write the names so that everybody can tell them apart.",
                    ),
                )


def _groups(charter: Charter) -> Iterator[Problem]:
    partners = _keys(charter.partners)
    for name, members in charter.groups.items():
        if name in {"all", CHAIR}:
            yield Problem(
                f"groups.{name}",
                both(f"“{name}” is al een vast begrip.", f"“{name}” already has a fixed meaning."),
                both("Kies een andere naam voor deze groep.", "Choose another name for this group."),
            )
        for index, member in enumerate(members):
            yield from _refers(f"groups.{name}[{index}]", member, partners, _PARTNER)


def _bodies(charter: Charter) -> Iterator[Problem]:
    positions = _keys(charter.positions)
    for body in charter.bodies:
        path = f"bodies.{body.key}"
        if not body.seats:
            yield Problem(
                f"{path}.seats",
                both("In dit orgaan zit niemand.", "Nobody sits in this body."),
                both("Noem minstens één functie bij seats.", "Name at least one position at seats."),
            )
        for index, seat in enumerate(body.seats):
            yield from _refers(f"{path}.seats[{index}]", seat.position, positions, _POSITION)
        if body.chair and body.chair.position:
            yield from _refers(f"{path}.chair.position", body.chair.position, positions, _POSITION)
        if body.advises:
            yield from _refers(f"{path}.advises", body.advises, _keys(charter.bodies), _BODY)
        yield from _rhythm(path, body)


def _rhythm(path: str, body: Body) -> Iterator[Problem]:
    if body.rhythm is None:
        return
    try:
        if not body.rhythm.startswith("FREQ=") or "\n" in body.rhythm:
            raise ValueError
        rrulestr(body.rhythm)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError):
        yield Problem(
            f"{path}.rhythm",
            both(f"“{body.rhythm[:60]}” is geen ritme.", f"“{body.rhythm[:60]}” is not a rhythm."),
            both(
                "Schrijf een regel van RFC 5545, bijvoorbeeld FREQ=MONTHLY;INTERVAL=3.",
                "Write a rule of RFC 5545, for example FREQ=MONTHLY;INTERVAL=3.",
            ),
        )


def _procedures(charter: Charter) -> Iterator[Problem]:
    bodies = _keys(charter.bodies)
    for procedure in charter.procedures:
        path = f"procedures.{procedure.key}"
        before = list(_refers(f"{path}.body", procedure.body, bodies, _BODY)) + list(
            _counts(charter, procedure)
        )
        yield from before
        if procedure.at_end in {"consent", "refuse", "carry-over"} and procedure.term is None:
            yield _no_term(path, procedure)
        if not before:
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


def _counts(charter: Charter, procedure: Procedure) -> Iterator[Problem]:
    measures = list(dict.fromkeys(key for partner in charter.partners for key in partner.measures))
    groups = ["all", CHAIR, *charter.groups]
    for name in ("quorum", "rule"):
        for count in counts_in(getattr(procedure, name)):
            path = f"procedures.{procedure.key}.{name}"
            if count.by != "heads":
                yield from _refers(f"{path}.by", count.by, ["heads", *measures], _MEASURE)
                yield from _measured(charter, path, count)
            yield from _refers(f"{path}.among", count.among, groups, _GROUP)


def _measured(charter: Charter, path: str, count: Count) -> Iterator[Problem]:
    without = [partner.key for partner in charter.partners if count.by not in partner.measures]
    if without and len(without) < len(charter.partners):
        listed = ", ".join(without)
        yield Problem(
            f"{path}.by",
            both(
                f"De maat “{count.by}” ontbreekt bij: {listed}.",
                f"The measure “{count.by}” is missing at: {listed}.",
            ),
            both("Geef elke partner deze maat.", "Give every partner this measure."),
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
    possible = verdicts(procedure, example_voters(charter))
    if possible is None:
        return
    if Verdict.ADOPTED not in possible:
        yield Problem(f"{path}.rule", _never(procedure, possible), _NEVER_MEND)
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


def example_voters(charter: Charter, subjects: tuple[str, ...] = ()) -> tuple[Voter, ...]:
    """The partners as voters who have not voted yet; the first one chairs. `subjects` asks for competence."""
    return tuple(
        Voter(
            partner.key,
            partner.name,
            chair=index == 0,
            competent=not subjects or charter.is_competent(partner, subjects),
            weights=charter.weights(partner),
            groups=charter.groups_of(partner.key),
        )
        for index, partner in enumerate(charter.partners)
    )


def _escalation(charter: Charter) -> Iterator[Problem]:
    known = [*_keys(charter.positions), *_keys(charter.bodies), *sorted(_OUTSIDE)]
    for index, step in enumerate(charter.escalation):
        path = f"escalation[{index}]"
        yield from _refers(
            f"{path}.to",
            step.to,
            known,
            ("functie, orgaan, team of outside", "position, body, team or outside"),
        )
        if step.to == "outside" and step.who is None:
            yield Problem(
                f"{path}.who",
                both(
                    "Er staat niet bij wie buiten de alliantie.", "It does not say who outside the alliance."
                ),
                both("Voeg who toe, bijvoorbeeld de minister.", "Add who, for example the minister."),
            )
        if step.within is None and index < len(charter.escalation) - 1:
            yield Problem(
                f"{path}.within",
                both(
                    "Deze trede heeft geen termijn, dus de volgende komt nooit.",
                    "This step has no term, so the next one never comes.",
                ),
                both("Voeg within toe, bijvoorbeeld P5D.", "Add within, for example P5D."),
            )
    if charter.escalation and not _ends_somewhere(charter):
        yield Problem(
            f"escalation[{len(charter.escalation) - 1}].to",
            both(
                "De route eindigt nergens: de laatste trede beslist niet.",
                "The route ends nowhere: its last step does not decide.",
            ),
            both(
                "Eindig bij een orgaan dat besluit, of bij outside met who.",
                "End at a body that decides, or at outside with who.",
            ),
        )


def _ends_somewhere(charter: Charter) -> bool:
    last = charter.escalation[-1].to
    return last == "outside" or last in {procedure.body for procedure in charter.procedures}


def _reporting(charter: Charter) -> Iterator[Problem]:
    if charter.reporting:
        for index, body in enumerate(charter.reporting.to):
            yield from _refers(f"reporting.to[{index}]", body, _keys(charter.bodies), _BODY)


def _settlement(charter: Charter) -> Iterator[Problem]:
    for item in charter.settlement:
        path = f"settlement.{item.key}"
        measures = [
            key for key in charter.partners[0].measures if all(key in p.measures for p in charter.partners)
        ]
        if item.by is not None:
            yield from _refers(f"{path}.by", item.by, measures, _MEASURE)
        elif item.method in {"shares", "usage"} and item.shares is None:
            yield Problem(
                path,
                both("Er staat niet waarnaar wordt verdeeld.", "It does not say by what it is shared."),
                both("Voeg by toe (een maat) of shares.", "Add by (a measure) or shares."),
            )
        for key in item.shares or ():
            yield from _refers(f"{path}.shares.{key}", key, _keys(charter.partners), _PARTNER)


def _languages(charter: Charter) -> Iterator[Problem]:
    """Names and the objective exist in every language the alliance declares."""
    named = [("alliance.name", charter.alliance.name), ("alliance.objective", charter.alliance.objective)]
    named += [(f"partners.{partner.key}.name", partner.name) for partner in charter.partners]
    for path, text in named:
        known = {code for code, _ in text.by_language}
        missing = [code for code in charter.alliance.languages if code not in known and "" not in known]
        if missing:
            listed = ", ".join(missing)
            yield Problem(
                path,
                both(f"De tekst ontbreekt in: {listed}.", f"The text is missing in: {listed}."),
                both("Voeg de vertaling toe.", "Add the translation."),
            )
