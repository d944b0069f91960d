"""How often a submission is run: once, then its own tests, and a stress run where the assignment asks for one, or once
more for each further round of a forecast; each tried again when our side fails. The notebooks of a portfolio work are
run one after the other, as one run.

The stress run goes on beside the first one only where the grading was given twice the processors that one run may use.
With fewer it comes after: a run that shared its processors would take longer for no fault of its own, and a time-out
would then be ours. A first run that failed has no stress run that counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from grader.assignment import deal
from grader.errors import InfrastructureError, SubmissionError
from grader.model import (
    Assignment,
    Deal,
    EntryPoint,
    FailedTry,
    Failure,
    RoundsSpec,
    RunPlan,
    RunResult,
    Submission,
)
from grader.model.failure_class import failure_class
from grader.pipeline.ahead import CpuIds, cpus_of_runs, start_one_ahead
from grader.pipeline.cells import cells_told
from grader.pipeline.records import Grading
from grader.pipeline.reporting import failure_of
from grader.pipeline.together import Told, run_together
from grader.sandbox import GivenEnvironment, execute, execute_next, execute_tests
from grader.sandbox.classify import error_of
from grader.sandbox.workspace import Workspace, root_of

UNDER_STRESS = "again, under stress"
TOTAL_TIMES = 3  # of what one may take: after that no further notebook is begun


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

    The score rests on the first run and on the later rounds; these end with the first one that fails. `altered` is the
    round with the altered history, and `stress` then the one with the messy history: run where all others went well.
    `each` are the entry points that were run for the first one, with what became of each: of several notebooks,
    `first` is what they come to together.
    """

    first: Run
    each: tuple[tuple[EntryPoint, Run], ...]
    tests: Run | None = None
    stress: Run | None = None
    later: tuple[Run, ...] = ()
    altered: Run | None = None

    @property
    def rounds(self) -> tuple[Run, ...]:
        """The runs that the score rests on, in their order."""
        return (self.first, *self.later)

    @property
    def failed_tries(self) -> tuple[FailedTry, ...]:
        """The tries in which our side failed, of all runs that a score needs."""
        needed = (*self.rounds, *([self.altered] if self.altered else []))
        return tuple(failed for run in needed for failed in run.tries)

    @property
    def told(self) -> list[Told]:
        """What became of each entry point, in the form in which they are put together."""
        return told_of(self.each)


def told_of(each: Iterable[tuple[EntryPoint, Run]]) -> list[Told]:
    """Return each entry point with its run's result, failure and failed tries."""
    return [(entry, run.result, run.failure, run.tries) for entry, run in each]


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
    untested = replace(work, plan=plan.model_copy(update={"tests": (), "then": ()}))

    def under_stress(cpu_ids: CpuIds, said: str | None = None) -> Run:
        messy = deal(assignment, grading.run_id, stress=True) if assignment else None
        return _run(grading, untested, messy, cpu_ids, "stress", said)

    asked = assignment is not None and assignment.stress.repeat
    first_cpus, *other_cpus = cpus_of_runs(assignment, grading.cpu_ids)
    early = beside.submit(under_stress, other_cpus[0]) if other_cpus else None
    alone = _run(grading, work, dealt, first_cpus, "first", work.plan.entry_point.path)
    each = ((work.plan.entry_point, alone), *_further(grading, work, alone, first_cpus))
    first = Run(*run_together(work.plan, told_of(each)), dealt)
    tests = _tested(grading, work, each[-1][1], first_cpus)
    went_well = first.failure is None
    if went_well and assignment is not None and assignment.rounds is not None:
        later = _later_rounds(grading, untested, assignment, assignment.rounds)
        if later and later[-1].failure is not None:
            return Runs(first, each, tests, later=later)
        altered, messy = _rounds_again(grading, untested, assignment, assignment.rounds)
        return Runs(first, each, tests, messy, later, altered)
    if early is not None:
        stress = early.result()
        return Runs(first, each, tests, stress if went_well else None)
    if not (asked and went_well) or grading.cancel.is_set():
        return Runs(first, each, tests)
    grading.step("sandbox", UNDER_STRESS)
    # not before: it would have taken its processors from the first run
    start_one_ahead(assignment, grading.parts, grading.cpu_ids, grading.cpu_ids)
    return Runs(first, each, tests, under_stress(grading.cpu_ids, UNDER_STRESS))


def run_first(
    grading: Grading, submission: Submission, plan: RunPlan, dealt: Deal, environment: GivenEnvironment | None
) -> Run:
    """Run the work once with what was `dealt`, as a grading begins, and neither its tests nor anything under stress."""
    untested = plan.model_copy(update={"tests": ()})
    work = Work(submission, untested, environment)
    return _run(grading, work, dealt, grading.cpu_ids, "first", plan.entry_point.path)


def _run(grading: Grading, work: Work, dealt: Deal | None, cpu_ids: CpuIds, name: str, said: str | None = None) -> Run:
    """Run the work once; the cells of a notebook are told behind what was `said` of the run, and not without it."""

    def once(run_id: str) -> RunResult:
        return execute(
            work.submission,
            work.plan,
            assignment=grading.asked,
            deal=dealt,
            tell=None if said is None else cells_told(grading, work.submission, work.plan.entry_point, said),
            **_given(grading, work, run_id, cpu_ids),
        )

    return _tried(grading, once, name, dealt)


def _later_rounds(grading: Grading, work: Work, assignment: Assignment, spec: RoundsSpec) -> tuple[Run, ...]:
    """Run the work afresh at each cut-off after the first, until one run fails or is cancelled."""
    runs: list[Run] = []
    for number in range(1, len(spec.cutoffs)):
        grading.step("sandbox", spec.title(number))
        start_one_ahead(assignment, grading.parts, grading.cpu_ids, grading.cpu_ids)
        dealt = deal(assignment, grading.run_id, number=number)
        runs.append(_run(grading, work, dealt, grading.cpu_ids, f"round-{number + 1}", spec.title(number)))
        if runs[-1].failure is not None:
            break
    return tuple(runs)


def _rounds_again(
    grading: Grading, work: Work, assignment: Assignment, spec: RoundsSpec
) -> tuple[Run | None, Run | None]:
    """Run the work once more with the altered history, and with the messy one; None for what is not asked for."""

    def again(name: str, **what: bool) -> Run | None:
        if grading.cancel.is_set():
            return None
        said = f"again, with the {name} history"
        grading.step("sandbox", said)
        start_one_ahead(assignment, grading.parts, grading.cpu_ids, grading.cpu_ids)
        return _run(grading, work, deal(assignment, grading.run_id, **what), grading.cpu_ids, name, said)

    altered = again("altered", altered=True) if spec.altered else None
    return altered, again("messy", stress=True) if spec.messy else None


def _further(grading: Grading, work: Work, first: Run, cpu_ids: CpuIds) -> Iterator[tuple[EntryPoint, Run]]:
    """Run the further notebooks where the ones before left the work, whether those failed or not; begun is each while
    all before it took less than three times what one may. Where our side fails at every try, nothing more is run.
    """
    before, took = first, 0.0
    for number, entry in enumerate(work.plan.then, start=2):
        took += before.result.sandbox.wall_s if before.result else 0.0
        if grading.cancel.is_set() or took >= TOTAL_TIMES * work.plan.limits.wall_s:
            return
        grading.step("sandbox", entry.path)

        def once(left: Path, run_id: str, entry: EntryPoint = entry) -> RunResult:
            tell = cells_told(grading, work.submission, entry, entry.path)
            return execute_next(left, work.plan, entry, tell=tell, **_given(grading, work, run_id, cpu_ids))

        run = _in_the_folder_left(grading, before, once, f"notebook-{number}")
        if run is None:
            return
        before = run
        yield entry, before


def _tested(grading: Grading, work: Work, last: Run, cpu_ids: CpuIds) -> Run | None:
    """Run the work's own tests where its `last` run left it, however that ended; None where there are none."""
    if not work.plan.tests or last.result is None or grading.cancel.is_set():
        return None
    grading.step("sandbox", "its own tests")

    def once(left: Path, run_id: str) -> RunResult:
        return execute_tests(left, work.plan, **_given(grading, work, run_id, cpu_ids))

    return _in_the_folder_left(grading, last, once, "tests")


def _in_the_folder_left(grading: Grading, before: Run, run: Callable[[Path, str], RunResult], name: str) -> Run | None:
    """Do `run` in the working folder that another left; None where it left none."""
    left = before.result.left if before.result else None
    if left is None:
        return None
    folder: Path = left

    def once(run_id: str) -> RunResult:
        nonlocal folder
        found, folder = folder, Workspace(root_of(grading.scratch, run_id), ()).work  # where a further try finds it
        return run(found, run_id)

    return _tried(grading, once, name, None)


def _given(grading: Grading, work: Work, run_id: str, cpu_ids: CpuIds) -> dict[str, Any]:
    """Return what every run is given besides what it runs."""
    return {
        "environment": work.environment,
        "sandbox": grading.parts.sandbox,
        "run_id": run_id,
        "scratch": grading.scratch,
        "cpu_ids": cpu_ids,
        "cancel": grading.cancel,
    }


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


def needed(predictions: bytes | None) -> bytes:
    """Return the predictions that a run left. Raises SubmissionError where it left none."""
    if predictions is None:
        raise SubmissionError("predictions.missing", "The run ended well but wrote no predictions.csv.")
    return predictions


def collected_file(run: RunResult, name: str) -> bytes | None:
    """Return a file that was taken out of the dead sandbox, None where there is none."""
    path: Path = run.collected / name
    return path.read_bytes() if path.is_file() else None
