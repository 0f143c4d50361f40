"""Who chairs the body of a proposal: opens and closes its votes and writes their outcome."""

from concordia.capabilities.decisions.permissions import CHAIR
from concordia.capabilities.decisions.queries.procedures import Ruled
from concordia.domain.charter import chair_partner
from concordia.domain.mandates import Cover
from concordia.domain.texts import Text, both
from concordia.kernel.access import Access

_OK = Cover(True, both("U zit dit orgaan voor.", "You chair this body."))


def chairing(access: Access, rules: Ruled) -> Cover:
    """Whether the reader may act as chair of the body, with who may when not.

    The people of the alliance as a whole serve every body. Else the charter says: the partner whose turn it
    is, or the holder of a position; in a body without a chair every voting member may.
    """
    if access.system or (access.partner is None and CHAIR in access.permissions):
        return _OK
    charter, body = rules.charter, rules.charter.body(rules.procedure.body)
    if body.chair is None:
        sits = any(seat.position in rules.voting_positions for seat in access.seats)
        return _OK if sits else _for_members_of(rules.body)
    if body.chair.position is not None:
        chair = charter.position(body.chair.position)
        return _OK if access.holds(chair.key) else _for_the_chair(chair.title("nl"), chair.title("en"))
    key = chair_partner(charter, body.key, access.today)
    sits = any(seat.position == one.position for one in access.seats for seat in body.seats)
    if key is not None and key == access.partner_key and sits:
        return _OK
    if key is None:
        return _for_members_of(rules.body)
    name = charter.partner(key).name
    return _for_the_chair(f"nu {name.in_language('nl')}", f"now {name.in_language('en')}")


def _for_members_of(body: Text) -> Cover:
    return _for(
        f"wie stemt in het orgaan {body.in_language('nl')}", f"who votes in the body {body.in_language('en')}"
    )


def _for_the_chair(nl: str, en: str) -> Cover:
    return _for(f"de voorzitter ({nl})", f"the chair ({en})")


def _for(nl: str, en: str) -> Cover:
    return Cover(
        False,
        both(
            f"Dit doet {nl}, of wie voor de alliantie als geheel werkt.",
            f"This is for {en}, or for who works for the alliance as a whole.",
        ),
    )
