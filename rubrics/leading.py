"""Which files of a work lead to what is handed in: where several differ, these count."""

from __future__ import annotations

from collections.abc import Sequence

from grader import Call, Evidence
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls, own_functions

_PICTURES = ("savefig", "write_image", "write_html")
_HOPS = 3


def leading(evidence: Evidence, calls: Sequence[Call]) -> list[Call]:
    """Return the calls in files that lead to what is handed in; all of them where none is known to."""
    paths = _leading_paths(evidence)
    return [call for call in calls if call.span.path in paths] or list(calls)


@once_a_work
def _leading_paths(evidence: Evidence) -> frozenset[str]:
    """Return the entry point, else the files that predict or fit and write a model or a table, with what they call."""
    found = set(evidence.started)
    if not found:
        models = {call.span.path for call in live_calls(evidence, "fit", "predict")}
        saves = (call for call in live_calls(evidence, "save") if last(call.name) not in _PICTURES)
        found = {call.span.path for call in saves} & models
    defined: dict[str, set[str]] = {}
    for fact in own_functions(evidence):
        defined.setdefault(last(fact.name), set()).add(fact.span.path)
    for _ in range(_HOPS):
        called = {last(call.name) for call in live_calls(evidence) if call.span.path in found}
        found |= {path for name in called if len(defined.get(name, ())) == 1 for path in defined[name]}
    return frozenset(found)
