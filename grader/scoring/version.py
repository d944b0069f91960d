"""Which rubric, exactly: two reports are comparable only when this is the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from grader.plugins import Criterion, code_digest

VERSION_LENGTH = 12


def rubric_digest(criteria: Sequence[Criterion]) -> str:
    """Return a SHA-256 over all that a criterion says of itself, and over the code that judges, for every criterion."""
    digests: dict[str, str] = {}
    rows = [
        [item.id, item.title, item.weight, item.definition, item.problem, _home(item), _code(item, digests)]
        for item in sorted(criteria, key=lambda item: item.id)
    ]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()


def rubric_version(criteria: Sequence[Criterion]) -> str:
    """Return the beginning of the digest: short enough to read out."""
    return rubric_digest(criteria)[:VERSION_LENGTH]


def _home(item: Criterion) -> list[object]:
    return [item.home.title, item.home.weight] if item.home else []


def _code(item: Criterion, digests: dict[str, str]) -> str:
    return item.digest or code_digest(item.judge.__module__, digests)
