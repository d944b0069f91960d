"""How a run ended and whose fault that was: pure functions from what the host saw, and what the runner says.

`how_it_ended` names the end of a sandbox, `classify` the failure with its evidence. Which class a code belongs to
stands in `grader.model.failure_class`. When our side fails there is no end to classify, but an InfrastructureError.
"""

from __future__ import annotations

from grader.errors import InfrastructureError
from grader.model import Failure, Limits, SandboxResult
from grader.model.run import Ended
from grader.sandbox.run_file import RunFile

KILLED = "was killed by signal 9"  # as the runner says it of a script
STATUS_OF_KILLED = 128 + 9
CLOCKS_APART_S = 1.0  # a sandbox's clock may be its own, as gVisor's is
MB = 2**20


def how_it_ended(
    killed_for: Ended | None, exit_code: int | None, *, oom_killed: bool, refused_processes: bool, disk_is_full: bool
) -> Ended:
    """Return the end's name: `killed_for` when we ended it, else what the kernel did before its main process failed.

    A child that was killed for memory while the main process went on and ended well is no failed run, and a status of
    137 without such a kill is no want of memory.
    """
    if killed_for is not None:
        return killed_for
    if exit_code == STATUS_OF_KILLED and oom_killed:
        return "memory"
    if exit_code and refused_processes:
        return "processes"
    if exit_code and disk_is_full:
        return "disk"
    return "exited"


def classify(result: SandboxResult, run_file: RunFile | None, limits: Limits) -> Failure | None:
    """Return the run's failure with what was seen of it. The host's own observation comes before anything said inside.

    A process that was killed while the kernel killed one for want of memory was that one. A run that we stopped before
    it was through is neither the work's failure nor a limit: its code is "infrastructure.cancelled". Nor is one that
    failed after it had lost a process because the machine had no memory left: "infrastructure.host".
    """
    if result.ended == "cancelled":
        message = "The grading was stopped before it was through."
        return Failure(code="infrastructure.cancelled", message=message, observed=observed_of(result, limits))
    if run_file is not None and not _can_be(run_file, result, limits):
        run_file = None
    if result.oom_killed and result.exit_code and _was_killed(run_file):
        result = result.model_copy(update={"ended": "memory"})
    failure = _limit(result, run_file, limits) or _own_failure(result, run_file)
    if failure is None:
        return None
    return machines_failure(result, limits) or failure.model_copy(update={"observed": observed_of(result, limits)})


def machines_failure(result: SandboxResult, limits: Limits) -> Failure | None:
    """Return the failure of a run that did not end well and of which the machine, being out of memory, had killed a
    process below the run's own limit; None for any other. What it would have come to nobody knows.
    """
    if not result.killed_below_limit or result.ended not in ("memory", "exited"):
        return None
    return Failure(
        code="infrastructure.host",
        message="This machine ran out of memory, and the kernel took it from a run that was within its limit.",
        hint="Grade fewer at once (--jobs 1), or give the machine more memory.",
        observed=observed_of(result, limits),
    )


def error_of(failure: Failure) -> InfrastructureError:
    """Return what to raise for a failure of ours, so that it is tried again."""
    return InfrastructureError(failure.code, failure.message, hint=failure.hint, observed=failure.observed)


def observed_of(result: SandboxResult, limits: Limits) -> tuple[str, ...]:
    """Return what the host itself saw of a run, as short sentences."""
    took = f"{result.wall_s:.1f} s of {limits.wall_s:g} s"
    if result.exit_code is None:
        seen = [f"it was ended by the sandbox after {took}"]
    else:
        seen = [f"it ended by itself with exit status {result.exit_code} after {took}"]
    if result.peak_memory_bytes is not None:
        seen.append(f"{result.peak_memory_bytes / MB:,.0f} of {limits.memory_bytes / MB:,.0f} MB of memory at the peak")
    if result.oom_killed and result.enforcement == "cooperative":
        seen.append("it was killed for the memory that it used")
    elif result.oom_killed:
        whose = " of the machine's, and not for the run's limit" if result.killed_below_limit else ""
        seen.append(f"the kernel killed a process for want of memory{whose}")
    elif result.exit_code == STATUS_OF_KILLED:
        seen.append("the kernel killed nothing for want of memory")
    return tuple(seen)


def _own_failure(result: SandboxResult, run_file: RunFile | None) -> Failure | None:
    if run_file is not None and run_file.failure is not None:
        return run_file.failure
    if result.exit_code == 0 and run_file is not None and run_file.status == "completed":
        return None
    tail = result.stderr.strip().splitlines()[-1:] or ["it said nothing"]
    how = "was killed" if result.exit_code is None else f"ended with exit status {result.exit_code}"
    hint = "Run it from a fresh start and look at the last lines of the log."
    return Failure(code="run.failed", message=f"The run {how} before it was through: {tail[0][:300]}", hint=hint)


def _can_be(run_file: RunFile, result: SandboxResult, limits: Limits) -> bool:
    """Say whether the host's clock allows what the runner says: only it sees a cell that runs longer than one may."""
    says_too_long = run_file.failure is not None and run_file.failure.code == "notebook.cell_timeout"
    return not says_too_long or result.wall_s + CLOCKS_APART_S >= limits.cell_s


def _was_killed(run_file: RunFile | None) -> bool:
    failure = run_file.failure if run_file else None
    if failure is None:
        return True
    return failure.code == "notebook.kernel_died" or KILLED in failure.message


def warnings_of(result: SandboxResult, run_file: RunFile | None) -> tuple[str, ...]:
    """Return what the report should mention although the run may have ended well."""
    found = list(run_file.warnings) if run_file else []
    if result.oom_killed and result.ended == "exited" and result.exit_code == 0:
        why = "as the machine ran out of" if result.killed_below_limit else "for using too much"
        found.append(f"A process of the work was killed {why} memory while the work went on.")
    if result.truncated:
        found.append("The work printed more than is kept; the log is cut.")
    return tuple(found)


def _limit(result: SandboxResult, run_file: RunFile | None, limits: Limits) -> Failure | None:
    cell = _running_cell(run_file)
    where = f" in cell {cell + 1}" if cell is not None else ""
    messages = {
        "wall_time": (
            "limit.wall_time",
            f"The work ran longer than the {limits.wall_s:g} s it may{where}.",
            "Search fewer settings, train on a sample, or use a faster model.",
        ),
        "memory": (
            "limit.memory",
            f"The work used more than the {limits.memory_bytes / 2**20:,.0f} MB of memory it may{where}.",
            "Load fewer columns, use smaller types, or work in parts.",
        ),
        "processes": (
            "limit.processes",
            f"The work started more than the {limits.processes} processes or threads it may{where}.",
            "Start fewer workers; n_jobs=2 is enough here.",
        ),
        "disk": (
            "limit.disk",
            f"The work wrote more than {limits.disk_bytes / 2**20:,.0f} MB or {limits.disk_files:,} files{where}.",
            "Write only what is asked for.",
        ),
        "output": (
            "output.too_large",
            f"An output is larger than the {limits.output_bytes / 2**20:,.0f} MB it may be.",
            "Write only what is asked for.",
        ),
    }
    if result.ended not in messages:
        return None
    code, message, hint = messages[result.ended]
    return Failure(code=code, message=message, hint=hint, cell=cell)


def _running_cell(run_file: RunFile | None) -> int | None:
    """Return the cell that failed, or that was being executed when the runner last wrote its record."""
    if run_file is None:
        return None
    if run_file.failure is not None:
        return run_file.failure.cell
    return run_file.cell if run_file.status == "running" else None
