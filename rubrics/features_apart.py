"""Fits whose features cannot hold what is predicted: pictures in folders of their classes, a series by itself, words.

Columns are followed elsewhere; here there are none: the answer is a folder's name, the next value, or a column beside
the texts. Where any fit of a work is of another kind, nothing is said of it.
"""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.code_text import place
from rubrics.facts import last, live_calls, spans
from rubrics.following import fitted_on
from rubrics.live import target_columns
from rubrics.models import trained
from rubrics.networks import training_steps
from rubrics.preparing import tables_loaded

# Each picture comes with the class that its folder, or the set that is published, gives it.
_LABELLED = re.compile(
    r"(?:^|\.)(?:image_dataset_from_directory|flow_from_directory|ImageFolder)$"
    r"|^torchvision\.datasets\.(?!FakeData|DatasetFolder)[A-Z]\w+$|^keras\.datasets\.\w*(?:mnist|cifar)\w*\.load_data$"
)
_READ_BY_HAND = frozenset(("imread", "decode_jpeg", "decode_png", "decode_image", "read_image", "flow_from_dataframe"))
_OBJECTS = ("pickle.", "joblib.", "dill.", "cloudpickle.", "h5py.")
_ORDER = re.compile(r"\(|order\b|\w*_order\b")
_SERIES = re.compile(r"^(?:ARIMA|SARIMAX|ARMA|AutoReg|ExponentialSmoothing|SimpleExpSmoothing|Holt|Prophet)$")
_OTHER_SERIES = frozenset(("exog", "add_regressor", "add_seasonality"))
_TOKENS = frozenset(("texts_to_sequences", "texts_to_matrix"))
_SAME_ROWS = frozenset(("pad_sequences", "array", "asarray", "train_test_split"))
_NUMBERED = re.compile(r"^(?:[\w.]+\()?\w+\.texts_to_(?:sequences|matrix)\([^()]*\)[^()]*\)?$")
_ROWS = re.compile(r"([A-Za-z_]\w*)(?:\[[^\[\]'\"]*\])?")
_COUNTING = frozenset(("fit_on_texts", "adapt"))  # words are numbered, and nothing is predicted
_MOST_STEPS = 4


def features_apart(evidence: Evidence) -> list[Span]:
    """Return the fits of a work where each of them is one of these, and nothing where any is not."""
    known = {place(fact.span) for fact in evidence.code.followed if fact.kind == "target"}
    fits = [*trained(evidence), *(call for call in training_steps(evidence) if last(call.name) not in _COUNTING)]
    left = apart = [call for call in fits if place(call.span) not in known]
    for alone in (_on_pictures, _on_series, _on_words):
        left = alone(evidence, left) if left else []
    return [] if left else spans(apart)


def _on_pictures(evidence: Evidence, fits: list[Call]) -> list[Call]:
    """Return the fits that may learn from something else than pictures with their classes."""
    calls = live_calls(evidence)
    sets = [call for call in calls if _LABELLED.search(call.name)]
    objects = [call for call in live_calls(evidence, "load") if call.name.startswith(_OBJECTS)]
    if not sets or tables_loaded(evidence) or objects:
        return fits
    if any(last(call.name) in _READ_BY_HAND for call in calls):
        seen = {id(call) for call in fitted_on(evidence, sets)}
        return [call for call in fits if id(call) not in seen]
    return []


def _on_series(evidence: Evidence, fits: list[Call]) -> list[Call]:
    """Return the fits that are none of a model which goes on with one series and is given no other."""
    calls = live_calls(evidence)
    makers = [call for call in calls if _SERIES.match(last(call.name))]
    others = any(last(call.name) in _OTHER_SERIES or _OTHER_SERIES.intersection(call.keywords) for call in calls)
    if others or not makers or any(_is_given_more(call) for call in makers):
        return fits
    return [call for call in fits if not _SERIES.match(_class(call))]


def _is_given_more(maker: Call) -> bool:
    """Tell whether a model of a series is given another one by place: what comes second may be its order."""
    return len(maker.positional) > 1 and not _ORDER.match(maker.positional[1])


def _class(fit: Call) -> str:
    """Return the class of the model that is fitted, "" where it is not known."""
    return last(fit.name.rpartition(".")[0])


def _on_words(evidence: Evidence, fits: list[Call]) -> list[Call]:
    """Return the fits that may learn from something else than the words of texts."""
    words = [call for call in live_calls(evidence) if last(call.name) in _TOKENS]
    targets = target_columns(evidence)
    if not words or any(_names(call, targets) for call in words):
        return fits
    return [call for call in fits if not _is_of_words(evidence, call, _features(call))]


def _names(call: Call, columns: frozenset[str]) -> bool:
    return any(f"{quote}{column}{quote}" in call.span.text for column in columns for quote in "'\"")


def _features(fit: Call) -> str:
    return fit.positional[0] if fit.positional else fit.keywords.get("x", "")


def _is_of_words(evidence: Evidence, user: Call, text: str, depth: int = _MOST_STEPS) -> bool:
    """Tell whether an expression holds the numbers of words and nothing beside them, wherever it is bound."""
    if _NUMBERED.match(text):
        return True
    name = _ROWS.fullmatch(text)
    if name is None or not depth:
        return False
    makers = [call for call in live_calls(evidence) if call.span.path == user.span.path and name[1] in call.assigned]
    return bool(makers) and all(_gives_words(evidence, call, name[1], depth) for call in makers)


def _gives_words(evidence: Evidence, maker: Call, name: str, depth: int) -> bool:
    """Tell whether a call gives its variable the numbers of words: of a split, to its first two."""
    if last(maker.name) in _TOKENS:
        return True
    given = maker.positional[0] if maker.positional else ""
    first = maker.kind != "split" or name in maker.assigned[:2]
    return last(maker.name) in _SAME_ROWS and first and _is_of_words(evidence, maker, given, depth - 1)
