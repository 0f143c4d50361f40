"""What a charter must keep beyond its form: references, bodies with people, days there are."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain, islice

from dateutil.rrule import rrulestr

from concordia.domain.charter.faults import no_day_of_year
from concordia.domain.charter.model import Body, Charter
from concordia.domain.charter.procedures import procedure_problems
from concordia.domain.charter.references import (
    BODY,
    MEASURE,
    MEMBER,
    PARTNER,
    POSITION,
    PROCEDURE,
    keys,
    refers,
)
from concordia.domain.lookalikes import skeletons
from concordia.domain.problems import Problem
from concordia.domain.rules.model import CHAIR, Written
from concordia.domain.texts import Text, both

_OUTSIDE = {"team", "outside"}
_MOST = 200  # problems told at once; who mends so many hears the rest then


def problems(charter: Charter) -> list[Problem]:
    """Everything that does not hold together, in the order of the document; of a multitude the first."""
    found = chain(
        _doubles(charter),
        _lookalikes(charter),
        _groups(charter),
        _bodies(charter),
        procedure_problems(charter),
        _escalation(charter),
        _reporting(charter),
        _settlement(charter),
        _year(charter),
        _languages(charter),
        _blanks(charter),
        refers("amendment.procedure", charter.amendment.procedure, keys(charter.procedures), PROCEDURE),
    )
    return list(islice(found, _MOST))


def _doubles(charter: Charter) -> Iterator[Problem]:
    for section in ("partners", "positions", "bodies", "procedures", "settlement"):
        for key, times in Counter(keys(getattr(charter, section))).items():
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
        shapes = {shape for _, name in partner.name.by_language for shape in skeletons(name)}
        others = {seen.setdefault(shape, partner.key) for shape in shapes} - {partner.key}
        for other in sorted(others)[:1]:
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
    known = [*keys(charter.partners), *charter.groups]
    for name, members in charter.groups.items():
        if name in {"all", CHAIR}:
            yield Problem(
                f"groups.{name}",
                both(f"“{name}” is al een vast begrip.", f"“{name}” already has a fixed meaning."),
                both("Kies een andere naam voor deze groep.", "Choose another name for this group."),
            )
        for index, member in enumerate(members):
            yield from refers(f"groups.{name}[{index}]", member, known, MEMBER)
        if name in _within(charter, members):
            yield Problem(
                f"groups.{name}",
                both("Deze groep ligt in zichzelf.", "This group lies within itself."),
                both("Noem op één van de plaatsen de partners.", "Name the partners in one of the places."),
            )


def _within(charter: Charter, members: tuple[str, ...]) -> set[str]:
    """The groups among members, and the groups within those."""
    groups = set(charter.groups) - set(keys(charter.partners))
    found, more = set[str](), set(members) & groups
    while more:
        found |= more
        more = {one for name in more for one in charter.groups[name]} & groups - found
    return found


def _bodies(charter: Charter) -> Iterator[Problem]:
    positions = keys(charter.positions)
    for body in charter.bodies:
        path = f"bodies.{body.key}"
        if not body.seats:
            yield Problem(
                f"{path}.seats",
                both("In dit orgaan zit niemand.", "Nobody sits in this body."),
                both("Noem minstens één functie bij seats.", "Name at least one position at seats."),
            )
        for index, seat in enumerate(body.seats):
            yield from refers(f"{path}.seats[{index}]", seat.position, positions, POSITION)
        if body.chair and body.chair.every and body.chair.every.about() < timedelta(days=1):
            yield Problem(
                f"{path}.chair.every",
                both(
                    "Een voorzitter wisselt niet vaker dan elke dag.",
                    "A chair does not change more often than every day.",
                ),
                both("Schrijf P1D of langer, bijvoorbeeld P1Y.", "Write P1D or longer, for example P1Y."),
            )
        if body.chair and body.chair.position:
            yield from refers(f"{path}.chair.position", body.chair.position, positions, POSITION)
        if body.advises:
            yield from refers(f"{path}.advises", body.advises, keys(charter.bodies), BODY)
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


def _escalation(charter: Charter) -> Iterator[Problem]:
    known = [*keys(charter.positions), *keys(charter.bodies), *sorted(_OUTSIDE)]
    for index, step in enumerate(charter.escalation):
        path = f"escalation[{index}]"
        yield from refers(
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
            yield from refers(f"reporting.to[{index}]", body, keys(charter.bodies), BODY)


def _settlement(charter: Charter) -> Iterator[Problem]:
    for item in charter.settlement:
        path = f"settlement.{item.key}"
        measures = [
            key for key in charter.partners[0].measures if all(key in p.measures for p in charter.partners)
        ]
        if item.by is not None:
            yield from refers(f"{path}.by", item.by, measures, MEASURE)
        elif item.method in {"shares", "usage"} and item.shares is None:
            yield Problem(
                path,
                both("Er staat niet waarnaar wordt verdeeld.", "It does not say by what it is shared."),
                both("Voeg by toe (een maat) of shares.", "Add by (a measure) or shares."),
            )
        for key in item.shares or ():
            yield from refers(f"{path}.shares.{key}", key, keys(charter.partners), PARTNER)


def _year(charter: Charter) -> Iterator[Problem]:
    for index, item in enumerate(charter.year):
        if not item.on_calendar:
            yield Problem(f"year[{index}].by", *no_day_of_year(item.by))


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


def _blanks(charter: Charter) -> Iterator[Problem]:
    """What was begun and left empty: a name, an objective, a mandate of nothing but blanks."""
    for path, text in _texts("", charter):
        if not all(said.strip() for _, said in text.by_language):
            yield Problem(
                path,
                both("Deze tekst is leeg.", "This text is empty."),
                both("Vul de tekst in, of haal hem weg.", "Fill in the text, or take it away."),
            )


def _texts(path: str, value: object) -> Iterator[tuple[str, Text]]:
    """Every text of a document with its path, items by their key where they have one."""
    if isinstance(value, Text):
        yield path, value
    elif isinstance(value, Written):
        for name in sorted(value.model_fields_set, key=list(type(value).model_fields).index):
            yield from _texts(f"{path}.{name}".lstrip("."), getattr(value, name))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(f"{path}.{name}", item)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            key = getattr(item, "key", None)
            yield from _texts(f"{path}.{key}" if key else f"{path}[{index}]", item)
