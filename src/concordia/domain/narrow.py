"""YAML read narrowly, so that nothing turns into something else and no small document stands for an endless one.

Only maps, lists, text, whole numbers, true, false and null have a meaning. Keys stand once, aliases are refused (a page
of them can stand for a billion words), and so is endless depth.
"""

import re
from typing import Any

import yaml

from concordia.domain.problems import DocumentError, Problem
from concordia.domain.texts import both

LONGEST = 1_000_000  # bytes of a document
DEEPEST = 40
MOST_VALUES = 20_000  # keys, texts, lists and maps together, unless a kind of document says otherwise


class NarrowLoader(yaml.SafeLoader):
    """Reads maps, lists, text, whole numbers, true, false and null; nothing else has a meaning of its own."""

    yaml_implicit_resolvers: dict[str, list[Any]] = {}
    most_values = MOST_VALUES
    depth = 0
    values = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Build one node, refusing references and endless depth."""
        if self.check_event(yaml.events.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise fault_at(
                event.start_mark,
                "Een verwijzing met * wordt hier niet gelezen.",
                "A reference with * is not read here.",
                "Schrijf de tekst op beide plaatsen uit.",
                "Write the text out in both places.",
            )
        self.values += 1
        if self.values > self.most_values:
            raise self.too_many()
        self.depth += 1
        if self.depth > DEEPEST:
            raise fault_at(
                self.peek_event().start_mark,  # type: ignore[no-untyped-call]
                f"Dit ligt dieper dan {DEEPEST} lagen.",
                f"This lies deeper than {DEEPEST} levels.",
                "Zoveel lagen zijn nergens voor nodig; controleer de inspringing.",
                "Nothing needs so many levels; check the indentation.",
            )
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """Build a map whose keys stand once, and whose texts are whole."""
        node.value = self.pairs(node)
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = str(key_node.value)
            if key in seen:
                raise fault_at(
                    key_node.start_mark,
                    f"De sleutel “{key}” staat hier twee keer.",
                    f"The key “{key}” stands here twice.",
                    "Houd er één over.",
                    "Keep one of them.",
                )
            seen.add(key)
        return super().construct_mapping(node, deep=deep)

    def too_many(self) -> DocumentError:
        """What to say of a document that has more than its kind can need."""
        return fault_at(
            None,
            f"Hier staan meer dan {self.most_values} waarden.",
            f"Here stand more than {self.most_values} values.",
            "Verdeel het document.",
            "Divide the document.",
        )

    def pairs(self, node: Any) -> list[tuple[Any, Any]]:
        """The pairs of a map."""
        pairs: list[tuple[Any, Any]] = node.value
        return pairs


NarrowLoader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(true|false)$"), list("tf"))
NarrowLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^(0|[1-9]\d{0,17})$"), list("0123456789")
)
NarrowLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(~|null|)$"), ["~", "n", ""])


def fault_at(mark: Any, nl: str, en: str, mend_nl: str, mend_en: str) -> DocumentError:
    """A fault at a place in a text."""
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "document"
    return DocumentError([Problem(where, both(nl, en), both(mend_nl, mend_en))])
