"""Whether a column of the hidden features is the target, or all but the target."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from grader.authoring.association import encoded, strength
from grader.authoring.columns import numbers_of
from grader.authoring.kinds import kind_of
from grader.authoring.number_forms import forms_tell
from grader.authoring.result import Finding, defect, ok, warning
from grader.authoring.subject import Floats, Subject
from grader.authoring.text_forms import counts_tell, words_tell

GIVEN_AWAY = 0.96  # an AUC of 0.98
CLOSE = 0.90
LEAST_OF_CLASS = 5


class Told(NamedTuple):
    """How strongly a column goes with the target, or `what` of its texts or numbers does; what is not `is_telling`
    warns of nothing.
    """

    value: float
    name: str
    what: str = ""
    is_telling: bool = True
    is_form: bool = False  # how numbers are written


def no_label_in_features(subject: Subject) -> Finding:
    """Find a column that equals the labels, is a linear function of them, or has one label for each of its values."""
    found = [name for name in subject.feature_names if _is_label(subject.features.column(name), subject)]
    if not found:
        return ok(f"columns looked at: {len(subject.feature_names)}")
    return defect(
        f"the column {_quoted(found)} holds the labels: each of its values has one label only",
        where=f"data/hidden/{subject.assignment.data.hidden_features}",
        mend=f"Take {_quoted(found)} out of the hidden features, the test file and the training file.",
    )


def no_feature_tells_all(subject: Subject) -> Finding:
    """Find a single feature, or of a text its length, a count or a word, or of a number how it is written, that ranks
    the hidden rows nearly as the target does (AUC or |correlation| near 1).
    """
    told = sorted(_told(subject), reverse=True)
    for limit, make in ((GIVEN_AWAY, defect), (CLOSE, warning)):
        found = [item for item in told if item.value >= limit and (item.is_telling or make is defect)]
        if found:
            return make(
                _in_words(found[0], subject),
                where=f"data/hidden/{subject.assignment.data.hidden_features}",
                mend=_mend(found[0]),
            )
    return ok(f"the most that one says: {_in_words(told[0], subject)}" if told else "no feature")


def columns_that_tell(subject: Subject) -> list[str]:
    """Return the columns that alone give the target away: its labels, or nearly their ranks."""
    telling = {told.name for told in _told(subject) if told.value >= GIVEN_AWAY}
    names = subject.feature_names
    return [name for name in names if name in telling or _is_label(subject.features.column(name), subject)]


def _is_label(cells: Sequence[str], subject: Subject) -> bool:
    if not subject.is_classes:
        numbers = numbers_of(cells)
        target = subject.targets[0]
        return numbers is not None and not np.isnan(numbers).any() and _pearson(numbers, target) > 1 - 1e-9
    label_of: dict[str, str] = {}
    if any(label_of.setdefault(cell, label) != label for cell, label in zip(cells, subject.labels, strict=True)):
        return False
    rarest = min(subject.labels.count(label) for label in set(subject.labels))
    return rarest >= LEAST_OF_CLASS and len(label_of) <= len(cells) / 4


def _told(subject: Subject) -> Iterator[Told]:
    for name in subject.feature_names:
        if name not in subject.train.columns:
            continue
        known, cells = subject.train.column(name), subject.features.column(name)
        if kind_of(known) == "texts":
            # how long a text is, or how many digits it has, may say much in all honesty: these warn of nothing
            yield from (Told(value, name, what, False) for value, what in counts_tell(cells, _pairs(subject)))
            yield from (Told(value, name, what) for value, what in words_tell(known, cells, _pairs(subject)))
        else:
            value = float(np.mean([_best(known, cells, *pair) for pair in _pairs(subject)]))
            yield Told(value, name)
            if kind_of(known) == "numbers":
                yield from _by_form(value, name, known, cells, subject)


def _by_form(value: float, name: str, known: Sequence[str], cells: Sequence[str], subject: Subject) -> Iterator[Told]:
    """Yield the form of the numbers that says most, where it says more than their values do."""
    found = [(round(each, 2), each, what) for each, what in forms_tell(known, cells, _pairs(subject))]
    rounded, strongest, what = max(found, key=lambda item: item[0], default=(0.0, 0.0, ""))
    if rounded > round(value, 2):
        yield Told(strongest, name, what, is_form=True)


def _pairs(subject: Subject) -> list[tuple[Floats, Floats]]:
    return list(zip(subject.train_targets, subject.targets, strict=True))


def _best(known: Sequence[str], cells: Sequence[str], train_target: Floats, target: Floats) -> float:
    numbers = numbers_of(cells)
    by_value = strength(encoded(known, train_target, cells), target)
    return max(by_value, strength(numbers, target)) if numbers is not None else by_value


def _mend(told: Told) -> str:
    if told.is_form:
        return (
            f"Write the numbers of {told.name!r} alike whatever the target is, or take the column out of every table."
        )
    return f"Ask whether {told.name!r} is known before the target is; if not, take that out of every table."


def _in_words(told: Told, subject: Subject) -> str:
    what = f"{told.what} {told.name!r}" if told.what else f"the single feature {told.name!r}"
    if subject.is_classes:
        return f"{what} ranks the hidden rows with a ROC AUC of {(1 + told.value) / 2:.3f}"
    return f"{what} has a correlation of {told.value:.3f} with the target"


def _pearson(one: Floats, other: Floats) -> float:
    if one.std() == 0 or other.std() == 0:
        return 0.0
    return float(abs(np.corrcoef(one, other)[0, 1]))


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(repr(name) for name in names)
