"""What reading the rows is asked by each rule, and which columns are read together: wide deliveries go in clusters."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from concordia.deliveries.embedded.cells import Cells
from concordia.deliveries.embedded.session import one
from concordia.deliveries.embedded.wholes import hash_of
from concordia.domain.checking.expressions import Expression, columns_in
from concordia.domain.checking.rules import KeyRule, ReferenceRule, RowRule, Rule, TypeRule

BITS = 60
WIDEST = 40  # columns read together
_ROOM = 100  # bytes of SQL for each MB that the engine may use: every part of an expression takes a vector of cells


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule that reading the rows answers, with the columns it looks at.

    `condition` is the SQL that is true where a row fails it; of a key there is `hashed` instead, the SQL of its hash.
    `known` is the table of values that a reference may have.
    """

    rule: Rule
    columns: frozenset[str]
    expression: Expression | None = None
    condition: str = ""
    hashed: str = ""
    known: str = ""


@dataclass(slots=True)
class Cluster:
    """Columns that are read together, and what is asked of them. `size` is that of its SQL, in characters."""

    columns: set[str]
    asked: list[Asked]
    size: int = 0


def asked_of(cells: Cells, rules: Sequence[Rule], known: Mapping[str, str]) -> list[Asked]:
    """What reading the rows is asked. `known` maps the key of a reference rule to the table of values it may have."""
    return [asked for rule in rules if (asked := _asked(cells, rule, known)) is not None]


def _asked(cells: Cells, rule: Rule, known: Mapping[str, str]) -> Asked | None:
    match rule:
        case RowRule():
            return Asked(rule, columns_in(rule.fails), rule.fails, cells.forms().of(rule.fails))
        case TypeRule():
            misfit = cells.misfit(rule.columns[0])
            return Asked(rule, frozenset(rule.columns), condition=misfit or "FALSE")
        case ReferenceRule() if rule.key in known:
            table = known[rule.key]
            unknown = _unknown(cells, rule, table)
            return Asked(rule, frozenset(rule.columns), condition=unknown, known=table)
        case KeyRule():
            return Asked(rule, frozenset(rule.columns), hashed=hash_of(cells, rule))
    return None


def _unknown(cells: Cells, rule: ReferenceRule, table: str) -> str:
    """Whether values, none of them null, do not stand together in a table of known ones (which holds no null)."""
    ours = [cells.value(column) for column in rule.columns]
    filled = " AND ".join(
        f"{one_of} IS NOT NULL" for one_of in ours
    )  # nothing is not in an empty list either
    if len(ours) == 1:
        return f"({filled} AND ({ours[0]} IN (SELECT k0 FROM {table})) IS FALSE)"
    theirs = ", ".join(f"k{number}" for number in range(len(ours)))
    return f"({filled} AND (({', '.join(ours)}) IN (SELECT ({theirs}) FROM {table})) IS FALSE)"


def megabytes_of(connection: duckdb.DuckDBPyConnection) -> int:
    """What the engine may use, shared by its threads."""
    limit, threads = one(connection, "SELECT current_setting('memory_limit'), current_setting('threads')")
    number, unit = str(limit).split()
    scale = {"MiB": 1.0, "GiB": 1024.0, "TiB": 1024.0**2}.get(unit, 1 / 1024)
    return max(1, int(float(number) * scale / int(threads)))


@dataclass(frozen=True, slots=True)
class Width:
    """How much may be read together: columns, and characters of SQL that the engine can work on at once."""

    columns: int
    sql: int = sys.maxsize


def width_for_engine(connection: duckdb.DuckDBPyConnection) -> Width:
    """What the engine can read together in its memory."""
    return Width(WIDEST, _ROOM * megabytes_of(connection))


def clusters_of(cells: Cells, asked: Sequence[Asked], sql: Mapping[str, int], width: Width) -> list[Cluster]:
    """Rules that share columns together, as many as fit; a rule over several columns draws theirs together.

    `sql` has the characters of SQL by the key of a rule.
    """
    groups: list[tuple[set[str], list[Asked]]] = []
    for one_of in asked:
        near = [group for group in groups if group[0] & one_of.columns]
        columns = set(one_of.columns).union(*(group[0] for group in near))
        joined = [member for group in near for member in group[1]]
        groups = [group for group in groups if all(group is not other for other in near)]
        groups.append((columns, [*joined, one_of]))
    clusters: list[Cluster] = []
    for columns, members in groups:
        size = len(cells.rows(columns, numbered=False)) + sum(sql[member.rule.key] for member in members)
        last = clusters[-1] if clusters else None
        if last and last.size + size <= width.sql and len(last.columns | columns) <= width.columns:
            last.columns |= columns
            last.asked += members
            last.size += size
        else:
            clusters.append(Cluster(set(columns), list(members), size))
    return clusters


def mask(conditions: Sequence[str]) -> str:
    """The SQL of a number with a bit for each of these conditions: set where it is true. At most `BITS` of them."""
    parts = [
        f"(CASE WHEN {condition} THEN {1 << number} ELSE 0 END)"
        for number, condition in enumerate(conditions)
        if condition != "FALSE"
    ]
    return f"CAST({' | '.join(parts) or '0'} AS BIGINT)"
