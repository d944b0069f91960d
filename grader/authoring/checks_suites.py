"""Whether further suites are what the first hidden table is: silent, without copies, with marks that are apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from grader.assignment.tables import read_table
from grader.authoring.checks_features import no_label_in_features
from grader.authoring.checks_marks import marks_are_apart
from grader.authoring.checks_order import ids_are_silent, order_is_silent
from grader.authoring.checks_published import no_label_published
from grader.authoring.checks_split import no_copies_across
from grader.authoring.result import Finding, not_checked, ok
from grader.authoring.subject import Subject
from grader.model import SuiteSpec

LOOKS: tuple[Callable[[Subject], Finding], ...] = (
    no_label_published,
    no_label_in_features,
    ids_are_silent,
    order_is_silent,
    no_copies_across,
    marks_are_apart,
)


def suites_are_sound(subject: Subject) -> Finding:
    """Look at each further suite's tables as at the first one's; return the worst that is found, the suite named."""
    suites = [spec for spec in subject.assignment.suites if spec.features]
    if not suites:
        return not_checked("there is no further suite with tables of its own")
    found = [finding for spec in suites for finding in _looked_at(subject, spec)]
    for status in ("defect", "warning"):
        first = next((finding for finding in found if finding.status == status), None)
        if first is not None:
            return first
    return ok(", ".join(spec.name for spec in suites))


def _looked_at(subject: Subject, spec: SuiteSpec) -> Iterator[Finding]:
    whole = _as_first(subject, spec)
    for look in LOOKS:
        finding = look(whole)
        yield replace(finding, what=f"suite {spec.name!r}: {finding.what}")


def _as_first(subject: Subject, spec: SuiteSpec) -> Subject:
    """Return the assignment as if the suite's tables were its first hidden ones."""
    assignment = subject.assignment
    data = assignment.data.model_copy(update={"hidden_features": spec.features, "hidden_labels": spec.labels})
    metric = assignment.metric
    if spec.baseline is not None and spec.reference is not None:
        metric = metric.model_copy(update={"baseline": spec.baseline, "reference": spec.reference})
    features, labels = (
        read_table(subject.hidden / name, name=f"data/hidden/{name}") for name in (spec.features, spec.labels)
    )
    changed = assignment.model_copy(update={"data": data, "metric": metric})
    return replace(subject, assignment=changed, features=features, labels_table=labels)
