"""The one choke point: every row has one owner and an audience, every query answers for someone.

Source: trust.md 4.3; white paper chapter 2 (non-intervention: what a partner has not shared, no other sees).
"""

from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

from concordia.kernel.access import Access
from concordia.kernel.errors import NotFoundError
from concordia.kernel.ids import LENGTH


class Audience(models.TextChoices):
    """Who may see a row beside its owner."""

    SHARED = "shared", "every partner of the alliance"
    PRIVATE = "private", "the people of the one partner that owns it"
    PERSONAL = "personal", "the one person that owns it"


class UnscopedQueryError(RuntimeError):
    """A query was built for nobody. Start from `visible_to(access)`."""


class ScopedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows somebody may see. Relations not asked for raise instead of being fetched behind the filter."""

    def one(self, **what: Any) -> M:
        """The single row. Raises NotFoundError when it is absent or not visible: no difference is shown."""
        try:
            return self.get(**what)
        except self.model.DoesNotExist:  # type: ignore[attr-defined]
            raise NotFoundError from None


class ScopedManager[M: models.Model](models.Manager[M]):
    """A manager that answers for someone or not at all."""

    def get_queryset(self) -> ScopedQuerySet[M]:
        """Refuse to build a query for nobody."""
        raise UnscopedQueryError(f"{self.model.__name__}.objects: start from visible_to(access)")

    def visible_to(self, access: Access) -> ScopedQuerySet[M]:
        """The rows this person may see, in the alliance they are in."""
        return self.unscoped().filter(may_see(access)).fetch_mode(models.FETCH_RAISE)

    def unscoped(self) -> ScopedQuerySet[M]:
        """Every row. For finding out who asks, for due work and for writing; tests list who may call it."""
        return ScopedQuerySet(self.model, using=self._db)

    def create(self, **values: Any) -> M:
        """Write one row: its owner and audience are among the values."""
        return self.unscoped().create(**values)

    def bulk_create(self, rows: Any, **options: Any) -> list[M]:  # type: ignore[override]
        """Write many rows at once."""
        return self.unscoped().bulk_create(rows, **options)


def may_see(access: Access, prefix: str = "") -> Q:
    """The filter behind every query. `prefix` is the path to the scoped row (`proposal__`)."""
    alliance = access.require_alliance()
    seen = Q(**{f"{prefix}audience": Audience.SHARED})
    if access.partner is not None:
        seen |= Q(**{f"{prefix}audience": Audience.PRIVATE, f"{prefix}owner_id": access.partner})
    if access.person is not None:
        seen |= Q(**{f"{prefix}audience": Audience.PERSONAL, f"{prefix}owner_id": access.person})
    return Q(**{f"{prefix}alliance_id": alliance}) & seen


class Owned(models.Model):
    """A row with exactly one owner: a partner, a person, or the alliance itself."""

    alliance_id = models.CharField(max_length=LENGTH, db_index=True)
    owner_id = models.CharField(max_length=LENGTH)
    audience = models.CharField(max_length=8, choices=Audience)

    objects: ClassVar[ScopedManager[Self]] = ScopedManager()

    class Meta:
        abstract = True
        constraints: ClassVar[Any] = (
            models.CheckConstraint(
                condition=Q(audience__in=Audience.values) & ~Q(owner_id="") & ~Q(alliance_id=""),
                name="%(app_label)s_%(class)s_has_one_owner",
            ),
        )
