"""Verdicts, scores and the report: the JSON that everything else is drawn from."""

from __future__ import annotations

from typing import Literal

from grader.model.base import Failure, Outcome, Record, Span
from grader.model.environment import EnvironmentRef
from grader.model.evidence import HiddenResult, StressResult
from grader.model.run import CellRun, Enforcement, FailedTry
from grader.model.submission import EntryPoint, Limits, SubmissionKind
from grader.model.traces import TraceFacts

Verdict = Literal["met", "partly", "not_met", "not_applicable", "needs_human"]
DimensionId = Literal["data_preparation", "model_choice", "evaluation", "code_quality", "production_readiness"]

DIMENSIONS: dict[DimensionId, str] = {
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
    """One dimension: the weighted mean of its scored criteria, 0..100, null when none could be scored."""

    id: DimensionId
    title: str
    weight: float
    score: float | None
    criteria: tuple[CriterionResult, ...]


class Question(Record):
    """Something worth asking this candidate, and the place that gave rise to it."""

    topic: str
    question: str
    evidence: tuple[Span, ...] = ()


class Score(Record):
    """The scoring stage's result. `value`, `low`, `high` are 0..100; the interval is the hidden metric's, carried
    through the weights. `unscored_reason` says why there is no value when nothing failed."""

    value: float | None
    low: float | None
    high: float | None
    unscored_reason: str | None = None
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
    """How the work was run. Cell times and tracebacks are self-reported by the runner inside the sandbox."""

    sandbox: str
    runtime: str = ""
    enforcement: Enforcement | None = None
    entry_point: EntryPoint | None = None
    wall_s: float | None = None
    cpu_s: float | None = None
    peak_memory_bytes: int | None = None
    cells: tuple[CellRun, ...] = ()
    environment: EnvironmentRef | None = None
    warnings: tuple[str, ...] = ()
    tries: tuple[FailedTry, ...] = ()
    log_tail: str = ""


class Receipt(Record):
    """What is needed to say that two reports are comparable, and to make this one again.

    `enforcement` says who held `limits`: the kernel, or our own watchdog; None where nothing ran.
    """

    grader_version: str
    rubric_version: str
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
    hidden_weight: float
    hidden_score: float | None
    dimensions: tuple[DimensionResult, ...]
    hidden: tuple[HiddenResult, ...]
    stress: StressResult | None = None
    traces: TraceFacts | None = None
    run: RunReport
    questions: tuple[Question, ...]
    receipt: Receipt
