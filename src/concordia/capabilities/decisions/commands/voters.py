"""For whom somebody votes, checked at the moment of the act: seat, competence, mandate (charter.md)."""

from concordia.capabilities.decisions.models import Proposal, Proxy
from concordia.capabilities.decisions.queries.acting import Acting, Held, acting
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.capabilities.decisions.queries.rolls import RollLine, gone_since, roll_of
from concordia.capabilities.decisions.queries.seats import proxies_ended, sitting_for
from concordia.domain.mandates import Cover
from concordia.domain.texts import both
from concordia.kernel.access import Access
from concordia.kernel.errors import NotAllowedError, NotFoundError, RefusalError


def acting_for(
    access: Access, proposal: Proposal, rules: Ruled, voter: str = "", *, own: bool = False
) -> Acting:
    """The voter somebody acts for: their own unless `voter` names another that gave them a proxy.

    `own` leaves proxies aside. Raises NotAllowedError without a voice, NotFoundError for an unknown voter,
    RefusalError for one that does not vote on this, for a proxy that no longer holds, and where somebody with
    several seats, or proxies only, does not say for which: each has a vote of its own.
    """
    lines = roll_of(access, proposal, rules)
    if voter and voter not in {line.key for line in lines}:
        raise NotFoundError
    found = [one for one in acting(access, rules, lines) if voter in {"", one.line.key}]
    if not found and rules.procedure.proxy and not own:
        given = _proxies(access, proposal)
        found = [one for one in acting(access, rules, lines, given) if voter in {"", one.line.key}]
        ended = proxies_ended(access, proposal, rules, lines, given)
        if voter in ended:
            raise RefusalError(ended[voter])
        found = [one for one in found if one.line.key not in ended]
    if not found:
        raise NotAllowedError(
            both(
                "U hebt hier geen stem. Op de pagina Mensen staat wie deze stemmer vertegenwoordigt.",
                "You have no vote here. The page People shows who represents this voter.",
            )
        )
    _require_one(found)
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
    possible = sitting_for(access, rules, [line])[line.key]
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
    seats = tuple(Held(one.appointment, one.mandates) for one in named)
    return Acting(line, "recorded", named[0].person, seats)


def subject_to_ratification(me: Acting, access: Access, proposal: Proposal, *, allowed: bool) -> bool:
    """Whether the vote waits for ratification. Raises RefusalError beyond the mandate when not `allowed`, and for
    a seat of the alliance as a whole: there is no organization to ratify it.
    """
    cover = me.cover(access, proposal)
    if cover.ok:
        return False
    if me.line.partner is None:
        raise RefusalError(
            both(
                f"{cover.reason.in_language('nl')} Vraag eerst een ruimer mandaat voor deze zetel.",
                f"{cover.reason.in_language('en')} First ask for a wider mandate for this seat.",
            )
        )
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


def _require_one(found: list[Acting]) -> None:
    """Somebody with several votes says which one is cast: nobody guesses."""
    if len(found) == 1:
        return
    listed = {lang: ", ".join(one.line.name.in_language(lang) for one in found) for lang in ("nl", "en")}
    raise RefusalError(
        both(
            f"U kunt hier voor meer dan één stemmer stemmen: {listed['nl']}. "
            "Kies voor wie; elk heeft een eigen stem.",
            f"You can vote for more than one voter here: {listed['en']}. "
            "Choose for whom; each has a vote of its own.",
        ),
        field="voter",
    )


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
