"""How often a submission is run: once, then its own tests, and a stress run where the assignment asks for one, or once
more for each further round of a forecast; each tried again when our side fails.

The stress run goes on beside the first one only where the grading was given twice the processors that one run may use.
With fewer it comes after: a run that shared its processors would take longer for no fault of its own, and a time-out
would then be ours. A first run that failed has no stress run that counts.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path

from grader.assignment import deal
from grader.errors import InfrastructureError
from grader.model import Assignment, Deal, FailedTry, Failure, RoundsSpec, RunPlan, RunResult, Submission
from grader.model.failure_class import failure_class
from grader.pipeline.ahead import CpuIds, cpus_of_runs, start_one_ahead
from grader.pipeline.records import Grading
from grader.pipeline.reporting import failure_of
from grader.sandbox import GivenEnvironment, execute, execute_tests
from grader.sandbox.classify import error_of
from grader.sandbox.workspace import Workspace, root_of


@dataclass(frozen=True)
class Work:
    """What each run of a grading shares."""

    submission: Submission
    plan: RunPlan
    environment: GivenEnvironment | None


@dataclass(frozen=True)
class Run:
    """One run of the work with what was dealt to it: its result, None when our side failed at every try.

    `failure` is the run's, or ours; `tries` are those in which our side failed.
    """

    result: RunResult | None
    failure: Failure | None
    tries: tuple[FailedTry, ...]
    dealt: Deal | None


@dataclass(frozen=True)
class Runs:
    """The first run, the tests' and the stress run where there was one, and those of a forecast's `later` rounds.

    The score rests on the first run and on the later rounds; these end with the first one that fails.
    """

    first: Run
    tests: Run | None = None
    stress: Run | None = None
    later: tuple[Run, ...] = ()

    @property
    def rounds(self) -> tuple[Run, ...]:
        """The runs that the score rests on, in their order."""
        return (self.first, *self.later)


def run_all(
    grading: Grading,
    submission: Submission,
    plan: RunPlan,
    dealt: Deal | None,
    environment: GivenEnvironment | None,
    beside: Executor,
) -> Runs:
    """Run the work with what was `dealt`; its tests; and under stress where the assignment asks and the work runs.

    `environment` is None for the fixed one.
    """
    assignment = grading.assignment
    work = Work(submission, plan, environment)
    untested = replace(work, plan=plan.model_copy(update={"tests": ()}))

    def under_stress(cpu_ids: CpuIds) -> Run:
        messy = deal(assignment, grading.run_id, stress=True) if assignment else None
        return _run(grading, untested, messy, cpu_ids, "stress")

    asked = assignment is not None and assignment.stress.repeat
    first_cpus, *other_cpus = cpus_of_runs(assignment, grading.cpu_ids)
    early = beside.submit(under_stress, other_cpus[0]) if other_cpus else None
    first = _run(grading, work, dealt, first_cpus, "first")
    tests = _tested(grading, work, first, first_cpus)
    went_well = first.failure is None
    if went_well and assignment is not None and assignment.rounds is not None:
        return Runs(first, tests, later=_later_rounds(grading, untested, assignment, assignment.rounds))
    if early is not None:
        stress = early.result()
        return Runs(first, tests, stress if went_well else None)
    if not (asked and went_well) or grading.cancel.is_set():
        return Runs(first, tests)
    grading.step("sandbox", "again, under stress")
    # not before: it would have taken its processors from the first run
    start_one_ahead(assignment, grading.parts, grading.cpu_ids, grading.cpu_ids)
    return Runs(first, tests, under_stress(grading.cpu_ids))


def _run(grading: Grading, work: Work, dealt: Deal | None, cpu_ids: CpuIds, name: str) -> Run:
    def once(run_id: str) -> RunResult:
        return execute(
            work.submission,
            work.plan,
            assignment=grading.assignment,
            deal=dealt,
            environment=work.environment,
            sandbox=grading.parts.sandbox,
            run_id=run_id,
            scratch=grading.scratch,
            cpu_ids=cpu_ids,
            cancel=grading.cancel,
        )

    return _tried(grading, once, name, dealt)


def _later_rounds(grading: Grading, work: Work, assignment: Assignment, spec: RoundsSpec) -> tuple[Run, ...]:
    """Run the work afresh at each cut-off after the first, until one run fails or is cancelled."""
    runs: list[Run] = []
    for number in range(1, len(spec.cutoffs)):
        grading.step("sandbox", spec.title(number))
        start_one_ahead(assignment, grading.parts, grading.cpu_ids, grading.cpu_ids)
        dealt = deal(assignment, grading.run_id, number=number)
        runs.append(_run(grading, work, dealt, grading.cpu_ids, f"round-{number + 1}"))
        if runs[-1].failure is not None:
            break
    return tuple(runs)


def _tested(grading: Grading, work: Work, first: Run, cpu_ids: CpuIds) -> Run | None:
    """Run the work's own tests where its first run left it, however that ended; None where there are none."""
    left = first.result.left if first.result else None
    if left is None or grading.cancel.is_set():
        return None
    grading.step("sandbox", "its own tests")
    folder: Path = left

    def once(run_id: str) -> RunResult:
        nonlocal folder
        before, folder = folder, Workspace(root_of(grading.scratch, run_id), ()).work  # where a further try finds it
        return execute_tests(
            before,
            work.plan,
            environment=work.environment,
            sandbox=grading.parts.sandbox,
            run_id=run_id,
            scratch=grading.scratch,
            cpu_ids=cpu_ids,
            cancel=grading.cancel,
        )

    return _tried(grading, once, "tests", None)


def _tried(grading: Grading, once: Callable[[str], RunResult], name: str, dealt: Deal | None) -> Run:
    def attempt(number: int) -> RunResult:
        # a folder, a sandbox and a name of its own for each try: nothing of a failed one is seen again
        result = once(f"{grading.run_id}-{name}-{number}")
        ours = result.failure
        if ours is not None and failure_class(ours.code) == "infrastructure":
            raise error_of(ours)
        return result

    failed: list[FailedTry] = []
    try:
        result = grading.retried("sandbox", attempt, failed)
    except InfrastructureError as error:
        return Run(None, failure_of(error), tuple(failed), dealt)
    return Run(result, result.failure, tuple(failed), dealt)


def collected_file(run: RunResult, name: str) -> bytes | None:
    """Return a file that was taken out of the dead sandbox, None where there is none."""
    path: Path = run.collected / name
    return path.read_bytes() if path.is_file() else None
