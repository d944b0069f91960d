"""Whether the folder's own code computes the marks that its settings state."""

from __future__ import annotations

from pathlib import Path

from grader.authoring.reference_run import REFERENCE, is_printed, run_reference
from grader.authoring.result import Finding, defect, ok
from grader.authoring.subject import Subject
from grader.errors import AssignmentError

REPRODUCED = ("metric.reproduced", "reference.py computes the marks")


def marks_are_reproduced(subject: Subject, home: Path) -> Finding:
    """Run reference.py and find marks that it does not print. Raises InfrastructureError without the environment."""
    metric = subject.assignment.metric
    if not (subject.assignment.root / REFERENCE).is_file():
        return defect("nothing computes the marks", where=REFERENCE, mend="Write it: it prints baseline and reference.")
    try:
        printed = run_reference(subject.assignment.root, home)
    except AssignmentError as error:
        return defect(error.message, where=REFERENCE, mend="Mend it: it runs in the locked environment, by itself.")
    missing = [
        f"{name} {value:g}"
        for name, value in (("baseline", metric.baseline), ("reference", metric.reference))
        if not is_printed(value, printed)
    ]
    if not missing:
        return ok(f"baseline {metric.baseline:g}, reference {metric.reference:g}")
    return defect(
        f"it does not print {' and '.join(missing)}",
        where=REFERENCE,
        mend="Run it, and put what it prints into assignment.toml: metric.baseline and metric.reference.",
    )
