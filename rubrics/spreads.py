"""Where the spread of results is shown: computed over folds, printed fold by fold, or an interval by resampling."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import begins_in
from rubrics.facts import last, live_calls, named, own_functions
from rubrics.live import in_loop, loops_around
from rubrics.results import Name, holds, result_names

SPREAD = ("std", "sem", "percentile", "quantile", "errorbar", "boxplot", "describe", "bootstrap", "var",
          "confidence_interval")  # fmt: skip
DRAWING = ("choice", "choices", "integers", "randint", "resample", "sample")
_OF_FOLDS = re.compile(r"\.split\((?!['\")])|\b\w*(folds?|splits)\b")
_SET = re.compile(r"\[\s*(['\"])([^'\"\[\]]{1,60})\1\s*\]\s*=(?!=)")
_KEPT = re.compile(
    r"[^\n]*?(?:\[\s*)?(['\"])([^'\"\[\]]{1,60})\1\s*(?:\]\s*=(?!=)|:)\s*(?:\w+\.){0,3}cross_val_score\("
)
_KEY = re.compile(r"\[\s*(['\"])([^'\"\[\]]{1,60})\1\s*\]$")
_AVERAGED = re.compile(r"\bmean\(")


def spread(evidence: Evidence) -> list[Call]:
    """Return the live calls that compute or print how results differ: of the folds' values, or of what holds them."""
    values = {name for call in live_calls(evidence, "cross_validate") for name in call.assigned}
    results, keys, found = result_names(evidence), _keys_of_folds(evidence), []
    for call in live_calls(evidence):
        told = call.positional if call.name == "print" else ()
        printed = any(text in values or _whole(text) or _key_at_end(text) in keys for text in told)
        if printed or (
            last(call.name) in SPREAD and (holds(call, results) or "cross_val_score" in str(call.positional))
        ):
            found.append(call)
    return found


def _keys_of_folds(evidence: Evidence) -> frozenset[str]:
    """Return the keys under which the results of all folds are kept, and nothing else: `kept["cv"] = cross_val_score()`
    within a function, say, that gives `kept` back.
    """
    kept = {}
    for call in live_calls(evidence, "cross_validate"):
        match = _KEPT.match(call.span.text) if last(call.name) == "cross_val_score" else None
        if match is not None and _is_last(call.span.text[match.end() :]):
            kept[call.span] = match[2]
    calls = live_calls(evidence) if kept else []
    others = [call.span.text for call in calls if not any(begins_in(call.span, span) for span in kept)]
    return frozenset(kept.values()) - {key for text in others for _, key in _SET.findall(text)}


def _is_last(text: str) -> bool:
    """Tell whether nothing is done to what a call gives: `text` begins within its brackets."""
    depth = 1
    for place, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if not depth:
            return not text[place + 1 :].lstrip().startswith((".", "["))
    return False


def _key_at_end(text: str) -> str:
    found = _KEY.search(text)
    return found[2] if found else ""


def each_fold(evidence: Evidence) -> list[Call]:
    """Return where a result is printed in a loop over folds, or over the results of all of them, for each."""
    results, folds = result_names(evidence), _whole_results(evidence)
    return [call for call in named(evidence, ("print", "info")) if _is_of_each(evidence, call, results, folds)]


def _is_of_each(evidence: Evidence, call: Call, results: frozenset[Name], folds: set[Name]) -> bool:
    is_result = holds(call, results) and not any(_AVERAGED.search(text) for text in call.positional)
    loops = loops_around(evidence, call.span)
    return any((is_result and _tells_of(call, results, loop)) or _goes_through(call, folds, loop) for loop in loops)


def _whole_results(evidence: Evidence) -> set[Name]:
    """Return (file, variable) of what holds the results of all folds: `scores = cross_val_score(...)`."""
    calls = [call for call in live_calls(evidence, "cross_validate") if last(call.name) == "cross_val_score"]
    kept = [
        call for call in calls if _whole(call.span.text.partition("=")[2].strip().rpartition("model_selection.")[2])
    ]
    return {(call.span.path, name) for call in kept for name in call.assigned}


def _goes_through(call: Call, folds: set[Name], loop: str) -> bool:
    """Tell whether a loop goes through the results of folds, and each is told: `for i, s in enumerate(scores):`."""
    bound, _, source = loop.partition(" in ")
    holds_folds = any((call.span.path, name) in folds for name in re.findall(r"\w+", source))
    given = holds_folds or _whole(source.strip().removesuffix(":").strip())
    return given and re.findall(r"\w+", bound)[-1] in call.arguments


def _tells_of(call: Call, results: frozenset[Name], loop: str) -> bool:
    """Tell whether a result, and not the fold's number or rows, is printed in a loop over folds."""
    bound = re.findall(r"\w+", loop.partition(" in ")[0])
    told = any((call.span.path, name) in results for name in call.arguments if name not in bound)
    return told and bool(_OF_FOLDS.search(loop))


def resampled(evidence: Evidence) -> list[Call]:
    """Return where quantiles are taken of what a loop has computed from rows that it draws again and again."""
    draws = [call for call in named(evidence, DRAWING) if _again(call) and in_loop(evidence, call.span)]
    own = {fact.name for fact in own_functions(evidence)}
    computed = {_place(call) for call in live_calls(evidence) if call.kind in ("score", "predict") or call.name in own}
    places = {_place(call) for call in draws} & computed
    kept = {(_place(call), call.receiver) for call in named(evidence, ("append",)) if in_loop(evidence, call.span)}
    found = [call for call in named(evidence, ("percentile", "quantile")) if _place(call) in places]
    return [call for call in found if any((_place(call), name) in kept for name in call.arguments)]


def _again(call: Call) -> bool:
    """Tell whether rows may be drawn more than once."""
    replaces = call.keywords.get("replace")
    return replaces == "True" if last(call.name) == "sample" else replaces != "False"


def _place(call: Call) -> tuple[str, str]:
    return call.span.path, call.function


def _whole(text: str) -> bool:
    """Tell whether a printed expression is the folds' results themselves, and not their mean."""
    return text.startswith("cross_val_score(") and text.endswith(")") and not re.search(r"\)\.\w+\(\)$", text)
