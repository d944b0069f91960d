"""Whether ids or the order of the rows say what the target is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np

from grader.authoring.association import by_chance, encoded, serial, strength
from grader.authoring.result import Finding, defect, not_checked, ok
from grader.authoring.subject import Floats, Subject

DIGITS = re.compile(r"\d+")
Part = tuple[str, list[str], list[Floats]]


def ids_are_silent(subject: Subject) -> Finding:
    """Find ids whose rank, letters, last digit or length go with the target, in the training or the hidden table."""
    for where, ids, targets in _parts(subject):
        said = what_ids_tell(ids, targets, in_time=subject.is_in_time)
        if said:
            return defect(
                f"the ids give the target away: {said}",
                where=f"{where}: {subject.assignment.data.id}",
                mend="Give fresh ids in the order of a shuffle; `grader assignment reseed` does.",
            )
    return ok("rank, letters, last digit and length")


def order_is_silent(subject: Subject) -> Finding:
    """Find rows that lie sorted by the target, or in clumps of it."""
    if subject.is_in_time:
        return not_checked("rows are told apart by time, and may lie in its order")
    for where, _, targets in _parts(subject):
        said = what_order_tells(targets)
        if said:
            return defect(
                f"the order of the rows gives the target away: {said}",
                where=where,
                mend="Shuffle the rows before they are written.",
            )
    return ok("place in the file, and the row before")


def what_ids_tell(ids: Sequence[str], targets: Sequence[Floats], *, in_time: bool = False) -> str:
    """Return in words what the ids say of the targets, nothing where that is no more than chance."""
    for whole in targets:
        for what, column, target in _of_ids(ids, whole, in_time=in_time):
            value, chance = strength(column, target), by_chance(target)
            if value > chance:
                return f"their {what} goes with it (strength {value:.2f}, by chance below {chance:.2f})"
    return ""


def what_order_tells(targets: Sequence[Floats]) -> str:
    """Return in words what the order of the rows says of the targets, nothing where that is no more than chance."""
    for target in targets:
        place = strength(np.arange(len(target), dtype=np.float64), target)
        if place > by_chance(target):
            return f"the place in the file goes with it (strength {place:.2f}, by chance below {by_chance(target):.2f})"
        beside = serial(target)
        if beside > by_chance(target):
            return f"rows beside each other are alike (correlation {beside:.2f})"
    return ""


def _of_ids(ids: Sequence[str], target: Floats, *, in_time: bool) -> Iterator[tuple[str, Floats, Floats]]:
    """Yield what can be read from ids: what it is, a number a row, and the rows' targets. Ranks may follow time."""
    if not in_time:
        yield "rank", _numbers_in(ids), target
        by_text = {name: place for place, name in enumerate(sorted(set(ids)))}
        yield "alphabetical rank", np.array([float(by_text[name]) for name in ids]), target
    yield "length", np.array([float(len(name)) for name in ids]), target
    for what, parts in (
        ("letters", [DIGITS.sub("", name) for name in ids]),
        ("last digit", [name[-1:] for name in ids]),
    ):
        if len(set(parts)) > 1:  # learned from one half of the rows, judged on the other
            yield what, encoded(parts[::2], target[::2], parts[1::2]), target[1::2]


def _numbers_in(ids: Sequence[str]) -> Floats:
    return np.array([float("".join(DIGITS.findall(name))[-15:] or "-1") for name in ids])


def _parts(subject: Subject) -> list[Part]:
    spec = subject.assignment.data
    return [
        (f"data/public/{spec.train}", subject.train.column(spec.id), subject.train_targets),
        (f"data/hidden/{spec.hidden_features}", subject.features.column(spec.id), subject.targets),
    ]
