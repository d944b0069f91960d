"""Facts about a submission and what its run left behind."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grader.evidence.facts import read_facts
    from grader.evidence.hidden import evaluate_hidden
    from grader.evidence.reader import SubprocessCodeReader

_HOMES = {
    "read_facts": "grader.evidence.facts",
    "evaluate_hidden": "grader.evidence.hidden",
    "SubprocessCodeReader": "grader.evidence.reader",
}

__all__ = ["SubprocessCodeReader", "evaluate_hidden", "read_facts"]


def __getattr__(name: str) -> Any:
    # Looked up on first use, so that the worker that reads code does not pay for NumPy.
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'grader.evidence' has no attribute {name!r}")
