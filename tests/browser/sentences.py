"""What the pages say, gathered from their source: every sentence in Dutch beside the same in English."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

from jinja2 import Environment, nodes

import concordia
from concordia.web.shared.entries import _WORDS as ENTRIES

SOURCE = Path(concordia.__file__).parent
_LONG = 18  # shorter ones stand in a text by chance, and are looked for as the whole text of an element
_EDGES = " \u00a0.,:;·–-()→"


def _of_templates() -> Iterator[tuple[str, str]]:
    environment = Environment(extensions=["jinja2.ext.do"], autoescape=True)
    for path in (SOURCE / "web").rglob("*.html"):
        for call in environment.parse(path.read_text()).find_all(nodes.Call):
            halves = [one.value for one in call.args if isinstance(one, nodes.Const)]
            if isinstance(call.node, nodes.Name) and call.node.name == "t" and len(halves) == 2:
                yield halves[0], halves[1]


def _of_modules() -> Iterator[tuple[str, str]]:
    for path in SOURCE.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(call, ast.Call)
                and isinstance(call.func, ast.Name)
                and call.func.id in {"t", "later", "both"}
            ):
                halves = [one.value for one in call.args if isinstance(one, ast.Constant)]
                if len(halves) == 2:
                    yield halves[0], halves[1]


@cache
def sentences() -> dict[str, frozenset[str]]:
    """The sentences of each language that the other language has no sentence like."""
    pairs = {(nl.strip(), en.strip()) for nl, en in [*_of_templates(), *_of_modules(), *ENTRIES.values()]}
    assert len(pairs) > 300
    dutch, english = "\n".join(nl for nl, _ in pairs), "\n".join(en for _, en in pairs)
    return {
        "nl": frozenset(nl for nl, _ in pairs if _tells(nl) and nl not in english),
        "en": frozenset(en for _, en in pairs if _tells(en) and en not in dutch),
    }


@cache
def labels() -> dict[str, frozenset[str]]:
    """The words of each language, also the shortest, that the other language does not have."""
    pairs = {
        (nl.strip(_EDGES), en.strip(_EDGES))
        for nl, en in [*_of_templates(), *_of_modules(), *ENTRIES.values()]
    }
    dutch, english = {nl for nl, _ in pairs}, {en for _, en in pairs}
    return {"nl": frozenset(dutch - english - {""}), "en": frozenset(english - dutch - {""})}


def _tells(half: str) -> bool:
    return len(half) >= _LONG and " " in half


class _Reader(HTMLParser):
    """Keeps the words of a page; what stands in code or script is not said to anybody."""

    SILENT = frozenset({"script", "style", "code", "pre", "textarea"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.heads = 0
        self.language = ""
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._silent += tag in self.SILENT
        self.heads += tag == "h1"
        self.language = self.language or (given.get("lang") or "" if tag == "html" else "")
        self.links += [given["href"] or ""] if tag == "a" and "href" in given else []
        self.words += [given[name] or "" for name in ("aria-label", "title", "placeholder") if name in given]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)


class Read:
    """A page as read: its words on one line and in pieces, its links, how many first headings, its language."""

    def __init__(self, html: str) -> None:
        reader = _Reader()
        reader.feed(html)
        self.text = re.sub(r"\s+", " ", " ".join(reader.words))
        self.pieces = {re.sub(r"\s+", " ", words).strip(_EDGES) for words in reader.words}
        self.links, self.heads, self.language = reader.links, reader.heads, reader.language
