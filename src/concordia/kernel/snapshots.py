"""Read many things as they are at one moment, without making any writer wait."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from concordia.kernel.sqlite.base import DatabaseWrapper


@contextmanager
def snapshot(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    """All queries inside see the same moment; writing is refused. Inside a transaction it adds nothing."""
    connection = connections[using]
    if connection.in_atomic_block:
        yield
    elif isinstance(connection, DatabaseWrapper):
        with connection.only_reading(), transaction.atomic(using=using):
            yield
    else:
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
