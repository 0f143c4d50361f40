"""The sentences of an outcome: what was counted, of which whole, what was needed, whether it held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from concordia.domain.rules.model import CHAIR, Count, Position, Test, Threshold
from concordia.domain.texts import Text, both

if TYPE_CHECKING:
    from concordia.domain.rules.procedure import Procedure
    from concordia.domain.rules.roll import Roll, Voter

_NAMED = 5  # name the voters counted when there are no more than this

ALL = both("Alle volgende punten moeten kloppen.", "All of the following must hold.")
ANY = both("Minstens één van de volgende punten moet kloppen.", "At least one of the following must hold.")

_POSITIONS = {
    Position.FOR: ("voor", "for"),
    Position.AGAINST: ("tegen", "against"),
    Position.ABSTAIN: ("onthouding", "abstaining"),
    Position.BLOCK: ("blokkade", "blocking"),
    Position.ABSENT: ("niet gestemd", "not voted"),
    Position.PRESENT: ("aanwezig", "present"),
}
_WHOLES = {
    "all": ("alle stemgerechtigden", "all who may vote"),
    "present": ("wie aanwezig is", "those present"),
    "cast": ("de stemmen voor en tegen", "the votes for and against"),
}
_RESULTS = {
    "adopted": ("Aangenomen.", "Adopted."),
    "rejected": ("Niet aangenomen.", "Not adopted."),
    "no_quorum": (
        "Geen geldig besluit: er deden niet genoeg stemgerechtigden mee.",
        "No valid decision: too few of those who may vote took part.",
    ),
    "not_valid": (
        "Geen geldig besluit: niemand mag hierover stemmen.",
        "No valid decision: nobody may vote on this.",
    ),
    "nobody_asked": (
        "Geen geldig besluit: van wie de regel iets vraagt, stemt hier niemand.",
        "No valid decision: nobody of whom the rule asks something votes here.",
    ),
    "carried_over": (
        "Aangehouden: nog niet iedereen heeft gestemd. Dit gaat naar de volgende vergadering.",
        "Carried over: not everybody has voted yet. This goes to the next meeting.",
    ),
}


_NOBODY = (
    "Van deze groep stemt hier niemand, dus dit telt niet mee.",
    "Nobody of this group votes here, so this is left out.",
)


@dataclass(frozen=True, slots=True)
class Said:
    """The language of a sentence (0 Dutch, 1 English), and what people call measures and groups.

    `in_parts` where somebody weighs 14.5: what is needed is then not rounded up to a whole number. `empty` where
    nobody of the group votes here, `weightless` where those who do weigh nothing.
    """

    lang: int
    names: Mapping[str, Text]
    in_parts: bool
    empty: bool
    weightless: bool

    def name(self, key: str) -> str:
        """A measure or group by its name; its key where the charter gives it none."""
        named = self.names.get(key)
        return named.in_language(("nl", "en")[self.lang]) if named else key.replace("_", " ")


def result(verdict: str, eligible: int) -> Text:
    """The result in one sentence, and how many may vote."""
    nl, en = _RESULTS["nobody_asked" if verdict == "not_valid" and eligible else verdict]
    return both(f"{nl} Stemgerechtigd: {eligible}.", f"{en} Entitled to vote: {eligible}.")


def as_quorum(text: Text) -> Text:
    """A line that is about taking part, not about the matter itself."""
    return both(f"Opkomst. {text.in_language('nl')}", f"Quorum. {text.in_language('en')}")


def group(words: Text, ok: bool | None) -> Text:
    """What holds parts together, and whether it held."""
    return both(f"{words.in_language('nl')} {_held(ok)[0]}", f"{words.in_language('en')} {_held(ok)[1]}")


def turned(ok: bool | None) -> Text:
    """A part that must not hold."""
    return both(
        f"Het volgende punt mag juist niet kloppen. {_held(ok)[0]}",
        f"The following must not hold. {_held(ok)[1]}",
    )


def test(
    rule: Test,
    voters: "Sequence[Voter]",
    counted: Fraction,
    bound: Fraction,
    whole: Fraction | None,
    ok: bool,
    roll: "Roll",
) -> Text:
    """One test in words: counted, whole, needed, held, and by how much it was missed."""
    in_parts = any(voter.weighs(rule.by).denominator != 1 for voter in roll.eligible)
    empty = of_nobody(rule, whole, roll)
    weightless = rule.of == "all" and bool(roll.entitled(rule))
    said = [Said(lang, roll.names, in_parts, empty, weightless) for lang in (0, 1)]
    return both(*(_sentence(rule, voters, counted, bound, whole, ok, each) for each in said))


def of_nothing(rule: Test, whole: Fraction | None) -> bool:
    """Whether a share is asked of a whole that is nothing: two thirds of no votes, or of no weight, is not reached."""
    return whole == 0 and rule.comparison in {"at_least", "more_than"}


def of_nobody(rule: Test, whole: Fraction | None, roll: "Roll") -> bool:
    """Whether a share is asked of a group in which nobody votes here. A casting vote without a chair is none."""
    return whole == 0 and rule.among not in {"all", CHAIR} and not roll.entitled(rule)


def _sentence(
    rule: Test,
    voters: "Sequence[Voter]",
    counted: Fraction,
    bound: Fraction,
    whole: Fraction | None,
    ok: bool,
    said: Said,
) -> str:
    lang = said.lang
    stood = f"{_subject(rule, said)}: {number(counted, lang)}{_unit(rule, said)}{_who(voters, lang)}."
    if said.empty:
        return f"{stood} {_NOBODY[lang]}"
    parts = [
        stood,
        _needed(rule, bound, whole, said),
        _kept(rule, ok)[lang]
        + ("" if ok or of_nothing(rule, whole) else _margin(rule, counted, bound, said)),
    ]
    return " ".join(parts)


def _subject(count: Count, said: Said) -> str:
    words = _stood(count, said)
    return words[0].upper() + words[1:]


def _stood(count: Count, said: Said) -> str:
    """What is counted and among whom, within a sentence."""
    lang = said.lang
    words = (" of ", " or ")[lang].join(_POSITIONS[position][lang] for position in count.votes)
    among = (" door de voorzitter", " by the chair")[lang] if count.among == CHAIR else _within(count, said)
    return words + among


def _within(count: Count, said: Said) -> str:
    if count.among == "all":
        return ""
    return (" binnen ", " within ")[said.lang] + f"“{said.name(count.among)}”"


def _unit(count: Count, said: Said) -> str:
    return "" if count.by == "heads" else (" naar ", " by ")[said.lang] + said.name(count.by)


def _who(voters: "Sequence[Voter]", lang: int) -> str:
    if not 0 < len(voters) <= _NAMED:
        return ""
    return f" ({names(voters, ('nl', 'en')[lang])})"


def _needed(rule: Test, bound: Fraction, whole: Fraction | None, said: Said) -> str:
    lang = said.lang
    if isinstance(rule.bound, Count):
        other = _stood(rule.bound, said)
        compared = {
            "at_least": ("minstens evenveel als", "at least as many as"),
            "more_than": ("meer dan", "more than"),
            "at_most": ("niet meer dan", "no more than"),
            "fewer_than": ("minder dan", "fewer than"),
        }[rule.comparison][lang]
        needed = _asked(rule, lang)
        return f"{needed}: {compared} {other} ({number(bound, lang)}{_unit(rule.bound, said)})."
    compared = {
        "at_least": ("minstens", "at least"),
        "more_than": ("meer dan", "more than"),
        "at_most": ("hoogstens", "at most"),
        "fewer_than": ("minder dan", "fewer than"),
    }[rule.comparison][lang]
    needed = _asked(rule, lang)
    if whole is None:
        return f"{needed}: {compared} {number(bound, lang)}."
    if bound == whole and whole and rule.comparison == "at_least":
        return (f"Nodig: alle {number(whole, 0)}.", f"Needed: all {number(whole, 1)}.")[lang]
    assert isinstance(rule.bound, Threshold)
    of = _WHOLES[rule.of or "all"][lang] + ("" if rule.among == CHAIR else _within(rule, said))
    asked = f"{needed}: {compared} {share(rule.bound, lang)} {('van', 'of')[lang]} {of}"
    if of_nothing(rule, whole):
        none = ("en die zijn er niet", "and there are none")
        if said.weightless:
            none = ("en die wegen hier niets", "and they weigh nothing here")
        return f"{asked}, {none[lang]}."
    exact = f"{compared} {number(bound, lang)}"
    effective = exact if said.in_parts else _effective(rule.comparison, bound, lang)
    return f"{asked} ({number(whole, lang)}), {('dus', 'so')[lang]} {effective}."


def _asked(rule: Test, lang: int) -> str:
    """Whether a test asks for something or allows it."""
    asks = rule.comparison in {"at_least", "more_than"}
    return ("Nodig", "Needed")[lang] if asks else ("Toegestaan", "Allowed")[lang]


def _effective(comparison: str, bound: Fraction, lang: int) -> str:
    """The whole number that follows from a share, as people count it."""
    least, most = ("minstens", "at least")[lang], ("hoogstens", "at most")[lang]
    if comparison == "at_least":
        return f"{least} {ceil(bound)}"
    if comparison == "more_than":
        return f"{least} {floor(bound) + 1}"
    if comparison == "at_most":
        return f"{most} {floor(bound)}"
    return f"{most} {max(0, ceil(bound) - 1)}"


def _margin(rule: Test, counted: Fraction, bound: Fraction, said: Said) -> str:
    """By how much a test was missed."""
    if rule.comparison in {"at_most", "fewer_than"}:
        return _excess(rule, counted, bound, said)
    missing, least = bound - counted, rule.comparison == "at_least"
    if said.in_parts:
        more = ("", "") if least else ("meer dan ", "more than ")
        return (
            f" Er ontbreekt {more[0]}{number(missing, 0)}.",
            f" Short by {more[1]}{number(missing, 1)}.",
        )[said.lang]
    whole = Fraction(ceil(missing) if least else floor(missing) + 1)
    lacks = "ontbreekt" if whole == 1 else "ontbreken"
    return (f" Er {lacks} er {number(whole, 0)}.", f" Short by {number(whole, 1)}.")[said.lang]


def _excess(rule: Test, counted: Fraction, bound: Fraction, said: Said) -> str:
    """How many more there are than is allowed."""
    allowed = bound
    if not said.in_parts:
        allowed = Fraction(floor(bound) if rule.comparison == "at_most" else max(0, ceil(bound) - 1))
    excess = counted - allowed
    if excess <= 0:
        return ""
    return (f" Dat is {number(excess, 0)} te veel.", f" That is {number(excess, 1)} too many.")[said.lang]


def _kept(rule: Test, ok: bool) -> tuple[str, str]:
    """What is needed is reached or not; what is allowed is kept to or not."""
    if rule.comparison in {"at_least", "more_than"}:
        return ("Gehaald.", "Reached.") if ok else ("Niet gehaald.", "Not reached.")
    return _held(ok)


def _held(ok: bool | None) -> tuple[str, str]:
    if ok is None:
        return ("Dit telt hier niet mee.", "This is left out here.")
    return ("Klopt.", "This holds.") if ok else ("Klopt niet.", "This does not hold.")


def share(threshold: Threshold, lang: int) -> str:
    """A share as a board says it: all, half, two thirds, or the percentage."""
    known = {
        Fraction(1): ("alle", "all"),
        Fraction(1, 2): ("de helft", "half"),
        Fraction(2, 3): ("twee derde", "two thirds"),
        Fraction(1, 3): ("een derde", "one third"),
        Fraction(3, 4): ("drie kwart", "three quarters"),
        Fraction(1, 4): ("een kwart", "one quarter"),
    }
    if threshold.value == 1:
        return "100%"
    return known.get(threshold.value, (str(threshold.written).replace(".", ","), str(threshold.written)))[
        lang
    ]


def number(value: Fraction, lang: int) -> str:
    """A number as its language writes it: exact to six decimals, else rounded to two and marked so (≈)."""
    text = f"{value.numerator:,}"
    if value.denominator != 1:
        exact = (value * 10**6).denominator == 1
        written = f"{value:,.6f}" if exact else f"≈ {value:,.2f}"
        text = written.rstrip("0").rstrip(".")
    return text if lang else text.replace(",", "\0").replace(".", ",").replace("\0", ".")


def notes(procedure: "Procedure", voters: "Sequence[Voter]", roll: "Roll", *, term_over: bool) -> list[Text]:
    """What a reader should know besides: silence, blocks, who was left out."""
    found = []
    consent = procedure.at_end == "consent"
    silent = [voter for voter in voters if voter.eligible and (voter.consents if consent else voter.silent)]
    if term_over and silent and procedure.at_end in {"consent", "refuse"}:
        found.append(_silence(silent, consent=consent))
    blocking = [voter for voter in roll.eligible if voter.vote is Position.BLOCK]
    if blocking and roll.block_is_against:
        found.append(
            both(
                f"Een blokkade telt in deze procedure als tegen: {names(blocking, 'nl')}.",
                f"In this procedure a block counts as against: {names(blocking, 'en')}.",
            )
        )
    recused = [voter for voter in voters if voter.recused]
    if recused:
        found.append(
            both(
                f"Trok zich terug en telt niet mee: {names(recused, 'nl')}.",
                f"Stepped aside and is not counted: {names(recused, 'en')}.",
            )
        )
    outside = [voter for voter in voters if not voter.competent]
    if outside:
        found.append(
            both(
                f"Niet bevoegd voor dit onderwerp en telt niet mee: {names(outside, 'nl')}.",
                f"Not competent for this subject and not counted: {names(outside, 'en')}.",
            )
        )
    return found


def _silence(silent: "Sequence[Voter]", *, consent: bool) -> Text:
    if consent:
        return both(
            f"Wie zweeg stemt toe, en telt als voor: {names(silent, 'nl')}.",
            f"Who was silent consents, and counts as for: {names(silent, 'en')}.",
        )
    return both(
        f"Wie niet op tijd antwoordde telt als tegen: {names(silent, 'nl')}.",
        f"Who did not answer in time counts as against: {names(silent, 'en')}.",
    )


def names(voters: "Sequence[Voter]", language: str) -> str:
    """Names in a row, told apart where one has a comma of its own (“Tax office, member 2”)."""
    found = [voter.name.in_language(language) for voter in voters]
    return ("; " if any("," in name for name in found) else ", ").join(found)
