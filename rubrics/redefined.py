"""What is defined again under the same name before anything has used it, unless a decorator has handed it on."""

from __future__ import annotations

import re

from grader import Evidence, FunctionFact
from rubrics.live_code import faults
from rubrics.once import once_a_work
from rubrics.reached import last, own_functions

Definition = tuple[str, str, int]  # path, name and line
_AGAIN = re.compile(r"Redefinition of unused `(\w+)` from line (\d+)")
# `@app.callback(...)` hands a function on where it stands; these only change how it is called.
_DECORATOR = re.compile(r"@\w+(?:\.\w+)*\.(\w+)\s*\(")
_PLAIN = frozenset(("lru_cache", "cache", "cache_data", "cache_resource", "wraps", "no_grad", "inference_mode", "jit",
                    "njit", "function", "singledispatch", "contextmanager"))  # fmt: skip


@once_a_work
def redefined(evidence: Evidence) -> frozenset[Definition]:
    """Return what is lost where its name is defined again."""
    handed_on = {
        (fact.span.path, last(fact.name), first_line(fact)) for fact in own_functions(evidence) if _is_handed_on(fact)
    }
    again = [(fault, _AGAIN.match(fault.message)) for fault in faults(evidence, "F811")]
    return frozenset({(fault.span.path, match[1], int(match[2])) for fault, match in again if match} - handed_on)


def first_line(fact: FunctionFact) -> int:
    """Return the line that a definition begins on, its decorators left out."""
    return (fact.span.end_line or 0) - fact.lines + 1


def _is_handed_on(fact: FunctionFact) -> bool:
    found = _DECORATOR.match(fact.span.text.lstrip())
    return found is not None and found[1] not in _PLAIN
