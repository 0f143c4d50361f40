"""What tests build again and again is built once in a process, and after that put back as it was.

The first time commands are called, so that it is a state the product can reach. What they wrote is noted, and
each following time the same rows are inserted and the same keys and papers laid down, in a tenth of the time.
"""

import shutil
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import AutoField, Model
from django.db.models.sql import InsertQuery

from concordia.capabilities.decisions.models import Paper
from concordia.capabilities.ledger.models import Log, Opening

_AT_ONCE = 50  # rows in one statement

type Rows = dict[type[Model], dict[Any, Model]]


@dataclass(frozen=True)
class _Noted:
    """What a builder answered, the statements that write its rows, the keys and files it made, and its logs."""

    answer: Any
    statements: list[tuple[str, Any]]
    keys: dict[str, bytes]
    papers: dict[str, bytes]
    origins: list[str]


def kept[**P, T](build: Callable[P, T]) -> Callable[P, T]:
    """Keep what `build` makes for the same words.

    It must depend on nothing but its words, and add rows without changing any that were there.
    """
    known: dict[Any, _Noted] = {}

    @wraps(build)
    def again(*words: P.args, **named: P.kwargs) -> T:
        key = (settings.LOG_HOST, words, *sorted(named.items()))
        if key in known:
            _put_back(known[key])
        else:
            before = _rows()
            answer = build(*words, **named)
            known[key] = _noted(answer, _added(before, _rows()))
        found: T = deepcopy(known[key].answer)
        return found

    return again


def _rows() -> Rows:
    found: Rows = {}
    for model in apps.get_models(include_auto_created=True):
        rows = model._base_manager.using("default")
        found[model] = {row.pk: row for row in (rows.unscoped() if hasattr(rows, "unscoped") else rows.all())}
    return found


def _added(before: Rows, after: Rows) -> Rows:
    """The rows that are new. Fails where one that was there is changed or gone: that cannot be put back."""
    for model, rows in before.items():
        for key, row in rows.items():
            assert _values(after[model].get(key)) == _values(row), f"{model.__name__} {key} is not as it was"
    return {
        model: {key: row for key, row in rows.items() if key not in before[model]}
        for model, rows in after.items()
    }


def _values(row: Model | None) -> dict[str, Any] | None:
    return row and {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def _noted(answer: Any, added: Rows) -> _Noted:
    subjects = {row.subject for row in added[Opening].values()}
    return _Noted(
        deepcopy(answer),
        [statement for model, rows in added.items() for statement in _inserts(model, list(rows.values()))],
        {subject: _key_file(subject).read_bytes() for subject in subjects},
        {row.place: default_storage.open(row.place).read() for row in added[Paper].values()},
        [row.origin for row in added[Log].values()],
    )


def _inserts(model: type[Model], rows: list[Any]) -> Iterator[tuple[str, Any]]:
    """The statements that write these rows. Numbers that a database hands out are handed out anew."""
    fields = [field for field in model._meta.local_concrete_fields if not isinstance(field, AutoField)]
    for start in range(0, len(rows), _AT_ONCE):
        query = InsertQuery(model)
        query.insert_values(fields, rows[start : start + _AT_ONCE], raw=True)
        yield from query.get_compiler(connection=connection).as_sql()


def _put_back(noted: _Noted) -> None:
    with connection.cursor() as cursor:
        for statement, values in noted.statements:
            cursor.execute(statement, values)
    for subject, key in noted.keys.items():
        path = _key_file(subject)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.with_name(f"{subject}.erased").unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_bytes(key)
    for place, content in noted.papers.items():
        if not default_storage.exists(place):
            default_storage.save(place, ContentFile(content))
    for origin in noted.origins:  # an earlier test may have signed other trees under these names
        shutil.rmtree(Path(settings.SIGNER) / sha256(origin.encode()).hexdigest()[:32], ignore_errors=True)


def _key_file(subject: str) -> Path:
    return Path(settings.KEYS) / subject[-2:] / subject
