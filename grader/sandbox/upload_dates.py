"""When the versions of a resolution were published, from the second form in which uv can write one (PEP 751)."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from typing import Any


def upload_dates(text: str) -> dict[str, datetime]:
    """Return for each package when the first wheel of its version was uploaded; those without a time are left out."""
    try:
        packages = tomllib.loads(text).get("packages", [])
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
    found: dict[str, datetime] = {}
    for package in packages if isinstance(packages, list) else []:
        if isinstance(package, dict) and (times := list(_times(package.get("wheels")))):
            found[str(package.get("name"))] = min(times)
    return found


def _times(wheels: Any) -> list[datetime]:
    listed = wheels if isinstance(wheels, list) else []
    times = [wheel.get("upload-time") for wheel in listed if isinstance(wheel, dict)]
    return [time if time.tzinfo else time.replace(tzinfo=UTC) for time in times if isinstance(time, datetime)]
