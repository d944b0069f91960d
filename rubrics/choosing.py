"""Where code takes the best of several kinds of model by their results: not the best fold, setting or threshold."""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.code_text import line_text
from rubrics.facts import last, live_calls, named, spans
from rubrics.live import live_matches, loops_around, statement_at
from rubrics.models import models
from rubrics.results import Name, holds, result_names

CHOOSING = ("idxmax", "idxmin", "argmax", "argmin", "nlargest", "nsmallest", "sort_values", "sorted", "max", "min")
_SORTING = frozenset(("sort_values", "sorted", "nlargest", "nsmallest"))
# `table.iloc[0]`, `table['model'].iloc[0]`, `names[-1]`, `table.index[0]`, `table.head(1)`
_FIRST = re.compile(
    r"\b(\w+)(?:\[[^\]\n]{0,60}\])?(?:\.\w+)?(?:\[\s*(?:-?[01]|:\s*\d)[^\]\n]{0,40}\]|\.head\(1\)|\.pop\()"
)
_FIRST_HERE = re.compile(r"(?:\.(?:iloc|index|loc|values)|\))\[\s*(?:-?[01]|:\s*\d)|\.head\(\d*\)")
BETTER = re.compile(r"\bif\s+(\w+)(?:\.mean\(\))?\s*[<>]=?\s*[A-Za-z_]\w*(?:\[[^\]\n]*\])?\s*:")
OTHER_THAN_KINDS = re.compile(r"(?i)thresh|\bthr?s?\b|cut_?off|epoch|fold|seuil|umbral|limiar|soglia|schwell")
_FOLDS = re.compile(r"^\s*(\w+\s*=(?!=)\s*\w+)\s*\[")
_LOOP = re.compile(r"^\s*for\s+([\w, ()]{1,80}?)\s+in\b")
_SIDES = re.compile(r"\bif\s+(\w+)\s*[<>]=?\s*(\w+)\s*:")
# `model = forest if b > a else linear`
_EITHER = re.compile(r"=\s*(\S.{0,150}?\sif\s+\w+\s*[<>]=?\s*\w+\s+else\s.{1,150})")
_EITHER_SIDES = re.compile(r"\sif\s+(\w+)\s*[<>]=?\s*(\w+)\s+else\s")
_MODEL_NAME = re.compile(r"(?i)^(model|clf|est|estimator|classifier|regressor|algo|algorithm|pipe|pipeline)s?(_\w+)?$")
_MOST_BODY = 5


def taken(evidence: Evidence, nicknames: list[str]) -> list[Span]:
    """Return where the best of several kinds is taken; `nicknames` are how their names begin or what they are called,
    in small letters without blanks.
    """
    results, folds = result_names(evidence), _fold_results(evidence)
    calls = [call for call in named(evidence, CHOOSING) if holds(call, results) and _chooses(evidence, call)]
    found = spans(call for call in calls if not _of_one_kind(call, results, folds))
    better = live_matches(evidence, BETTER, most=200)
    found += [s for s, name in better if (s.path, name) in results and _keeps_a_kind(evidence, s, nicknames)]
    either = live_matches(evidence, _EITHER, most=200)
    return found + [span for span, text in either if _takes_a_kind(evidence, span, text, nicknames)]


def _takes_a_kind(evidence: Evidence, place: Span, text: str, nicknames: list[str]) -> bool:
    """Tell whether an expression takes one of two models by which of two results is the better."""
    sides = _EITHER_SIDES.search(text)
    results = result_names(evidence)
    if sides is None or not all((place.path, side) in results for side in sides.groups()):
        return False
    variables = {name for call in models(evidence) if call.span.path == place.path for name in call.assigned}
    either = (text[: sides.start()], text[sides.end() :])
    return all(_names_a_kind(part, nicknames, variables) for part in either)


def _names_a_kind(text: str, nicknames: list[str], variables: set[str]) -> bool:
    small = re.sub(r"[\s_-]", "", text.lower())
    return any(name in small for name in nicknames) or bool(variables.intersection(re.findall(r"\w+", text)))


def _chooses(evidence: Evidence, call: Call) -> bool:
    """Tell whether a call takes one of several; the largest value alone, as for an axis, chooses nothing, and neither
    does an order that is only shown.
    """
    if last(call.name) in _SORTING:
        return _is_first_taken(evidence, call)
    return last(call.name) not in ("max", "min") or bool(call.assigned) or "key" in call.keywords


def _is_first_taken(evidence: Evidence, call: Call) -> bool:
    """Tell whether the first of what is sorted is taken, at once or by its name."""
    if call.assigned and _FIRST_HERE.search(statement_at(evidence, call.span)):
        return True
    kept = call.assigned or ((call.receiver,) if call.keywords.get("inplace") == "True" else ())
    taken_of = {(span.path, name) for span, name in live_matches(evidence, _FIRST, most=1000)}
    return any((call.span.path, name) in taken_of for name in kept)


def _of_one_kind(call: Call, results: frozenset[Name], folds: set[Name]) -> bool:
    """Tell whether a call takes the best fold of one model, or the best threshold or epoch."""
    held = {(call.span.path, name) for name in (call.receiver, *call.arguments)} & results
    return (len(held) == 1 and held <= folds) or bool(OTHER_THAN_KINDS.search(call.span.text.partition("\n")[0]))


def _fold_results(evidence: Evidence) -> set[Name]:
    """Return (file, variable) of what holds the results of the folds of one model."""
    found = set()
    for call in live_calls(evidence, "cross_validate"):
        direct = [name for name in call.assigned if re.match(rf"^\s*{re.escape(name)}\s*=[^=]", call.span.text)]
        found |= {(call.span.path, name) for name in direct}
    for span, text in live_matches(evidence, _FOLDS, most=500):
        name, source = re.findall(r"\w+", text)[:2]
        if (span.path, source) in found:
            found.add((span.path, name))
    return found


def _keeps_a_kind(evidence: Evidence, place: Span, nicknames: list[str]) -> bool:
    """Tell whether an `if` that finds a better result keeps a kind of model: by its name, or by a loop over models."""
    source = next(s for s in evidence.code.sources if (s.path, s.cell) == (place.path, place.cell))
    number = place.line or 1
    own = line_text(source, number)
    depth = len(own) - len(own.lstrip())
    body = [own.partition(":")[2]]
    for below in range(number + 1, number + _MOST_BODY):
        text = line_text(source, below)
        if text.strip() and len(text) - len(text.lstrip()) <= depth:
            break
        body.append(text)
    kept = re.sub(r"[\s_-]", "", "".join(body).lower())
    if any(name in kept for name in nicknames):
        return True
    loops = [match for line in loops_around(evidence, place) if (match := _LOOP.match(line))]
    bound = {name for loop in loops for name in re.findall(r"\w+", loop[1])}
    if bound:
        return bool(bound & _tried(evidence, place.path))
    if _compares_results(evidence, place.path, own):
        return True
    variables = {name for call in models(evidence) if call.span.path == place.path for name in call.assigned}
    return bool(variables.intersection(re.findall(r"\w+", " ".join(body))))


def _compares_results(evidence: Evidence, path: str, line: str) -> bool:
    """Tell whether one model's result is held against another's; test against training rows is no choice."""
    sides = _SIDES.search(line)
    results = result_names(evidence)
    return sides is not None and all((path, side) in results for side in sides.groups()) and "train" not in sides[0]


def _tried(evidence: Evidence, path: str) -> set[str]:
    """Return the variables that hold one model after another: what is fitted, asked or validated, or is called so."""
    calls = [call for call in live_calls(evidence) if call.span.path == path]
    found = {call.receiver for call in calls if call.kind in ("fit", "predict", "score")}
    found |= {call.positional[0] for call in calls if call.kind == "cross_validate" and call.positional}
    return found | {name for call in calls for name in call.arguments if _MODEL_NAME.match(name)}
