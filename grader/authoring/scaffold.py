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
from grader.assignment.tables import Table
from grader.authoring.columns import numbers_of
from grader.authoring.folder_texts import Texts, write_code, write_settings, write_texts
from grader.authoring.kinds import kinds_of
from grader.authoring.reference_run import marks_in, run_reference
from grader.authoring.source import Roles, read_source
from grader.authoring.split_table import SplitTable, split_table, write_split
from grader.authoring.splitting import TEST, TRAIN
from grader.authoring.task import Task, task_of
from grader.errors import AssignmentError, UsageError
from grader.model.assignment import ERRORS, MetricName

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
    try:
        request.root.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".new-", dir=request.root))
    except OSError as error:
        raise UsageError(f"--output {request.root} cannot be written to: {error.strerror}") from error
    try:
        _write(workshop / request.slug, request, table, task, home, tell)
        (workshop / request.slug).rename(target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return target


def _write(folder: Path, request: Request, table: Table, task: Task, home: Path, tell: Tell) -> None:
    split = split_table(table, request.roles, task, np.random.default_rng(request.seed))
    sizes = split.sizes
    told = f"{sizes['train']:,} training, {sizes['test']:,} public test and {sizes['hidden']:,} hidden rows"
    tell(f"{told}, by {split.rule}.")
    texts = _texts(request, split, task)
    write_split(folder, split, request.roles, task)
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


def _texts(request: Request, split: SplitTable, task: Task) -> Texts:
    """Return what is known when the texts are written. Raises UsageError where no column is of use to a model."""
    roles = request.roles
    features = [name for name in split.table.columns if name not in (roles.id, roles.target)]
    kinds = kinds_of(split.part(TRAIN), features, apart=[roles.group] if roles.group else [])
    if not kinds.used:
        message = "no column can be given to a model: each is constant, or different in every row"
        raise UsageError(f"{request.data}: {message}")
    numbers = numbers_of(split.table.column(roles.target)) if task.kind == "numbers" else None
    return Texts(
        slug=request.slug,
        roles=roles,
        task=task,
        kinds=kinds,
        rule=split.rule,
        column=roles.group or roles.time,
        seed=request.seed,
        sizes=split.sizes,
        features=tuple(features),
        digest=hashlib.sha256(request.data.read_bytes()).hexdigest(),
        ids_told=split.ids_told,
        copies_told=split.copies_told,
        example_id=split.part(TEST).column(roles.id)[0],
        spread=0.0 if numbers is None else float(numbers.std()),
    )
