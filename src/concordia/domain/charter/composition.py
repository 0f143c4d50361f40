"""Whether a body is composed as the charter says: at most a share of its voting members from one origin."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from concordia.domain.charter.model import Body


@dataclass(frozen=True, slots=True)
class Breach:
    """One origin has more voting members in a body than the charter allows. `limit` is exact."""

    origin: str
    members: int
    limit: Fraction


def breaches(body: Body, kind: Literal["partner", "employer"], origins: Iterable[str]) -> tuple[Breach, ...]:
    """The origins with too many members, each as it comes first.

    `origins` has one value for each voting member: the partner (`kind` “partner”) or the employer they come
    from. A body without a limit of this kind is never in breach.
    """
    share = (body.at_most_per or {}).get(kind)
    if share is None:
        return ()
    counted = Counter(origins)
    limit = share.value * counted.total() if share.share else share.value
    return tuple(Breach(origin, members, limit) for origin, members in counted.items() if members > limit)
