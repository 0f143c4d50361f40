"""The decision register: found by part of a word or its stem, filtered, a page at a time (C23)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate

from concordia.capabilities.alliances.queries import charter_in_force
from concordia.capabilities.decisions.models import Decision
from concordia.domain.searching import search_terms
from concordia.domain.texts import Text
from concordia.kernel.access import Access

PAGE = 25
VERDICTS = ("adopted", "rejected", "no_quorum", "not_valid", "carried_over")
_UNREAD = ("lines", "tally", "search")


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """A decision in a list."""

    id: str
    number: str
    title: str
    verdict: str
    outcome: str
    decided_at: datetime
    body: str
    partner: str
    review_date: date | None
    replaced: bool


@dataclass(frozen=True, slots=True)
class DecisionList:
    """A page of decisions, newest first; `older` is what the next page is asked for with, empty at the end.

    `years`, `bodies` and `subjects` are what can be filtered by; bodies with their names.
    """

    lines: tuple[DecisionLine, ...]
    older: str
    years: tuple[int, ...]
    bodies: tuple[tuple[str, Text], ...]
    subjects: tuple[str, ...]


def decisions(
    access: Access,
    *,
    words: str = "",
    verdict: str = "",
    year: int | None = None,
    body: str = "",
    partner: str = "",
    subject: str = "",
    before: str = "",
) -> DecisionList:
    """A page of the register. Every word must occur, whole, in part or by its stem.

    `partner` is the id of who put it forward; an unknown value finds nothing. `before` is what `older` said.
    """
    rows = Decision.objects.visible_to(access)
    found = matching(rows, words)
    for name, value in {"verdict": verdict, "body": body, "proposer_id": partner}.items():
        if value:
            found = found.filter(**{name: value})
    if subject:
        found = found.filter(subject_keys__contains=f",{subject},")
    if year is not None:
        found = found.filter(number__startswith=f"B{year}-")
    if before:
        last = rows.only("id", "decided_at").one(id=before)
        same = Q(decided_at=last.decided_at, id__gt=last.id)
        found = found.filter(Q(decided_at__lt=last.decided_at) | same)
    successor = Decision.objects.visible_to(access).filter(replaces_id=OuterRef("id"))
    page = list(found.defer(*_UNREAD).annotate(replaced=Exists(successor))[: PAGE + 1])
    older = page[PAGE - 1].id if len(page) > PAGE else ""
    charter = charter_in_force(access).charter
    return DecisionList(
        tuple(_line(row) for row in page[:PAGE]),
        older,
        _years(access, rows),
        tuple((one.key, one.name or Text.of(one.key.replace("-", " "))) for one in charter.bodies),
        charter.subjects,
    )


def matching(rows: QuerySet[Decision], words: str) -> QuerySet[Decision]:
    """The decisions in which every word occurs, whole, in part or by its Dutch or English stem."""
    for terms in search_terms(words):
        either = Q()
        for term in terms:
            either |= Q(search__contains=term)
        rows = rows.filter(either)
    return rows


def _years(access: Access, rows: QuerySet[Decision]) -> tuple[int, ...]:
    """From this year back to that of the first decision."""
    first = rows.order_by("decided_at").values_list("decided_at", flat=True).first()
    return tuple(range(access.today.year, localdate(first or access.now).year - 1, -1))


def _line(row: Decision) -> DecisionLine:
    return DecisionLine(
        row.id,
        row.number,
        row.title,
        row.verdict,
        row.outcome,
        row.decided_at,
        row.body,
        row.proposer_id,
        row.review_date,
        bool(getattr(row, "replaced", False)),
    )
