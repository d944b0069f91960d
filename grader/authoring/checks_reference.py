"""Whether the folder's own code computes every mark that its settings state."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from grader.assignment.consistency import FILE
from grader.authoring.printed_settings import OF_SUITES, Printed, name_of, printed_settings, stated_marks
from grader.authoring.reference_run import REFERENCE, run_reference
from grader.authoring.result import Finding, defect, ok, warning
from grader.authoring.subject import Subject
from grader.errors import AssignmentError
from grader.model import Assignment
from grader.model.suites import MESSY

REPRODUCED = ("metric.reproduced", "reference.py computes the marks")
LEAST_DIGITS = 3


class Mark(NamedTuple):
    """A number of one suite or output, as the settings have it, and as it is printed, empty where it is not."""

    suite: str
    key: str
    stated: str
    printed: str

    @property
    def name(self) -> str:
        """What stands before it where it is printed."""
        return name_of(self.suite, self.key)


def marks_are_reproduced(subject: Subject, home: Path) -> Finding:
    """Run reference.py and compare what it prints with each mark. Raises InfrastructureError without environment."""
    root = subject.assignment.root
    if not (root / REFERENCE).is_file():
        return defect("nothing computes the marks", where=REFERENCE, mend="Write it: it prints baseline and reference.")
    try:
        printed = printed_settings(run_reference(root, home))
    except AssignmentError as error:
        return defect(error.message, where=REFERENCE, mend="Mend it: it runs in the locked environment, by itself.")
    return compared(subject.assignment, (root / FILE).read_text(encoding="utf-8"), printed)


def compared(assignment: Assignment, settings: str, printed: Printed) -> Finding:
    """Find marks of the settings' text that are printed otherwise, and those that are not printed."""
    marks = [
        Mark(suite, key, stated, printed.get((suite, key), ""))
        for (suite, key), stated in {**stated_marks(settings), **_taken_from_elsewhere(assignment, printed)}.items()
    ]
    differing = [mark for mark in marks if mark.printed and not agree(mark.stated, mark.printed)]
    missing = [mark for mark in marks if not mark.printed]
    if differing:
        told = "; ".join(f"{mark.name} is {mark.stated}, it prints {mark.printed} ({_by(mark)})" for mark in differing)
        where = f"{FILE}: {', '.join(mark.name for mark in differing)}"
        return defect(told, where=where, mend=f"Put what {REFERENCE} prints into {FILE}, or mend {REFERENCE}.")
    if missing:
        told = " and ".join(f"`{mark.name} {mark.stated}`" for mark in missing)
        make = defect if any(mark.key in OF_SUITES for mark in missing) else warning
        mend = f"Let it compute and print what {FILE} states, in lines such as `{missing[0].name} NUMBER`."
        return make(f"it does not print {told}: nothing proves that", where=REFERENCE, mend=mend)
    told = ", ".join(f"{mark.name} {mark.stated}" for mark in marks)
    return ok("; ".join([told, *_not_proven(assignment)]))


def agree(stated: str, printed: str) -> bool:
    """Return whether two numbers are one, to the fewer decimals that they are written with, but at least three digits.

    The last decimal may differ by one, as rounding and processors have it.
    """
    one, other = Decimal(stated), Decimal(printed)
    if one == other:
        return True
    last = max(int(number.as_tuple().exponent) for number in (one, other))
    first = max(one.adjusted(), other.adjusted())
    return first - last + 1 >= LEAST_DIGITS and abs(one - other) <= Decimal(1).scaleb(last)


def _taken_from_elsewhere(assignment: Assignment, printed: Printed) -> dict[tuple[str, str], str]:
    """Return the marks that are in force for a suite or output without being stated there, where they are printed."""
    found: dict[tuple[str, str], str] = {}
    messy = assignment.rounds.messy if assignment.rounds else None
    own = {spec.name: spec.baseline for spec in assignment.suites} | ({MESSY: messy.baseline} if messy else {})
    for name in (name for name, baseline in own.items() if baseline is None):
        found |= _marks(name, *assignment.marks(name))
    for output in assignment.outputs:
        both = _marks(output.name, output.baseline, output.reference)
        found |= {place: mark for place, mark in both.items() if place[1] not in output.model_fields_set}
    return {place: mark for place, mark in found.items() if place in printed}


def _marks(suite: str, baseline: float, reference: float) -> dict[tuple[str, str], str]:
    return {(suite, "baseline"): repr(baseline), (suite, "reference"): repr(reference)}


def _by(mark: Mark) -> str:
    difference = Decimal(mark.printed) - Decimal(mark.stated)
    return f"{abs(difference):f} {'more' if difference > 0 else 'less'}"


def _not_proven(assignment: Assignment) -> Iterator[str]:
    """Say which marks no script computes."""
    if assignment.measures:
        names = ", ".join(spec.name for spec in assignment.measures)
        yield f"not proven, being what the author asks of time and memory: {names}"
