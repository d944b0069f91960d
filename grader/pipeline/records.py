"""What the pipeline is given, what it passes between its own steps, and what it hands back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from grader.intake import IntakeLimits
from grader.model import (
    AnyAssignment,
    Assignment,
    EnvironmentKind,
    Evidence,
    FailedTry,
    LeftOut,
    Limits,
    Outcome,
    PluginRef,
    PublicAssignment,
    Report,
    Submission,
    SubmissionRef,
)
from grader.pipeline.retry import RetryPolicy, with_retries
from grader.plugins import Criterion
from grader.ports import CodeReader, ProgressListener, Sandbox, Step
from grader.sandbox import RequestedEnvironments

if TYPE_CHECKING:
    from grader.asking import Asker  # its HTTP client is loaded only where a model is asked

T = TypeVar("T")
TRIED: dict[Step, str] = {"intake": "intake", "plan": "making the environment", "sandbox": "the run"}


@dataclass(frozen=True)
class Parts:
    """The concrete parts a grading is made with; `scratch` is a private folder that the caller removes.

    `portfolio_environment` is what works without an assignment run in.
    """

    sandbox: Sandbox
    reader: CodeReader
    criteria: tuple[Criterion, ...]
    scratch: Path
    listener: ProgressListener
    environments: RequestedEnvironments | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    intake_limits: IntakeLimits = field(default_factory=IntakeLimits)
    allow_local_git: bool = False
    plugins: tuple[PluginRef, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    asker: Asker | None = None
    portfolio_environment: EnvironmentKind = "fixed"


def granted_limits(assignment: AnyAssignment | None, cpu_ids: tuple[int, ...]) -> Limits:
    """Return the assignment's limits, with no more CPUs than are granted."""
    limits = assignment.limits if assignment else Limits()
    return limits.model_copy(update={"cpus": max(1, min(limits.cpus, len(cpu_ids) or limits.cpus))})


@dataclass(frozen=True)
class Grading:
    """One grading: what is graded, against what, with which parts and CPUs; `cancel` stops it.

    `after_run` is called when the work's sandbox is dead and its CPUs are free, while the report is still being made.
    `handed_out` are the files that candidates got with the assignment, by path with their SHA-256.
    `public` takes the place of the assignment where a work is tried out on what candidates have.
    `taken` is the work where it was taken in before, such as by another process; `source` is then only told.
    `failed` grows by each try, at a step on the way to the first run, in which our side failed.
    """

    source: str
    name: str
    assignment: Assignment | None
    parts: Parts
    run_id: str
    cpu_ids: tuple[int, ...] = ()
    cancel: threading.Event = field(default_factory=threading.Event)
    after_run: Callable[[], None] = lambda: None
    failed: list[FailedTry] = field(default_factory=list)
    handed_out: Mapping[str, str] = field(default_factory=dict)
    public: PublicAssignment | None = None
    taken: Submission | None = None

    @property
    def asked(self) -> AnyAssignment | None:
        """What the work is run for."""
        return self.assignment or self.public

    @property
    def limits(self) -> Limits:
        """The assignment's limits, with no more CPUs than are granted."""
        return granted_limits(self.asked, self.cpu_ids)

    @property
    def environment(self) -> EnvironmentKind:
        """What the work runs in: the assignment's choice, or that for works without one."""
        return self.asked.environment if self.asked else self.parts.portfolio_environment

    @property
    def scratch(self) -> Path:
        """This grading's own folder."""
        return self.parts.scratch / self.run_id

    def step(self, step: Step, detail: str = "") -> None:
        """Tell the listener which step begins."""
        self.parts.listener.step(self.name, step, detail)

    def retried(self, step: Step, attempt: Callable[[int], T], failed: list[FailedTry] | None = None) -> T:
        """Return what `attempt` does, which is told the try's number; tried again where our side fails.

        The failed tries are added to `failed`, by default to the grading's own. Raises as `with_retries` does.
        """

        def one_try(number: int) -> T:
            if number > 1:
                self.step(step, f"try {number} of {self.parts.retry.tries}")
            return attempt(number)

        kept = self.failed if failed is None else failed
        return with_retries(one_try, self.parts.retry, self.cancel, kept, TRIED[step])


@dataclass(frozen=True)
class Collected:
    """What the stages up to scoring came to."""

    submission: SubmissionRef
    evidence: Evidence
    outcome: Outcome
    executed: dict[str, bytes] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """A finished grading: the report, the evidence under it, and what is stored beside them.

    `executed` are notebooks by the names they are stored under.
    """

    name: str
    report: Report
    evidence: Evidence
    executed: dict[str, bytes] = field(default_factory=dict)
    logs: dict[str, str] = field(default_factory=dict)
