"""Lines for whoever watches over the installation: one JSON object each, on the error stream."""

import json
import logging
import traceback
from datetime import UTC, datetime


class JsonLine(logging.Formatter):
    """One line whatever somebody sent: JSON escapes every sign that could begin another."""

    def format(self, record: logging.LogRecord) -> str:
        """When in UTC, how grave, from where, what, and the cause of what failed."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[0]:
            line["trace"] = _trace(record)
        return json.dumps(line)


def _message(record: logging.LogRecord) -> str:
    """The framework adds the address that was asked for, which may hold the token of a link."""
    if record.name.startswith("django.") and isinstance(record.args, tuple) and record.args:
        return str(record.args[0])
    return record.getMessage()


def _trace(record: logging.LogRecord) -> str:
    """Where it failed. What the failure says of itself may repeat what was typed in a page, so not that."""
    kind, error, places = record.exc_info or (None, None, None)
    if kind and record.name.startswith("django."):
        return "".join([*traceback.format_tb(places), kind.__name__])
    return "".join(traceback.format_exception(kind, error, places))
