"""Whether the hidden rows are others than the public ones: no copies, no group on both sides, none earlier."""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment.tables import Table
from grader.authoring.columns import times_of
from grader.authoring.members import contents_of
from grader.authoring.repeated import MOST_COPIES
from grader.authoring.result import Finding, defect, not_checked, ok, warning
from grader.authoring.subject import Subject


def no_copies_across(subject: Subject) -> Finding:
    """Find hidden rows whose features, files they name included, are those of a published training row."""
    spec = subject.assignment.data
    shared = [name for name in subject.feature_names if name in subject.train.columns]
    public = set(_rows(subject.train, shared, contents_of(subject.public)))
    hidden = _rows(subject.features, shared, contents_of(subject.hidden))
    copies = sum(row in public for row in hidden)
    if not copies:
        return ok(f"{len(hidden):,} hidden rows")
    share = copies / len(hidden)
    return (defect if share > MOST_COPIES else warning)(
        f"{copies:,} of {len(hidden):,} hidden rows ({share:.1%}) have the features of a training row: "
        "their labels can be looked up",
        where=f"data/hidden/{spec.hidden_features}",
        mend="Drop duplicates before the split, or keep those that are alike on one side of it.",
    )


def no_group_across(subject: Subject) -> Finding:
    """Find groups of the split's column that have rows on both sides."""
    split, spec = subject.assignment.split, subject.assignment.data
    if split.by != "group":
        return not_checked("the split is not by group")
    missing = _lacking(subject)
    if missing:
        return missing
    public = {*subject.train.column(split.column), *subject.test.column(split.column)}
    both = sorted(public & set(subject.features.column(split.column)))
    if not both:
        return ok(f"{len(set(subject.features.column(split.column))):,} hidden groups, none of them public")
    more = f" and {len(both) - 3} more" if len(both) > 3 else ""
    return defect(
        f"groups of {split.column!r} with public and hidden rows: {', '.join(both[:3])}{more}",
        where=f"data/hidden/{spec.hidden_features}: {split.column}",
        mend="Split by whole groups: `grader assignment reseed` draws the split anew.",
    )


def no_time_backwards(subject: Subject) -> Finding:
    """Find hidden rows that are not later than every training row, where the split is by time."""
    split, spec = subject.assignment.split, subject.assignment.data
    if split.by != "time":
        return not_checked("the split is not by time")
    missing = _lacking(subject)
    if missing:
        return missing
    public, hidden = (times_of(table.column(split.column)) for table in (subject.train, subject.features))
    if public is None or hidden is None:
        where = spec.train if public is None else spec.hidden_features
        return defect(
            f"a cell of {split.column!r} is neither a number nor an ISO date",
            where=where,
            mend="Write times as 2026-01-31 or 2026-01-31T12:00:00.",
        )
    early = int((hidden <= public.max()).sum())
    if not early:
        return ok(f"{len(hidden):,} hidden rows, all later than the training rows")
    return defect(
        f"time goes backwards: {early:,} of {len(hidden):,} hidden rows are not later than the last training row",
        where=f"data/hidden/{spec.hidden_features}: {split.column}",
        mend="Cut at one point in time: what is before it is public, what is after it hidden.",
    )


def _lacking(subject: Subject) -> Finding | None:
    column = subject.assignment.split.column
    for table in (subject.train, subject.test, subject.features):
        if column not in table.columns:
            return defect(
                f"the column {column!r} is not in every table",
                where="assignment.toml: split.column",
                mend="Name the column that the split was made by, and keep it in all tables.",
            )
    return None


def _rows(table: Table, columns: Sequence[str], contents: dict[str, str]) -> list[tuple[str, ...]]:
    """Return the cells of `columns`; those that name a file are replaced by what the file holds."""
    places = [table.columns.index(name) for name in columns]
    return [tuple(contents.get(row[place], row[place]) for place in places) for row in table.rows]
