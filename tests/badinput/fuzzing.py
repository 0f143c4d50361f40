"""A visitor who opens every address as everybody and sends what nobody should, and looks whether anything broke."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from random import Random
from typing import Any
from urllib.parse import quote_from_bytes

from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from support.pages import NOT_OURS, state

from access.scene import Scene, inside, make_scene, outside
from concordia.site.headers import make_legible

from . import hostile
from .pages import Field, Form, read

ROLES = ("anonymous", "outsider", "clerk", "coordinator", "board", "other-board", "manager")
QUERIES = ("before", "q", "year", "verdict", "choice", "partner", "replaces", "next", "language", "x")
ROUND = 200  # requests before everything is as at the beginning again
KEPT = 0.1  # of what was done in an alliance stays for the round, so that later requests meet other states
KEEPS = frozenset({"usersessions_usersession", "account_emailaddress"})  # when somebody was last seen


@dataclass(frozen=True)
class Sent:
    """One request, so that what broke can be sent again."""

    role: str
    method: str
    path: str
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def told(self) -> str:
        """In one line, of what is long only the start."""
        return f"{self.role} {self.method} {self.path[:200]} {self.content_type!r} {self.headers} {self.body[:1500]!r}"


@dataclass
class Visitor:
    """Sends requests by the numbers of one hand; every answer is judged, and everything is put back."""

    scene: Scene
    hand: Random
    forms: list[tuple[str, Form]] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[tuple[Sent, str]] = field(default_factory=list)
    start: dict[str, str] = field(default_factory=dict)  # what the scene held when it was made
    before: dict[str, str] = field(default_factory=dict)  # what it holds now

    def prepare(self) -> None:
        """Look at every page as everybody, and keep every form that stands there."""
        for role, client in self.scene.clients.items():
            self.scene.clients[role] = _Browser(client)
        seen: set[tuple[str, tuple[str, str, tuple[str, ...]]]] = set()
        for role in ROLES:
            for path in sorted(set(self._paths(("shared", "waiting", "private")))):
                answer = self.scene.clients[role].get(path)
                if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                    for form in read(path, answer.content.decode())[0]:
                        if form.method == "POST" and (role, form.shape) not in seen:
                            seen.add((role, form.shape))
                            self.forms.append((role, form))
        self.before = self.start = _held()

    def send(self, number: int) -> None:
        """So many requests, in rounds that each begin in the scene as it was made."""
        for begun in range(0, number, ROUND):
            with transaction.atomic():
                for _ in range(min(ROUND, number - begun)):
                    self.judge(self._next())
                transaction.set_rollback(True)
            self.before = self.start

    def judge(self, sent: Sent) -> None:
        """Send it, note the status, and whether something broke, changed or came in half."""
        client = self.scene.clients[sent.role]
        cookies = SimpleCookie(client.cookies)
        client.handler.enforce_csrf_checks = (
            self.hand.random() < 0.1
        )  # where it has no token it reads the body first
        written = _Written()
        with transaction.atomic():
            with connection.execute_wrapper(written):
                answer: Any = client.generic(
                    sent.method, sent.path, sent.body, content_type=sent.content_type, **sent.headers
                )
                if getattr(answer, "streaming", False):
                    b"".join(answer.streaming_content)
            refused = answer.status_code >= 400 or sent.method != "POST"
            changed = refused and bool(written.tables) and not _signs(sent.path) and _held() != self.before
            stays = not refused and sent.path.startswith("/a/") and self.hand.random() < KEPT
            transaction.set_rollback(not stays)
        client.cookies = cookies
        if stays:
            self.before = _held()
        self._note(sent, answer, changed)

    def _note(self, sent: Sent, answer: Any, changed: bool) -> None:
        self.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            self.broken.append((sent, f"status {answer.status_code}: {getattr(answer, 'exc_info', None)!r}"))
        elif changed:
            self.broken.append((sent, f"status {answer.status_code}, and something was kept"))

    def _next(self) -> Sent:
        kind = self.hand.random()
        if kind < 0.2:
            return self._looking()
        if kind < 0.75:
            return self._form()
        return self._blind()

    def _looking(self) -> Sent:
        path = self.hand.choice(
            [path for path in self._paths() if self.before == self.start or not _signs(path)]
        )
        asked = [(self.hand.choice(QUERIES), self._text()) for _ in range(self.hand.randrange(4))]
        query = b"&".join(f"{name}=".encode() + quote_from_bytes(value).encode() for name, value in asked)
        method = self.hand.choice(("GET", "GET", "GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"))
        return Sent(self._role(), method, f"{path}?{query.decode()}", headers=self._headers())

    def _form(self) -> Sent:
        """A form as it stands on a page, of which one to three fields are hostile."""
        role, form = self.hand.choice(self.forms)
        fields = [(name, self._filled(one)) for name, one in form.fields.items() if one.kind != "file"]
        files = [
            (name, self.hand.choice(hostile.FILES)) for name, one in form.fields.items() if one.kind == "file"
        ]
        for _ in range(self.hand.randint(1, 3)):
            fields, files = self._spoiled(fields, files)
        return self._packed(role if self.hand.random() < 0.9 else self._role(), form.path, fields, files)

    def _blind(self) -> Sent:
        """Fields of any form at any address, or a body that is no form at all."""
        names = sorted({name for _, form in self.forms for name in form.fields})
        picked = self.hand.sample(names, self.hand.randint(1, 8))
        fields = [(name, self._text()) for name in picked]
        path = self.hand.choice(list(self._paths()))
        if self.hand.random() < 0.4:
            kind, body = hostile.odd_body(self.hand, fields)
            return Sent(self._role(), "POST", path, body, kind, self._headers())
        return self._packed(self._role(), path, fields, [])

    def _packed(self, role: str, path: str, fields: hostile.Fields, files: hostile.Fields) -> Sent:
        if files or self.hand.random() < 0.2:
            kind, body = hostile.multipart(self.hand, fields, files)
        else:
            kind, body = "application/x-www-form-urlencoded", hostile.urlencoded(fields)
        return Sent(role, "POST", path, body, kind, self._headers())

    def _spoiled(
        self, fields: hostile.Fields, files: hostile.Fields
    ) -> tuple[hostile.Fields, hostile.Fields]:
        what = self.hand.random()
        if not fields or what < 0.1:
            return [*fields, (self.hand.choice(("x", "owner_id", "is_staff", "id", "")), self._text())], files
        place = self.hand.randrange(len(fields))
        name = fields[place][0]
        rest = fields[:place] + fields[place + 1 :]
        if what < 0.2:
            return rest, files
        if what < 0.25:
            return [*fields, (name, self._text())], files
        if what < 0.3:
            return rest, [*files, (name, self.hand.choice(hostile.FILES))]
        if what < 0.35 and files:
            return [*fields, (files[0][0], self._text())], files[1:]
        return [*rest, (name, self._text())], files

    def _filled(self, one: Field) -> bytes:
        """What a person could have filled in."""
        if one.options:
            return self.hand.choice(one.options).encode()
        if one.kind == "date":
            return (one.value or self.hand.choice(hostile.DAYS)).encode()
        return (one.value or self.hand.choice(("One calendar", "12", "board@example.org", ""))).encode()

    def _text(self) -> bytes:
        return hostile.text(self.hand, self._known())

    def _known(self) -> list[str]:
        kept = (self.scene.shared, self.scene.private, self.scene.elsewhere)
        return [str(value) for objects in kept for value in objects.values()]

    def _role(self) -> str:
        return self.hand.choice(ROLES)

    def _headers(self) -> dict[str, str]:
        return dict(self.hand.choice(hostile.HEADERS)) if self.hand.random() < 0.15 else {}

    def _paths(self, variants: tuple[str, ...] = ()) -> Iterator[str]:
        """Every address, with parts that exist, or of any kind where no variant is named."""
        for name, keys in sorted((inside() | outside()).items()):
            for variant in variants or ("shared",):
                parts = {key: self._part(key, variant, odd=not variants) for key in keys}
                if name in inside():
                    parts["alliance"] = self.scene.cast.key
                yield reverse(name, kwargs=parts)

    def _part(self, key: str, variant: str, *, odd: bool) -> object:
        kept = getattr(self.scene, variant)
        if not odd:
            return kept.get(key, {"number": 1, "paragraph": 0}.get(key, "none"))
        if key in {"number", "paragraph"}:
            return self.hand.choice((0, 1, 2, 3, 999, 10**15, 2**63, 2**64, 10**40))
        choices = [
            one[key] for one in (self.scene.shared, self.scene.waiting, self.scene.private) if key in one
        ]
        if self.hand.random() < 0.2 or not choices:
            value = self._text().decode(errors="replace").replace("/", "-")[:300]
            return value or "none"
        return self.hand.choice(choices)


class _Browser(Client):
    """Somebody's browser that enters as the server does, and is given the page of a failure."""

    def __init__(self, like: Client) -> None:
        super().__init__(raise_request_exception=False)
        self.cookies = like.cookies

    def request(self, **request: Any) -> Any:
        make_legible(request)
        return super().request(**request)


class _Written:
    """Which tables were written to, of those that say what holds."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note and go on."""
        found = re.match(r'(?:INSERT\s+(?:OR \w+ )?INTO|UPDATE|DELETE FROM)\s+"(\w+)"', sql)
        if found and found.group(1) not in NOT_OURS | KEEPS:
            self.tables.add(found.group(1))
        return execute(sql, params, many, context)


def _signs(path: str) -> bool:
    """Whether looking there lets the signer sign what is recorded already: for ever, so only what stays."""
    return path.partition("?")[0].endswith(("/receipt/", "/bundle/"))


def _held() -> dict[str, str]:
    return {table: digest for table, digest in state().items() if table not in KEEPS}


def visitor(seed: int) -> Visitor:
    """Somebody who has looked around in a scene with something of every kind."""
    made = Visitor(make_scene(), Random(seed))
    made.prepare()
    return made
