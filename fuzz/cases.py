"""One case: what is read, made by chance from its number. The same seed and number give the same bytes."""

from dataclasses import dataclass
from random import Random
from typing import Any

from concordia.domain.contracts.reading import dump_contract, read_contract
from concordia.domain.problems import DocumentError
from fuzz import seeds
from fuzz.damage import changed, damaged

TARGETS = ("contract", "csv", "jsonl", "parquet", "xml", "packed", "two-readers")
_OFTEN = {"contract": 4, "two-readers": 4}  # those that are read in no time


@dataclass(frozen=True, slots=True)
class Case:
    """What is read as what. `contract` is the one that a delivery is held to."""

    number: int
    target: str
    content: bytes
    contract: bytes


def case_of(seed: int, number: int, targets: tuple[str, ...] = TARGETS) -> Case:
    """The case of this number."""
    chance = Random(f"{seed}/{number}")
    turns = [target for target in targets for _ in range(_OFTEN.get(target, 1))]
    target = turns[number % len(turns)]
    return Case(number, target, _content(chance, target), _contract(chance))


def _contract(chance: Random) -> bytes:
    """The good one, or as often one that was changed and is still taken."""
    for _ in range(chance.choice((0, 6))):
        made = _written(changed(chance, changed(chance, seeds.document())))
        if made is not None and _is_taken(made):
            return made
    return seeds.contract()


def _is_taken(content: bytes) -> bool:
    try:
        read_contract(content.decode(errors="replace"))
    except DocumentError:
        return False
    return True


def _written(plain: Any) -> bytes | None:
    """A document as YAML; None for one that no document can be."""
    try:
        return dump_contract(plain).encode(errors="replace")
    except (ValueError, TypeError, AttributeError):
        return None


def _content(chance: Random, target: str) -> bytes:
    match target:
        case "contract":
            return _document(chance)
        case "packed":
            kind = chance.choice(list(seeds.DELIVERIES))
            inside = seeds.DELIVERIES[kind](chance)
            if chance.random() < 0.5:
                return seeds.packed(chance, damaged(chance, inside))
            return damaged(chance, seeds.packed(chance, inside))
        case "two-readers":
            return damaged(chance, seeds.xml(chance), seeds.xml(chance))
        case _:
            other = seeds.DELIVERIES[chance.choice(list(seeds.DELIVERIES))](chance)
            return damaged(chance, seeds.DELIVERIES[target](chance), other)


def _document(chance: Random) -> bytes:
    if chance.random() < 0.5:
        return damaged(chance, seeds.contract())
    plain = seeds.document()
    for _ in range(chance.randrange(1, 4)):
        plain = changed(chance, plain)
    return _written(plain) or damaged(chance, seeds.contract())
