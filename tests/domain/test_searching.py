"""Finding by part of a word, and by its Dutch or English stem."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concordia.domain.searching import search_terms, searchable


def found(text, query):
    words = searchable(text)
    return all(any(term in words for term in terms) for terms in search_terms(query))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Loonaangifteketen", "aangifte"),
        ("Besluiten over declaraties", "besluit"),
        ("Het besluit", "besluiten"),
        ("Policies for data", "policy"),
        ("A policy", "policies"),
        ("Één gegevensset", "een gegevens"),
        ("Decision B2026-014", "2026-014"),
        ("Kosten en baten", "BATEN kost"),
        ("anything", ""),
        ("anything", "!?"),
    ],
)
def test_what_is_meant_is_found(text, query):
    assert found(text, query)


@pytest.mark.parametrize(("text", "query"), [("Kosten", "baten"), ("Kosten", "kosten baten"), ("", "x")])
def test_what_is_not_there_is_not_found(text, query):
    assert not found(text, query)


@given(st.text(max_size=200))
def test_every_text_finds_itself(text):
    assert found(text, " ".join(text.split()[:8]))


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_query_is_answered(text, query):
    assert found(text, query) in {True, False}
