"""More alliances, by copying the rows of one under fresh names: as many rows as real ones, made quickly.

Nobody opens them here; they are there to be in the way.
"""

import re
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db import models, transaction

from concordia.capabilities.alliances.models import Alliance
from concordia.capabilities.ledger.models import Log
from concordia.kernel.ids import new_id

_CAPABILITIES = ("alliances", "ledger", "decisions")
_IDENTIFIER = re.compile(r"\b([a-z]{3})_[0-9a-z]{26}\b")
type Rows = dict[type[models.Model], list[dict[str, Any]]]


def rows_of(alliance: str) -> Rows:
    """Every row of an alliance and of its logs."""
    logs = list(Log.objects.unscoped().filter(alliance_id=alliance).values_list("id", flat=True))
    found: Rows = {}
    for model in (model for label in _CAPABILITIES for model in apps.get_app_config(label).get_models()):
        if hasattr(model, "alliance_id"):
            query = model.objects.unscoped().filter(alliance_id=alliance)  # type: ignore[attr-defined]
        else:
            query = model._default_manager.filter(log_id__in=logs)
        found[model] = list(query.order_by("pk").values())
    return found


def copy(rows: Rows, numbers: Iterable[int]) -> None:
    """A copy of these rows for each number."""
    for number in numbers:
        with transaction.atomic():
            _copy(rows, number)


def _copy(rows: Rows, number: int) -> None:
    fresh: dict[str, str] = {}
    for model, originals in rows.items():
        made = [model(**_changed(model, values, number, fresh)) for values in originals]
        manager: Any = getattr(model, "objects")  # noqa: B009 the stubs know it of no model in general
        manager.bulk_create(made, batch_size=500)


def _changed(
    model: type[models.Model], values: dict[str, Any], number: int, fresh: dict[str, str]
) -> dict[str, Any]:
    counted = isinstance(model._meta.pk, models.AutoField)
    changed = {
        name: _renamed(value, fresh)
        for name, value in values.items()
        if not (counted and name == model._meta.pk.attname)
    }
    if model is Alliance:
        changed["key"] = f"{changed['key']}-{number}"
    if model is Log:
        changed["origin"] = f"{changed['origin']}/copy-{number}"
    return changed


def _renamed(value: Any, fresh: dict[str, str]) -> Any:
    """The value with every identifier in it replaced, the same one always by the same."""
    if isinstance(value, str):
        return _IDENTIFIER.sub(lambda found: fresh.setdefault(found[0], new_id(found[1])), value)
    if isinstance(value, list):
        return [_renamed(one, fresh) for one in value]
    if isinstance(value, dict):
        return {_renamed(name, fresh): _renamed(one, fresh) for name, one in value.items()}
    return value
