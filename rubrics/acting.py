"""Where a step takes effect: on its own line, and where the function that it stands in is called."""

from __future__ import annotations

from collections.abc import Iterator

from grader import Evidence, Span
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls, own_functions

Act = tuple[Span, Span]  # a step, and a place from which it is taken
Calls = dict[str, list[tuple[Span, str]]]
_MOST_DEEP, _MOST_PLACES = 3, 20


@once_a_work
def calls_of_functions(evidence: Evidence) -> Calls:
    """Return where each function of the work is called, by its last name, with the function that the call stands in;
    of two functions of one name neither is told from the other, and both are left out.
    """
    names = [last(fact.name) for fact in own_functions(evidence)]
    own = {name for name in names if names.count(name) == 1} if len(names) < 500 else set()
    found: Calls = {}
    for call in live_calls(evidence):
        if last(call.name) in own:
            found.setdefault(last(call.name), []).append((call.span, call.function))
    return found


def acts_of(calls: Calls, step: Span, function: str) -> Iterator[Act]:
    """Yield a step with each place from which it is taken, its own first."""
    yield step, step
    places = [(place, around) for place, around in calls.get(last(function), [])] if function else []
    for _ in range(_MOST_DEEP):
        for place, _ in places[:_MOST_PLACES]:
            yield step, place
        places = [pair for _, around in places[:_MOST_PLACES] if around for pair in calls.get(last(around), [])]
