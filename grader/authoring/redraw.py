"""Drawing an assignment's split anew: the same rule, the same numbers of rows, other rows hidden, fresh ids for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from grader.assignment.tables import Table, read_table, write_table
from grader.authoring.columns import Floats, times_of
from grader.authoring.redraw_in_time import moved_back
from grader.authoring.splitting import HIDDEN, TEST, TRAIN, Parts, by_class, by_group, fresh_ids, keep_alike_together
from grader.authoring.subject import Subject
from grader.errors import UsageError

LEAST_CHANGED = 0.2
EXPORT_HINT = "Give it an export.py that draws from GRADER_SPLIT_SEED, and say so: [split] export = true."


def refuse_what_cannot_be_redrawn(subject: Subject) -> None:
    """Raise UsageError with the reason where the hidden part is not a draw among the labelled rows."""
    assignment = subject.assignment
    slug, spec = assignment.slug, assignment.data
    if assignment.split.by == "unstated":
        hint = "State it in assignment.toml: [split] by = random, class, group or time."
        raise UsageError(f"{slug} does not say how its rows were told apart, so they cannot be drawn again", hint=hint)
    if assignment.rounds:
        message = f"{slug} is run at cut-offs in time, which are chosen and not drawn"
        raise UsageError(message, hint=EXPORT_HINT)
    if spec.batches or assignment.outputs:
        hint = EXPORT_HINT
        raise UsageError(f"{slug} hides a stream of batches, which is made and not drawn", hint=hint)
    if spec.images:
        hint = EXPORT_HINT
        raise UsageError(f"the rows of {slug} name pictures, which would have to change archives", hint=hint)
    if assignment.suites:
        names = ", ".join(suite.name for suite in assignment.suites)
        message = f"{slug} has further suites ({names}), and rows that they were made from could become public"
        raise UsageError(message, hint=EXPORT_HINT)


def write_redrawn(subject: Subject, folder: Path, random: np.random.Generator) -> dict[str, int]:
    """Write training and hidden tables of a new draw below `folder`, and return how many rows each has.

    The public test sample stays as it is, for nobody has its labels; of a split by time it is made anew, and so lies
    before the hidden rows again. Raises UsageError where no other rows can be hidden.
    """
    spec = subject.assignment.data
    columns = subject.train.columns
    rows = [*subject.train.rows, *_labelled_hidden(subject)]
    pool = Table(columns, tuple(rows))
    parts = _drawn(subject, pool, random)
    before = np.arange(len(rows)) >= len(subject.train.rows)
    changed = float((before & (parts != HIDDEN)).sum()) / float(before.sum())
    if changed < LEAST_CHANGED:
        raise UsageError(f"only {changed:.0%} of the hidden rows could be exchanged: the groups leave no other draw")
    place = columns.index(spec.id)
    names = fresh_ids([*pool.column(spec.id), *subject.test.column(spec.id)], random)
    renamed = [(*row[:place], name, *row[place + 1 :]) for row, name in zip(rows, names, strict=False)]
    times = _times(subject, pool)
    order = random.permutation(len(rows)) if times is None else np.argsort(times, kind="stable")
    train, test, hidden = (
        Table(columns, tuple(renamed[row] for row in order if parts[row] == part)) for part in (TRAIN, TEST, HIDDEN)
    )
    _save(folder / "data/public" / spec.train, train)
    if test.rows:
        _write_test(subject, folder, test)
    _save(folder / "data/hidden" / spec.hidden_features, _taken(hidden, subject.features.columns))
    _save(folder / "data/hidden" / spec.hidden_labels, _taken(hidden, subject.labels_table.columns))
    return {"training": len(train.rows), "test": len(test.rows), "hidden": len(hidden.rows)}


def _write_test(subject: Subject, folder: Path, test: Table) -> None:
    """Write a public test sample, and the sample submission with its ids and what that one had for a prediction."""
    spec, public = subject.assignment.data, folder / "data/public"
    _save(public / spec.test, _taken(test, subject.test.columns))
    if spec.sample:
        old = read_table(public / spec.sample, name=f"data/public/{spec.sample}")
        place = old.columns.index(spec.id) if spec.id in old.columns else 0
        same = old.rows[0]
        rows = tuple((*same[:place], name, *same[place + 1 :]) for name in test.column(spec.id))
        _save(public / spec.sample, Table(old.columns, rows))


def _times(subject: Subject, pool: Table) -> Floats | None:
    """Return the times of a split by time. Raises UsageError where one cannot be read."""
    split = subject.assignment.split
    if split.by != "time":
        return None
    times = times_of(pool.column(split.column)) if split.column in pool.columns else None
    if times is None:
        raise UsageError(f"the times in {split.column!r} (split.column) cannot be read in every row")
    return times


def _labelled_hidden(subject: Subject) -> list[tuple[str, ...]]:
    """Return the hidden rows with their labels, in the columns of the training file."""
    spec, columns = subject.assignment.data, subject.train.columns
    extra = set(subject.labels_table.columns) - {spec.id, spec.target}
    if extra or set(columns) != {*subject.features.columns, spec.target}:
        message = f"the training file and the hidden tables of {subject.assignment.slug} have not the same columns"
        raise UsageError(message, hint=EXPORT_HINT)
    places = {name: place for place, name in enumerate(subject.features.columns)}
    return [
        tuple(label if name == spec.target else row[places[name]] for name in columns)
        for row, label in zip(subject.features.rows, subject.labels, strict=True)
    ]


def _drawn(subject: Subject, pool: Table, random: np.random.Generator) -> Parts:
    """Return the part of each row of the pool, by the rule that the assignment states."""
    split, spec = subject.assignment.split, subject.assignment.data
    hidden = len(subject.features.rows)
    shares = (1 - hidden / len(pool.rows), 0.0, hidden / len(pool.rows))
    labels = pool.column(spec.target)
    times = _times(subject, pool)
    if times is not None:
        return moved_back(times, hidden, len(subject.test.rows), random)
    if split.by == "group":
        groups = pool.column(split.column)
        public = set(subject.test.column(split.column))  # rows of these are in the public test: they stay public
        free = np.array([group not in public for group in groups])
        parts = np.full(len(groups), TRAIN, dtype=np.int8)
        share = hidden / max(1, int(free.sum()))
        if share >= 1:
            raise UsageError("too few groups are in no public test row to hide as many rows as before")
        ranks = np.unique(np.array(labels), return_inverse=True)[1].astype(np.float64)[free]
        chosen = [group for group, is_free in zip(groups, free, strict=True) if is_free]
        parts[free] = by_group(chosen, ranks, (1 - share, 0.0, share), random)
        return parts
    strata = labels if split.by == "class" else ["all"] * len(labels)
    parts = by_class(strata, shares, random)
    places = [place for place, name in enumerate(pool.columns) if name not in (spec.id, spec.target)]
    contents = [tuple(row[place] for place in places) for row in pool.rows]
    return _of_size(keep_alike_together(parts, contents), contents, strata, parts, random)


def _of_size(
    parts: Parts, contents: Sequence[tuple[str, ...]], strata: Sequence[str], wanted: Parts, random: np.random.Generator
) -> Parts:
    """Return the parts with as many hidden rows of each stratum as `wanted` has, by moving rows that none repeats."""
    counts: dict[tuple[str, ...], int] = {}
    for content in contents:
        counts[content] = counts.get(content, 0) + 1
    alone = np.array([counts[content] == 1 for content in contents])
    of = np.array(strata)
    for stratum in np.unique(of):
        rows = of == stratum
        surplus = int((parts[rows] == HIDDEN).sum() - (wanted[rows] == HIDDEN).sum())
        source, target = (HIDDEN, TRAIN) if surplus > 0 else (TRAIN, HIDDEN)
        movable = random.permutation(np.flatnonzero(rows & alone & (parts == source)))
        parts[movable[: abs(surplus)]] = target
    return parts


def _taken(table: Table, columns: Sequence[str]) -> Table:
    places = [table.columns.index(name) for name in columns]
    return Table(tuple(columns), tuple(tuple(row[place] for place in places) for row in table.rows))


def _save(path: Path, table: Table) -> None:
    path.write_bytes(write_table(table))
