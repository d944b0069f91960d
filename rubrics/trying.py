"""Settings that are tried by hand: a model is made anew in a loop over them, and each is judged in the same loop."""

from __future__ import annotations

import re
from dataclasses import dataclass

from grader import Call, Evidence, Span
from rubrics.facts import last, live_calls
from rubrics.following import heads_of
from rubrics.live import live_matches, numbered_loops, statement_at
from rubrics.models import is_dummy, models
from rubrics.once import once_a_work
from rubrics.results import LOOP_TARGETS, NAME, sides
from rubrics.seeds import SEED_KEYWORDS

NOT_SETTINGS = frozenset(
    (*SEED_KEYWORDS, "n_jobs", "verbose", "verbosity", "max_iter", "eval_metric", "use_label_encoder")
)
Loop = tuple[str, int | None, int]
_MEASURE = re.compile(r"(?i)(^|_)(scores?|accuracy|auc|f1|error|loss|mae|r?mse|mape|c(oncordance)?_?index)$")
_OF_TABLES = ("pandas.", "numpy.")
_BOUND = re.compile(r"(^\s*[A-Za-z_]\w*\s*=(?!=).{1,300})")
_TRUTH = ("y_true", "y", "y_test")
_MOST_CALLERS = 20


@dataclass(frozen=True)
class Trial:
    """A model that is made once a setting, and what judges it: folds, or rows that are not those of the result."""

    model: Call
    judges: tuple[Call, ...]
    on_folds: bool
    apart: bool


@once_a_work
def trials(evidence: Evidence) -> tuple[Trial, ...]:
    """Return the models whose settings are a loop's, where something is measured in that loop."""
    found = []
    for model in models(evidence):
        for loop in () if is_dummy(model) else _loops_of(evidence, model):
            inside = _inside(evidence).get(loop, [])
            if judges := [call for call in inside if _measures(evidence, call)]:
                folds = _on_folds(evidence, loop, inside)
                found.append(Trial(model, tuple(judges), folds, not folds and _are_apart(evidence, loop, judges)))
    return tuple(found)


def _loops_of(evidence: Evidence, model: Call) -> list[Loop]:
    """Return the loops over the settings of a model, around the call that makes it or that of the function it is in."""
    found = _varied(evidence, model.span, _settings(model))
    path, parameters = heads_of(evidence).get(last(model.function), ("", []))
    taken = set(parameters).intersection(_settings(model)) if path == model.span.path else set()
    callers = [call for call in live_calls(evidence) if taken and last(call.name) == last(model.function)]
    for call in callers[:_MOST_CALLERS]:
        given = [*zip(parameters, call.positional, strict=False), *call.keywords.items()]
        found += _varied(evidence, call.span, [word for name, text in given if name in taken for word in _words(text)])
    return found


@once_a_work
def _inside(evidence: Evidence) -> dict[Loop, list[Call]]:
    """Return the live calls in each loop, by the line that begins it, or by their own for a comprehension."""
    found: dict[Loop, list[Call]] = {}
    for call in live_calls(evidence):
        for loop in _loops(evidence, call.span):
            found.setdefault(loop, []).append(call)
    return found


def _settings(model: Call) -> list[str]:
    """Return the words of what a model is given as its settings."""
    texts = [*model.positional, *(value for key, value in model.keywords.items() if key not in NOT_SETTINGS)]
    return [word for text in texts for word in _words(text)]


def _words(text: str) -> list[str]:
    """Return the names in a text, neither attributes nor what stands in quotes."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", text)
    return re.findall(r"(?<![\w.])[A-Za-z_]\w*", bare)


def _varied(evidence: Evidence, span: Span, given: list[str]) -> list[Loop]:
    """Return the loops around a place whose variable, or something made of it, is among the names given there."""
    heads = [((span.path, span.cell, number), line) for number, line in numbered_loops(evidence, span)]
    heads.append(((span.path, span.cell, span.line or 0), statement_at(evidence, span)))
    found = []
    for loop, line in heads:
        names = {name for targets in LOOP_TARGETS.findall(line) for name in NAME.findall(targets)}
        for where, bound, used in _bindings(evidence) if names else ():
            near = (where.path, where.cell) == loop[:2] and (where.line or 0) > loop[2]
            if near and names.intersection(used) and loop in _loops(evidence, where):
                names.update(bound)
        if names.intersection(given):
            found.append(loop)
    return found[-1:]  # the outermost: loops over other settings stand in it


def _loops(evidence: Evidence, span: Span) -> list[Loop]:
    """Return the loops around a place, and its own statement, which may be a comprehension."""
    numbers = [number for number, _ in numbered_loops(evidence, span)]
    return [(span.path, span.cell, number) for number in (*numbers, span.line or 0)]


@once_a_work
def _bindings(evidence: Evidence) -> tuple[tuple[Span, list[str], list[str]], ...]:
    return tuple((span, *sides(text)) for span, text in live_matches(evidence, _BOUND, most=3000))


def _measures(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call computes a measure, or is one of the work's own functions that do."""
    if call.kind in ("score", "cross_validate"):
        return True
    named = call.kind == "other" and not call.name.startswith(_OF_TABLES) and _MEASURE.search(last(call.name))
    return last(call.name) in _measuring(evidence) or bool(named)


@once_a_work
def _measuring(evidence: Evidence) -> frozenset[str]:
    """Return the names of the work's own functions that compute a measure."""
    return frozenset(last(call.function) for call in live_calls(evidence, "score", "cross_validate") if call.function)


def _on_folds(evidence: Evidence, loop: Loop, inside: list[Call]) -> bool:
    """Tell whether settings are judged on folds: in their loop, in a function that it calls, or in a loop around it."""
    folding = [call for call in live_calls(evidence) if call.kind == "cross_validate" or _gives_folds(call)]
    within = {last(call.function) for call in folding if call.function}
    around = numbered_loops(evidence, Span(path=loop[0], cell=loop[1], line=loop[2]))
    return any(call in folding or last(call.name) in within for call in inside) or any(
        ".split(" in line for _, line in around
    )


def _gives_folds(call: Call) -> bool:
    return call.kind == "split" and last(call.name) == "split"


def _are_apart(evidence: Evidence, loop: Loop, judges: list[Call]) -> bool:
    """Tell whether other rows than those that judge the settings, and that are fitted on, are measured elsewhere."""
    judging = {name for call in judges for name in _truth(call)}
    inside = {id(call) for call in _inside(evidence).get(loop, ())}
    others = [call for call in live_calls(evidence) if id(call) not in inside and _measures(evidence, call)]
    results = {name for call in others for name in _truth(call)}
    fitted = {word for call in live_calls(evidence, "fit") for text in call.positional for word in _words(text)}
    return bool(judging) and bool(results - judging - fitted)


def _truth(call: Call) -> set[str]:
    """Return the names of the rows that a measure is taken on: the truth of a metric, all that a helper is given."""
    if call.kind == "score":
        named = next((call.keywords[key] for key in _TRUTH if key in call.keywords), "")
        texts = [named or "".join(call.positional[-1:] if call.receiver else call.positional[:1])]
    else:
        texts = [*call.positional, *call.keywords.values()]
    return {word for text in texts for word in _words(text)}
