"""Which imputers and which models take care of gaps, seen together with what stands beside them."""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.code_text import begins_in
from rubrics.ensembles import ENSEMBLES
from rubrics.facts import is_given, last, live_calls, named
from rubrics.live_code import is_live
from rubrics.models import models
from rubrics.preparing import is_check
from rubrics.prose import sentences

TOLERANT = ("HistGradientBoosting", "XGB", "LGBM", "CatBoost")
TRAINERS = ("xgboost.", "lightgbm.", "catboost.")
INDIFFERENT = ("Dummy", "RandomForest", "ExtraTrees", "DecisionTree")  # none of them fails at a gap any more
COUNTING = ("isnull", "isna", "notnull", "notna", "info", "null_count", "is_null", "is_not_null")
DROPPING = ("dropna", "drop_nulls", "drop_nans")
_NONE = re.compile(
    r"(?i)\b(no|zero|0|without( any)?) (missing|nulls?|nan|empty|gaps?|incomplete)\b(?! *(handling|indicator))"
    r"|\b(missing|null|nan)( values?| data)?:? (are|is|were|=+) (none|zero|0|absent)\b|\bno na\b"
)
_COMMENT = re.compile(r"#(?!.*\b(if|assume|should|todo)\b).*", re.IGNORECASE)
_OF_TARGET = re.compile(r"^(y|target|labels?)(_\w+)?$")
_TEXT = re.compile(r"""^[rbuf]?['"]|^\{[^{}]*:\s*['"]""")
_STEP = re.compile(r"""\(\s*['"][\w -]+['"]\s*,\s*$""")


def imputers(filling: list[Call], by_hand: list[Call]) -> list[Call]:
    """Return the fitted imputers, unless values that rows tell are filled by hand beside those of a pipeline."""
    fitted = [call for call in by_hand if "Imputer" in call.name]
    if fitted or not all(_takes_nothing_over(call) for call in by_hand):
        return fitted
    return [call for call in filling if "Imputer" in call.name]


def _takes_nothing_over(call: Call) -> bool:
    """Tell whether gaps become a text of their own, or only rows without certain columns are left out."""
    if last(call.name) in DROPPING:
        return is_given(call, "subset")
    given = call.positional[0] if call.positional else call.keywords.get("value", "")
    return last(call.name) == "fillna" and _TEXT.match(given) is not None


def tolerant_models(evidence: Evidence) -> tuple[list[Call], list[Call]]:
    """Return the models that take missing values, and those that fail at one beside them, on the same rows as far as
    is known: those of the same file, but where only what takes gaps is kept for use.

    Those that vote or stack with others that fail are left out.
    """
    made = models(evidence)
    tolerant = [call for call in made if _is_tolerant(call)]
    others = [call for call in made if call not in tolerant and not last(call.name).startswith(INDIFFERENT)]
    ensembles = named(evidence, ENSEMBLES)
    mixed = [one for one in ensembles if any(_is_member(call, one) for call in others)]
    alone = [call for call in tolerant if not any(_is_member(call, one) for one in mixed)]
    if kept := [call for call in alone if _is_kept(evidence, call)]:
        files = {call.span.path for call in kept}
        if not any(_is_kept(evidence, call) for call in others if call.span.path in files):
            return kept, []
    files = {call.span.path for call in alone}
    return alone, [call for call in others if call.span.path in files]


def _is_tolerant(call: Call) -> bool:
    return last(call.name).startswith(TOLERANT) or call.name.startswith(TRAINERS)


def _is_kept(evidence: Evidence, model: Call) -> bool:
    """Tell whether a model is saved under its own name, so that it is surely the one for use."""
    saves = (call for call in live_calls(evidence, "save") if call.span.path == model.span.path)
    return any(set(model.assigned) & {call.receiver, *call.arguments} for call in saves)


def _is_member(call: Call, ensemble: Call) -> bool:
    """Tell whether a model is one of an ensemble's: written in it, held by a variable it is given, or in a list."""
    if call.span.path != ensemble.span.path:
        return False
    if call.assigned:
        return not set(call.assigned).isdisjoint(ensemble.arguments)
    if begins_in(call.span, ensemble.span):
        return True
    before = call.span.text.partition(last(call.name))[0]
    return _STEP.search(before) is not None and bool(ensemble.arguments)


def said_to_be_none(evidence: Evidence) -> list[Span]:
    """Return where the text or a comment says that no value is missing."""
    found = [span for span, sentence, _ in sentences(evidence) if _NONE.search(sentence)]
    for source in evidence.code.sources:
        for number, line in enumerate(source.text.split("\n"), start=1):
            comment = _COMMENT.search(line[:300]) if "#" in line else None
            if comment and _NONE.search(comment[0]):
                found.append(Span(path=source.path, cell=source.cell, line=number, end_line=number, text=line[:200]))
    return [span for span in found if span.line is None or is_live(evidence, span)]


def checked_for(evidence: Evidence) -> list[Call]:
    """Return the conditions that ask features for gaps, of the target alone left out: the work stops where one is."""
    asking = [call for call in live_calls(evidence, "explore") if last(call.name) in COUNTING and is_check(call)]
    return [call for call in asking if not _OF_TARGET.match(call.receiver)]
