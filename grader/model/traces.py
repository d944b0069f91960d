"""What a run says of itself about its rows: hints, for the submission can forge them, and what is made of them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from grader.model.base import Record, Span

# The kinds of LeakageKind that rows can show; that is in grader.model.evidence, which builds on this.
TracedKind = Literal["preprocessing", "overlap", "multi_test", "scored_on_training_data"]
EventKind = Literal["fit", "transform", "predict", "score", "split", "resample", "search", "cross_validate", "metric"]
Agreement = Literal["agree", "code_only", "run_only", "differ"]

MOST_KEPT = 1024
Number = Annotated[int, Field(ge=0, le=1 << 40)]
Id = Annotated[int, Field(ge=0, lt=1 << 48)]


class TraceTable(Record):
    """One set of rows: how many, how many of them could not be told, and the smallest ids of the distinct ones.

    All ids where there are fewer than 1024 (a bottom-k sketch, Bar-Yossef et al. 2002).
    """

    table: Number
    size: Number
    unknown: Number = 0
    kept: tuple[Id, ...] = Field(default=(), max_length=MOST_KEPT)


class TraceEvent(Record):
    """One outermost call. `rows`, `train` and `test` are numbers of tables, all others of events.

    `cell` counts a notebook's executions from 1. `through` are the fits of transformers whose outputs the values are,
    `fitted` is the last fit of the same estimator, `predicted` the prediction that a metric was given. `transforms`
    says that an estimator makes new values, and predicts none; `target` that it was given a target;
    `altered` that a metric was not given the prediction itself, but what was made of it, such as by a threshold.
    """

    event: Number
    kind: EventKind
    name: str = Field(max_length=120, pattern=r"^[\w.<>]*$")
    file: str | None = Field(default=None, max_length=300)
    cell: Number | None = None
    line: Number | None = None
    rows: Number | None = None
    through: tuple[Number, ...] = Field(default=(), max_length=20)
    settings: str = Field(default="", max_length=40)
    fitted: Number | None = None
    predicted: Number | None = None
    transforms: bool = False
    target: bool = False
    altered: bool = False
    train: Number | None = None
    test: Number | None = None


class TraceAgain(Record):
    """Calls like an event's that were only counted: at least `times` of them, in all, at one place."""

    again: EventKind
    name: str = Field(max_length=120)
    file: str | None = Field(default=None, max_length=300)
    cell: Number | None = None
    line: Number | None = None
    times: Number


class TraceFailed(Record):
    """The number of an event that is not told, for its call raised."""

    failed: Number


class TraceCut(Record):
    """Says that the traces end before the run does."""

    cut: Literal[True]


class Traces(Record):
    """The traces of one run as they were read; `note` says why there are none, or not all."""

    tables: tuple[TraceTable, ...] = ()
    events: tuple[TraceEvent, ...] = ()
    again: tuple[TraceAgain, ...] = ()
    note: str = ""


class TracedLeak(Record):
    """Rows that a run says it used before it evaluated them: `rows` of the `evaluated` ones.

    `exact` is false where they were counted on a sample of rows. The first span is the culprit, the last the
    evaluation.
    """

    kind: TracedKind
    message: str
    rows: int
    evaluated: int
    exact: bool
    spans: tuple[Span, ...]


class Witness(Record):
    """What the run's traces say of one leak, beside what the code says: the two agree, or one has not seen it, or the
    run counted and found no such row (`differ`).
    """

    kind: TracedKind
    agreement: Agreement
    sentence: str
    spans: tuple[Span, ...] = ()


class TraceFacts(Record):
    """What is made of the traces of the run, and kept. The submission can forge all of it.

    `missing` says that there were traces, and that they are gone or changed.
    """

    self_reported: Literal[True] = True
    events: int = 0
    fits: int = 0
    evaluations: int = 0
    leaks: tuple[TracedLeak, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    note: str = ""
    missing: bool = False
