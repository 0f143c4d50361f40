"""What a holder may decide for an organization: checked by subject, amount and date (charter.md; C13)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from concordia.domain.texts import Text, both


@dataclass(frozen=True, slots=True)
class Mandate:
    """A mandate. No subjects: all of them. `limit_cents` None: no limit in money. Days are inclusive."""

    subjects: tuple[str, ...]
    limit_cents: int | None
    from_date: date
    until_date: date | None


@dataclass(frozen=True, slots=True)
class Cover:
    """Whether somebody may bind their organization here, with the reason in a sentence."""

    ok: bool
    reason: Text


def covers(mandates: Iterable[Mandate], subjects: Iterable[str], amount_cents: int | None, on: date) -> Cover:
    """Whether one of the mandates covers a decision on these subjects for this amount on this day.

    A decision without subjects or amount asks nothing of them. Mandates are not added up: one of them must
    cover the whole, since each was given by itself.
    """
    held, asked = list(mandates), tuple(subjects)
    if not held:
        return Cover(
            False,
            both(
                "Uw organisatie heeft u nog geen mandaat gegeven.",
                "Your organization has not given you a mandate yet.",
            ),
        )
    reasons = [_missing(mandate, asked, amount_cents, on) for mandate in held]
    if None in reasons:
        return Cover(True, both("Dit valt binnen uw mandaat.", "This is within your mandate."))
    return Cover(False, next(reason for reason in reasons if reason is not None))


def _missing(mandate: Mandate, subjects: tuple[str, ...], amount: int | None, on: date) -> Text | None:
    if on < mandate.from_date:
        return both(
            f"Uw mandaat begint op {mandate.from_date}.", f"Your mandate begins on {mandate.from_date}."
        )
    if mandate.until_date is not None and on > mandate.until_date:
        return both(
            f"Uw mandaat liep tot {mandate.until_date}.", f"Your mandate ran until {mandate.until_date}."
        )
    beyond = [subject for subject in subjects if mandate.subjects and subject not in mandate.subjects]
    if beyond:
        listed = ", ".join(beyond)
        return both(f"Uw mandaat gaat niet over: {listed}.", f"Your mandate does not cover: {listed}.")
    if amount is not None and mandate.limit_cents is not None and amount > mandate.limit_cents:
        return both(
            f"Uw mandaat gaat tot {euros(mandate.limit_cents, 'nl')}; "
            f"dit voorstel vraagt {euros(amount, 'nl')}.",
            f"Your mandate goes up to {euros(mandate.limit_cents, 'en')}; "
            f"this proposal needs {euros(amount, 'en')}.",
        )
    return None


def euros(cents: int, language: str) -> str:
    """An amount as its language writes it: € 250.000 and €250,000; cents only where there are any."""
    whole, rest = divmod(cents, 100)
    if language == "nl":
        return f"€ {whole:,}".replace(",", ".") + (f",{rest:02d}" if rest else "")
    return f"€{whole:,}" + (f".{rest:02d}" if rest else "")
