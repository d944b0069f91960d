"""What a loop over epochs keeps of a score or a loss as it goes on: drawn, it is a learning curve by whatever name."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import place
from rubrics.live import loops_around
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls
from rubrics.results import NAME

_OVER_EPOCHS = re.compile(r"(?i)^\s*(for|while)\b.*(epoch|iteration|n_iter|max_iter)")
_MEASURE = re.compile(
    r"(?i)(^|_)(rmsl?e|mae|mse|s?mape|loss(es)?|acc(urac(y|ies))?|auc|f1|r2|errors?|scores?|precision|recall)s?(_|$)"
)


def draws_a_trace(evidence: Evidence, call: Call, drawn: tuple[str, ...]) -> bool:
    """Tell whether what is drawn was kept turn by turn while a model was fitted."""
    words = {word for text in drawn for word in NAME.findall(text)}
    return any(name in words for path, name in _traces(evidence) if path in ("", call.span.path))


@once_a_work
def _traces(evidence: Evidence) -> frozenset[tuple[str, str]]:
    """Return (file, variable) of what is kept so; what an object keeps may be drawn in any file: ("", attribute)."""
    scored = {place(call.span) for call in live_calls(evidence, "score")}
    found = set()
    for call in live_calls(evidence):
        if last(call.name) != "append" or not call.receiver:
            continue
        name = last(call.receiver)
        is_measure = place(call.span) in scored or _MEASURE.search(name)
        if is_measure and any(_OVER_EPOCHS.match(line) for line in loops_around(evidence, call.span)):
            found.add(("" if call.receiver.startswith("self.") else call.span.path, name))
    return frozenset(found)
