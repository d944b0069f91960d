"""The checks in their order: each a pure function from the assignment under proof to a finding, under a stable id."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from grader.assignment import load_assignment
from grader.authoring.checks_brief import brief_agrees
from grader.authoring.checks_examples import CLEAR, ORDER, UNSCORED, every_example_is_named
from grader.authoring.checks_features import no_feature_tells_all, no_label_in_features
from grader.authoring.checks_files import files_are_silent
from grader.authoring.checks_marks import hidden_set_is_large_enough, marks_are_apart
from grader.authoring.checks_near import no_near_copies_across
from grader.authoring.checks_order import ids_are_silent, order_is_silent
from grader.authoring.checks_published import nothing_hidden_published
from grader.authoring.checks_reference import REPRODUCED
from grader.authoring.checks_shares import shares_are_told
from grader.authoring.checks_split import no_copies_across, no_group_across, no_time_backwards
from grader.authoring.checks_suites import suites_are_sound
from grader.authoring.checks_texts import texts_are_finished
from grader.authoring.result import CheckResult, Finding, defect, not_checked, ok, result
from grader.authoring.subject import Subject, read_subject
from grader.errors import AssignmentError

SCHEMA, DIRECTION = "schema", "metric.direction"


class Check(NamedTuple):
    """One check: its id, what holds where it passes, and the function."""

    id: str
    title: str
    look: Callable[[Subject], Finding]


FIRST = {
    SCHEMA: "Settings and tables can be read and fit each other",
    DIRECTION: "The reference is better than the baseline, as the metric counts",
}
CHECKS = (
    Check("labels.in_public", "No hidden label stands in what candidates get", nothing_hidden_published),
    Check("labels.in_features", "No column of the hidden features holds the labels", no_label_in_features),
    Check("giveaway.id", "Ids say nothing of the target", ids_are_silent),
    Check("giveaway.order", "The order of the rows says nothing of the target", order_is_silent),
    Check("giveaway.feature", "No single feature gives the target away", no_feature_tells_all),
    Check("giveaway.files", "Files' names, times and metadata say nothing of the target", files_are_silent),
    Check("split.duplicates", "Hidden rows are no copies of training rows", no_copies_across),
    Check("split.near_duplicates", "Hidden rows are not nearly training rows", no_near_copies_across),
    Check("split.groups", "No group has public and hidden rows", no_group_across),
    Check("split.time", "Hidden rows are later than all training rows", no_time_backwards),
    Check("metric.marks", "Baseline and reference differ by more than noise", marks_are_apart),
    Check("hidden.size", "The hidden set is large enough for the interval wanted", hidden_set_is_large_enough),
    Check("suites", "Further suites are as sound as the first", suites_are_sound),
    Check("examples.named", "Every example is named in the settings", every_example_is_named),
    Check("texts", "Brief and source are written", texts_are_finished),
    Check("texts.brief", "The brief says what settings and tables say", brief_agrees),
    Check("texts.shares", "The brief states the share of every part", shares_are_told),
)


def _accepted(subject: Subject) -> Finding:
    """Find ids in check.accept that no check has; what the loader refuses cannot be accepted either."""
    known = {item.id for item in CHECKS} | {ORDER[0], CLEAR[0], UNSCORED[0], REPRODUCED[0]}
    unknown = sorted(subject.assignment.check.accept.keys() - known)
    if not unknown:
        return ok()
    where, mend = "assignment.toml: check.accept", f"Name one of: {', '.join(sorted(known))}."
    return defect(f"there is no check {unknown[0]!r} whose finding could be accepted", where=where, mend=mend)


def check_folder(folder: Path) -> tuple[Subject | None, list[CheckResult]]:
    """Return the assignment under proof, None where it cannot be read, and the findings of all pure checks."""
    try:
        subject = read_subject(load_assignment(folder))
    except AssignmentError as error:
        return None, list(_unreadable(error))
    accepted = subject.assignment.check.accept
    findings = {SCHEMA: _accepted(subject), DIRECTION: ok()}
    first = [result(name, title, findings[name], {}) for name, title in FIRST.items()]
    return subject, [*first, *(result(item.id, item.title, item.look(subject), accepted) for item in CHECKS)]


def _unreadable(error: AssignmentError) -> Iterator[CheckResult]:
    """Yield the loader's refusal under the id that it belongs to; the rest could not be looked at."""
    wrong = DIRECTION if error.key == "metric.reference" else SCHEMA
    if wrong == DIRECTION:
        mend = "Swap the two marks, or choose the metric that counts the other way; reference.py prints them."
    else:
        mend = error.hint or "Mend what is named; docs/reference/assignment.md has every key."
    where = f"{error.path}: {error.key}" if error.key else str(error.path)
    told = error.message.removeprefix(f"{where}: ").removeprefix(f"{error.path}: ")
    for name, title in (*FIRST.items(), *((item.id, item.title) for item in CHECKS)):
        finding = defect(told, where=where, mend=mend) if name == wrong else not_checked("the folder cannot be read")
        yield result(name, title, ok() if (name, wrong) == (SCHEMA, DIRECTION) else finding, {})
