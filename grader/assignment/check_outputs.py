"""Whether batches and further tables are what they are said to be, before anything is run."""

from __future__ import annotations

from grader.assignment.batches import batches_in, broken_files, public_names
from grader.assignment.outputs import labels_table, positives
from grader.assignment.tables import Table
from grader.errors import AssignmentError
from grader.model import Assignment, BatchesSpec, OutputSpec

FILE = "assignment.toml"
PREDICTIONS = "predictions.csv"


def check_outputs(assignment: Assignment, features: Table, labels: Table) -> None:
    """Raise AssignmentError naming file and key where a stream, or a suite on a further table, cannot be judged."""
    identity, spec = assignment.data.id, assignment.data.batches
    ids, labelled = frozenset(features.column(identity)), frozenset(labels.column(identity))
    names = _check_batches(assignment, spec, features) if spec else frozenset()
    for output in assignment.outputs:
        if output.file == PREDICTIONS:
            raise AssignmentError(f"{PREDICTIONS} is judged by [metric]", path=FILE, key="outputs.file")
        known = _keys_of(assignment, output, names, ids)
        truth = {name: name not in labelled for name in ids} if output.column is None else _labels(assignment, output)
        if truth.keys() != known:
            message = f"its keys are not those of {'the hidden rows' if known is ids else 'the hidden files'}"
            raise AssignmentError(message, path=f"data/hidden/{output.labels}", key="outputs.labels")
        if set(truth.values()) != {True, False}:
            message = f"suite {output.name!r} has no {'negative' if True in truth.values() else 'positive'} key"
            raise AssignmentError(message, path=FILE, key="outputs.positive")


def _check_batches(assignment: Assignment, spec: BatchesSpec, features: Table) -> frozenset[str]:
    """Return the names of all hidden files."""
    path = f"data/hidden/{assignment.data.hidden_features}"
    if spec.column not in features.columns:
        raise AssignmentError(f"there is no column {spec.column!r}", path=path, key="data.batches.column")
    batches, broken = batches_in(features, spec), broken_files(assignment, spec)
    public_names(assignment, spec)
    _check_repeats(features, assignment.data.id, path)
    if both := sorted(batches.keys() & broken.keys()):
        message = f"{both[0]!r} is the name of a batch in {assignment.data.hidden_features} too"
        raise AssignmentError(message, path=f"data/hidden/{spec.broken}", key="data.batches.broken")
    return frozenset((*batches, *broken))


def _check_repeats(features: Table, identity: str, path: str) -> None:
    """Refuse a row that comes a second time with other cells: nobody could say which is meant."""
    place = features.columns.index(identity)
    first: dict[str, tuple[str, ...]] = {}
    for row in features.rows:
        if first.setdefault(row[place], row) != row:
            message = f"a row of {identity!r} comes a second time with other cells, or in another batch"
            raise AssignmentError(message, path=path, key="data.id")


def _keys_of(assignment: Assignment, spec: OutputSpec, names: frozenset[str], ids: frozenset[str]) -> frozenset[str]:
    if spec.key == assignment.data.id:
        return ids
    batches = assignment.data.batches
    if batches is None or spec.key != batches.column or spec.column is None:
        wanted = f"data.id ({assignment.data.id!r})" + (", or with a column data.batches.column" if batches else "")
        raise AssignmentError(f"key {spec.key!r} is not {wanted}", path=FILE, key="outputs.key")
    return names


def _labels(assignment: Assignment, spec: OutputSpec) -> dict[str, bool]:
    table, path = labels_table(assignment, spec), f"data/hidden/{spec.labels}"
    for column in (spec.key, str(spec.column)):
        if column not in table.columns:
            raise AssignmentError(f"there is no column {column!r}", path=path, key="outputs.labels")
    keys = table.column(spec.key)
    if len(set(keys)) != len(keys):
        raise AssignmentError(f"the keys in {spec.key!r} are not unique", path=path, key="outputs.key")
    return positives(spec, table)
