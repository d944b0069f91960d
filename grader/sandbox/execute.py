"""The run stage: lay the work out, run it in a sandbox, collect what it left, and say how it ended."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path, PurePosixPath

from grader.errors import SubmissionError
from grader.model import (
    AnyAssignment,
    Deal,
    EntryPoint,
    Failure,
    RunPlan,
    RunResult,
    SandboxJob,
    SandboxResult,
    Submission,
)
from grader.model.failure_class import failure_class
from grader.model.reached import MARKS_BYTES
from grader.ports import Sandbox
from grader.sandbox.classify import classify, observed_of, warnings_of
from grader.sandbox.collect import collect_file, names_in
from grader.sandbox.inert import inert_notebook
from grader.sandbox.live import watching
from grader.sandbox.requested import GivenEnvironment
from grader.sandbox.run_file import RUN_FILE, RunFile, parse_run_file
from grader.sandbox.workspace import PREDICTIONS, Workspace, lay_out, root_of, sandbox_job, take_over, tests_job

TRACES = ".traces.jsonl"
MARKS, BLOCKS = ".reached", ".blocks.jsonl"
TESTS, EMPTIED = ".tests.jsonl", ".emptied.jsonl"
OURS = (RUN_FILE, "executed.ipynb", TRACES, MARKS, BLOCKS)
TRACES_BYTES = 2_000_000  # of the blocks too
TESTS_BYTES = 4_000_000
MOST_WRITTEN = 25
RUN_FILE_BYTES = 4 * 1024**2
NOTEBOOK_BYTES = 20 * 1024**2


def execute(
    submission: Submission,
    plan: RunPlan,
    *,
    assignment: AnyAssignment | None,
    deal: Deal | None,
    environment: GivenEnvironment | None,
    sandbox: Sandbox,
    run_id: str,
    scratch: Path,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
    tell: Callable[[int], None] | None = None,
) -> RunResult:
    """Run `plan` once in a fresh sandbox and return how it ended; outputs lie in `RunResult.collected`.

    `environment` is what the work asked for, None for the locked one. Where the work has tests, or further notebooks,
    its working folder is left in `RunResult.left` for them. `tell` hears the index of each cell that is seen to be run.

    The caller removes `scratch`/`run_id`. Raises InfrastructureError when the sandbox itself failed.
    """
    further = tuple(dict.fromkeys(spec.file for spec in assignment.outputs)) if assignment else ()
    space = lay_out(root_of(scratch, run_id), submission, plan, deal, (PREDICTIONS, *further))
    job = sandbox_job(space, plan, assignment, run_id, cpu_ids)
    result, run_file, failure = _ended(space, job, environment, sandbox, cancel, tell)
    if failure is None and assignment is not None:
        missed = _predictions(space, plan)
        for name in further:
            _further_table(space, plan, name)
        failure = missed and missed.model_copy(
            update={"observed": (*missed.observed, *observed_of(result, plan.limits))}
        )
    done = _whole_result(space, result, run_file, failure, environment, sandbox)
    if not plan.tests and not plan.then:
        shutil.rmtree(space.work, ignore_errors=True)
        return done
    return done.model_copy(update={"left": space.work})


def execute_next(
    left: Path,
    plan: RunPlan,
    entry: EntryPoint,
    *,
    environment: GivenEnvironment | None,
    sandbox: Sandbox,
    run_id: str,
    scratch: Path,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
    tell: Callable[[int], None] | None = None,
) -> RunResult:
    """Run `entry` once, in a fresh sandbox, in the working folder that what was run before it has `left`.

    The folder is left again, for what follows. Raises as `execute` does.
    """
    space = take_over(root_of(scratch, run_id), left)
    job = sandbox_job(space, plan.model_copy(update={"entry_point": entry}), None, run_id, cpu_ids)
    result, run_file, failure = _ended(space, job, environment, sandbox, cancel, tell)
    done = _whole_result(space, result, run_file, failure, environment, sandbox)
    return done.model_copy(update={"left": space.work})


def _whole_result(
    space: Workspace,
    result: SandboxResult,
    run_file: RunFile | None,
    failure: Failure | None,
    environment: GivenEnvironment | None,
    sandbox: Sandbox,
) -> RunResult:
    """Collect what a run left for us, remove its output folder, and return what it came to."""
    _keep_notebook(space)
    for name, most in ((TRACES, TRACES_BYTES), (BLOCKS, TRACES_BYTES), (MARKS, MARKS_BYTES)):
        _collected(space, name, most)
    written = tuple(name for name in names_in(space.output, MOST_WRITTEN) if name not in OURS)
    shutil.rmtree(space.output, ignore_errors=True)
    return RunResult(
        sandbox=result,
        failure=failure,
        limit_exceeded=_is_limit(failure),
        cells=run_file.cells if run_file else (),
        warnings=(*(environment.warnings if environment else ()), *space.notes, *warnings_of(result, run_file)),
        environment_digest=environment.ref.digest if environment else sandbox.environment_digest(),
        environment=environment.ref if environment else None,
        written=written,
        collected=space.collected,
    )


def execute_tests(
    left: Path,
    plan: RunPlan,
    *,
    environment: GivenEnvironment | None,
    sandbox: Sandbox,
    run_id: str,
    scratch: Path,
    cpu_ids: tuple[int, ...],
    cancel: threading.Event,
) -> RunResult:
    """Run the work's own tests once, in a fresh sandbox, in the working folder that its run has `left`.

    What became of them lies in `RunResult.collected`. Raises as `execute` does.
    """
    space = take_over(root_of(scratch, run_id), left)
    job = tests_job(space, plan, run_id, cpu_ids)
    result, _, failure = _ended(space, job, environment, sandbox, cancel)
    for name in (TESTS, EMPTIED):
        _collected(space, name, TESTS_BYTES)
    shutil.rmtree(space.output, ignore_errors=True)
    return RunResult(sandbox=result, failure=failure, limit_exceeded=_is_limit(failure), collected=space.collected)


def _ended(
    space: Workspace,
    job: SandboxJob,
    environment: GivenEnvironment | None,
    sandbox: Sandbox,
    cancel: threading.Event,
    tell: Callable[[int], None] | None = None,
) -> tuple[SandboxResult, RunFile | None, Failure | None]:
    """Run `job` to its end and return how the host saw it, what the runner says of it, and the failure of both."""
    with watching(space.output, tell):
        result = sandbox.run(job.model_copy(update={"environment": environment and environment.path}), cancel)
    run_file = parse_run_file(_collected(space, RUN_FILE, RUN_FILE_BYTES))
    return result, run_file, classify(result, run_file, job.limits)


def _is_limit(failure: Failure | None) -> bool:
    return failure is not None and failure_class(failure.code) == "limit"


def _predictions(space: Workspace, plan: RunPlan) -> Failure | None:
    """Collect the predictions from the output folder, the notebook's own, or the work's root."""
    try:
        if _found(space, plan, PREDICTIONS):
            return None
    except SubmissionError as error:
        return Failure(
            code=error.code, message=error.message, path=error.path, hint=error.hint, observed=error.observed
        )
    written = ", ".join(name for name in names_in(space.output, 5) if name not in OURS) or "nothing"
    hint = "Write predictions.csv to the folder in the environment variable OUTPUT_DIR, or to the working folder."
    message = f"The run ended well but wrote no predictions.csv (in the output folder: {written})."
    return Failure(code="predictions.missing", message=message, hint=hint)


def _further_table(space: Workspace, plan: RunPlan, name: str) -> None:
    """Collect a table that is judged beside the predictions; one that cannot be taken is missing, and no failure."""
    try:
        _found(space, plan, name)
    except SubmissionError:
        (space.collected / name).unlink(missing_ok=True)


def _found(space: Workspace, plan: RunPlan, name: str) -> bool:
    """Collect what the work wrote under this name, wherever it may lie, and say whether it was there."""
    folder = str(PurePosixPath(plan.entry_point.path).parent) if plan.entry_point.path else "."
    places = [(space.output, name), (space.work, f"{folder}/{name}"), (space.work, name)]
    most = plan.limits.output_bytes
    return any(collect_file(root, place, space.collected / name, most) for root, place in places)


def _collected(space: Workspace, name: str, most: int) -> bytes | None:
    """Return a file the runner wrote, None when it is missing or tampered with."""
    target = space.collected / name
    try:
        return target.read_bytes() if collect_file(space.output, name, target, most) else None
    except SubmissionError:
        target.unlink(missing_ok=True)
        return None


def _keep_notebook(space: Workspace) -> None:
    """Keep the executed notebook without what a viewer would run, or not at all when it is none."""
    target = space.collected / "executed.ipynb"
    data = _collected(space, target.name, NOTEBOOK_BYTES)
    inert = inert_notebook(data) if data is not None else None
    if inert is not None:
        target.write_bytes(inert)
    elif data is not None:
        target.unlink()
