"""A mark of an estimator's settings: the same for the same, to tell how many were tried."""

from __future__ import annotations

import hashlib
from typing import Any

DEEPEST = 4
MOST_ITEMS = 60
NO_CHOICE = {"random_state", "seed", "n_jobs", "verbose", "verbosity"}
PLAIN = (int, float, str, bool, type(None))


def settings_of(estimator: Any) -> str:
    """Return a mark of the parameters an estimator was made with, those of estimators in it included."""
    return hashlib.blake2b(_told(estimator, 0).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _told(value: Any, depth: int) -> str:
    """Return what is told of a value, without calling any code of its own."""
    if type(value) in PLAIN:
        return repr(value)[:200]
    if depth > DEEPEST:
        return ""
    if type(value) in (list, tuple):
        return ",".join(_told(item, depth + 1) for item in value[:MOST_ITEMS])
    items = value if type(value) is dict else getattr(value, "__dict__", {})
    told = [f"{name}={_told(item, depth + 1)}" for name, item in list(items.items())[:MOST_ITEMS] if _is_given(name)]
    return f"{type(value).__name__}({';'.join(sorted(told))})"


def _is_given(name: object) -> bool:
    return isinstance(name, str) and name[:1] != "_" and name[-1:] != "_" and name not in NO_CHOICE
