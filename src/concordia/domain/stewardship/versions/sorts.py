"""How the values of one sort relate to those of another."""

from concordia.domain.checking.sorts import Kind as Holds
from concordia.domain.checking.sorts import Sort, sort_of
from concordia.domain.contracts.model import Property
from concordia.domain.stewardship.versions.model import Kind, relation


def sort_relation(old: Sort, new: Sort) -> Kind | None:
    """Whether the new sort holds fewer or more values; None where they hold the same."""
    return relation(new_within_old=_within(new, old), old_within_new=_within(old, new))


def _within(one: Sort, other: Sort) -> bool:
    """Whether every value of one sort is one of the other. Text could hold anything: it is only like itself."""
    if one.kind is other.kind:
        match one.kind:
            case Holds.INTEGER:
                return other.low <= one.low and one.high <= other.high
            case Holds.DECIMAL:
                whole, behind = one.precision - one.scale, one.scale
                return whole <= other.precision - other.scale and behind <= other.scale
            case Holds.DATE:
                return one.form == other.form
        return one == other
    if one.kind is Holds.INTEGER and other.kind is Holds.DECIMAL:
        largest = 10 ** (other.precision - other.scale)
        return bool(-largest < one.low and one.high < largest)
    return one.kind in {Holds.INTEGER, Holds.DECIMAL} and other.kind is Holds.FLOAT


def sort_words(column: Property) -> str:
    """The sort of a column as its contract writes it."""
    words = [column.logical_type, column.physical_type]
    return " ".join(word for word in words if word) or sort_of(column).kind.value
