"""Sentences of pages, in both languages side by side (docs/decisions/0006)."""

from django.utils.functional import lazy
from django.utils.translation import get_language

from concordia.domain.texts import Text


def language() -> str:
    """The language of the reader: nl or en."""
    return "en" if (get_language() or "nl").startswith("en") else "nl"


def t(nl: str, en: str) -> str:
    """The sentence in the reader's language."""
    return en if language() == "en" else nl


def say(text: Text) -> str:
    """A text of the domain in the reader's language."""
    return text.in_language(language())


later = lazy(t, str)
