"""The rules as contracts in ODCS: ours with its semantic types, and one in words that other tools know."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.deliveries.columns import ORDER
from bench.deliveries.rules import REFERENCE, TOTAL, Rule

_INTEGER: dict[str, Any] = {"logicalType": "integer", "logicalTypeOptions": {"format": "i64"}}
_EXACT = {"logicalType": "number", "physicalType": "decimal(12,2)"}
_TEXTS = [
    "employer",
    "payroll",
    "kind",
    "contract",
    "wage_table",
    "risk_group",
    "postcode",
    "country",
    "reason",
]
_SORTS: dict[str, dict[str, Any]] = {
    "premium_sick": _EXACT,
    **{name: {"logicalType": "date"} for name in ("period_start", "period_end", "born")},
    **{name: {"logicalType": "boolean"} for name in ("is_insured_sick", "is_insured_work")},
    **{name: {"logicalType": "string"} for name in _TEXTS},
}
_PERSONAL = {"citizen", "born", "postcode"}


def contract(rules: Sequence[Rule], parts: int = 1) -> str:
    """Our contract of these rules. JSON is YAML."""
    properties = {name: _property(name, base) for name, base in _columns(parts)}
    whole: list[dict[str, Any]] = []
    for rule in rules:
        _write(rule, properties[rule.columns[0]], whole)
    return _document(list(properties.values()), whole)


def key_of(rule: Rule) -> str:
    """The key that our engine gives a rule."""
    column = rule.columns[0]
    if rule.kind == REFERENCE:
        return f"lines.{column}.relationships[0]"
    if rule.kind == "valid":
        return f"lines.{column}.quality.{rule.name}"
    if rule.kind == "eleven" or "semantic" in rule.given:
        return f"lines.{column}.semanticType"
    if rule.kind in {"required", "minimum", "maximum", "pattern"}:
        return f"lines.{column}.{rule.kind}"
    return f"lines.quality.{rule.name}"


def _columns(parts: int) -> list[tuple[str, str]]:
    suffixes = [""] if parts == 1 else [f"_{part}" for part in range(1, parts + 1)]
    return [(f"{name}{suffix}", name) for suffix in suffixes for name in ORDER]


def _property(name: str, base: str) -> dict[str, Any]:
    sort = json.loads(json.dumps(_SORTS.get(base, _INTEGER)))
    return {
        "name": name,
        **sort,
        "classification": "confidential" if base in _PERSONAL else "internal",
    }


def _write(rule: Rule, part: dict[str, Any], whole: list[dict[str, Any]]) -> None:
    given = rule.given
    if rule.kind == "required":
        part["required"] = True
    elif "semantic" in given:
        part["customProperties"] = [{"property": "semanticType", "value": given["semantic"]}]
    elif rule.kind in {"minimum", "maximum", "pattern"}:
        part.setdefault("logicalTypeOptions", {})[rule.kind] = given.get("value", given.get("pattern"))
    elif rule.kind == "valid":
        part["quality"] = [_valid(rule)]
    elif rule.kind == REFERENCE:
        part["relationships"] = [{"to": f"{given['list']}.{given['of']}"}]
    else:
        whole.append(_of_the_whole(rule))


def _valid(rule: Rule) -> dict[str, Any]:
    values = list(rule.given["values"])
    return {"name": rule.name, "metric": "invalidValues", "arguments": {"validValues": values}, "mustBe": 0}


def _of_the_whole(rule: Rule) -> dict[str, Any]:
    if rule.kind == "condition":
        query = f"SELECT COUNT(*) FROM lines WHERE {rule.given['condition']}"
        return {"name": rule.name, "type": "sql", "query": query, "mustBe": 0}
    if rule.kind == TOTAL:
        employer, wage = rule.columns
        total = {"of": wage, "per": [employer], "equals": "declared.total", "on": ["employer"]}
        return {
            "name": rule.name,
            "type": "custom",
            "engine": "concordia",
            "implementation": {"total": total},
        }
    columns = list(rule.columns)
    return {"name": rule.name, "metric": "duplicateValues", "arguments": {"properties": columns}, "mustBe": 0}


def contract_of_others(rules: Sequence[Rule], folder: Path) -> str:
    """The rules for datacontract-cli: as SQL where the standard has no word; the total, which SQL cannot say, not."""
    parts = max(1, len({rule.name for rule in rules if rule.name.startswith("once")}))
    properties = {name: _property(name, base) for name, base in _columns(parts)}
    whole: list[dict[str, Any]] = []
    for rule in rules:
        if rule.kind == TOTAL:
            continue
        if failing := sql_of(rule, folder):
            query = f"SELECT COUNT(*) FROM lines WHERE {failing}"
            whole.append({"id": rule.name.replace(".", "-"), "type": "sql", "query": query, "mustBe": 0})
        else:
            _write(Rule(rule.name, rule.kind, rule.columns, _known(rule)), properties[rule.columns[0]], whole)
    for part in properties.values():
        part.get("logicalTypeOptions", {}).pop("format", None)
    server = {"server": "here", "type": "local", "path": str(folder / "lines.parquet"), "format": "parquet"}
    return _document(list(properties.values()), whole, servers=[server])


def _known(rule: Rule) -> dict[str, Any]:
    return {word: value for word, value in rule.given.items() if word != "semantic"}


def sql_of(rule: Rule, folder: Path) -> str:
    """What is true of a row that fails, as SQL; empty where the standard has a word of its own for the rule."""
    column = rule.columns[0]
    if rule.kind == "condition":
        return str(rule.given["condition"])
    if rule.kind == "eleven":
        return f"{column} IS NOT NULL AND NOT ({eleven_sql(column)})"
    if rule.kind == REFERENCE:
        listed = folder / f"{rule.given['list']}.parquet"
        known = f"SELECT {rule.given['of']} FROM read_parquet('{listed}')"
        return f"{column} IS NOT NULL AND {column} NOT IN ({known})"
    return ""


def eleven_sql(column: str) -> str:
    """The eleven-test as people write it in SQL: nine digits, each with its weight."""
    nine = f"lpad(CAST({column} AS VARCHAR), 9, '0')"
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    terms = [
        f"{weight} * CAST(substr({nine}, {place}, 1) AS INTEGER)" for place, weight in enumerate(weights, 1)
    ]
    return f"({' + '.join(terms)}) % 11 = 0"


def _document(properties: list[dict[str, Any]], quality: list[dict[str, Any]], **more: Any) -> str:
    table = {"name": "lines", "properties": properties, **({"quality": quality} if quality else {})}
    head = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": "wages",
        "version": "1.0.0",
        "status": "active",
    }
    return json.dumps({**head, **more, "schema": [table]}, indent=1)
