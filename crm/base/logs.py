"""Logs: one JSON object a line on standard output, with the request's id and nothing personal."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

import orjson

from crm.base.context import current

# What no line tells need not be found out, by a walk up the stack above all
# (https://docs.python.org/3.11/howto/logging.html#optimization).
logging._srcfile = None
logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
logging.logAsyncioTasks = False  # type: ignore[attr-defined]  # since Python 3.12

STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request", "server_time"}


def message_of(record: logging.LogRecord) -> str:
    """Return the message; of the frameworks' lines about a request without its path.

    The path may name a person. Those lines read "%s: %s", the path last.
    """
    if not hasattr(record, "request"):
        return record.getMessage()
    template = str(record.msg).partition(":")[0]
    if record.args and isinstance(record.args, tuple) and template.count("%") == 1:
        return template % record.args[:1]
    return record.name


class JSONFormatter(logging.Formatter):
    """Formats a record as ``{time, level, logger, message, request_id, …extra}``."""

    def format(self, record: logging.LogRecord) -> str:
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": message_of(record),
            "request_id": current().request_id,
        }
        extra = vars(record).items()
        entry |= {name: value for name, value in extra if name not in STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return _line(entry)


def _line(entry: dict[str, Any]) -> str:
    """Return ``entry`` as JSON in ASCII, in which no character ends a line or moves a cursor."""
    try:
        line = orjson.dumps(entry, default=str)
    except TypeError:  # such as a number beyond 64 bits
        line = b"\xff"
    return line.decode() if line.isascii() else json.dumps(entry, default=str)
