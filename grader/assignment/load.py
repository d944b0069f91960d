"""Reading an assignment folder; whatever is wrong with it is said with file and key."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.assignment.labels import check_labels
from grader.assignment.messy import make_messy
from grader.assignment.tables import Table, read_table
from grader.errors import AssignmentError, UsageError
from grader.model import Assignment

FILE = "assignment.toml"
OURS = frozenset({"slug", "root", "digest", "data_digest"})
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def find_assignment(slug_or_path: str, roots: Sequence[Path]) -> Assignment:
    """Return the assignment in the folder given, or of that slug below the first of `roots` that has it.

    Raises UsageError naming the slugs there are, AssignmentError when the folder is wrong.
    """
    return load_assignment(find_folder(slug_or_path, roots))


def find_folder(slug_or_path: str, roots: Sequence[Path]) -> Path:
    """Return where that assignment lies, right or wrong. Raises UsageError naming the slugs there are."""
    folder = Path(slug_or_path)
    if slug_or_path and _holds_one(folder):
        return folder
    if SLUG.fullmatch(slug_or_path):
        for root in roots:
            if _holds_one(root / slug_or_path):
                return root / slug_or_path
    known = sorted({path.parent.name for root in roots for path in root.glob(f"*/{FILE}")})
    raise UsageError(f"there is no assignment {slug_or_path!r}; there are: {', '.join(known) or 'none'}")


def _holds_one(folder: Path) -> bool:
    try:
        return (folder / FILE).is_file()
    except OSError:  # a name too long for a file, a folder that may not be entered
        return False


def load_assignment(folder: Path) -> Assignment:
    """Return the validated assignment in `folder`. Raises AssignmentError naming file and key."""
    settings = _parse(folder / FILE)
    for key in sorted(OURS & settings.keys()):
        raise AssignmentError("it follows from the folder and cannot be set", path=FILE, key=key)
    try:
        assignment = Assignment.model_validate(
            {
                **settings,
                "slug": folder.resolve().name,
                "root": folder.resolve(),
                "digest": _digest(folder / FILE, *_files(folder / "data" / "public")),
                "data_digest": _digest(*_files(folder / "data" / "hidden")),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise AssignmentError(first["msg"].removeprefix("Value error, "), path=FILE, key=key) from error
    _check_metric(assignment)
    _check_tables(assignment)
    _check_examples(assignment)
    return assignment


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError(f"it cannot be read: {error}", path=FILE) from error
    except RecursionError as error:
        raise AssignmentError("it is nested too deep", path=FILE) from error
    except tomllib.TOMLDecodeError as error:
        raise AssignmentError(f"it is not valid TOML: {error}", path=FILE) from error


def _check_metric(assignment: Assignment) -> None:
    metric = assignment.metric
    if metric.reference == metric.baseline or (metric.reference > metric.baseline) != metric.higher_is_better:
        better = "above" if metric.higher_is_better else "below"
        message = f"reference {metric.reference} must lie {better} baseline {metric.baseline} for {metric.name}"
        raise AssignmentError(message, path=FILE, key="metric.reference")


def _check_tables(assignment: Assignment) -> None:
    spec, data = assignment.data, assignment.root / "data"
    public = {
        name: _table(data / "public" / name, f"data/public/{name}", (spec.id,)) for name in (spec.train, spec.test)
    }
    hidden = f"data/hidden/{spec.hidden_features}"
    features = _table(data / "hidden" / spec.hidden_features, hidden, (spec.id,))
    name = f"data/hidden/{spec.hidden_labels}"
    labels = _table(data / "hidden" / spec.hidden_labels, name, (spec.id, spec.target))
    if spec.target not in public[spec.train].columns:
        raise AssignmentError(
            f"there is no column {spec.target!r}", path=f"data/public/{spec.train}", key="data.target"
        )
    for where, table in ((hidden, features), (f"data/public/{spec.test}", public[spec.test])):
        if spec.target in table.columns:
            raise AssignmentError(
                f"it holds the target {spec.target!r}: labels stay apart", path=where, key="data.target"
            )
    if public[spec.test].columns != features.columns:
        raise AssignmentError("its columns are not those of the public test file", path=hidden)
    if set(features.column(spec.id)) != set(labels.column(spec.id)):
        raise AssignmentError("its ids are not those of the hidden features", path=name, key="data.id")
    if set(features.column(spec.id)) & set(public[spec.train].column(spec.id)):
        raise AssignmentError("some of its ids are published in the training file", path=hidden, key="data.id")
    for other in spec.other:
        if not (data / "public" / other).is_file():
            raise AssignmentError("the file is missing", path=f"data/public/{other}", key="data.other")
    _check_stress(assignment, features)
    check_labels(labels.column(spec.target), assignment)
    if (data / "public" / spec.hidden_labels).exists():
        raise AssignmentError(
            "the hidden labels' file lies in the public part", path=f"data/public/{spec.hidden_labels}"
        )


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


def _check_examples(assignment: Assignment) -> None:
    # candidates' packets and test copies come without the folder: then there is nothing to be wrong
    folder = assignment.root / "examples"
    for name in assignment.examples.order if folder.is_dir() else ():
        if not (folder / name).is_dir():
            raise AssignmentError(f"there is no folder examples/{name}", path=FILE, key="examples.order")


def _table(path: Path, name: str, needed: tuple[str, ...]) -> Table:
    table = read_table(path, name=name)
    for column in needed:
        if column not in table.columns:
            raise AssignmentError(f"there is no column {column!r}", path=name, key="data")
    ids = table.column(needed[0])
    if len(set(ids)) != len(ids):
        raise AssignmentError(f"the ids in {needed[0]!r} are not unique", path=name, key="data.id")
    return table


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            data = path.read_bytes()
            digest.update(f"{path.name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
