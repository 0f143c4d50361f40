"""The page of the charter: each procedure with the way to try it."""

import re

import pytest
from support.cast import make_cast
from support.deciding import rich_cast
from support.pages import signed_in

pytestmark = pytest.mark.django_db


def test_beside_every_procedure_of_the_charter_is_the_way_to_try_it() -> None:
    cast = rich_cast()
    html = signed_in(cast.tax.user).get(f"/a/{cast.key}/charter/").content.decode()
    chapter = html[
        html.index('<section id="procedures">') : html.index("</section>", html.index('id="procedures"'))
    ]

    paragraphs = re.findall(r"<p>(.*?)</p>", chapter, re.DOTALL)
    keys = [re.findall(r"/procedures/([\w-]+)/trial/", one) for one in paragraphs]
    assert len(keys) > 5
    assert all(len(found) == 1 for found in keys)
    assert len({found[0] for found in keys}) == len(keys)


def test_the_fingerprint_of_the_charter_is_explained() -> None:
    cast = make_cast()
    html = signed_in(cast.tax.user).get(f"/a/{cast.key}/charter/").content.decode()
    assert re.search(r"If one letter changes, it changes too: <code>[0-9a-f]{64}<", html)
