"""An alliance is founded and exported from a terminal, also in a place where nothing was set up before."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from pytest_django.plugin import DjangoDbBlocker
from support.installation import Installation, make_database

from concordia.domain.charter import canonical_charter, load_charter

EXAMPLES = Path(__file__).resolve().parents[2] / "examples" / "charters"
RIVER = EXAMPLES / "river-commission.yaml"


@pytest.fixture(scope="module")
def bare(
    tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Installation]:
    """A folder and a database in which nothing is."""
    with django_db_blocker.unblock():
        folder = tmp_path_factory.mktemp("bare") / "data"
        folder.mkdir()
        made = Installation(folder, make_database("template0") if connection.vendor == "postgresql" else "")
        yield made
        made.drop()


def test_where_nothing_is_yet_one_is_told_how_to_begin_and_the_first_charter_is_imported(bare, tmp_path):
    bundle = ("bundle", "river-commission", "--partner", "france", "--out", tmp_path / "out.zip")
    for words in (("export", "river-commission"), bundle, ("fsck",)):
        answer = bare.run(*words)
        assert (answer.status, answer.out) == (3, ""), words
        assert answer.err.startswith("There is no installation here yet."), answer.err
        assert "Traceback" not in answer.err

    founded = bare.run("import", RIVER)
    assert founded.status == 0, founded.err
    assert founded.out.count("/invitation/") == 8

    again = bare.run("import", RIVER)
    assert again.status == 1
    assert "already has an alliance with the key" in again.err


@pytest.mark.parametrize("name", ["wage-data", "justice-chain", "project-council"])
@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_charter_is_exported_as_it_was_imported(bare, tmp_path, name, form):
    given = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")
    (tmp_path / "charter.yaml").write_text(given.replace(f"key: {name}", f"key: {name}-{form}", 1), "utf-8")
    founded = bare.run("import", tmp_path / "charter.yaml")
    assert founded.status == 0, founded.err

    answer = bare.run("export", f"{name}-{form}", "--format", form)

    assert answer.status == 0, answer.err
    expected = load_charter((tmp_path / "charter.yaml").read_text(encoding="utf-8"))
    assert canonical_charter(load_charter(answer.out)) == canonical_charter(expected)


def test_an_alliance_that_is_not_there_is_told_in_the_readers_language(bare):
    answer = bare.run("export", "nowhere", "--language", "nl")

    assert (answer.status, answer.err.strip()) == (3, "Hier is geen alliantie met de sleutel “nowhere”.")
