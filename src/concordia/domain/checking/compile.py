"""From a contract to the rules of a delivery: every demand of its schema and its checks becomes a rule (C41, C42)."""

from collections.abc import Iterator
from dataclasses import replace

from concordia.domain.checking import meanings, messages
from concordia.domain.checking.expressions import IsNull, Written
from concordia.domain.checking.options import option_rules
from concordia.domain.checking.quality import quality_rules
from concordia.domain.checking.rules import (
    NONE_FAILS,
    ColumnPlan,
    KeyRule,
    Plan,
    PresentRule,
    ReadableRule,
    ReferenceRule,
    RowRule,
    Rule,
    SchemaRule,
    Severity,
    TypeRule,
    Unchecked,
)
from concordia.domain.checking.sorts import Kind, sort_of
from concordia.domain.contracts.model import Contract, Property, SchemaObject, column_of
from concordia.domain.contracts.xml_schema import asked_schema
from concordia.domain.texts import both


def plan_of(contract: Contract, name: str) -> Plan:
    """All that is asked of one object of the contract. Raises KeyError when it has no such object."""
    item = contract.object(name)
    columns = tuple(_column(part) for part in item.properties)
    rules: list[Rule] = [_readable(item.name)]
    if schema := asked_schema(contract, item):
        rules.append(schema_rule(item.name, schema))
    for part, column in zip(item.properties, columns, strict=True):
        rules += _column_rules(item, part, column)
    rules += _keys(item)
    rules += _references(item)
    rules += quality_rules(item, columns)
    return Plan(item.name, columns, tuple(_told_once(rules)))


def _readable(name: str) -> Rule:
    said = both("Elke regel is te lezen.", "Every line can be read.")
    return ReadableRule(f"{name}.readable", "readable", said, NONE_FAILS, Severity.ERROR, ())


def schema_rule(name: str, schema: str) -> Rule:
    """That the messages of an object follow the XML Schema that people call `schema`."""
    said = messages.follows(schema)
    return SchemaRule(f"{name}.xsd", "xsd", said, NONE_FAILS, Severity.ERROR, (), schema=schema)


def _column(part: Property) -> ColumnPlan:
    return ColumnPlan(
        name=part.name,
        source=part.source_name,
        sort=sort_of(part),
        classification=part.classification,
        label=part.business_name or part.name,
    )


def _column_rules(item: SchemaObject, part: Property, column: ColumnPlan) -> Iterator[Rule]:
    key, columns = f"{item.name}.{part.name}", (part.name,)
    common = (NONE_FAILS, Severity.ERROR, columns)
    yield PresentRule(f"{key}.present", "present", meanings.present(column.label), *common)
    if part.required:
        fails = IsNull(Written(part.name))
        yield RowRule(f"{key}.required", "required", meanings.required(column.label), *common, fails=fails)
    if column.sort.kind is Kind.NESTED:
        yield from _nested(key, part)
        return
    yield TypeRule(f"{key}.type", "type", meanings.of_sort(column.label, column.sort), *common)
    yield from option_rules(key, part, column)


def _nested(key: str, part: Property) -> Iterator[Rule]:
    """What is asked inside a value of several parts is told; it is not looked into."""
    if part.options or part.properties or part.items:
        yield Unchecked(
            f"{key}.inside",
            "inside",
            both(f"De delen van “{part.name}”.", f"The parts of “{part.name}”."),
            NONE_FAILS,
            Severity.INFO,
            (part.name,),
            reason=both(
                "In een samengestelde waarde wordt niet gekeken.",
                "A value of several parts is not looked into.",
            ),
        )


def _keys(item: SchemaObject) -> Iterator[Rule]:
    ranked = sorted(
        (part for part in item.properties if part.primary_key),
        key=lambda part: part.primary_key_position,
    )
    named = [tuple(part.name for part in ranked)] if ranked else []
    named += [(part.name,) for part in item.properties if part.unique and (part.name,) not in named]
    labels = {part.name: part.business_name or part.name for part in item.properties}
    for columns in named:
        kind = "primaryKey" if ranked and columns == named[0] else "unique"
        said = meanings.key([labels[name] for name in columns])
        key = f"{item.name}.{'+'.join(columns)}.{kind}"
        yield KeyRule(key, kind, said, NONE_FAILS, Severity.ERROR, columns)
    for part in ranked:
        if not part.required:
            fails = IsNull(Written(part.name))
            said = meanings.required(labels[part.name])
            key = f"{item.name}.{part.name}.required"
            yield RowRule(key, "required", said, NONE_FAILS, Severity.ERROR, (part.name,), fails=fails)


def _references(item: SchemaObject) -> Iterator[Rule]:
    for part in item.properties:
        for number, relation in enumerate(part.relationships):
            yield _reference(item, (part.name,), _ends(relation.to), f"{part.name}.relationships[{number}]")
    for number, relation in enumerate(item.relationships):
        ours = [column_of(end) for end in _ends(relation.from_)]
        names = tuple(end[1] for end in ours if end and end[0] in (item.name, item.physical_name))
        wholly = len(names) == len(ours) == len(_ends(relation.to))
        yield _reference(item, names if wholly else (), _ends(relation.to), f"relationships[{number}]")


def _ends(written: str | tuple[str, ...]) -> tuple[str, ...]:
    return (written,) if isinstance(written, str) else written


def _reference(item: SchemaObject, columns: tuple[str, ...], to: tuple[str, ...], where: str) -> Rule:
    ends = [column_of(end) for end in to]
    targets = {end[0] for end in ends if end}
    known = {part.name for part in item.properties}
    key = f"{item.name}.{where}"
    if not columns or None in ends or len(targets) != 1 or not set(columns) <= known:
        said = both(f"Verwijzing naar {', '.join(to)}.", f"Reference to {', '.join(to)}.")
        why = both(
            "Alleen verwijzingen als tabel.kolom, naar één tabel, worden nagegaan.",
            "Only references such as table.column, to one table, are followed.",
        )
        return Unchecked(key, "reference", said, NONE_FAILS, Severity.ERROR, columns, reason=why)
    target = targets.pop()
    labels = [part.business_name or part.name for part in item.properties if part.name in columns]
    said = meanings.reference(labels, target)
    return ReferenceRule(
        key,
        "reference",
        said,
        NONE_FAILS,
        Severity.ERROR,
        columns,
        target=target,
        target_columns=tuple(end[1] for end in ends if end),
    )


def _told_once(rules: list[Rule]) -> Iterator[Rule]:
    """Each rule under a key of its own; a second of one key gets a number."""
    seen: dict[str, int] = {}
    for rule in rules:
        times = seen[rule.key] = seen.get(rule.key, 0) + 1
        yield rule if times == 1 else replace(rule, key=f"{rule.key}#{times}")
