"""What the database stopped for another is tried again, three times at most and nothing else ever."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError
from psycopg import errors
from support.cast import Cast
from support.deciding import drafted, rich_cast
from support.files import PDF
from support.pages import signed_in

from concordia.capabilities.decisions import commands
from concordia.capabilities.decisions.models import Paper
from concordia.web.shared.again import TRIES, persist


def stopped_by(kind: type[Exception]) -> OperationalError:
    """An error as Django passes it on from the database."""
    error = OperationalError("stopped")
    error.__cause__ = kind()
    return error


class Act:
    """Fails as often as it is told to, then works."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.left, self.tried = error, times, 0

    def __call__(self) -> str:
        self.tried += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "done"


@pytest.mark.parametrize("kind", [errors.DeadlockDetected, errors.SerializationFailure])
@pytest.mark.parametrize("times", range(TRIES))
def test_what_gave_way_is_done_by_a_later_try(kind: type[Exception], times: int) -> None:
    assert persist(Act(stopped_by(kind), times)) == "done"


def test_after_three_tries_it_is_told() -> None:
    act = Act(stopped_by(errors.DeadlockDetected), TRIES)

    with pytest.raises(OperationalError):
        persist(act)

    assert act.tried == TRIES


@pytest.mark.parametrize("kind", [errors.AdminShutdown, errors.DiskFull, errors.LockNotAvailable, ValueError])
def test_what_did_not_give_way_is_tried_once(kind: type[Exception]) -> None:
    act = Act(stopped_by(kind), 1)

    with pytest.raises(OperationalError):
        persist(act)

    assert act.tried == 1


@pytest.mark.django_db
def test_a_file_is_whole_at_the_second_try(monkeypatch: pytest.MonkeyPatch) -> None:
    cast: Cast = rich_cast()
    draft, add, tried = drafted(cast), commands.add_paper, []

    def first_gives_way(*args: Any, **fields: Any) -> str:
        tried.append(fields["content"])
        if len(tried) == 1:
            raise stopped_by(errors.DeadlockDetected)
        return add(*args, **fields)

    monkeypatch.setattr(commands, "add_paper", first_gives_way)
    answer = signed_in(cast.tax.user).post(
        f"/a/{cast.key}/proposals/{draft}/papers/", {"file": SimpleUploadedFile("letter.pdf", PDF)}
    )

    assert answer.status_code == 303
    assert tried == [PDF, PDF]
    assert Paper.objects.unscoped().get().size == len(PDF)
