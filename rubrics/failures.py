"""Where a work looks at what its model gets wrong: rows that are marked, groups, and matrices that go anywhere."""

from __future__ import annotations

import re

from grader import Call, Evidence, Source, Span
from rubrics.code_text import line_span, strings
from rubrics.facts import last, live_calls, named
from rubrics.live import numbered_loops, statement_at
from rubrics.live_code import logical_lines
from rubrics.once import once_a_work
from rubrics.results import NAME, Name, predicted_names, sides, values_given

MATRICES = ("confusion_matrix", "classification_report", "learning_curve", "validation_curve")
MOST_CHARACTERS = 1000
_COLUMN = r"(\w+)(?:\[\s*['\"]([^'\"\]]{1,60})['\"]\s*\]|\.(\w+))\s*==\s*(['\"]?\w+['\"]?)"
_BOTH = re.compile(rf"\(\s*{_COLUMN}\s*\)\s*&\s*\(\s*{_COLUMN}\s*\)")
_SAID = re.compile(r"(?i)pred|hat$|^y_hat")
_BOUND = re.compile(r"^\s*([A-Za-z_]\w*(?:\s*,\s*[A-Za-z_]\w*)*)\s*=(?!=)")
_FIELD = re.compile(r"\{([^{}]{1,200})\}")
_VALUES = re.compile(r"\.unique\(|\bset\(|\.categories\b|\.groups\b|value_counts\(\)\.index\b")
_MODELS = re.compile(r"(?i)model|algorithm|classifier|regressor|fold|threshold|seed")
_CHOSEN = re.compile(r"\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)?==\s*(\w+)|\.get_group\(\s*(\w+)")
_PREDICTED = re.compile(r"\.predict\w*\(([^()]*)")
_OVER_ALL = re.compile(r"groupby\([^()]*\)(?:\[\[[^\[\]]*,[^\[\]]*\]\])?\.(?:mean|agg|sum|median|describe)\(")
# `t[t["plan"] == plan]["y"]`: some rows, by a value that changes; one that is written out parts train and test
_OF_ONE_VALUE = re.compile(r"^\s*\w+(?:\.loc)?\[([\w.]+(?:\[['\"][^'\"\]]{0,60}['\"]\])?\s*==\s*[A-Za-z_]\w*)\s*[\],]")


def is_put_to_use(evidence: Evidence, call: Call) -> bool:
    """Tell whether a matrix or a report goes anywhere: what is only given a name that nothing reads shows nothing."""
    if last(call.name) not in MATRICES or not call.assigned or any("." in name for name in call.assigned):
        return True
    return any(name in _read(evidence) for name in call.assigned)


@once_a_work
def _read(evidence: Evidence) -> frozenset[str]:
    """Return the names that a line of the code reads, in the fields of its texts too."""
    found: set[str] = set()
    for _, _, _, text in logical_lines(evidence):
        bound = _BOUND.match(text)
        found.update(NAME.findall(text[bound.end() :] if bound else text))
    for source in evidence.code.sources:
        for text, _ in strings(source):
            found.update(word for field in _FIELD.findall(text) for word in NAME.findall(field))
    return frozenset(found)


def confused_rows(evidence: Evidence) -> list[Span]:
    """Return where rows are picked, or marked, of which one thing is true and another was predicted."""
    found = []
    for source, first, final, text in logical_lines(evidence):
        if "&" in text and text.count("==") > 1 and _are_confused(_raw(source, first, final)):
            found.append(line_span(source, first))
    return found


def _raw(source: Source, first: int, final: int) -> str:
    return " ".join(source.text.split("\n")[first - 1 : final])[:MOST_CHARACTERS]


def _are_confused(text: str) -> bool:
    """Tell whether two columns of one table, one of them of predictions, are to hold different values."""
    for table, name, attribute, value, other, second, its, another in _BOTH.findall(text):
        said = [bool(_SAID.search(column)) for column in (name or attribute, second or its)]
        if table == other and any(said) and not all(said) and value != another:
            return True
    return False


def told_by_group(evidence: Evidence) -> list[Call]:
    """Return where a table of the truth and of what was predicted is grouped, and both are summed up for each group."""
    tables = {(call.span.path, name) for call in named(evidence, ("DataFrame",)) if _holds_both(evidence, call)
              for name in call.assigned}  # fmt: skip
    grouped = [call for call in named(evidence, ("groupby",)) if (call.span.path, call.receiver) in tables]
    return [call for call in grouped if _OVER_ALL.search(statement_at(evidence, call.span)[:MOST_CHARACTERS])]


def is_of_one_group(evidence: Evidence, score: Call) -> bool:
    """Tell whether truth and predictions are taken from the same rows of a table, those of one group."""
    given = values_given(evidence)
    masks = [
        {mask[1] for value in (text, *given.get((score.span.path, text), ())) if (mask := _OF_ONE_VALUE.match(value))}
        for text in score.positional[:2]
    ]
    return len(masks) == 2 and not masks[0].isdisjoint(masks[1])


def scored_part_by_part(evidence: Evidence) -> list[Call]:
    """Return the scores in a loop over groups that are taken of the rows of one group: `part = test[test.band == band]`
    is predicted there, or the groups are the values of a column. A loop that fits makes new models, and shows no part
    on which one fails.
    """
    scores = [call for call in live_calls(evidence, "score") if len(call.positional) > 1]
    fitted = [call.span for call in live_calls(evidence, "fit", "cross_validate")]
    return [call for call in scores if _parts(evidence) and _is_of_group(evidence, call, fitted)]


@once_a_work
def _parts(evidence: Evidence) -> dict[Name, set[str]]:
    """Return, for each (file, variable), the names that are given the rows of which a column has its value."""
    found: dict[Name, set[str]] = {}
    for (path, name), values in values_given(evidence).items():
        for value in values:
            for compared, group in _CHOSEN.findall(value):
                found.setdefault((path, compared or group), set()).add(name)
    return found


def _is_of_group(evidence: Evidence, call: Call, fitted: list[Span]) -> bool:
    given = values_given(evidence)
    for number, line in numbered_loops(evidence, call.span):
        groups = sides(line)[0]
        parts = {name for group in groups for name in _parts(evidence).get((call.span.path, group), ())}
        true, said = (_made_of(text, call.span.path, given) for text in call.positional[:2])
        of_part = all(parts.intersection(NAME.findall(text)) for text in (true, said))
        if not of_part or any(_between(number, call.span, fit) for fit in fitted):
            continue
        predicted = parts.intersection(word for text in _PREDICTED.findall(true + said) for word in NAME.findall(text))
        return bool(predicted or (_VALUES.search(line) and not _MODELS.search(line)))
    return False


def _made_of(text: str, path: str, given: dict[Name, list[str]]) -> str:
    """Return an expression, and what a name alone is given."""
    return " ".join((text, *given.get((path, text), ())))


def _between(number: int, score: Span, other: Span) -> bool:
    """Tell whether a place stands between the line that begins a loop and a score in it."""
    return (other.path, other.cell) == (score.path, score.cell) and number < (other.line or 0) <= (score.line or 0)


def _holds_both(evidence: Evidence, call: Call) -> bool:
    said = {name for path, name in predicted_names(evidence) if path == call.span.path}
    given = set(call.arguments)
    return bool(given & said) and bool(given & (_truths(evidence, call.span.path) - said))


def _truths(evidence: Evidence, path: str) -> set[str]:
    """Return the names that metrics of a file are given as the truth."""
    scores = (call for call in live_calls(evidence, "score") if call.span.path == path and len(call.positional) > 1)
    return {call.positional[0] for call in scores if call.positional[0].isidentifier()}
