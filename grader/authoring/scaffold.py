"""A whole assignment made of one table: split, marks, brief, settings and two examples to start from."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.assignment import load_assignment
from grader.assignment.load import SLUG
from grader.assignment.tables import Table, write_table
from grader.authoring.checks_order import what_ids_tell
from grader.authoring.columns import numbers_of, times_of
from grader.authoring.folder_texts import Texts, write_code, write_settings, write_texts
from grader.authoring.kinds import kinds_of
from grader.authoring.reference_run import marks_in, run_reference
from grader.authoring.source import Roles, read_source
from grader.authoring.splitting import (
    HIDDEN,
    SHARES,
    TEST,
    TRAIN,
    Parts,
    by_class,
    by_group,
    by_time,
    copies_in,
    fresh_ids,
    keep_alike_together,
)
from grader.authoring.subject import Floats
from grader.authoring.task import Task, task_of
from grader.errors import AssignmentError, UsageError
from grader.model.assignment import ERRORS, MetricName
from grader.model.authoring import SplitRule

Tell = Callable[[str], None]


@dataclass(frozen=True)
class Request:
    """What an author asks for: a slug, a table, the roles of its columns, a seed, and where the folder goes."""

    slug: str
    data: Path
    roles: Roles
    seed: int
    root: Path
    metric: MetricName | None = None


def make_assignment(request: Request, home: Path, tell: Tell) -> Path:
    """Write the folder and return it; nothing is left of one that fails.

    Raises UsageError where the table cannot make an assignment, InfrastructureError without the locked environment.
    """
    target = request.root / request.slug
    if not SLUG.fullmatch(request.slug):
        raise UsageError(f"{request.slug!r} is no slug: small letters, digits and dashes, 64 at most")
    if target.exists():
        raise UsageError(f"{target} exists already", hint="Choose another slug, or remove that folder.")
    table = read_source(request.data, request.roles)
    task = task_of(table.column(request.roles.target), request.roles.target, request.metric)
    tell(f"{request.roles.target}: {task.reason} ({task.metric}).")
    request.root.mkdir(parents=True, exist_ok=True)
    workshop = Path(tempfile.mkdtemp(prefix=".new-", dir=request.root))
    try:
        folder = workshop / request.slug
        _write(folder, request, table, task, home, tell)
        folder.rename(target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return target


def _write(folder: Path, request: Request, table: Table, task: Task, home: Path, tell: Tell) -> None:
    roles, random = request.roles, np.random.default_rng(request.seed)
    rule = rule_of(roles, task)
    table = _in_order(table, roles, random)
    parts, copies = _parts(table, roles, task, rule, random)
    ids_told, table = _with_ids(table, roles, task, random)
    write_split(folder, table, roles, parts, task)
    sizes = {name: int((parts == part).sum()) for name, part in (("train", TRAIN), ("test", TEST), ("hidden", HIDDEN))}
    tell(f"{sizes['train']:,} training, {sizes['test']:,} public test and {sizes['hidden']:,} hidden rows, by {rule}.")
    train = Table(table.columns, tuple(row for row, part in zip(table.rows, parts, strict=True) if part == TRAIN))
    features = [name for name in table.columns if name not in (roles.id, roles.target)]
    texts = Texts(
        slug=request.slug,
        roles=roles,
        task=task,
        kinds=kinds_of(train, features, apart=[roles.group] if roles.group else []),
        rule=rule,
        column=roles.group or roles.time,
        seed=request.seed,
        sizes=sizes,
        features=tuple(features),
        digest=hashlib.sha256(request.data.read_bytes()).hexdigest(),
        ids_told=ids_told,
        copies_told=f" {copies} rows that others repeat stay on one side of the split." if copies else "",
        example_id=table.column(roles.id)[int(np.flatnonzero(parts == TEST)[0])],
        spread=_spread(table.column(roles.target), task),
    )
    if not texts.kinds.used:
        raise UsageError(
            f"{request.data}: no column can be given to a model: each is constant or different in every row"
        )
    write_code(folder, texts)
    write_texts(folder, texts)
    tell("Computing baseline and reference ...")
    baseline, reference = marks_in(run_reference(folder, home))
    if (reference < baseline) != (task.metric in ERRORS) or reference == baseline:
        message = f"the reference ({reference:g}) is no better than the baseline ({baseline:g}) in {task.metric}"
        hint = "These columns say little of the target: bring others, or more rows."
        raise UsageError(f"{request.data}: {message}", hint=hint)
    write_settings(folder, texts, baseline, reference)
    try:
        load_assignment(folder)
    except AssignmentError as error:
        raise UsageError(f"{request.data}: no assignment can be made of it: {error.message}") from error


def rule_of(roles: Roles, task: Task) -> SplitRule:
    """Return how rows are told apart: by time or group where one is named, by class where there are classes."""
    if roles.time:
        return "time"
    if roles.group:
        return "group"
    return "class" if task.classes else "random"


def write_split(folder: Path, table: Table, roles: Roles, parts: Parts, task: Task) -> None:
    """Write the five tables of a split, the id first and the target last."""
    features = [roles.id, *(name for name in table.columns if name not in (roles.id, roles.target))]
    public, hidden = folder / "data" / "public", folder / "data" / "hidden"
    _save(public / "train.csv", _taken(table, [*features, roles.target], parts == TRAIN))
    test = _taken(table, features, parts == TEST)
    _save(public / "test.csv", test)
    value = {"two_classes": "0.5", "classes": task.classes[0] if task.classes else "", "numbers": "0"}[task.kind]
    rows = tuple((name, value) for name in test.column(roles.id))
    _save(public / "sample_submission.csv", Table((roles.id, "prediction"), rows))
    _save(hidden / "features.csv", _taken(table, features, parts == HIDDEN))
    _save(hidden / "labels.csv", _taken(table, [roles.id, roles.target], parts == HIDDEN))


def _in_order(table: Table, roles: Roles, random: np.random.Generator) -> Table:
    """Return the rows shuffled, or in the order of their times."""
    order = random.permutation(len(table.rows))
    if roles.time:
        times = times_of(table.column(roles.time))
        order = order if times is None else np.argsort(times, kind="stable")
    return Table(table.columns, tuple(table.rows[row] for row in order))


def _parts(table: Table, roles: Roles, task: Task, rule: SplitRule, random: np.random.Generator) -> tuple[Parts, int]:
    """Return each row's part, and how many copies were kept beside what they repeat."""
    labels = table.column(roles.target)
    if rule == "time":
        times = times_of(table.column(roles.time))
        if times is not None:
            return by_time(times, SHARES), 0
    if rule == "group":
        return by_group(table.column(roles.group), _ranks(labels, task), SHARES, random), 0
    parts = by_class(labels if task.classes else ["all"] * len(labels), SHARES, random)
    places = [place for place, name in enumerate(table.columns) if name not in (roles.id, roles.target)]
    contents = [tuple(row[place] for place in places) for row in table.rows]
    copies = copies_in(contents)
    # where most rows are alike, as with a few categories, keeping them together would leave no split
    return (keep_alike_together(parts, contents), copies) if copies <= len(contents) / 5 else (parts, 0)


def _with_ids(table: Table, roles: Roles, task: Task, random: np.random.Generator) -> tuple[str, Table]:
    """Return what was done to the ids, in words, and the table: with fresh ones where the given ones tell anything."""
    ids, labels = table.column(roles.id), table.column(roles.target)
    said = what_ids_tell(ids, _targets(labels, task), in_time=bool(roles.time))
    if not said:
        return "The ids are those of the table.", table
    fresh, place = fresh_ids(ids, random), table.columns.index(roles.id)
    rows = tuple((*row[:place], name, *row[place + 1 :]) for row, name in zip(table.rows, fresh, strict=True))
    return f"The ids are fresh: of the given ones {said}.", Table(table.columns, rows)


def _targets(labels: list[str], task: Task) -> list[Floats]:
    if task.kind == "numbers":
        return [_ranks(labels, task)]
    wanted = task.classes[1:] if task.kind == "two_classes" else task.classes
    return [np.array([float(label == name) for label in labels]) for name in wanted]


def _ranks(labels: list[str], task: Task) -> Floats:
    """Return a number a row that grows with the target: its rank, or its class's place."""
    numbers = numbers_of(labels) if task.kind == "numbers" else None
    if numbers is None:
        return np.array([float(task.classes.index(label)) for label in labels])
    return np.asarray(np.unique(numbers, return_inverse=True)[1], dtype=np.float64)


def _spread(labels: list[str], task: Task) -> float:
    numbers = numbers_of(labels) if task.kind == "numbers" else None
    return float(numbers.std()) if numbers is not None else 0.0


def _taken(table: Table, columns: list[str], rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Table:
    places = [table.columns.index(name) for name in columns]
    kept = (row for row, wanted in zip(table.rows, rows, strict=True) if wanted)
    return Table(tuple(columns), tuple(tuple(row[place] for place in places) for row in kept))


def _save(path: Path, table: Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(write_table(table))
