"""Abstract values: what a variable is known to hold, which rows it came from, and what was computed from them."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from grader.evidence.column_sets import Columns
from grader.evidence.parsing import Unit
from grader.evidence.rows import NO_ROWS, RowSets
from grader.model import Span

Place = tuple[str, int | None, int | None]
_MAX_TAINTS = 40
_MAX_ROW_SETS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Event:
    """Something done to rows, at a place: "load", "fit", "resample", "fill", "order", "window", "windows", "future",
    "split", "rest" (what rows drawn by chance have left), "cut" (by what a loop sets), "discard" (most of the rows, to
    work with fewer), "predict", "ask" (of a network), "evaluate", "choose", "cross_validate", "validate" (on rows
    that a fit shows the score of as it goes on, or on a share that Keras holds back), "unseen" (what is not known).

    `rows` are those it looked at, `taints` what had been computed from other rows before; `model` the estimator.
    `varied` are the loops whose variable set a parameter or a threshold of it; `key` tells a split from others, and
    `in_time` what had sorted its rows by time, `shuffled` whether it draws them at random. Rows `chosen_on`: their
    score stopped a fit, or picked the threshold of what is evaluated. `callers` are the calls, the outermost
    first, that led into the function which did it; `by` the columns by whose groups it was done, `of` the one whose
    statistic by group is put into others.
    """

    kind: str
    span: Span
    name: str
    rows: RowSets = NO_ROWS
    taints: frozenset[Taint] = frozenset()
    model: Model | None = None
    fit: Event | None = None
    loops: tuple[Loop, ...] = ()
    features: Value | None = None
    target: Value | None = None
    varied: frozenset[Loop] = frozenset()
    order: int = 0
    key: Hashable = None
    in_time: Event | None = None
    shuffled: bool = False
    chosen_on: RowSets = NO_ROWS
    callers: tuple[tuple[Unit, ast.AST], ...] = ()
    by: frozenset[str] = frozenset()
    of: str = ""

    @property
    def fitted(self) -> RowSets:
        """The rows of the fit behind what is asked; none where no fit is known."""
        return self.fit.rows if self.fit is not None else NO_ROWS


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """One `for` over candidates; `folds` when it runs over the folds of a splitter. What was born after `since` came
    into being in it.
    """

    span: Span
    folds: bool
    of: frozenset[Loop] = frozenset()
    since: int = 0

    @property
    def place(self) -> Place:
        """Where the loop stands: one loop inside another is entered many times."""
        return self.span.path, self.span.cell, self.span.line


@dataclass(frozen=True, slots=True)
class Taint:
    """Mark on a value: computed with `event`, which saw `rows`; in `columns`, or None for any of them.

    It is there `maybe` where columns were cut by their place: all but the last, say, which may be the one marked. It
    only `picks` where it has told which rows are kept.
    """

    event: Event
    rows: RowSets
    columns: frozenset[str] | None = None
    maybe: bool = False
    picks: bool = False


@dataclass(eq=False)
class Model:
    """An estimator or transformer object; `fits` in order of execution, `tuned_by` the loops that set a parameter,
    `answers` the fits as what they say of the columns, by its name.
    """

    type: str
    parts: tuple[Value, ...] = ()
    fits: list[Event] = field(default_factory=list)
    tuned_by: frozenset[Loop] = frozenset()
    name: str = ""
    settings: dict[str, Value] = field(default_factory=dict)
    answers: dict[tuple[Event, str], Event] = field(default_factory=dict)


@dataclass(eq=False)
class Function:
    """A function or class of the submission, with the unit and scope it was defined in; of a method, its class."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
    unit: Unit
    scope: Any
    bound: Value | None = None
    home: Function | None = None


@dataclass(eq=False)
class Instance:
    """An object of one of the submission's classes, or a module of it: its attributes.

    Seen as one of a base class by `super()`, it is still the object `seen`.
    """

    attributes: dict[str, Value] = field(default_factory=dict)
    owner: Function | None = None
    seen: Value | None = None


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a model said about rows; `compared` once it was set against something else.

    Rows `chosen_on`: their score picked the threshold that it was cut at. It is a fit's `own` where it was not asked
    for, but came of the fit: what is left of the truth is then looked at, and no result. It was `laid` into a table of
    these rows.
    """

    model: Model
    fit: Event | None
    rows: RowSets
    taints: frozenset[Taint]
    compared: bool = False
    chosen_on: RowSets = NO_ROWS
    own: bool = False
    laid: RowSets = NO_ROWS


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of one value. `dotted` names a thing of a library, `type` the class an object is of.

    `in_time` is what brought the rows into the order of time, `each` what a loop over it yields,
    `made_of` the columns that a column is made from, row by row, with OTHERS among them where that is not all,
    `mask` tells a condition on rows from every other, `scored` is the prediction that a number is a score of.
    `answers` are the columns of a table that predictions were put into, `beside` is what a box of rows keeps beside
    them as that which is to be predicted.
    """

    dotted: str = ""
    type: str = ""
    rows: RowSets = NO_ROWS
    taints: frozenset[Taint] = frozenset()
    columns: Columns | None = None
    column: str | None = None
    constant: str | int | float | bool | None = None
    items: tuple[Value, ...] | None = None
    keys: tuple[str, ...] | None = None
    model: Model | None = None
    function: Function | None = None
    instance: Instance | None = None
    statistic: RowSets = NO_ROWS
    prediction: Prediction | None = None
    loops: frozenset[Loop] = frozenset()
    splits: bool = False
    each: Value | None = None
    made_of: frozenset[str] = frozenset()
    mask: Hashable = None
    in_time: Event | None = None
    nesting: int = 0
    scored: Prediction | None = None
    answers: frozenset[tuple[str, Prediction]] = frozenset()
    beside: Value | None = None

    def evolve(self, **changes: Any) -> Value:
        """Return a copy with some fields changed."""
        return replace(self, **changes)


UNKNOWN = Value()
FOLDS = "folds"  # the type of what yields the pairs of row numbers of a cross-validation
NONE = Value(type="None")
NUMBER = "number"  # the type of what holds no rows for sure
_MAX_NESTING = 4
_MAX_ITEMS = 200


def sequence_of(items: Iterable[Value], keys: tuple[str, ...] | None = None) -> Value:
    """Return a list or dict of `items`; what is nested too deeply or too long is unknown, so that no walk explodes."""
    held = tuple(items)
    nesting = 1 + max((item.nesting for item in held), default=0)
    loops = frozenset(loop for item in held for loop in item.loops)
    if nesting > _MAX_NESTING or len(held) > _MAX_ITEMS:
        return Value(loops=loops)
    return Value(items=held, keys=keys, loops=loops, nesting=nesting)


def marked(value: Value, *taints: Taint) -> frozenset[Taint]:
    """Return the marks of `value` and `taints`, within bounds."""
    return bounded(value.taints.union(taints))


def bounded(taints: frozenset[Taint]) -> frozenset[Taint]:
    """Return some of the marks where there are more than can be followed: one of each event first, of these those that
    know more than a training part, and the earliest.
    """
    if len(taints) <= _MAX_TAINTS:
        return taints
    ordered = sorted(in_order(taints), key=lambda mark: all(rows.in_training for rows in mark.rows))
    each = {mark.event: mark for mark in reversed(ordered)}
    ordered.sort(key=lambda mark: each[mark.event] is not mark)
    return frozenset(ordered[:_MAX_TAINTS])


def in_order(taints: Iterable[Taint]) -> list[Taint]:
    """Return the marks in the order of the code, and by column: the same in every reading."""
    return sorted(taints, key=lambda taint: (taint.event.order, taint.event.name, sorted(taint.columns or ())))


def flattened(values: Iterable[Value]) -> list[Value]:
    """Return the values, the items of a list or tuple in its place."""
    return [item for value in values for item in (value.items or (value,))]


def statistics_of(values: Iterable[Value]) -> RowSets:
    """Return the rows that any of `values` was computed from."""
    return frozenset(rows for value in values for rows in value.statistic)


def taints_of(values: Iterable[Value]) -> frozenset[Taint]:
    """Return every mark on any of `values`, within bounds."""
    return bounded(frozenset(taint for value in values for taint in value.taints))


def learned_marks(model: Model) -> frozenset[Taint]:
    """Return the mark of a fitted model's last fit: what is made from its attributes knows the rows of that fit."""
    return frozenset(Taint(fit, fit.rows) for fit in model.fits[-1:] if fit.rows)


OTHERS = ""  # stands among the columns that a column is made from for what is none of them


def sources_of(values: Iterable[Value]) -> frozenset[str]:
    """Return the columns that are put together in what is made of `values`, row by row."""
    tables = [value for value in values if value.rows]
    bases = {table.columns.base for table in tables if table.columns}
    made_of = (table.made_of or (OTHERS,) for table in tables)
    return frozenset(name for names in made_of for name in names) | ({OTHERS} if len(bases) > 1 else set())


def rows_of(values: Iterable[Value]) -> RowSets:
    """Return the rows of all `values` together; a union of too many sets is unknown."""
    rows = frozenset(rows for value in values for rows in value.rows)
    return rows if len(rows) <= _MAX_ROW_SETS else NO_ROWS
