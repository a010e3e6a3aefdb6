"""What the server tells of itself: one JSON line for each event, with nothing of what people sent.

No line holds a name, an address that was asked for (it may hold a one-time token), where somebody
asked from, or the text of an exception, which may quote what was typed.
"""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime

from readiness.core.errors import without_content

OURS, SERVER = "readiness", "gunicorn"
ASKED = "request"  # whatever the server says of one, says behind this word what was asked


class JsonLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "process": record.process,
            "logger": record.name,
            "event": event(record),
        }
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, Exception):
            line["fault"] = without_content(error)
        return json.dumps(line)


def event(record: logging.LogRecord) -> str:
    """Our own words as they are; a library's only as far as they cannot hold anybody's."""
    owner = record.name.partition(".")[0]
    if owner == OURS:
        return record.getMessage()
    said, asked, _ = record.getMessage().partition(ASKED)
    if owner == SERVER and (asked or not record.exc_info):
        return f"{said}{asked}"
    return f"{record.module}:{record.lineno}"


SETTINGS = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"lines": {"()": JsonLine}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines"}},  # on stderr
    "root": {"level": "WARNING", "handlers": ["lines"]},
    "loggers": {
        OURS: {"level": "INFO"},
        "gunicorn.error": {"level": "WARNING", "propagate": True},
        "gunicorn.access": {"level": "WARNING", "propagate": True},
    },
}
