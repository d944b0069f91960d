"""What is right in the tables asked for beside the predictions, as what may stand in no public file."""

from __future__ import annotations

from dataclasses import dataclass

from grader.assignment.batches import public_names
from grader.assignment.outputs import labels_table
from grader.assignment.tables import read_table
from grader.model import Assignment


@dataclass(frozen=True)
class OutputTruth:
    """The truth of one table: `pairs` (key -> cell) where it has a column, else `listed`, the keys that belong in it.

    `place` is where an author finds it; `listed_of` are all keys that there are.
    """

    place: str
    pairs: dict[str, str]
    listed: frozenset[str] = frozenset()
    listed_of: frozenset[str] = frozenset()


def output_truths(assignment: Assignment) -> list[OutputTruth]:
    """Return what is right in each further table, once where two suites share one.

    A batch that has the name of a sample batch is left out: public files say of the other one what they say.
    Raises AssignmentError when a hidden table is missing or broken.
    """
    spec = assignment.data
    public = public_names(assignment, spec.batches) if spec.batches else frozenset()
    found: dict[tuple[str, ...], OutputTruth] = {}
    for output in assignment.outputs:
        if output.column is None:
            found[output.key,] = _without_label(assignment)
            continue
        table = labels_table(assignment, output)
        cells = zip(table.column(output.key), table.column(output.column), strict=True)
        pairs = {key: cell for key, cell in cells if key not in public}
        found[str(output.labels), output.key, output.column] = OutputTruth(f"data/hidden/{output.labels}", pairs)
    return list(found.values())


def _without_label(assignment: Assignment) -> OutputTruth:
    spec, hidden = assignment.data, assignment.root / "data" / "hidden"
    features, labels = (
        frozenset(read_table(hidden / name, name=f"data/hidden/{name}").column(spec.id))
        for name in (spec.hidden_features, spec.hidden_labels)
    )
    place = f"rows of data/hidden/{spec.hidden_features} without a label"
    return OutputTruth(place, {}, features - labels, features)
