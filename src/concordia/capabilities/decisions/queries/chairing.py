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
    body = rules.charter.body(rules.procedure.body)
    if body.chair is None:
        sits = any(seat.position in rules.voting_positions for seat in access.seats)
        return _OK if sits else _refused(rules.body)
    if body.chair.position is not None:
        position = body.chair.position
        return _OK if access.holds(position) else _refused(Text.of(position.replace("-", " ")))
    key = chair_partner(rules.charter, body.key, access.today)
    sits = any(seat.position == one.position for one in access.seats for seat in body.seats)
    if key is not None and key == access.partner_key and sits:
        return _OK
    return _refused(rules.charter.partner(key).name if key else rules.body)


def _refused(who: Text) -> Cover:
    nl, en = who.in_language("nl"), who.in_language("en")
    return Cover(
        False,
        both(
            f"Dit doet wie nu voorzit: {nl}, of wie voor de alliantie als geheel werkt.",
            f"This is for whoever chairs now: {en}, or for who works for the alliance as a whole.",
        ),
    )
