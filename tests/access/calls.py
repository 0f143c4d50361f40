"""Asking for an address as somebody, and taking back whatever it changed."""

from pathlib import Path

import yaml
from django.db import transaction
from django.http import HttpResponseBase
from django.urls import reverse
from support.pages import state

from .scene import VARIANTS, Scene


def variants(scene: Scene, keys: tuple[str, ...]) -> list[str]:
    """In which variants an address can be asked for: one where it takes no identifier of a row."""
    rows = [key for key in keys if key.endswith("_id")]
    if not rows:
        return ["shared"]
    return [name for name in VARIANTS if all(key in getattr(scene, name) for key in keys)]


def path_of(scene: Scene, name: str, keys: tuple[str, ...], variant: str) -> str:
    """The path of an address inside the alliance one is in, with identifiers of the variant."""
    objects = getattr(scene, variant)
    return reverse(name, kwargs={"alliance": scene.cast.key, **{key: objects[key] for key in keys}})


def ask(scene: Scene, role: str, method: str, path: str) -> tuple[HttpResponseBase, bool]:
    """The answer, and whether something changed; then everything is as before."""
    client = scene.clients[role]
    kept = client.cookies.output()
    with transaction.atomic():
        answer = client.generic(method, path, b"x=1", content_type="application/x-www-form-urlencoded")
        if getattr(answer, "streaming", False):
            b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        looked = method in {"GET", "HEAD"} and role not in {"anonymous", "board"}
        changed = not looked and answer.status_code != 405 and state() != scene.before
        transaction.set_rollback(True)
    assert client.cookies.output() == kept or role != "anonymous" or answer.status_code < 500
    return answer, changed


def send(scene: Scene, role: str, path: str, fields: dict[str, str]) -> tuple[HttpResponseBase, bool]:
    """The answer to a form that holds these fields, and whether something changed; then everything is as before."""
    with transaction.atomic():
        answer = scene.clients[role].post(path, fields)
        changed = answer.status_code != 405 and state() != scene.before
        transaction.set_rollback(True)
    return answer, changed


def rewrite(path: Path, table: dict[str, object]) -> None:
    """Write a table anew under the remarks it begins with."""
    old = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    remarks = "".join(line for line in old if line.startswith("#"))
    path.write_text(remarks + yaml.safe_dump(table, sort_keys=False, width=200), encoding="utf-8")
