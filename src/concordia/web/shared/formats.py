"""Days, moments, amounts and sizes as the reader's language writes them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime

from concordia.domain.mandates import euros as _euros
from concordia.web.shared.words import language, t

_HOME = ZoneInfo("Europe/Amsterdam")


def day(value: date | datetime | None) -> str:
    """“2 maart 2026” and “2 March 2026”."""
    if value is None:
        return "–"
    if isinstance(value, datetime):
        value = value.astimezone(_HOME).date()
    return format_date(value, "d MMMM y", locale=_locale())


def moment(value: datetime | None) -> str:
    """“ma 2 maart 2026, 10:00” and “Mon 2 March 2026, 10:00”, in Dutch time."""
    if value is None:
        return "–"
    return format_datetime(value.astimezone(_HOME), "EEE d MMMM y, HH:mm", locale=_locale())


def iso(value: date | datetime | None) -> str:
    """For machines: the datetime attribute of a time element."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds")
    return value.isoformat() if value else ""


def until(value: date | datetime, now: datetime) -> str:
    """How long there still is: “vandaag”, “nog 3 dagen”, “voorbij”."""
    end = value.astimezone(_HOME).date() if isinstance(value, datetime) else value
    days = (end - now.astimezone(_HOME).date()).days
    if days < 0:
        return t("voorbij", "over")
    if days == 0:
        return t("vandaag", "today")
    if days == 1:
        return t("morgen", "tomorrow")
    return t(f"nog {days} dagen", f"{days} days left")


def euros(cents: int | None) -> str:
    """An amount in euros."""
    return "–" if cents is None else _euros(cents, language())


def size(count: int) -> str:
    """Bytes as people say them."""
    if count < 1024:
        return f"{count} B"
    if count < 1024 * 1024:
        return f"{count // 1024} kB"
    return f"{count / 1024 / 1024:.1f} MB".replace(".", "," if language() == "nl" else ".")


def _locale() -> str:
    return "en_GB" if language() == "en" else "nl_NL"
