"""Which imputers and which models take care of gaps, seen together with what stands beside them."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, Span, met
from rubrics.code_text import begins_in
from rubrics.ensembles import ENSEMBLES
from rubrics.facts import is_given, last, live_calls, named, spans
from rubrics.filled_by_rows import filled_by_rows
from rubrics.live_code import is_live
from rubrics.models import models
from rubrics.once import once_a_work
from rubrics.preparing import inspecting, is_check
from rubrics.prose import sentences
from rubrics.tables import of_data

TOLERANT = ("HistGradientBoosting", "XGB", "LGBM", "CatBoost")
TRAINERS = ("xgboost.", "lightgbm.", "catboost.")
# Forecasters that go on over a gap in their series; what explains it beside that must have none.
STATE_SPACE = ("statsmodels.tsa.statespace.", "statsmodels.tsa.arima.model.", "statsmodels.api.tsa.SARIMAX",
               "statsmodels.api.tsa.statespace.", "statsmodels.api.tsa.arima.",
               "statsmodels.tsa.api.SARIMAX")  # fmt: skip
INDIFFERENT = ("Dummy", "RandomForest", "ExtraTrees", "DecisionTree")  # none of them fails at a gap any more
COUNTING = ("isnull", "isna", "notnull", "notna", "info", "null_count", "is_null", "is_not_null")
DROPPING = ("dropna", "drop_nulls", "drop_nans")
_NONE = re.compile(
    r"(?i)\b(no|zero|0|without( any)?) (missing|nulls?|nan|empty|gaps?|incomplete)\b(?! *(handling|indicator))"
    r"|\b(missing|null|nan)( values?| data)?:? (are|is|were|=+) (none|zero|0|absent)\b|\bno na\b"
)
# "We don't see any missing values", "there aren't any nulls"; what is only asked or wished is no such sentence.
_NONE_SEEN = re.compile(
    r"(?i)\b(?:(?:do|does|did|could|can)(?:n['’]?t| ?not) (?:see|find|have|contain|observe|notice|spot|detect)"
    r"|(?:is|are|was|were)(?:n['’]?t| not)(?= any\b))(?: any| a single)?(?: (?:rows?|columns?) with)?"
    r" (?:missing|nulls?|nans?|empty|na|gaps?|incomplete)\b"
)
_ASKED = re.compile(r"(?i)\b(if|whether|unless|until|when|should|must|would|ensure|assum\w+|make sure|check)\b|\?")
_COMMENT = re.compile(r"#(?!.*\b(if|assume|should|todo)\b).*", re.IGNORECASE)
MOVING = ("shift", "diff", "pct_change", "rolling")
_MOVED = re.compile(
    rf"\.(?:{'|'.join(MOVING)})\([^()]*\)(?:\.(?:mean|std|sum|min|max|median)\(\))?\.(?:{'|'.join(DROPPING)})\("
)
_OF_COLUMN = re.compile(rf"\[\s*['\"]([^'\"]+)['\"]\s*\]\.(?:{'|'.join(DROPPING)})\(")
_COLUMN_SET = re.compile(r"\s*\w+\[\s*['\"]([^'\"]+)['\"]\s*\]\s*=(?!=)")
_OF_TARGET = re.compile(r"^(y|target|labels?)(_\w+)?$")
_TEXT = re.compile(r"""^[rbuf]?['"]|^\{[^{}]*:\s*['"]""")
_STEP = re.compile(r"""\(\s*['"][\w -]+['"]\s*,\s*$""")


def filling_gaps(evidence: Evidence) -> list[Call]:
    """Return the live calls that fill or drop gaps of the data, by whatever means."""
    calls = [call for call in live_calls(evidence, "impute") if not drops_moved_rows(evidence, call)]
    numbers = [call for call in live_calls(evidence) if call.name == "numpy.nan_to_num" and of_data(evidence, call)]
    return [*calls, *numbers, *filled_by_rows(evidence)]


def imputers(filling: list[Call], by_hand: list[Call], own: list[Call]) -> list[Call]:
    """Return the fitted imputers, also the work's `own`, unless values that rows tell are filled by hand beside those
    of a pipeline.
    """
    fitted = [call for call in by_hand if "Imputer" in call.name]
    if fitted or not all(_takes_nothing_over(call) for call in by_hand if call not in own):
        return fitted
    return [*(call for call in filling if "Imputer" in call.name), *own]


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
    tolerant = [call for call in made if _is_tolerant(evidence, call)]
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


def _is_tolerant(evidence: Evidence, call: Call) -> bool:
    if call.name.startswith("prophet."):  # gaps in its series, and none in what it is told beside that
        return not any(other.span.path == call.span.path for other in named(evidence, ("add_regressor",)))
    if call.name.startswith(STATE_SPACE):
        return len(call.positional) < 2 and "exog" not in call.keywords
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


def counted_gaps(evidence: Evidence) -> list[Call]:
    """Return the looks that count gaps."""
    return [call for call in inspecting(evidence) if last(call.name) in COUNTING]


def none_found(evidence: Evidence) -> Finding | None:
    """Return that no gap was found, where it is looked for one and the work says so."""
    counted = counted_gaps(evidence)
    none = said_to_be_none(evidence) if counted else []
    reason = "Gaps are looked for, and none were found, as the work says."
    return met(reason, evidence=[*spans(counted), *none]) if none else None


def said_to_be_none(evidence: Evidence) -> list[Span]:
    """Return where the text or a comment says that no value is missing."""
    found = [span for span, sentence, _ in sentences(evidence) if _says_none(sentence)]
    for source in evidence.code.sources:
        for number, line in enumerate(source.text.split("\n"), start=1):
            comment = _COMMENT.search(line[:300]) if "#" in line else None
            if comment and _says_none(comment[0]):
                found.append(Span(path=source.path, cell=source.cell, line=number, end_line=number, text=line[:200]))
    return [span for span in found if span.line is None or is_live(evidence, span)]


def _says_none(text: str) -> bool:
    return bool(_NONE.search(text) or (_NONE_SEEN.search(text) and not _ASKED.search(text)))


def drops_moved_rows(evidence: Evidence, call: Call) -> bool:
    """Tell whether only the gaps are dropped that moving the rows has made: `table["a"].diff().dropna()`, or of a
    column that was made so.
    """
    if last(call.name) not in DROPPING:
        return False
    column = _OF_COLUMN.search(call.span.text)
    return bool(_MOVED.search(call.span.text) or (column and column[1] in _moved_columns(evidence)))


@once_a_work
def _moved_columns(evidence: Evidence) -> frozenset[str]:
    """Return the columns that are made by moving the rows of another: they begin with gaps of their own."""
    texts = (call.span.text for call in named(evidence, MOVING))
    return frozenset(column[1] for text in texts if (column := _COLUMN_SET.match(text)))


def drops_after_moving(evidence: Evidence, drops: list[Call]) -> bool:
    """Tell whether tables are dropped from where their rows were moved before, as lags are made."""
    moving = [call for call in live_calls(evidence) if last(call.name) in MOVING]
    return bool(drops) and all(any(_same_table(move, drop) for move in moving) for drop in drops)


def _same_table(move: Call, drop: Call) -> bool:
    held = {move.receiver, *move.assigned} & {drop.receiver, *drop.arguments} - {""}
    return bool(held) and move.span.path == drop.span.path and move.order < drop.order


def checked_for(evidence: Evidence) -> list[Call]:
    """Return the conditions that ask features for gaps, of the target alone left out: the work stops where one is."""
    asking = [call for call in live_calls(evidence, "explore") if last(call.name) in COUNTING and is_check(call)]
    return [call for call in asking if not _OF_TARGET.match(call.receiver)]
