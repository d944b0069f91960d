"""Whether a work tells classes apart, and whether these are two, as far as its code says so."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import COLUMN_SET, begins_in, place
from rubrics.facts import is_given, last, live_calls, named
from rubrics.live import live_columns, live_matches, live_places, loops_around, target_columns
from rubrics.models import TRAINERS, is_classifier, models
from rubrics.once import once_a_work
from rubrics.settings import settings_of

BINARY = re.compile(r"predict_proba\([^)]*\)\[:, ?1\]")
CURVES = ("precision_recall_curve", "roc_curve")
OF_POSITIVES = ("recall_score", "precision_score", "f1_score", "fbeta_score")
SEVERAL = 3
BY_DEFAULT = "'binary'"
NAMES_OF_CLASSES = ("target_names", "class_names", "display_labels", "label_vocabulary")
MODES = ("class_mode", "label_mode")  # of Keras's readers of pictures
_LITERAL = r"""(?:'[^'\\]*'|"[^"\\]*"|-?\d+|True|False)"""
_PAIR = re.compile(rf"[\[(]\s*{_LITERAL}\s*,\s*{_LITERAL}\s*,?\s*[\])]")
_CODES = re.compile(rf"\{{\s*{_LITERAL}\s*:\s*({_LITERAL})\s*,\s*{_LITERAL}\s*:\s*({_LITERAL})\s*,?\s*\}}")
_COMPARED = re.compile(r"[^=<>!](?:==|[<>]=?)[^=].*\)\s*\.astype\(\s*(?:int|bool|['\"]int\d*['\"]|np\.int\d*)\s*\)$")
# `tn, fp, fn, tp = matrix.ravel()`, and what such a matrix is made of when it is of all rows and all classes
_FOUR = re.compile(r"^\s*\w+\s*,\s*\w+\s*,\s*\w+\s*,\s*\w+\s*=(?!=)\s*(\w+|.*\))\.(?:ravel|flatten)\(\)\s*$")
_WHOLE = re.compile(r"[\w.]+(?:\([^()=]*\))?")
_CLASSES = re.compile(r"(?i)\bclass(?:es)?_?\b|_class(?:es)?\b|label|unique|categor")
_AXES = ("xticklabels", "yticklabels")
# What a booster that is trained by its library's own function is told to lessen, where it then gives probabilities.
_OBJECTIVE = r"\b(?:objective|application|loss_function)['\"]?\s*\]?\s*[:=]\s*['\"]"
_OF_TWO = re.compile(_OBJECTIVE + r"(?:binary(?::logistic)?|Logloss|CrossEntropy)['\"]")
_OF_SEVERAL = re.compile(_OBJECTIVE + r"(?:multi:soft\w+|multiclass(?:ova)?|MultiClass\w*)['\"]")
_COUNT = re.compile(r"\d{1,3}$")


def tells_classes(evidence: Evidence) -> bool:
    """Tell whether a model of the work predicts classes: a classifier, a network by its last layer and its loss, or a
    booster by its objective.
    """
    return (
        any(is_classifier(call) for call in models(evidence))
        or bool(class_layers(evidence))
        or bool(class_boosters(evidence))
    )


@once_a_work
def class_boosters(evidence: Evidence) -> tuple[Call, ...]:
    """Return the models of `xgb.train` and its like whose settings ask for classes, and say them as probabilities."""
    return tuple(call for call in models(evidence) if _has_objective(evidence, call, _OF_TWO, _OF_SEVERAL))


def _has_objective(evidence: Evidence, call: Call, *objectives: re.Pattern[str]) -> bool:
    settings = (settings_of(evidence, call) or "") if call.name in TRAINERS else ""
    return any(objective.search(settings) for objective in objectives)


@once_a_work
def class_layers(evidence: Evidence) -> tuple[Call, ...]:
    """Return the live layers by which a Keras network says classes: one sigmoid, or a softmax over some few.

    A loss that is none of classes makes a share or a rate of what such a layer says.
    """
    losses = [_loss(call) for call in named(evidence, ("compile",)) if call.name.startswith("keras.")]
    if any(re.match(r"['\"]|[\w.]*losses\.", text) and "entropy" not in text.lower() for text in losses):
        return ()
    return tuple(call for call in named(evidence, ("Dense",)) if call.name.startswith("keras.") and _units(call))


def of_two_classes(evidence: Evidence) -> bool:
    """Tell whether two classes are told apart: by the metrics asked for, the names given, or the target's values."""
    return bool(
        named(evidence, CURVES)
        or _of_positives(evidence)
        or live_places(evidence, BINARY)
        or any(_units(call) == 1 for call in class_layers(evidence))
        or any(_has_objective(evidence, call, _OF_TWO) for call in class_boosters(evidence))
        or any(_names_two(call) for call in live_calls(evidence))
        or _two_valued_target(evidence)
        or _four_counts(evidence)
    )


def _loss(call: Call) -> str:
    return call.keywords.get("loss", call.positional[1] if len(call.positional) > 1 else "")


def _units(call: Call) -> int:
    """Return over how many classes a layer spreads what it says, 0 where it says none; as many as a variable says are
    several.
    """
    units = call.keywords.get("units", call.positional[0] if call.positional else "")
    activation = call.keywords.get("activation", call.positional[1] if len(call.positional) > 1 else "")
    if "softmax" in activation and units and not _COUNT.match(units):
        return SEVERAL
    number = int(units) if _COUNT.match(units) else 0
    return number if ("sigmoid" in activation and number == 1) or ("softmax" in activation and number > 1) else 0


def _of_positives(evidence: Evidence) -> list[Call]:
    """Return the metrics that are asked for as only two classes allow: recall of the positive one, one ROC curve."""
    found = [call for call in named(evidence, OF_POSITIVES) if call.keywords.get("average", BY_DEFAULT) == BY_DEFAULT]
    areas = named(evidence, ("roc_auc_score",))
    of_any_number = any("multi_class" in call.keywords for call in areas)  # another branch is for more than two
    return found if of_any_number else found + areas


def _names_two(call: Call) -> bool:
    """Tell whether a call names all classes, and these are two; with `labels` given they may be some of many."""
    named_two = any(_PAIR.fullmatch(call.keywords.get(key, "")) for key in NAMES_OF_CLASSES)
    return (named_two and not is_given(call, "labels")) or any(
        call.keywords.get(key) == BY_DEFAULT for key in MODES if "directory" in call.name or "dataframe" in call.name
    )


def _four_counts(evidence: Evidence) -> bool:
    """Tell whether a confusion matrix of all classes has four counts, or its axes the names of two: not one of each
    class against the others, as a loop over classes makes them.
    """
    matrices = [
        call for call in named(evidence, ("confusion_matrix",)) if all(map(_WHOLE.fullmatch, call.positional[:2]))
    ]
    whole = [call for call in matrices if not any(_CLASSES.search(line) for line in loops_around(evidence, call.span))]
    names = {(call.span.path, name) for call in whole for name in call.assigned}
    counted = live_matches(evidence, _FOUR, most=50)
    if any((span.path, text) in names or any(begins_in(call.span, span) for call in whole) for span, text in counted):
        return True
    drawn = [call for call in named(evidence, ("heatmap",)) if (call.span.path, *call.positional[:1]) in names]
    return any(all(_PAIR.fullmatch(call.keywords.get(axis, "")) for axis in _AXES) for call in drawn)


def _two_valued_target(evidence: Evidence) -> bool:
    """Tell whether the code gives the target one of two values: a dict of two, a condition and two, or its truth."""
    targets = target_columns(evidence)
    places = {place(use.span) for use in live_columns(evidence, "target")}
    for call in named(evidence, ("map", "where", "astype")):
        line = call.span.text.partition("\n")[0]
        column = COLUMN_SET.match(line)
        sets = column[1] in targets if column else bool(call.assigned) and place(call.span) in places
        if sets and _gives_two(call, line):
            return True
    return False


def _gives_two(call: Call, line: str) -> bool:
    if last(call.name) == "map":
        codes = _CODES.fullmatch(call.positional[0].strip()) if call.positional else None
        return codes is not None and codes[1] != codes[2]
    if last(call.name) == "where":
        pair = call.positional[1:3]
        return len(set(pair)) == 2 and all(re.fullmatch(_LITERAL, text) for text in pair)
    return bool(_COMPARED.search(line.partition("#")[0].strip()))
