"""Rules, rhythms, seats and chairs in sentences that a board member reads without help."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from concordia.domain.charter.model import Body, Charter, Seat, Step
from concordia.domain.rules.explain import share
from concordia.domain.rules.model import AllOf, AnyOf, Count, Node, Not, Position, Test, Threshold
from concordia.domain.rules.procedure import Extend, Procedure
from concordia.domain.texts import Text

_VOTES = {
    "nl": {
        Position.FOR: "stemmen voor",
        Position.AGAINST: "stemmen tegen",
        Position.ABSTAIN: "onthoudingen",
        Position.BLOCK: "blokkades",
        Position.ABSENT: "afwezigen",
        Position.PRESENT: "aanwezigen",
    },
    "en": {
        Position.FOR: "votes for",
        Position.AGAINST: "votes against",
        Position.ABSTAIN: "abstentions",
        Position.BLOCK: "blocks",
        Position.ABSENT: "absent",
        Position.PRESENT: "present",
    },
}
_COMPARED = {
    "nl": {
        "at_least": "minstens",
        "more_than": "meer dan",
        "at_most": "hoogstens",
        "fewer_than": "minder dan",
    },
    "en": {
        "at_least": "at least",
        "more_than": "more than",
        "at_most": "at most",
        "fewer_than": "fewer than",
    },
}
_OF = {
    "nl": {"all": "alle stemgerechtigden", "present": "wie aanwezig is", "cast": "de stemmen voor en tegen"},
    "en": {"all": "all who may vote", "present": "those present", "cast": "the votes for and against"},
}
_EVERY = {
    "nl": {
        "DAILY": ("dag", "dagen"),
        "WEEKLY": ("week", "weken"),
        "MONTHLY": ("maand", "maanden"),
        "YEARLY": ("jaar", "jaar"),
    },
    "en": {
        "DAILY": ("day", "days"),
        "WEEKLY": ("week", "weeks"),
        "MONTHLY": ("month", "months"),
        "YEARLY": ("year", "years"),
    },
}


_MONTHS = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_ONE = {
    "nl": {
        "stemmen": "stem",
        "onthoudingen": "onthouding",
        "blokkades": "blokkade",
        "afwezigen": "afwezige",
        "aanwezigen": "aanwezige",
    },
    "en": {"votes": "vote", "abstentions": "abstention", "blocks": "block"},
}
_EVERYBODY = {
    "nl": {
        Position.FOR: {
            "all": "alle stemgerechtigden stemmen voor",
            "present": "iedereen die aanwezig is stemt voor",
            "cast": "alle uitgebrachte stemmen zijn voor",
        },
        Position.PRESENT: {"all": "alle stemgerechtigden zijn aanwezig"},
    },
    "en": {
        Position.FOR: {
            "all": "all who may vote are for",
            "present": "all those present are for",
            "cast": "all votes cast are for",
        },
        Position.PRESENT: {"all": "all who may vote are present"},
    },
}
type Names = Mapping[str, Text]


def long_date(day: date, language: str) -> str:
    """A day as its language writes it: “1 januari 2006”."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def day_of_year(written: str, language: str) -> str:
    """A day of every year (`12-15`): “15 december”."""
    month, day = written.split("-")
    return f"{int(day)} {_MONTHS[language][int(month) - 1]}"


def rule_words(node: Node, language: str, names: Names) -> str:
    """A rule as a phrase: “alle stemgerechtigden stemmen voor”. `names` as in `Charter.names`."""
    joined = {"nl": (" en ", " of ", "niet: "), "en": (" and ", " or ", "not: ")}[language]
    match node:
        case AllOf(all=parts):
            return joined[0].join(_wrapped(part, language, names, len(parts)) for part in parts)
        case AnyOf(any=parts):
            return joined[1].join(_wrapped(part, language, names, len(parts)) for part in parts)
        case Not(not_=part):
            return f"{joined[2]}({rule_words(part, language, names)})"
        case Test():
            return _test_words(node, language, names)
    raise TypeError(node)


def _wrapped(part: Node, language: str, names: Names, siblings: int) -> str:
    words = rule_words(part, language, names)
    return f"({words})" if siblings > 1 and isinstance(part, AllOf | AnyOf) else words


def _test_words(test: Test, language: str, names: Names) -> str:
    whole = _everybody(test, language)
    if whole:
        return whole
    counted = _count_words(test, language, names)
    if isinstance(test.bound, Threshold) and not test.bound.share and test.bound.value == 1:
        counted = _one(counted, language)
    compared = _COMPARED[language][test.comparison]
    if isinstance(test.bound, Threshold):
        if test.comparison == "at_most" and test.bound.value == 0:
            return {"nl": f"geen {counted}", "en": f"no {counted}"}[language]
        if not test.bound.share:
            return f"{compared} {test.bound} {counted}"
        part = share(test.bound, 0 if language == "nl" else 1)
        of = {"nl": "van", "en": "of"}[language]
        return f"{counted}: {compared} {part} {of} {_OF[language][test.of or 'all']}"
    more = {"at_least": ("minstens evenveel", "at least as many"), "more_than": ("meer", "more")}
    less = {"at_most": ("niet meer", "no more"), "fewer_than": ("minder", "fewer")}
    words = (more | less)[test.comparison][0 if language == "nl" else 1]
    linked = {
        "nl": "als" if test.comparison == "at_least" else "dan",
        "en": "as" if test.comparison == "at_least" else "than",
    }
    return f"{words} {counted} {linked[language]} {_count_words(test.bound, language, names)}"


def _one(counted: str, language: str) -> str:
    """“stem voor” for “stemmen voor”: the words beside the number one."""
    for many, one in _ONE[language].items():
        if counted.startswith(many):
            return one + counted.removeprefix(many)
    return counted


def _everybody(test: Test, language: str) -> str | None:
    """The plain sentence of a test that asks for everybody."""
    bound = test.bound
    if not (isinstance(bound, Threshold) and bound.share and bound.value == 1 and len(test.votes) == 1):
        return None
    if test.comparison != "at_least" or test.by != "heads" or test.among != "all":
        return None
    return _EVERYBODY[language].get(test.votes[0], {}).get(test.of or "all")


def _count_words(count: Count, language: str, names: Names) -> str:
    joined = {"nl": " of ", "en": " or "}[language]
    words = joined.join(_VOTES[language][position] for position in count.votes)
    if count.by != "heads":
        words += {"nl": " naar ", "en": " by "}[language] + _called(count.by, language, names)
    if count.among == "chair":
        return words + {"nl": " van de voorzitter", "en": " of the chair"}[language]
    if count.among != "all":
        words += {"nl": " binnen ", "en": " within "}[language] + _called(count.among, language, names)
    return words


def _called(key: str, language: str, names: Names) -> str:
    return names[key].in_language(language) if key in names else key.replace("_", " ")


def rhythm_words(rule: str, language: str) -> str:
    """A recurrence rule as people say it: “elke 3 maanden”; details of the rule are left to the calendar."""
    frequency = re.search(r"FREQ=([A-Z]+)", rule)
    interval = re.search(r"INTERVAL=(\d+)", rule)
    unit = _EVERY[language].get(frequency[1] if frequency else "", None)
    if unit is None:
        return rule
    times = int(interval[1]) if interval else 1
    if times == 1:
        return {"nl": f"{'elk' if unit[0] == 'jaar' else 'elke'} {unit[0]}", "en": f"every {unit[0]}"}[
            language
        ]
    return {"nl": f"elke {times} {unit[1]}", "en": f"every {times} {unit[1]}"}[language]


def procedure_sentences(procedure: Procedure, charter: Charter, language: str) -> list[str]:
    """What a procedure asks, in the order in which it happens."""
    body = charter.body(procedure.body).title(language)
    nl = language == "nl"
    voters = {
        "partners": ("Elke partner heeft één stem", "Each partner has one vote"),
        "seats": ("Elke zetel heeft één stem", "Each seat has one vote"),
        "people": ("Elk lid heeft één stem", "Each member has one vote"),
    }[procedure.voters][0 if nl else 1]
    found = [f"{voters}; het orgaan is: {body}." if nl else f"{voters}; the body is: {body}."]
    found += _before(procedure, language)
    if procedure.quorum:
        words = rule_words(procedure.quorum, language, charter.names)
        found.append(f"Geldig als: {words}." if nl else f"Valid when: {words}.")
    words = rule_words(procedure.rule, language, charter.names)
    found.append(f"Aangenomen als: {words}." if nl else f"Adopted when: {words}.")
    found += _after(procedure, language)
    return found


def _before(procedure: Procedure, language: str) -> list[str]:
    nl, found = language == "nl", []
    if procedure.involve:
        period = procedure.involve.at_least.text().in_language(language)
        found.append(
            f"Vooraf krijgt elke partner {period} om te antwoorden."
            if nl
            else f"Beforehand each partner has {period} to answer."
        )
        if procedure.involve.waivable:
            found.append(
                "Een partner mag daar voor zichzelf van afzien."
                if nl
                else "A partner may waive this for itself."
            )
    if procedure.urgency:
        period = procedure.urgency.at_least.text().in_language(language)
        found.append(
            f"Bij spoed is die termijn {period}, met een reden."
            if nl
            else f"When urgent that period is {period}, with a reason."
        )
    return found


def _after(procedure: Procedure, language: str) -> list[str]:
    nl, found = language == "nl", []
    if procedure.term:
        period = procedure.term.text().in_language(language)
        found.append(f"De stemming duurt {period}." if nl else f"The vote lasts {period}.")
    if procedure.extend:
        found.append(_extension(procedure.extend, language))
    ends = {
        "consent": (
            "Wie aan het einde niet heeft gestemd, stemt toe.",
            "Who has not voted at the end consents.",
        ),
        "refuse": (
            "Wie aan het einde niet heeft gestemd, telt als tegen.",
            "Who has not voted at the end counts as against.",
        ),
        "carry-over": (
            "Heeft aan het einde niet iedereen gestemd, dan gaat het naar de volgende vergadering.",
            "If not everybody has voted at the end, it goes to the next meeting.",
        ),
    }.get(procedure.at_end)
    if ends:
        found.append(ends[0 if nl else 1])
    if procedure.proxy:
        found.append("Stemmen bij volmacht mag." if nl else "Voting by proxy is allowed.")
    return found


def _extension(extend: Extend, language: str) -> str:
    period = extend.by.text().in_language(language)
    who = {"chair": ("De voorzitter", "The chair"), "voter": ("Wie stemt", "Whoever votes")}[extend.who]
    if language == "nl":
        often = f"hoogstens {extend.times} keer" if extend.times > 1 else "één keer"
        return f"{who[0]} mag de stemming {often} met {period} verlengen."
    often = f"up to {extend.times} times" if extend.times > 1 else "once"
    return f"{who[1]} may extend the vote {often}, by {period}."


def seat_words(seat: Seat, charter: Charter, language: str) -> str:
    """A seat with its position and whether it votes."""
    title = charter.position(seat.position).title(language)
    if seat.vote:
        return title
    return title + {"nl": " (zonder stem)", "en": " (without a vote)"}[language]


def body_sentences(body: Body, charter: Charter, language: str) -> list[str]:
    """Who sits in a body, who chairs, how often it meets."""
    nl, found = language == "nl", []
    seats = ", ".join(seat_words(seat, charter, language) for seat in body.seats)
    found.append(f"Leden: {seats}." if nl else f"Members: {seats}.")
    if body.role:
        found.insert(0, body.role.in_language(language))
    if body.substitutes is False:
        found.append("Vervangers worden niet toegelaten." if nl else "Substitutes are not accepted.")
    found += _limits(body, nl=nl)
    if body.chair and body.chair.every:
        period = body.chair.every.every().in_language(language)
        found.append(
            f"Het voorzitterschap wisselt {period} tussen de partners."
            if nl
            else f"The chair rotates over the partners {period}."
        )
    if body.chair and body.chair.position:
        title = charter.position(body.chair.position).title(language)
        found.append(f"Voorzitter: {title}." if nl else f"Chair: {title}.")
    if body.rhythm:
        words = rhythm_words(body.rhythm, language)
        found.append(f"Vergadert {words}." if nl else f"Meets {words}.")
    if body.papers:
        period = body.papers.text().in_language(language)
        found.append(f"Stukken zijn er {period} vooraf." if nl else f"Papers are there {period} beforehand.")
    return found


def _limits(body: Body, *, nl: bool) -> Iterator[str]:
    one = {"partner": ("één partner", "one partner"), "employer": ("één werkgever", "one employer")}
    for kind, most in (body.at_most_per or {}).items():
        part = share(most, int(not nl))
        of = one[kind][not nl]
        yield (
            f"Hoogstens {part} van de stemmende leden komt van {of}."
            if nl
            else f"At most {part} of the voting members come from {of}."
        )


def step_words(step: Step, charter: Charter, language: str) -> str:
    """A rung of the escalation route."""
    names = {position.key: position.title(language) for position in charter.positions}
    names |= {body.key: body.title(language) for body in charter.bodies}
    fixed = {
        "team": {"nl": "team van betrokkenen", "en": "team of those involved"},
        "outside": {"nl": "buiten de alliantie", "en": "outside the alliance"},
    }
    title = fixed[step.to][language] if step.to in fixed else names.get(step.to, step.to)
    if step.who:
        title += f": {step.who.in_language(language)}"
    if step.within:
        period = step.within.text().in_language(language)
        title += f" ({period})"
    return title
