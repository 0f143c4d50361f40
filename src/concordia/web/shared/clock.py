"""The one place that looks at the clock for pages; everywhere else time is an argument."""

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
