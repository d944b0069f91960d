"""Whether hidden rows are nearly rows of the training table: copies of them in which little was changed."""

from __future__ import annotations

from dataclasses import replace

from grader.authoring.kinds import kind_of
from grader.authoring.members import contents_of
from grader.authoring.near_copies import nearness_of, worst_of
from grader.authoring.repeated import MOST_COPIES
from grader.authoring.result import Finding, defect, ok, warning
from grader.authoring.subject import Subject


def no_near_copies_across(subject: Subject) -> Finding:
    """Find hidden rows that equal a training row but for one cell, for rounding or for how a text is written, where
    training rows are that near to each other far less often.
    """
    shared = [name for name in subject.feature_names if name in subject.train.columns]
    if not shared:
        return ok("no column is in both tables")
    public, hidden = contents_of(subject.public), contents_of(subject.hidden)
    split = subject.assignment.split
    found = nearness_of(
        {name: [public.get(cell, cell) for cell in subject.train.column(name)] for name in shared},
        {name: [hidden.get(cell, cell) for cell in subject.features.column(name)] for name in shared},
        [name for name in shared if kind_of(subject.train.column(name)) == "texts"],
        split.column if split.by == "group" and split.column in shared else "",
    )
    worst = worst_of(found)
    if worst is None:
        return ok("no more hidden rows are nearly a training row than training rows are nearly each other")
    expected = worst.expected / worst.rows
    is_dealt_by_lot = split.by != "time"  # later rows may well lie closer together
    return (defect if worst.excess > MOST_COPIES and is_dealt_by_lot else warning)(
        f"{worst.found:,} of {worst.rows:,} hidden rows ({worst.found / worst.rows:.1%}) equal a training row "
        f"{worst.how}; of the training rows {expected:.1%} equal another one so",
        where=f"data/hidden/{subject.assignment.data.hidden_features}",
        mend="Take changed copies out before the split, or keep rows that are nearly alike on one side of it.",
    )


def no_near_copies_in_suite(subject: Subject) -> Finding:
    """Look at a further suite so: where its law draws rows that lie closer together, that is no defect."""
    found = no_near_copies_across(subject)
    return replace(found, status="warning") if found.status == "defect" else found
