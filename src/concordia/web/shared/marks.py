"""The mark and the few pictures, drawn by ourselves: strands by colour and pattern, the braid, the bodies."""

from collections.abc import Sequence
from datetime import datetime
from math import cos, pi

from markupsafe import Markup

from concordia.web.shared.words import t

STRANDS = 8


def in_turn[T](items: Sequence[T], now: datetime) -> list[T]:
    """Partners, or what is told of each, in the order of this day: another one comes first every day."""
    turn = now.toordinal() % len(items) if items else 0
    return [*items[turn:], *items[:turn]]


def strand(place: int, label: str = "") -> Markup:
    """The strand of the partner at `place`: a short band whose colour and pattern are its own."""
    if not label:
        return Markup('<span class="strand strand-{}" aria-hidden="true"></span>').format(place % STRANDS)
    return Markup('<span class="strand strand-{}" role="img" aria-label="{}"></span>').format(
        place % STRANDS, label
    )


def braid(strands: int = 3, crossings: int = 5, *, width: int = 44, height: int = 26) -> Markup:
    """A cord of strands of equal width: the mark of the alliance. The more strands, the finer each is."""
    lines = [_line(index, strands, crossings, width, height) for index in range(strands)]
    body = Markup("").join(
        Markup('<path class="braid-{}" d="{}"/>').format(index % STRANDS, line)
        for index, line in enumerate(lines)
    )
    return Markup(
        '<svg class="braid" viewBox="0 0 {} {}" width="{}" height="{}" stroke-width="{:.1f}" aria-hidden="true">'
        "{}</svg>"
    ).format(width, height, width, height, min(3.4, 13 / strands) * height / 26, body)


def _line(index: int, strands: int, crossings: int, width: int, height: int) -> str:
    middle, reach, steps = height / 2, height / 2 - 3.5, 36
    shift = 2 * pi * index / strands
    points = [
        f"{width * step / steps:.1f},{middle + reach * cos(pi * crossings * step / steps / 1.5 + shift):.1f}"
        for step in range(steps + 1)
    ]
    return "M" + " L".join(points)


_ICONS = {
    "check": "M4 12.5l5 5L20 6.5",
    "cross": "M6 6l12 12M18 6L6 18",
    "dash": "M5 12h14",
    "stop": "M8 3h8l5 5v8l-5 5H8l-5-5V8zM8 12h8",
    "clock": "M12 3a9 9 0 100 18 9 9 0 000-18zM12 7v5l3.5 2",
    "arrow": "M5 12h14M13 6l6 6-6 6",
    "paper": "M6 3h8l4 4v14H6zM14 3v4h4",
    "seal": "M12 2l8 3v6c0 5-3.4 9-8 11-4.6-2-8-6-8-11V5zM8 12l3 3 5-6",
    "people": "M8 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2 20c0-4 2.7-6 6-6s6 2 6 6M16 11a3 3 0 100-6M17 14c3 0 5 3 5 6",
}


def icon(name: str) -> Markup:
    """A small line drawing; a word always stands beside it."""
    return Markup('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>').format(
        _ICONS[name]
    )


def bodies_drawing(bodies: Sequence[object], partners: Sequence[object]) -> Markup:
    """The bodies of an alliance by level, held by the strands of its partners (white paper, Figure 5).

    Everything it shows stands in words beside it, in the list of bodies.
    """
    names = {
        "strategic": t("Strategisch", "Strategic"),
        "tactical": t("Tactisch", "Tactical"),
        "operational": t("Uitvoerend", "Operational"),
    }
    rows = [
        (name, found)
        for level, name in names.items()
        if (found := [body for body in bodies if getattr(body, "level", "") == level])
    ]
    return _wide(rows, len(partners)) + _narrow(rows, len(partners))


def _wide(rows: Sequence[tuple[str, Sequence[object]]], partners: int) -> Markup:
    """The bodies of a level beside each other, its name in front."""
    width, left, row_height = 720, 130, 92
    height = row_height * len(rows) + 16
    parts = [_partner_strand(x, index, height) for index, x in _strands(partners, left + 20, width - 10)]
    for row, (name, found) in enumerate(rows):
        y = row * row_height + 16
        parts.append(_level(name, y + 34))
        box = (width - left) / len(found) - 14
        parts += [_box(body, left + place * (box + 14), y, box) for place, body in enumerate(found)]
    return _drawn("drawing", width, height, parts)


def _narrow(rows: Sequence[tuple[str, Sequence[object]]], partners: int) -> Markup:
    """For a phone: the bodies below each other, the name of their level above them."""
    width, y, boxes = 340, 0, Markup("")
    for name, found in rows:
        boxes += _level(name, y + 22)
        y += 32
        for body in found:
            boxes += _box(body, 0, y, width)
            y += 74
    strands = [_partner_strand(x, index, y + 4) for index, x in _strands(partners, 100, width)]
    return _drawn("drawing narrow", width, y + 4, [*strands, boxes])


def _drawn(kind: str, width: int, height: int, parts: Sequence[Markup]) -> Markup:
    return Markup('<svg class="{}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>').format(
        kind,
        width,
        height,
        t("Organen van de alliantie per niveau", "Bodies of the alliance by level"),
        Markup("").join(parts),
    )


def _level(name: str, y: int) -> Markup:
    return Markup('<text class="draw-level" x="0" y="{}">{}</text>').format(y, name)


def _strands(count: int, start: int, end: int) -> list[tuple[int, float]]:
    """Where each partner runs, evenly from left to right."""
    return [(index, start + (index + 0.5) * (end - start) / count) for index in range(count)]


def _partner_strand(x: float, index: int, height: int) -> Markup:
    return Markup('<path class="draw-strand braid-{}" d="M{:.0f} 4 V{}"/>').format(
        index % STRANDS, x, height - 8
    )


def _box(body: object, x: float, y: float, width: float) -> Markup:
    title = str(getattr(body, "title", ""))
    longest = max(8, int(width / 7.4))
    first, second = _wrapped(title, longest)
    text = Markup('<text class="draw-name" x="{:.0f}" y="{:.0f}">{}</text>').format(
        x + width / 2, y + (37 if not second else 28), first
    )
    if second:
        text += Markup('<text class="draw-name" x="{:.0f}" y="{:.0f}">{}</text>').format(
            x + width / 2, y + 46, second
        )
    return Markup('<rect class="draw-box" x="{:.0f}" y="{}" width="{:.0f}" height="62" rx="3"/>{}').format(
        x, y, width, text
    )


def _wrapped(text: str, longest: int) -> tuple[str, str]:
    if len(text) <= longest:
        return text, ""
    cut = text.rfind(" ", 0, longest)
    first, second = (
        (text[:cut], text[cut + 1 :]) if cut > 0 else (text[: longest - 1] + "-", text[longest - 1 :])
    )
    return first, second if len(second) <= longest else second[: longest - 1] + "…"
