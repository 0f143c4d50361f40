"""What an access keeps: a page asks once, whoever may change things asks anew."""

from datetime import UTC, datetime, timedelta

from concordia.kernel.access import Access

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


def test_a_page_asks_the_same_thing_once():
    asked = []
    page = Access(now=NOW, kept={})
    for _ in range(2):
        assert page.keep("charter", lambda: asked.append("charter") or "the charter") == "the charter"
    assert asked == ["charter"]


def test_what_may_change_things_asks_each_time():
    answers = iter(["before", "after"])
    command = Access(now=NOW)
    assert command.keep("charter", lambda: next(answers)) == "before"
    assert command.keep("charter", lambda: next(answers)) == "after"


def test_another_moment_keeps_nothing_of_this_one():
    page = Access(now=NOW, kept={"charter": "today's"})
    assert page.at(NOW + timedelta(days=1)).keep("charter", lambda: "tomorrow's") == "tomorrow's"
