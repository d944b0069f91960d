"""What is right in the tables that a work writes beside its predictions, under the keys of one run."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from grader.assignment.tables import FileStamp, Table, read_kept
from grader.model import Assignment, OutputSpec


def truths_of(
    assignment: Assignment, labelled: Collection[str], ids: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, dict[str, bool]]:
    """Return for each suite on another table which of its fresh keys are positive.

    `ids` and `names` have the fresh ids of rows and names of files; `labelled` are the rows, by their hidden ids, that
    have a label. Raises AssignmentError when a table of labels is missing or broken.
    """
    found = {}
    for spec in assignment.outputs:
        if spec.column is None:
            found[spec.name] = {fresh: name not in labelled for name, fresh in ids.items()}
            continue
        fresh_keys = ids if spec.key == assignment.data.id else names
        said = positives(spec, labels_table(assignment, spec))
        found[spec.name] = {fresh_keys[key]: is_positive for key, is_positive in said.items()}
    return found


def labels_table(assignment: Assignment, spec: OutputSpec) -> Table:
    """Return the table of a suite's labels. Raises AssignmentError when it is missing or broken."""
    path = assignment.root / "data" / "hidden" / str(spec.labels)
    return read_kept(FileStamp.of(path, f"data/hidden/{spec.labels}"))


def positives(spec: OutputSpec, table: Table) -> dict[str, bool]:
    """Return of each key whether it is positive."""
    cells = zip(table.column(spec.key), table.column(str(spec.column)), strict=True)
    return {key: cell == spec.positive for key, cell in cells}
