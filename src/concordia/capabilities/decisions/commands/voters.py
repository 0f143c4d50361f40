"""For whom somebody votes, checked at the moment of the act: seat, competence, mandate (charter.md)."""

from concordia.capabilities.alliances.queries import Representative
from concordia.capabilities.decisions.models import Proposal, Proxy
from concordia.capabilities.decisions.queries.acting import Acting, acting
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, gone_since, roll_of, sitting
from concordia.domain.mandates import Cover
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError


def acting_for(
    access: Access, proposal: Proposal, rules: Ruled, voter: str = "", *, own: bool = False
) -> Acting:
    """The voter somebody acts for: their own unless `voter` names another that gave them a proxy.

    `own` leaves proxies aside. Raises NotAllowedError without a voice, NotFoundError for an unknown voter,
    RefusalError for one that does not vote on this.
    """
    lines = roll_of(access, proposal, rules)
    if voter and voter not in {line.key for line in lines}:
        raise NotFoundError
    found = [one for one in acting(access, rules, lines) if voter in {"", one.line.key}]
    if not found and rules.procedure.proxy and not own:
        given = acting(access, rules, lines, _proxies(access, proposal))
        found = [one for one in given if voter in {"", one.line.key}]
    if not found:
        raise NotAllowedError(
            both(
                "U heeft hier geen stem. Op de pagina Mensen staat wie deze stemmer vertegenwoordigt.",
                "You have no vote here. The page People shows who represents this voter.",
            )
        )
    _require_eligible(access, found[0].line)
    return found[0]


def line_of(access: Access, proposal: Proposal, rules: Ruled, voter: str) -> RollLine:
    """A voter of the roll that votes on this. Raises NotFoundError, RefusalError."""
    line = next((one for one in roll_of(access, proposal, rules) if one.key == voter), None)
    if line is None:
        raise NotFoundError
    _require_eligible(access, line)
    return line


def on_whose_word(access: Access, rules: Ruled, line: RollLine, told_by: str) -> Acting:
    """Who can bind a voter and said so by phone or on paper. Raises RefusalError naming who may."""
    possible = [one for one in sitting(access, rules) if _binds(rules, line, one)]
    named = [one for one in possible if told_by in {"", one.person}]
    people = dict.fromkeys(one.person for one in named)
    if len(people) != 1:
        listed = ", ".join(dict.fromkeys(one.name for one in possible)) or "-"
        raise RefusalError(
            both(
                f"Kies op wiens woord u deze stem vastlegt. Deze stemmer wordt vertegenwoordigd door: {listed}.",
                f"Choose on whose word you record this vote. This voter is represented by: {listed}.",
            ),
            field="told_by",
        )
    mandates = tuple(mandate for one in named for mandate in one.mandates)
    return Acting(line, "recorded", named[0].person, named[0].appointment, mandates)


def subject_to_ratification(cover: Cover, *, allowed: bool) -> bool:
    """Whether the vote waits for ratification. Raises RefusalError beyond the mandate when not `allowed`."""
    if cover.ok:
        return False
    if not allowed:
        raise RefusalError(
            both(
                f"{cover.reason.in_language('nl')} Vraag uw bestuur, of stem onder voorbehoud van bekrachtiging: "
                "de stem telt dan zodra iemand met een ruimer mandaat haar bekrachtigt.",
                f"{cover.reason.in_language('en')} Ask your board, or vote subject to ratification: "
                "the vote then counts as soon as somebody with a wider mandate ratifies it.",
            ),
            field="ratify",
        )
    return True


def require_cover(cover: Cover) -> None:
    """Refuse, with the reason, what a mandate does not cover and ratification cannot mend."""
    if not cover.ok:
        raise RefusalError(
            both(
                f"{cover.reason.in_language('nl')} Vraag iemand van uw organisatie met een ruimer mandaat.",
                f"{cover.reason.in_language('en')} Ask somebody of your organization with a wider mandate.",
            )
        )


def _proxies(access: Access, proposal: Proposal) -> list[Proxy]:
    given = Proxy.objects.visible_to(access).filter(
        proposal=proposal, to_id=access.person, revoked_at__isnull=True
    )
    return list(given)


def _binds(rules: Ruled, line: RollLine, one: Representative) -> bool:
    if rules.procedure.voters == "seats":
        return one.appointment == line.key
    if rules.procedure.voters == "people":
        return one.person == line.key
    return one.partner_key == line.partner


def _require_eligible(access: Access, line: RollLine) -> None:
    if not line.competent:
        raise RefusalError(
            both(
                "Deze partner is voor dit onderwerp niet bevoegd en stemt hier niet mee.",
                "This partner is not competent for this subject and does not vote here.",
            )
        )
    # Whoever acts for its own partner was let in because that partner is party to the charter now.
    if line.partner != access.partner_key and gone_since(access, [line]):
        raise RefusalError(
            both(
                "Deze partner is geen partij meer bij het handvest en stemt niet meer mee.",
                "This partner is no longer party to the charter and no longer votes.",
            )
        )
