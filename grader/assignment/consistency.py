"""Whether what assignment.toml says and the tables of the folder fit each other; what does not is named."""

from __future__ import annotations

import zlib
from pathlib import Path

from grader.assignment.check_outputs import check_outputs
from grader.assignment.images import check_images
from grader.assignment.labels import check_labels
from grader.assignment.messy import make_messy
from grader.assignment.rounds import judged_rows
from grader.assignment.rounds_checks import check_rounds
from grader.assignment.tables import Table, read_table
from grader.assignment.twins import make_twins
from grader.errors import AssignmentError
from grader.model import Assignment, SliceSpec
from grader.model.suites import IID

FILE = "assignment.toml"
LEAST_IN_SLICE = 10


def check_metric(assignment: Assignment) -> None:
    """Raise AssignmentError where a suite's or subgroup's reference is not the better one of its two marks."""
    metric = assignment.metric
    for where, (baseline, reference) in _marks(assignment).items():
        if reference == baseline or (reference > baseline) != metric.higher_is_better:
            better = "above" if metric.higher_is_better else "below"
            message = f"reference {reference} must lie {better} baseline {baseline} for {metric.name}"
            raise AssignmentError(message, path=FILE, key=f"{where}.reference")


def _marks(assignment: Assignment) -> dict[str, tuple[float, float]]:
    """Return the marks in force, by the table of the settings that has them."""
    messy = assignment.rounds.messy if assignment.rounds else assignment.stress
    own = {f"slices.{part.name}": part.marks for part in assignment.slices}
    own["rounds.messy" if assignment.rounds else "stress"] = messy.marks if messy else None
    suites = {f"suites.{spec.name}": assignment.marks(spec.name) for spec in assignment.suites}
    return {"metric": assignment.marks(IID), **suites, **{where: marks for where, marks in own.items() if marks}}


def check_tables(assignment: Assignment) -> None:
    """Raise AssignmentError naming file and key where the tables do not fit the settings or each other."""
    spec, data = assignment.data, assignment.root / "data"
    public = {
        name: _table(data / "public" / name, f"data/public/{name}", (spec.id,)) for name in (spec.train, spec.test)
    }
    if spec.target not in public[spec.train].columns:
        raise AssignmentError(
            f"there is no column {spec.target!r}", path=f"data/public/{spec.train}", key="data.target"
        )
    _check_apart(public[spec.test], f"data/public/{spec.test}", spec.target)
    features, labels = _suite(assignment, spec.hidden_features, spec.hidden_labels, public)
    if assignment.rounds:
        check_rounds(assignment, assignment.rounds, public[spec.train], features)
    for suite in assignment.suites:
        if suite.features:
            _suite(assignment, suite.features, suite.labels, public)
    check_outputs(assignment, features, labels)
    for other in spec.other:
        if not (data / "public" / other).is_file():
            raise AssignmentError("the file is missing", path=f"data/public/{other}", key="data.other")
    if assignment.split.export and not (assignment.root / "export.py").is_file():
        raise AssignmentError("there is no export.py to make the data anew", path=FILE, key="split.export")
    check_images(assignment)
    _check_stress(assignment, features)
    if assignment.twins:
        make_twins(features, assignment.twins, lambda purpose, below: zlib.crc32(purpose.encode()) % below)
    for part in assignment.slices:
        _check_slice(assignment, part, features, labels)
    for name in (spec.hidden_labels, *(suite.labels for suite in assignment.suites if suite.labels)):
        if (data / "public" / name).exists():
            raise AssignmentError("the hidden labels' file lies in the public part", path=f"data/public/{name}")


def _suite(assignment: Assignment, features_file: str, labels_file: str, public: dict[str, Table]) -> tuple[Table, ...]:
    """Return one suite's features and labels, which fit each other and the public tables."""
    spec, folder = assignment.data, assignment.root / "data" / "hidden"
    where, name = f"data/hidden/{features_file}", f"data/hidden/{labels_file}"
    features = _table(folder / features_file, where, (spec.id,), unique=spec.batches is None)
    labels = _table(folder / labels_file, name, (spec.id, spec.target))
    _check_apart(features, where, spec.target)
    observed = assignment.rounds.observed if assignment.rounds else ()
    dealt = tuple(name for name in features.columns if name not in observed)
    if spec.batches is None and public[spec.test].columns != dealt:
        message = "its columns are not those of the public test file"
        message += " and rounds.observed" if observed else ""
        raise AssignmentError(message, path=where)
    unlabelled = set(features.column(spec.id)) - set(labels.column(spec.id))
    unknown = set(labels.column(spec.id)) - set(features.column(spec.id))
    if unknown or (unlabelled and not assignment.contract.partial):
        raise AssignmentError("its ids are not those of the hidden features", path=name, key="data.id")
    if set(features.column(spec.id)) & set(public[spec.train].column(spec.id)):
        raise AssignmentError("some of its ids are published in the training file", path=where, key="data.id")
    check_labels(labels.column(spec.target), assignment, name)
    return features, labels


def _check_apart(table: Table, where: str, target: str) -> None:
    if target in table.columns:
        raise AssignmentError(f"it holds the target {target!r}: labels stay apart", path=where, key="data.target")


def _check_slice(assignment: Assignment, part: SliceSpec, features: Table, labels: Table) -> None:
    key, spec = f"slices.{part.name}", assignment.data
    if part.column not in features.columns:
        raise AssignmentError(f"there is no column {part.column!r} in the hidden features", path=FILE, key=key)
    truth = dict(zip(labels.column(spec.id), labels.column(spec.target), strict=True))
    chosen = zip(features.column(spec.id), features.column(part.column), strict=True)
    judged = judged_rows(assignment, features)
    found = [truth[name] for place, (name, cell) in enumerate(chosen) if place in judged and part.holds(cell)]
    if len(found) < LEAST_IN_SLICE:
        message = f"it holds {len(found):,} hidden rows, and needs {LEAST_IN_SLICE}"
        raise AssignmentError(message, path=FILE, key=key)
    if spec.classes and len(set(found)) == 1:
        raise AssignmentError(f"all its hidden rows are of the class {found[0]!r}", path=FILE, key=key)


def _check_stress(assignment: Assignment, features: Table) -> None:
    spec = assignment.stress
    if spec.messy_rows:
        make_messy(features, assignment.data.id, len(spec.kinds), spec.kinds, lambda _purpose, _below: 0)
    if spec.messy_file:
        name = f"data/hidden/{spec.messy_file}"
        own = _table(assignment.root / "data" / "hidden" / spec.messy_file, name, (assignment.data.id,))
        if own.columns != features.columns:
            raise AssignmentError(
                "its columns are not those of the hidden features", path=name, key="stress.messy_file"
            )


def _table(path: Path, name: str, needed: tuple[str, ...], *, unique: bool = True) -> Table:
    table = read_table(path, name=name)
    for column in needed:
        if column not in table.columns:
            raise AssignmentError(f"there is no column {column!r}", path=name, key="data")
    ids = table.column(needed[0])
    if unique and len(set(ids)) != len(ids):
        raise AssignmentError(f"the ids in {needed[0]!r} are not unique", path=name, key="data.id")
    return table
