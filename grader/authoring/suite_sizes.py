"""How wide an interval each suite gives, and all of them together as the score weighs them.

The ends of the hidden part's interval are the weighted means of the suites' ends, so its width is that of their widths:
a suite that weighs little may be small.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from grader.assignment.consistency import FILE
from grader.authoring.checks_marks import rows_for, size_in_words, width_of
from grader.authoring.result import Finding, defect, ok
from grader.authoring.simulated import f1_interval_at
from grader.authoring.subject import Subject
from grader.model import OutputSpec
from grader.model.suites import IID


class Size(NamedTuple):
    """A suite's weight, the width of its interval as a share of the way between its marks, and what makes it so."""

    name: str
    weight: float
    width: float
    told: str
    needed: str


def size_of(name: str, weight: float, subject: Subject) -> Size:
    """Return the size of the suite whose rows and marks are the first ones of `subject`."""
    wanted = subject.assignment.check.interval
    return Size(name, weight, width_of(subject), size_in_words(subject), f"{rows_for(subject, wanted):,} rows")


def size_of_output(spec: OutputSpec, truth: Sequence[bool], subject: Subject) -> Size:
    """Return the size of the suite on a further table, from what is true of each of its keys."""
    wanted = subject.assignment.check.interval
    low, high = f1_interval_at(spec.reference, truth, subject.assignment.seed)
    width = (high - low) / (spec.reference - spec.baseline)
    keys = f"{len(truth):,} keys ({sum(truth):,} positive)"
    told = f"{keys} give an interval {width:.2f} of the way from baseline to reference wide"
    return Size(spec.name, spec.weight, width, told, f"{math.ceil(len(truth) * (width / wanted) ** 2):,} keys")


def sizes_are_enough(subject: Subject, further: Sequence[Size]) -> Finding:
    """Find an interval of the hidden part that is wider than the author wants, and say of which suite that is most."""
    wanted = subject.assignment.check.interval
    sizes = [size_of(IID, subject.assignment.metric.weight, subject), *further]
    whole = sum(size.weight for size in sizes) or 1.0
    share = sum(size.weight * size.width for size in sizes) / whole
    if share <= wanted:
        return ok(f"Weighed with the first, their interval is {share:.2f} wide; wanted: at most {wanted:g}")
    widest = max(further, key=lambda size: size.weight * size.width)
    return defect(
        f"the interval of all suites, by their weights, is {share:.2f} wide, wanted is at most {wanted:g}; "
        f"of {widest.name!r} {widest.told}",
        where=f"{FILE}: {widest.name}",
        mend=f"Hide about {widest.needed} there, weigh it less, or be content with more: "
        f"[check] interval = {share + 0.005:.2f}.",
    )


def in_words(size: Size, wanted: float) -> str:
    """Return what a suite's size comes to, and what it would take where it is wider than wanted by itself."""
    more = f" (by itself {wanted:g} would take about {size.needed})" if size.width > wanted else ""
    return f"{size.name}: {size.told}{more}"
