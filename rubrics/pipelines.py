"""What the pipelines of a work hold: preparation and a model, only one of the two, or what is not told."""

from __future__ import annotations

import ast
import re
from enum import Enum

from grader import Call, Evidence
from rubrics.code_text import begins_in
from rubrics.facts import last, live_calls, named
from rubrics.live import live_matches
from rubrics.models import makes_model
from rubrics.preparing import PREPARING

_BINDING = ("Pipeline", "make_pipeline")
_GATHERING = ("ColumnTransformer", "make_column_transformer", "FeatureUnion", "make_union", "FunctionTransformer")
_STEPS_ADDED = re.compile(r"\b([A-Za-z_]\w*)\.steps\.(?:append|insert|extend)\(")
_MOST_DEEP = 4


class Holds(Enum):
    """What a pipeline, or one of its steps, surely holds."""

    BOTH = "both"
    PREPARATION = "preparation"
    MODEL = "model"
    UNTOLD = "untold"


def pipelines(evidence: Evidence) -> dict[Holds, list[Call]]:
    """Return the live pipelines by what they hold; one of which that is not told counts as one that holds both."""
    found: dict[Holds, list[Call]] = {Holds.BOTH: [], Holds.PREPARATION: [], Holds.MODEL: []}
    grown = {(span.path, name) for span, name in live_matches(evidence, _STEPS_ADDED, most=200)}
    for call in named(evidence, _BINDING):
        held = _held(evidence, call, 0)
        is_open = held is Holds.UNTOLD or any((call.span.path, name) in grown for name in call.assigned)
        found[Holds.BOTH if is_open else held].append(call)
    return found


def _held(evidence: Evidence, call: Call, depth: int) -> Holds:
    steps = _steps(call)
    if steps is None or depth > _MOST_DEEP:
        return Holds.UNTOLD
    kinds = [_step(evidence, call, step, depth) for step in steps if not isinstance(step, ast.Constant)]
    if Holds.BOTH in kinds or {Holds.PREPARATION, Holds.MODEL} <= set(kinds):
        return Holds.BOTH
    if len(kinds) == 1 and kinds[0] is Holds.UNTOLD:
        return Holds.MODEL  # one step is not both, and a pipeline of one that is not told mostly tries models
    if Holds.UNTOLD in kinds or not kinds:
        return Holds.UNTOLD
    return kinds[0]


def _steps(call: Call) -> list[ast.expr] | None:
    """Return the steps as written, None where they are not: in a variable, or in a text that is too long."""
    texts = call.positional if call.positional else tuple(call.keywords[k] for k in ("steps",) if k in call.keywords)
    try:
        given = [ast.parse(text.strip(), mode="eval").body for text in texts]
    except (SyntaxError, ValueError, RecursionError):
        return None
    if last(call.name) == "make_pipeline":
        return None if any(isinstance(step, ast.Starred) for step in given) else list(given)
    if not given or not isinstance(given[0], ast.List | ast.Tuple):
        return None
    pairs = given[0].elts
    if not all(isinstance(pair, ast.Tuple | ast.List) and len(pair.elts) == 2 for pair in pairs):
        return None
    return [pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple | ast.List)]


def _step(evidence: Evidence, pipeline: Call, step: ast.expr, depth: int) -> Holds:
    """Return what one step holds: made in the pipeline's own call, or before it under a name."""
    if isinstance(step, ast.Call):
        name = ast.unparse(step.func).rpartition(".")[2]
        inside = [call for call in live_calls(evidence) if begins_in(call.span, pipeline.span)]
        return _made(evidence, [call for call in inside if call != pipeline and _called(call, name)], depth)
    if isinstance(step, ast.Name):
        calls = [call for call in live_calls(evidence) if call.span.path == pipeline.span.path]
        return _made(evidence, [call for call in calls if step.id in call.assigned and call != pipeline], depth)
    return Holds.UNTOLD


def _called(call: Call, name: str) -> bool:
    return last(call.name) == name or f"{name}(" in call.span.text


def _made(evidence: Evidence, calls: list[Call], depth: int) -> Holds:
    """Return what is held by what these calls make, where they agree."""
    kinds = {_kind(evidence, call, depth) for call in calls}
    return next(iter(kinds)) if len(kinds) == 1 else Holds.UNTOLD


def _kind(evidence: Evidence, call: Call, depth: int) -> Holds:
    if last(call.name) in _BINDING:
        return _held(evidence, call, depth + 1)
    if makes_model(call):
        return Holds.MODEL
    if call.kind in (*PREPARING, "resample") or last(call.name) in _GATHERING:
        return Holds.PREPARATION
    return _own(evidence, last(call.name))


def _own(evidence: Evidence, name: str) -> Holds:
    """Return what a class of the work is by its methods: it prepares, or it predicts."""
    methods = {last(fact.name) for fact in evidence.code.functions if fact.name.rpartition(".")[0] == name}
    if "predict" in methods:
        return Holds.UNTOLD if "transform" in methods else Holds.MODEL
    return Holds.PREPARATION if {"transform", "fit_transform"} & methods else Holds.UNTOLD
