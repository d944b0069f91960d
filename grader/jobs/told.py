"""Structured logs of the service: one JSON object a line, with the ids they are about, and no secret."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

FIELDS = ("submission", "job", "worker", "request", "asker", "method", "path", "status", "duration_ms")
NOISY = ("alembic", "dbos", "urllib3", "docker", "httpx2", "httpcore2", "uvicorn.access")  # two tell whole addresses
SECRETS = re.compile(
    r"(?P<token>thg_[a-z]+_)[\w-]{8,}"
    r"|(?P<header>\b(?:Bearer|Basic) )[^\s\"\\]+"
    r"|(?P<address>://)[^\s/@\"\\]+@"
    r"|(?P<jwt>\beyJ)[\w-]+\.[\w-]+\.[\w-]*"
)


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; what was given as `extra` stands beside the message."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return redacted(json.dumps(line, ensure_ascii=False))


def redacted(text: str) -> str:
    """Return the text without secrets of ours, passwords in addresses, and what stands in headers for somebody."""
    return SECRETS.sub(lambda found: f"{found[found.lastgroup or 0]}[redacted]", text)


def log_to_stderr(level: int = logging.INFO) -> None:
    """Send what this process logs to its standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
