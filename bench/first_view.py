"""What a browser fetches for its first page: the page, its styles, its scripts and what those name."""

import gzip
import re
from urllib.parse import urljoin

from bench import alliance
from bench.lines import Line, judged
from bench.serving import ask, server
from bench.visiting import main_pages, session_cookie, visitor
from concordia.capabilities.decisions.models import Decision

_LIMIT = 100_000
_NAMED = re.compile(rb"<link[^>]+href=\"([^\"]+)\"|<(?:script|img)[^>]+src=\"([^\"]+)\"")
_IN_STYLES = re.compile(rb"url\([\"']?([^\"')]+)[\"']?\)|@import [\"']([^\"']+)[\"']")
_IN_SCRIPTS = re.compile(rb"\bimport\b[^\"';]*[\"'](\.{0,2}/[^\"']+)[\"']")


def measure(*, quick: bool) -> list[Line]:  # noqa: ARG001 this part has one size
    """The sign-in page, Today and a proposal, each by a browser that holds nothing yet."""
    stage = alliance.found()
    alliance.live_through(stage, 3)
    proposal = alliance.under_way(stage)
    pages = main_pages(proposal, Decision.objects.unscoped().all()[0].id)
    cookie = session_cookie(visitor(stage))
    views = {
        "sign in": ("/account/sign-in/", ""),
        "today": (pages["today"], cookie),
        "a proposal": (pages["a proposal"], cookie),
    }
    with server():
        return [_line(name, path, who) for name, (path, who) in views.items()]


def _line(name: str, path: str, cookie: str) -> Line:
    sizes = _fetched(path, cookie)
    total = sum(sizes.values())
    return Line(
        what=f"first view: {name}",
        with_=f"{len(sizes)} requests, the page itself {sizes[path] / 1000:.0f} kB",
        typical=f"{total / 1000:.0f} kB",
        worst="",
        aim=f"< {_LIMIT // 1000} kB",
        verdict=judged(total < _LIMIT),
    )


def _fetched(path: str, cookie: str) -> dict[str, int]:
    """The bytes of every answer by its address, headers counted."""
    sizes: dict[str, int] = {}
    waiting = [path]
    while waiting:
        here = waiting.pop()
        if here in sizes:
            continue
        body, sizes[here], packing = ask(here, cookie)
        waiting += _named(here, gzip.decompress(body) if packing == "gzip" else body)
    return sizes


def _named(here: str, body: bytes) -> list[str]:
    """The addresses of our own that a page, a style sheet or a script makes a browser fetch."""
    pattern = _IN_STYLES if here.endswith(".css") else _IN_SCRIPTS if here.endswith(".js") else _NAMED
    if here.endswith((".svg", ".woff2", ".png")):
        return []
    found = [next(filter(None, groups)).decode() for groups in pattern.findall(body)]
    places = [urljoin(here, address) for address in found if not address.startswith(("data:", "#", "http"))]
    return [place for place in places if place.endswith((".css", ".js", ".svg", ".woff2", ".png"))]
