"""Finding by part of a word, and by its Dutch or English stem (ux.md 1.8: search)."""

import re
import unicodedata
from functools import cache
from typing import Any

import snowballstemmer

_WORD = re.compile(r"[a-z0-9]+")
_LONGEST = 40_000


def searchable(*texts: str) -> str:
    """What is kept to be searched: plain lower-case words, then the stems they do not already contain."""
    words = list(dict.fromkeys(word for text in texts for word in _words(text[:_LONGEST])))
    known = " ".join(words)
    stems = dict.fromkeys(stem for word in words for stem in _stems(word) if stem not in known)
    return f" {known} {' '.join(stems)} "


def search_terms(query: str) -> list[tuple[str, ...]]:
    """For each word of a query the parts of which one must occur: the word itself or a stem of it."""
    return [tuple(dict.fromkeys((word, *_stems(word)))) for word in _words(query)[:8]]


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.lower())
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))


def _stems(word: str) -> tuple[str, ...]:
    if len(word) < 4:
        return ()
    found = (stemmer.stemWord(word) for stemmer in _stemmers())
    return tuple(stem for stem in dict.fromkeys(found) if len(stem) >= 3 and stem != word)


@cache
def _stemmers() -> tuple[Any, ...]:
    return (snowballstemmer.stemmer("dutch"), snowballstemmer.stemmer("english"))
