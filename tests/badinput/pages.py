"""The forms that stand on a page, with their fields and what a person could choose."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit


@dataclass
class Field:
    """One field: its kind, what it holds, and what it offers."""

    kind: str
    value: str = ""
    options: list[str] = field(default_factory=list)


@dataclass
class Form:
    """Where a form goes and what it asks."""

    path: str
    method: str
    fields: dict[str, Field] = field(default_factory=dict)
    with_files: bool = False

    @property
    def shape(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes it another form than one seen before."""
        return self.path, self.method, tuple(sorted(self.fields))


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self.links = path, list[Form](), list[str]()
        self._form: Form | None = None
        self._select: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "a" and found.get("href", "").startswith(("/", "?")):
            self.links.append(urljoin(self.path, found["href"]))
        if tag == "form":
            self._form = Form(
                urlsplit(urljoin(self.path, found.get("action", ""))).path,
                found.get("method", "get").upper(),
                with_files="multipart" in found.get("enctype", ""),
            )
            self.forms.append(self._form)
        if self._form is not None and tag in {"input", "select", "textarea", "button"}:
            self._add(tag, found)
        if tag == "option" and self._select is not None:
            self._select.options.append(found.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        if tag == "select":
            self._select = None

    def _add(self, tag: str, found: dict[str, str]) -> None:
        name = found.get("name", "")
        if not name or name == "csrfmiddlewaretoken":
            return
        assert self._form is not None
        kind = found.get("type", "text") if tag == "input" else tag
        known = self._form.fields.setdefault(name, Field(kind, found.get("value", "")))
        if kind in {"radio", "checkbox", "button"}:
            known.options.append(found.get("value", "on"))
        if tag == "select":
            self._select = known


def read(path: str, page: str) -> tuple[list[Form], list[str]]:
    """The forms of a page that lies at `path`, and the paths it leads to."""
    reader = _Reader(path)
    reader.feed(page)
    return reader.forms, reader.links
