"""A database session that reads the files of one check and can do nothing else.

The engine may open the named files and its own temporary folder; it loads nothing, reaches no network, and no
statement can loosen that again. Statistics in a file are its author's words: nothing of the plan believes them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb

from concordia.deliveries.embedded.sql import text

# What would let an engine skip rows, answer from a footer, or choose a narrower type because a file says so.
_BELIEVING = (
    "statistics_propagation",
    "filter_pushdown",
    "join_filter_pushdown",
    "row_group_pruner",
    "partial_aggregate_pushdown",
    "type_pushdown",
    "scalar_fn_pushdown",
    "compressed_materialization",
    "partitioned_execution",
    "late_materialization",
    "top_n",
    "limit_pushdown",
    "sampling_pushdown",
    "remote_pushdown",
)


def open_session(
    paths: Sequence[Path], temporary: Path, *, memory: str = "512MB", threads: int = 2, disk: str = "20GB"
) -> duckdb.DuckDBPyConnection:
    """A session over these files. `memory` and `disk` are the engine's own limits; the process has harder ones."""
    connection = duckdb.connect(":memory:", config={"threads": threads, "memory_limit": memory})
    known = {row[0] for row in connection.execute("FROM duckdb_optimizers()").fetchall()}
    off = ",".join(name for name in _BELIEVING if name in known)
    for setting, given in _settings(temporary, off, disk):
        connection.execute(f"SET {setting} = {given}")
    allowed = ", ".join(text(str(path)) for path in paths)
    connection.execute(f"SET allowed_paths = [{allowed}]")
    connection.execute(f"SET allowed_directories = [{text(str(temporary) + '/')}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def _settings(temporary: Path, off: str, disk: str) -> list[tuple[str, str]]:
    return [
        ("TimeZone", "'UTC'"),
        ("disabled_optimizers", text(off)),
        ("parquet_use_page_index", "false"),
        ("enable_external_file_cache", "false"),
        ("parquet_metadata_cache", "false"),
        ("autoinstall_known_extensions", "false"),
        ("autoload_known_extensions", "false"),
        ("allow_community_extensions", "false"),
        ("allow_persistent_secrets", "false"),
        ("secret_directory", text(str(temporary))),
        ("temp_directory", text(str(temporary))),
        ("max_temp_directory_size", text(disk)),
        ("binary_as_string", "true"),
        ("enable_progress_bar", "false"),
        ("max_expression_depth", "5000"),
    ]


def rows(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[Any, ...]]:
    """What a statement of ours gives."""
    return connection.execute(statement).fetchall()


def one(connection: duckdb.DuckDBPyConnection, statement: str) -> tuple[Any, ...]:
    """The one row a statement of ours gives."""
    found = rows(
        connection, statement
    )  # all of it: a result that is not read to its end holds the connection
    if not found:
        raise LookupError(statement[:80])
    return found[0]
