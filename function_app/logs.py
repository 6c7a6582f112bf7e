"""One JSON object per line, fit for a log store.

A line holds no client's number, no feature value, no score and no key: paths are
logged as route templates, exceptions as their type and the places they passed, never
with their message, since a database's message may quote values.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

LOGGER = logging.getLogger("function_app")

# Marks a record whose message is a finished JSON line.
_IS_LINE = {"is_json_line": True}


def log_event(level: int, event: str, **fields: object) -> None:
    """Write one event.

    The message itself is the JSON text, because the Functions worker sends messages
    to its host without any formatter of ours.

    Parameters
    ----------
    level : int
        A level of :mod:`logging`.
    event : str
        What happened, in snake case.
    **fields : object
        JSON-compatible details.
    """
    if LOGGER.isEnabledFor(level):
        LOGGER.log(
            level,
            "%s",
            _line(logging.getLevelName(level), event, fields),
            extra=_IS_LINE,
        )


def places(error: BaseException) -> list[str]:
    """Return where an exception passed, outermost first, without any values."""
    return [
        f"{frame.filename}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]


class JsonLineFormatter(logging.Formatter):
    """Bring the records of other libraries into the same form."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as one line of JSON."""
        message = record.getMessage()
        if getattr(record, "is_json_line", False):
            return message
        fields: dict[str, object] = {"logger": record.name, "message": message}
        if record.exc_info and record.exc_info[1] is not None:
            fields["error"] = type(record.exc_info[1]).__name__
            fields["places"] = places(record.exc_info[1])
        return _line(record.levelname, "library_message", fields)


def server_log_config() -> dict[str, Any]:
    """Return the configuration of :mod:`logging` for a server of our own."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": JsonLineFormatter}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
        },
        "root": {"handlers": ["stderr"], "level": "WARNING"},
        "loggers": {"function_app": {"level": "INFO"}},
    }


def _line(level: str, event: str, fields: dict[str, object]) -> str:
    timestamp = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {"timestamp": timestamp, "level": level, "event": event, **fields}
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"))
