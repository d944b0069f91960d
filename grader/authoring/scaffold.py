"""A whole assignment made of one table: split, marks, brief, settings and two examples to start from."""

from __future__ import annotations

import hashlib
import math
import shlex
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from grader.assignment import load_assignment
from grader.assignment.load import SLUG
from grader.authoring.checks_features import columns_that_tell
from grader.authoring.columns import numbers_of
from grader.authoring.folder_texts import Texts, write_code, write_settings, write_texts
from grader.authoring.kinds import kinds_of
from grader.authoring.left_out import left_out_told
from grader.authoring.reference_run import marks_in, run_reference
from grader.authoring.source import Roles, Source, read_source
from grader.authoring.split_table import SplitTable, split_table, write_split
from grader.authoring.splitting import HIDDEN, TEST, TRAIN
from grader.authoring.subject import read_subject
from grader.authoring.suggestions import suggestions
from grader.authoring.task import Task, task_of
from grader.errors import AssignmentError, UsageError
from grader.model import Assignment
from grader.model.assignment import ERRORS, MetricName

Tell = Callable[[str], None]
LEAST_MESSY = 40
RANKINGS = ("roc_auc", "average_precision")
OF_EACH_CLASS = 30  # messy rows on average: 20 are needed, and they are drawn
ROWS_A_COLUMN = 5  # with fewer training rows for each column an untuned model follows noise


@dataclass(frozen=True)
class Request:
    """What an author asks for: a slug, a table, the roles of its columns, a seed, and where the folder goes."""

    slug: str
    data: Path
    roles: Roles
    seed: int
    root: Path
    metric: MetricName | None = None
    positive: str | None = None


def make_assignment(request: Request, home: Path, tell: Tell) -> Path:
    """Write the folder and return it; nothing is left of one that fails.

    Raises UsageError where the table cannot make an assignment, InfrastructureError without the locked environment.
    """
    target = request.root / request.slug
    if not SLUG.fullmatch(request.slug):
        raise UsageError(f"{request.slug!r} is no slug: small letters, digits and dashes, 64 at most")
    if target.exists():
        raise UsageError(f"{target} exists already", hint="Choose another slug, or remove that folder.")
    source = read_source(request.data, request.roles)
    for change in source.changes:
        tell(change)
    task = task_of(source.table.column(request.roles.target), request.roles.target, request.metric, request.positive)
    tell(f"{request.roles.target}: {task.reason} ({task.metric}).")
    _tell_positive(task, tell)
    try:
        request.root.mkdir(parents=True, exist_ok=True)
        workshop = Path(tempfile.mkdtemp(prefix=".new-", dir=request.root))
    except OSError as error:
        raise UsageError(f"--output {request.root} cannot be written to: {error.strerror}") from error
    try:
        _write(workshop / request.slug, request, source, task, home, tell)
        (workshop / request.slug).rename(target)
    finally:
        shutil.rmtree(workshop, ignore_errors=True)
    return target


def _tell_positive(task: Task, tell: Tell) -> None:
    if task.positive is None:
        return
    look = f" That is a guess: if it is wrong, say --positive {task.classes[0]!r}." if task.positive.is_guess else ""
    tell(f"Asked for is the probability of {task.positive.name!r}, {task.positive.why}.{look}")


def _write(folder: Path, request: Request, source: Source, task: Task, home: Path, tell: Tell) -> None:
    split = split_table(source.table, request.roles, task, np.random.default_rng(request.seed))
    sizes = split.sizes
    told = f"{sizes['train']:,} training, {sizes['test']:,} public test and {sizes['hidden']:,} hidden rows"
    tell(f"{told}, by {split.rule}.")
    texts = _texts(request, split, task, source)
    left = left_out_told(split.part(TRAIN), texts.kinds, apart=[request.roles.group])
    if left:
        tell(left)
    write_split(folder, split, request.roles, task)
    write_code(folder, texts)
    write_texts(folder, texts)
    telling = _telling(folder, request, texts)
    if telling:
        tell(f"{' and '.join(map(repr, telling))} alone gives the target away. {_leave_out(telling)}")
    tell("Computing baseline and reference ...")
    baseline, reference = marks_in(run_reference(folder, home))
    if (reference < baseline) != (task.metric in ERRORS) or reference == baseline:
        raise _no_better(baseline, reference, request, texts, telling)
    write_settings(folder, texts, baseline, reference)
    _load(folder, request)


def _telling(folder: Path, request: Request, texts: Texts) -> list[str]:
    """Return the columns that alone give the target away; the settings hold marks for the time being."""
    write_settings(folder, texts, *((1.0, 0.0) if texts.task.metric in ERRORS else (0.0, 1.0)))
    return columns_that_tell(read_subject(_load(folder, request)))


def _load(folder: Path, request: Request) -> Assignment:
    try:
        return load_assignment(folder)
    except AssignmentError as error:
        raise UsageError(f"{request.data}: no assignment can be made of it: {error.message}") from error


def _no_better(baseline: float, reference: float, request: Request, texts: Texts, telling: list[str]) -> UsageError:
    """Return the refusal: columns that say everything leave no way to go, and so do columns that say nothing."""
    marks = f"the reference ({reference:g}) is no better than the baseline ({baseline:g}) in {texts.task.metric}"
    if telling:
        names = " and ".join(map(repr, telling))
        message = f"{request.data}: {names} alone gives the target away, so that {marks}"
        return UsageError(message, hint=_leave_out(telling))
    return UsageError(f"{request.data}: {marks}", hint=_more_is_needed(len(texts.kinds.used), texts.sizes["train"]))


def _more_is_needed(columns: int, rows: int) -> str:
    if columns * ROWS_A_COLUMN > rows:
        few = f"{columns:,} columns are many for {rows:,} training rows"
        return f"{few}: leave out with --without what says nothing, or bring more rows."
    return "These columns say little of the target: bring others, or more rows."


def _leave_out(names: list[str]) -> str:
    options = " ".join(f"--without {shlex.quote(name)}" for name in names)
    return f"What is not known before the target is must be left out: {options}"


def _texts(request: Request, split: SplitTable, task: Task, source: Source) -> Texts:
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
        source_told=_source_told(request.roles.without, source.changes),
        example_id=split.part(TEST).column(roles.id)[0],
        spread=0.0 if numbers is None else float(numbers.std()),
        more=suggestions(split.part(HIDDEN), kinds, roles),
        messy_rows=_messy_rows(split.part(HIDDEN).column(roles.target), task),
    )


def _messy_rows(hidden: Sequence[str], task: Task) -> int:
    """Return how many messy rows are enough to be judged: of a ranking so many that each class is there."""
    if task.metric not in RANKINGS:
        return LEAST_MESSY
    rarest = min(Counter(hidden).values()) / len(hidden)
    return min(max(LEAST_MESSY, math.ceil(OF_EACH_CLASS / rarest)), max(LEAST_MESSY, len(hidden)))


def _source_told(without: Sequence[str], changes: Sequence[str]) -> str:
    """Return what was done to the table's columns, in sentences."""
    left = [f"Left out: {', '.join(without)}."] if without else []
    return "".join(f" {sentence}" for sentence in (*left, *changes))
