"""The Jinja environment of our pages: escaping always, finished values in, no code."""

from typing import Any

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from jinja2 import Environment, StrictUndefined, pass_context

from concordia.web.shared import entries, formats, marks, words


def environment(**options: Any) -> Environment:
    """Made once, by Django."""
    made = Environment(  # noqa: S701 - autoescape is set, whatever the options say
        **{**options, "autoescape": True, "undefined": StrictUndefined},
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]
        translation.gettext, translation.ngettext, newstyle=True
    )
    made.globals |= {
        "static": static,
        "url": url,
        "t": words.t,
        "strand": marks.strand,
        "braid": marks.braid,
        "icon": marks.icon,
        "bodies_drawing": marks.bodies_drawing,
        "entry_word": entries.entry_word,
        "example": settings.EXAMPLE,
    }
    made.filters |= {
        "say": words.say,
        "in_turn": marks.in_turn,
        "day": formats.day,
        "moment": formats.moment,
        "iso": formats.iso,
        "euros": formats.euros,
        "size": formats.size,
    }
    made.globals["until"] = formats.until
    return made


@pass_context
def url(context: Any, name: str, **kwargs: Any) -> str:
    """The address of a page; inside an alliance its key is filled in."""
    access = context.get("access")
    if access is not None and "alliance" not in kwargs and name in INSIDE:
        kwargs["alliance"] = context["alliance_key"]
    return reverse(name, kwargs=kwargs)


INSIDE: set[str] = set()


def inside(names: set[str]) -> None:
    """Tell which addresses lie inside an alliance; done once by site/urls."""
    INSIDE.update(names)
