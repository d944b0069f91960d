"""Columns of zeros and ones, one for each category: where those of new rows are made the same as in training."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from grader import Call, Evidence, Span
from rubrics.following import made_from
from rubrics.live import before, live_matches, numbered_loops
from rubrics.reached import last, live_calls, own_functions
from rubrics.results import NAME

_JOINS = ("left", "right", "inner")
_ZERO = re.compile(r"^\s*(\w+\[\s*\w+\s*\]\s*=\s*(?:0|0\.0|False)\s*$)")  # `table[column] = 0`
# `table = table[columns]`, `return table.drop(columns=more)[columns]`
_CHOSEN = re.compile(r"(?:\breturn\s+|=\s*)(\w+(?:\.\w+\([^()]*\))?\[\s*(?:self\.)?\w+(?:\.columns)?\s*\]\s*$)")
_KEPT = re.compile(r"\bself\.(\w+)\s*=(?!=)")
_OVER = re.compile(r"\bfor\s+(\w+)\s+in\s+self\.(\w+)\b")
# `X[city] = (X["city"] == city).astype(int)`
_ONE_EACH = re.compile(r"^\s*(\w+\[.*\]\s*=(?!=).*\[[^\[\]]*\]\s*==\s*\w+)")
_Table = tuple[str, str, str]  # the file, the function if one is known, and the variable


def aligned(evidence: Evidence, encodings: Sequence[Call]) -> list[Call]:
    """Return the calls of get_dummies after which the columns of new rows are made those of the training rows: those of
    a file where this is done to what they give, and beside it the only one of a file that fits or saves.
    """
    dummies = [call for call in encodings if last(call.name) == "get_dummies"]
    tables = [*_reindexed(evidence), *_filled(evidence)] if dummies else []
    files = {path for path, function, name in tables if _holds_dummies(evidence, dummies, path, function, name)}
    training = {call.span.path for call in live_calls(evidence, "fit", "save")} if files else set()
    alone = {path for path in training if sum(call.span.path == path for call in dummies) == 1}
    return [call for call in dummies if call.span.path in files | alone]


def _holds_dummies(evidence: Evidence, dummies: list[Call], path: str, function: str, name: str) -> bool:
    """Tell whether a table holds dummies, or is handed over as what a function gives back that makes them."""
    if (path, name) in made_from(evidence, dummies):
        return True
    making = {last(call.function) for call in dummies if call.function}
    given = (
        text
        for call in live_calls(evidence)
        if function and last(call.name) == last(function)
        for text in call.positional
    )
    return any(making.intersection(NAME.findall(text)) for text in given)


def _reindexed(evidence: Evidence) -> Iterator[_Table]:
    """Yield the tables that get the columns of another: `new.reindex(columns=old, fill_value=0)`, `old.align(new)`."""
    for call in live_calls(evidence):
        name, columns = last(call.name), call.keywords.get("columns", "")
        if name == "reindex" and "fill_value" in call.keywords and columns and not _own(columns, call.receiver):
            tables = (call.receiver, *call.assigned, *call.arguments)
        elif name == "align" and call.keywords.get("join", "").strip("'\"") in _JOINS and "axis" in call.keywords:
            tables = (call.receiver, *call.positional[:1], *call.assigned)
        else:
            continue
        yield from ((call.span.path, call.function, table) for table in tables if table)


def _filled(evidence: Evidence) -> Iterator[_Table]:
    """Yield the tables to which a loop adds the columns that they lack, as zeros, before those of another are taken."""
    zeros = [
        (span, text) for span, text in live_matches(evidence, _ZERO, most=50) if _in_its_loop(evidence, span, text)
    ]
    chosen = live_matches(evidence, _CHOSEN, most=500) if zeros else []
    for span, text in zeros:
        table = NAME.findall(text)[0]
        taken = [(place, found.rpartition("[")[2]) for place, found in chosen if NAME.findall(found)[0] == table]
        if any(before(span, place) and not _own(columns, table) for place, columns in taken):
            yield span.path, _function_around(evidence, span), table


def _in_its_loop(evidence: Evidence, span: Span, text: str) -> bool:
    """Tell whether a loop goes through the columns that are set: `for column in missing: table[column] = 0`."""
    column = NAME.findall(text)[1]
    return any(re.match(rf"\s*for\s+{column}\s+in\b", line) for _, line in numbered_loops(evidence, span))


def _function_around(evidence: Evidence, span: Span) -> str:
    facts = [fact for fact in own_functions(evidence) if (fact.span.path, fact.span.cell) == (span.path, span.cell)]
    around = [fact for fact in facts if (fact.span.line or 0) <= (span.line or 0) <= (fact.span.end_line or 0)]
    return around[-1].name if around else ""


def _own(columns: str, table: str) -> bool:
    """Tell whether the columns that a table gets are its own."""
    return table in NAME.findall(columns)


def kept_in_fit(evidence: Evidence) -> list[Span]:
    """Return where a step of the work's own makes a column for each value that it has kept in its fit, so that every
    table gets the same: `for city in self.cities: X[city] = X["city"] == city`.
    """
    calls = [call for call in live_calls(evidence, "explore") if last(call.name) in ("unique", "value_counts")]
    fitted = [call for call in calls if last(call.function) == "fit" and "." in call.function]
    kept = {(call.span.path, name) for call in fitted for name in _KEPT.findall(call.span.text)}
    found = []
    for span, text in live_matches(evidence, _ONE_EACH, most=50) if kept else []:
        loops = [match for _, line in numbered_loops(evidence, span) if (match := _OVER.search(line))]
        if any((span.path, name) in kept and text.endswith(value) for value, name in (loop.groups() for loop in loops)):
            found.append(span)
    return found
