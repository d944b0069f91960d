"""Lines of JSON that came out of a sandbox: bounded, each one checked, and all of them or none."""

from __future__ import annotations

import json
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


def read_lines(data: bytes, kind: TypeAdapter[T], *, most_bytes: int, most_lines: int, longest: int) -> list[T] | None:
    """Return the whole lines as `kind` has them, None where one is not of the kind or a bound is passed.

    What follows the last end of a line is left out: a run that was killed leaves it.
    """
    whole = data.rpartition(b"\n")[0]
    lines = whole.split(b"\n") if whole else []
    if len(data) > most_bytes or len(lines) > most_lines or any(len(line) > longest for line in lines):
        return None
    try:
        return [kind.validate_json(line) for line in lines]
    except (ValidationError, RecursionError, json.JSONDecodeError):
        return None
