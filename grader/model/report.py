"""Verdicts, scores and the report: the JSON that everything else is drawn from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from grader.model.answers import ModelUse
from grader.model.base import Failure, Outcome, Record, Span
from grader.model.environment import EnvironmentRef
from grader.model.hidden import HiddenResult, StressResult, TwinResult
from grader.model.own_tests import OwnTests
from grader.model.rubric import ClosedGate, RubricSpec
from grader.model.run import CellRun, Enforcement, FailedTry, NotebookRun
from grader.model.submission import EntryPoint, History, Limits, SubmissionKind
from grader.model.traces import TraceFacts
from grader.model.unjudged import Unjudged
from grader.model.weights import Weights

Verdict = Literal["met", "partly", "not_met", "not_applicable", "needs_human"]

DIMENSIONS: dict[str, str] = {
    "data_preparation": "Data preparation",
    "model_choice": "Model choice",
    "evaluation": "Evaluation",
    "code_quality": "Code quality",
    "production_readiness": "Production readiness",
}

SCHEMA_VERSION = "1.0"


class CriterionResult(Record):
    """One criterion judged: `score` 0..1, null where the verdict is not_applicable or needs_human."""

    id: str
    title: str
    weight: float
    verdict: Verdict
    score: float | None
    reason: str
    advice: str = ""
    evidence: tuple[Span, ...] = ()


class DimensionResult(Record):
    """One dimension, one of the five or a plugin's own: the weighted mean of its scored criteria, 0..100, null when
    none could be scored.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    title: str
    weight: float
    score: float | None
    criteria: tuple[CriterionResult, ...]


class PluginRef(Record):
    """One installed rubric plugin: its entry point's name, its package and that one's version."""

    name: str
    package: str
    version: str


class LeftOut(Record):
    """A plugin that could not be loaded, or one criterion (or dimension) of it that could not be used, and why."""

    plugin: PluginRef
    criterion: str = ""
    reason: str


class Question(Record):
    """Something worth asking this candidate, the place that gave rise to it, and what a good answer would hold."""

    topic: str
    question: str
    good_answer: str = ""
    evidence: tuple[Span, ...] = ()


class Score(Record):
    """The scoring stage's result. `value`, `low`, `high` are 0..100; the interval is the hidden metric's, carried
    through the weights. `unscored_reason` says why there is no value when nothing failed. `gates` are those that are
    closed; `ungated` is the value before them, None where none is closed."""

    value: float | None
    low: float | None
    high: float | None
    unscored_reason: str | None = None
    ungated: float | None = None
    gates: tuple[ClosedGate, ...] = ()
    hidden_weight: float
    hidden_score: float | None
    dimensions: tuple[DimensionResult, ...]
    questions: tuple[Question, ...] = ()


class AssignmentRef(Record):
    """Which assignment, exactly."""

    slug: str
    version: str
    digest: str
    title: str = ""


class SubmissionRef(Record):
    """Which submission, exactly."""

    name: str
    digest: str
    kind: SubmissionKind
    files: int
    bytes: int
    commit: str | None = None
    notes: tuple[str, ...] = ()


class RunReport(Record):
    """How the work was run. Cell times and tracebacks are self-reported by the runner inside the sandbox.

    `notebooks` tells of each where several were run; the times are then those of all, the memory is the largest.
    """

    sandbox: str
    runtime: str = ""
    enforcement: Enforcement | None = None
    entry_point: EntryPoint | None = None
    wall_s: float | None = None
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
    cells: tuple[CellRun, ...] = ()
    notebooks: tuple[NotebookRun, ...] = ()
    environment: EnvironmentRef | None = None
    warnings: tuple[str, ...] = ()
    tries: tuple[FailedTry, ...] = ()
    log_tail: str = ""


class Receipt(Record):
    """What is needed to say that two reports are comparable, and to make this one again.

    `weights` and `rubric` are what the assignment says of dimensions and of single criteria. `enforcement` says who
    held `limits`: the kernel, or our own watchdog; None where nothing ran.
    """

    grader_version: str
    rubric_version: str
    rubric_digest: str = ""
    plugins: tuple[PluginRef, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    weights: Weights | None = None
    rubric: RubricSpec | None = None
    assignment_digest: str = ""
    language_model: ModelUse | None = None
    environment_digest: str
    data_digest: str
    seed: int
    limits: Limits
    enforcement: Enforcement | None = None
    run_id: str
    finished_at: str


class Report(Record):
    """`report.json`, the source of truth. HTML, Markdown and the terminal show nothing that is not in here."""

    schema_version: str = SCHEMA_VERSION
    assignment: AssignmentRef | None
    submission: SubmissionRef
    outcome: Outcome
    failure: Failure | None
    score: float | None
    low: float | None
    high: float | None
    unscored_reason: str | None = None
    ungated: float | None = None
    gates: tuple[ClosedGate, ...] = ()
    hidden_weight: float
    hidden_score: float | None
    dimensions: tuple[DimensionResult, ...]
    hidden: tuple[HiddenResult, ...]
    twins: TwinResult | None = None
    stress: StressResult | None = None
    traces: TraceFacts | None = None
    tests: OwnTests | None = None
    history: History | None = None
    unjudged: tuple[Unjudged, ...] = ()
    run: RunReport
    questions: tuple[Question, ...]
    receipt: Receipt
