"""The deal of an assignment whose hidden rows come as a stream of batches."""

from __future__ import annotations

from grader.assignment.batches import deal_batches
from grader.assignment.cards import mac
from grader.assignment.fresh_ids import fresh_ids, letters_of
from grader.assignment.hidden import hidden_of
from grader.assignment.outputs import truths_of
from grader.assignment.tables import FileStamp, read_kept
from grader.model import Assignment, BatchesSpec, Deal


def deal_stream(assignment: Assignment, spec: BatchesSpec, run_id: str) -> Deal:
    """Return the files a run is given and, apart from them, the ids that have a label, with it, and what is right in
    the other tables. Raises AssignmentError when a table is missing or broken.
    """
    data, public, hidden = assignment.data, assignment.root / "data" / "public", hidden_of(assignment)
    features, labels = hidden.iid.features, hidden.iid.labels
    old = list(dict.fromkeys(features.column(data.id)))
    published = read_kept(FileStamp.of(public / data.train, data.train)).column(data.id)
    fresh = fresh_ids(hidden.key, run_id, old, {*published, *old}, letters_of(old[0]))
    batches, names = deal_batches(assignment, spec, features, (hidden.key, run_id), fresh)
    truth = dict(zip(labels.column(data.id), labels.column(data.target), strict=True))
    rows = [(place, name) for place, name in enumerate(old) if name in truth]
    rows.sort(key=lambda row: mac(hidden.key, run_id, "order", row[1]))
    return Deal(
        files={**{name: (public / name).read_bytes() for name in (data.train, data.test, *data.other)}, **batches},
        ids=tuple(fresh[name] for _, name in rows),
        labels=tuple(truth[name] for _, name in rows),
        rows=tuple(place for place, _ in rows),
        truths=truths_of(assignment, truth.keys(), fresh, names),
    )
