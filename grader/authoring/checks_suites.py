"""Whether further suites are what the first hidden table is: silent, without copies, with marks that are apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from grader.assignment.consistency import FILE
from grader.assignment.tables import read_table
from grader.authoring.checks_features import no_feature_tells_all, no_label_in_features
from grader.authoring.checks_files import files_are_silent
from grader.authoring.checks_marks import WHERE, marks_are_apart
from grader.authoring.checks_near import no_near_copies_in_suite
from grader.authoring.checks_order import ids_are_silent, order_is_silent
from grader.authoring.checks_outputs import size_is_silent, truth_of
from grader.authoring.checks_published import no_label_published
from grader.authoring.checks_split import no_copies_across, no_group_across
from grader.authoring.result import Finding, not_checked, ok
from grader.authoring.subject import Subject
from grader.authoring.suite_sizes import Size, in_words, size_of, size_of_output, sizes_are_enough
from grader.model import Assignment, OutputSpec, SuiteSpec

OF_TABLES: dict[str, Callable[[Subject], Finding]] = {
    "labels.in_public": no_label_published,
    "labels.in_features": no_label_in_features,
    "giveaway.id": ids_are_silent,
    "giveaway.order": order_is_silent,
    "giveaway.feature": no_feature_tells_all,
    "giveaway.files": files_are_silent,
    "split.duplicates": no_copies_across,
    "split.near_duplicates": no_near_copies_in_suite,
    "split.groups": no_group_across,
    "metric.marks": marks_are_apart,
}
OF_ROUNDS = ("metric.marks",)  # their rows are of the first suite's table, whose checks speak for them
PUBLIC = "data/public/"


@dataclass(frozen=True)
class Looked:
    """What was found of one further suite, by the check's id, and in a sentence what was left out, and why."""

    name: str
    findings: Mapping[str, Finding]
    size: Size
    left_out: str


def suites_are_sound(subject: Subject) -> Finding:
    """Look at each further suite as at the first one; return the worst that is found, the suite and the check named."""
    assignment = subject.assignment
    looked = [_suite(subject, spec) for spec in assignment.suites] + [
        _output(subject, spec) for spec in assignment.outputs
    ]
    if not looked:
        return not_checked(f"there is no suite but the first{_of_measures(assignment)}")
    size = sizes_are_enough(subject, [item.size for item in looked])
    named = [(f"suite {item.name!r}, {check}: ", found) for item in looked for check, found in item.findings.items()]
    for status in ("defect", "warning"):
        for name, finding in [*named, ("hidden.size: ", size)]:
            if finding.status == status:
                return replace(finding, what=f"{name}{finding.what}")
    told = {item.left_out: [each for each in looked if each.left_out == item.left_out] for item in looked}
    words = [f"{_sizes(subject, items)}; {left_out}" for left_out, items in told.items()]
    return ok(". ".join([*words, f"{size.what}{_of_measures(assignment)}"]))


def _suite(subject: Subject, spec: SuiteSpec) -> Looked:
    """Return what is found of a suite with tables, or rounds, of its own."""
    whole = _as_first(subject, spec)
    found = {check: look(whole) for check, look in OF_TABLES.items() if spec.features or check in OF_ROUNDS}
    kept = {
        check: replace(finding, where=f"{FILE}: suites, {spec.name}") if finding.where == WHERE else finding
        for check, finding in found.items()
        if not (check.startswith("giveaway.") and finding.where.startswith(PUBLIC))  # that is the first suite's to tell
    }
    return Looked(spec.name, kept, size_of(spec.name, spec.weight, whole), _left_out(subject, spec, found))


def _output(subject: Subject, spec: OutputSpec) -> Looked:
    """Return what is found of a suite on a further table, whose truths the check labels.in_public looks for."""
    truth = truth_of(subject, spec)
    size = size_of_output(spec, list(truth.values()), subject)
    left_out = "ids, order and features are not looked at, for what is asked is to be found in rows, under fresh keys"
    return Looked(spec.name, {"giveaway.feature": size_is_silent(subject, spec, truth)}, size, left_out)


def _sizes(subject: Subject, looked: Sequence[Looked]) -> str:
    return "; ".join(in_words(item.size, subject.assignment.check.interval) for item in looked)


def _left_out(subject: Subject, spec: SuiteSpec, found: Mapping[str, Finding]) -> str:
    if not spec.features:
        return "its rows are of the first suite's table, whose other checks speak for them"
    left = [f"{check} ({finding.what})" for check, finding in found.items() if finding.status == "not_checked"]
    if subject.assignment.split.by == "time":
        left.append("split.time (its law may take rows of any time)")
    return f"looked at as the first one, but for {' and '.join(left)}" if left else "looked at as the first one"


def _of_measures(assignment: Assignment) -> str:
    names = ", ".join(spec.name for spec in assignment.measures)
    return f"; measures of the run have no rows to look at: {names}" if names else ""


def _as_first(subject: Subject, spec: SuiteSpec) -> Subject:
    """Return the assignment as if the suite's tables, or its rounds, were its first hidden ones."""
    assignment, metric = subject.assignment, subject.assignment.metric
    baseline, reference = assignment.marks(spec.name)
    changed = assignment.model_copy(
        update={"metric": metric.model_copy(update={"baseline": baseline, "reference": reference})}
    )
    if assignment.rounds is not None:
        rounds = assignment.rounds.model_copy(update={"cutoffs": spec.cutoffs})
        return replace(subject, assignment=changed.model_copy(update={"suites": (), "rounds": rounds}))
    data = assignment.data.model_copy(update={"hidden_features": spec.features, "hidden_labels": spec.labels})
    features, labels = (
        read_table(subject.hidden / name, name=f"data/hidden/{name}") for name in (spec.features, spec.labels)
    )
    changed = changed.model_copy(update={"data": data})
    return replace(subject, assignment=changed, features=features, labels_table=labels)
