"""Whatever others do, in whatever order, nothing they get depends on what a partner keeps to itself (trust.md T-B2).

One alliance is lived twice from one moment, by the same acts in the same order and with the same chance; the second
time the tax office first fills its private rows. Every answer, and afterwards every page and file that can be reached,
must be the same to the byte, headers too: a number that jumps, a refusal, a count, an order would tell.

An order that nobody chose is the database's, which changes it by what else lies in a table and by what it counted
last. So an alliance is lived twice too with every tie given one way and then the other: not a byte may follow it.
"""

import io
import random
import re
import secrets
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import resolve, reverse
from support.deciding import sent
from support.tied import ties_given

from concordia.capabilities.accounts.models import Letter
from concordia.capabilities.ledger.models import Leaf

from .calls import path_of, variants
from .scene import Scene, inside, make_scene
from .test_non_interference import fill_private_rows, plain
from .test_proved import FILLED, filled, prove

pytestmark = pytest.mark.django_db
OTHERS = ("other-board", "manager")
TWO_SIDES = ("board", "other-board")
PRIVATE = 10**6  # the chance of what is private: no seed of a life, of which the sign would be lost
STEPS = 25
# What is new in every answer, and one of the two signatures of the register, into which chance goes.
NEW_EACH_TIME = re.compile(rb"'nonce-[^']+'|\xe2\x80\x94 \S+ [\w+/=]{80,}")
WHOLE = {
    "proposal-new": {
        "title": "A plan of others",
        "question": "Do we?",
        "procedure": "strategic",
        "text": "First.\n\nSecond.",
    },
    "people-invitation": {"name": "Deputy", "position": "professional", "from_date": "2099-01-01"},
    "charter-drafts": {"x": "1"},
    "procedure-trial": {"x": "1"},
}
# What is done first, so that every life numbers a proposal, drafts a charter and takes somebody in; and often.
FIRST = ("proposal-new", "proposal-consultation", "charter-drafts", "people-invitation")
OFTEN = (
    *FIRST,
    "amendment-new",
    "proposal-impact",
    "proposal-waiver",
    "proposal-notes",
    "proposal-ballot",
    "proposal-closing",
    "proposal-round",
    "decision-outcome",
    "decision-receipt",
)
# What is done again and again at one moment, so that there are ties in every list.
TYING = ("charter-drafts", "amendment-new", "proposal-notes", "proposal-new", "people-invitation")
IDENTIFIER = re.compile(r"[a-z]{3}_[0-9a-z]{26}")
QUERIES = ("", "?q=calendar", "?q=zeldzaamheidje", "?q=plan&verdict=adopted")


@dataclass
class Life:
    """One living of it: what was said, and the proposals that others made meanwhile."""

    scene: Scene
    chance: random.Random
    roles: tuple[str, ...] = OTHERS
    said: list[tuple[str, bytes]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def step(self) -> None:
        """Somebody looks at something or does something."""
        role = self.chance.choice(self.roles)
        name = self.chance.choice(OFTEN if self.chance.random() < 0.5 else sorted(inside()))
        path, client = self._path(name), self.scene.clients[role]
        if self.chance.random() < 0.2:
            path += self.chance.choice(QUERIES) if name in {"decisions", "proposals"} else ""
            self._note(role, "GET", path, client.get(path))
            return
        self.act(role, name, path)

    def begin(self) -> None:
        """A partner puts a proposal forward, drafts a charter and invites somebody."""
        for name in FIRST:
            path = self._about(name, self.made[-1])
            assert self.act(self.roles[0], name, path) in {200, 302, 303}, name

    def tie(self) -> None:
        """Everybody does the same things again in other words, all of it at one moment."""
        for n in range(3):
            for role in self.roles:
                for name in TYING:
                    self.act(role, name, self._about(name, self.made[0]), text=f"Words {role} {n}.")

    def act(self, role: str, name: str, path: str, **changes: str) -> int:
        """Somebody sends a form that is filled in; the status."""
        form = (WHOLE.get(name) or filled(self.scene, name)) | changes
        answer = self.scene.clients[role].post(path, form)
        self._note(role, "POST", path, answer)
        found = re.search(r"/proposals/(pro_\w+)/", answer.get("Location", ""))
        if found and found[1] not in self.made:
            self.made.append(found[1])
        return answer.status_code

    def look_around(self, most: int = 1000) -> set[str]:
        """Everything that can be reached by links, for everybody; the names of what was found.

        Of pages that differ by an identifier only, the `most` that are met first.
        """
        names = set()
        for role in self.roles:
            seen, alike = set(), Counter[str]()
            waiting = [f"/a/{self.scene.cast.key}/", self._about("proposal", self.made[0])]
            while waiting:
                path = waiting.pop(0)
                kind = IDENTIFIER.sub("", path)
                if path in seen or alike[kind] >= most:
                    continue
                seen.add(path)
                alike[kind] += 1
                answer = self.scene.clients[role].get(path)
                waiting += self._note(role, "GET", path, answer)
                names.add(resolve(path.partition("?")[0]).url_name)
        return names

    def _about(self, name: str, proposal: str) -> str:
        about = {"proposal_id": proposal, "paragraph": 0}
        keys = {key: about[key] for key in inside()[name]}
        return reverse(name, kwargs={"alliance": self.scene.cast.key, **keys})

    def _path(self, name: str) -> str:
        keys = inside()[name]
        if keys == ("proposal_id",) and self.made and self.chance.random() < 0.5:
            chosen = {"alliance": self.scene.cast.key, "proposal_id": self.chance.choice(self.made)}
            return reverse(name, kwargs=chosen)
        variant = self.chance.choice(
            [one for one in variants(self.scene, keys) if one != "private"] or ["private"]
        )
        return path_of(self.scene, name, keys, variant)

    def _note(self, role: str, method: str, path: str, answer: HttpResponseBase) -> list[str]:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
        kind = answer.get("Content-Type", "")
        said = b"\n".join(
            [str(answer.status_code).encode(), str(answer.headers).encode(), *_parts(kind, content)]
        )
        self.said.append((f"{role} {method} {path}", NEW_EACH_TIME.sub(b"", said)))
        if not kind.startswith("text/html"):
            return []
        links = re.findall(r'href="(/a/[^"#]*)', content.decode())
        return [link.replace("&amp;", "&") for link in links]


def _parts(kind: str, content: bytes) -> list[bytes]:
    if not content.startswith(b"PK"):
        return [plain(kind, content)]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [name.encode() + b"\n" + archive.read(name) for name in archive.namelist()]


@pytest.fixture
def streams(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Begins anew the chance from which identifiers, salts and links are made."""
    now = datetime.now(UTC).replace(microsecond=0)
    monkeypatch.setattr("concordia.web.shared.clock.now", lambda: now)
    stream = random.Random(0)
    made = SimpleNamespace(
        randbits=stream.getrandbits,
        urandom=stream.randbytes,
        token_urlsafe=lambda length: stream.randbytes(length).hex(),
        token_bytes=stream.randbytes,
    )
    monkeypatch.setattr("concordia.kernel.ids.secrets", made)
    monkeypatch.setattr("concordia.capabilities.accounts.facts.secrets", made)
    monkeypatch.setattr("concordia.capabilities.ledger.commands.appending.os", made)
    return stream.seed


@contextmanager
def taken_back(folder: Path) -> Iterator[None]:
    """What happens in here is undone, in the database and at the signer."""
    signer = Path(settings.SIGNER)
    shutil.rmtree(folder, ignore_errors=True)
    if signer.exists():
        shutil.copytree(signer, folder)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    shutil.rmtree(signer, ignore_errors=True)
    if folder.exists():
        shutil.copytree(folder, signer)


@pytest.mark.parametrize("seed", [20261127, secrets.randbelow(10**6)], ids=["known", "fresh"])
def test_nothing_that_others_do_or_see_depends_on_what_a_partner_keeps(
    tmp_path: Path, streams: Callable[[int], None], seed: int
) -> None:
    scene, shared = ready(OTHERS)

    lives = []
    for keeps in (False, True):
        with taken_back(tmp_path / "signer"):
            streams(PRIVATE)
            if keeps:
                fill_private_rows(scene.cast, shared)
            streams(seed)
            life = Life(scene, random.Random(seed), made=[shared])
            life.begin()
            for _ in range(STEPS):
                life.step()
            names = life.look_around()
            lives.append(life.said)

    assert {"register-bundle", "decision-extract", "charter-document", "proposal", "people", "today"} <= names
    require_alike(*lives, seed)


def test_nothing_that_anybody_sees_follows_the_order_in_which_the_database_gives_what_ties(
    tmp_path: Path, streams: Callable[[int], None]
) -> None:
    scene, shared = ready(TWO_SIDES)
    seed = secrets.randbelow(10**6)

    lives = []
    for backwards in (False, True):
        with taken_back(tmp_path / "signer"), ties_given(backwards=backwards):
            streams(seed)
            life = Life(scene, random.Random(seed), TWO_SIDES, made=[shared])
            life.begin()
            life.tie()
            for _ in range(STEPS):
                life.step()
            life.look_around(most=2)
            lives.append(life.said + kept_words())

    require_alike(*lives, seed)


def ready(roles: Iterable[str]) -> tuple[Scene, str]:
    """Both alliances with a proposal shared with all, everybody proved and the keys of the register made."""
    scene = make_scene()
    shared = sent(scene.cast, by="social", title="Shared with all")
    for role in roles:
        prove(scene.clients[role])
        scene.clients[role].get(f"/a/{scene.cast.key}/register/bundle/")
    return scene, shared


def kept_words() -> list[tuple[str, bytes]]:
    """What the letters and the registers say."""
    letters = [f"{letter.to} {letter.subject} {letter.body}".encode() for letter in Letter.objects.all()]
    leaves = Leaf.objects.order_by("log__origin", "n")
    return [("letter", words) for words in sorted(letters)] + [
        ("entry", bytes(leaf.bytes)) for leaf in leaves
    ]


def require_alike(first: list[tuple[str, bytes]], second: list[tuple[str, bytes]], seed: int) -> None:
    """Fails where two lives part."""
    paths, again = [where for where, _ in first], [where for where, _ in second]
    apart = next((pair for pair in zip(paths, again, strict=False) if pair[0] != pair[1]), None)
    assert (len(paths), apart) == (len(again), None), seed
    differing = [(where, a, b) for (where, a), (_, b) in zip(first, second, strict=True) if a != b]
    assert differing == [], (seed, differing[0][0])


def test_every_act_that_others_can_do_is_among_what_may_be_chosen() -> None:
    assert set(FILLED) | set(WHOLE) <= set(inside())
