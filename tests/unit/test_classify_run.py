"""Whose fault a run's end was: the host's own observation first, the runner's record only about itself."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from grader.errors import FAILURE_CODES
from grader.model import Limits, SandboxResult
from grader.model.failure_class import outcome_for
from grader.sandbox.classify import classify, observed_of, warnings_of
from grader.sandbox.run_file import SAID_BY_THE_RUNNER, parse_run_file

RUNNER = Path(__file__).resolve().parents[2] / "sandbox" / "runner"


def ended(how: str = "exited", exit_code: int | None = 0, **fields: Any) -> SandboxResult:
    known = {"wall_s": 1, "cpu_s": 1, "peak_memory_bytes": 1, "stdout": "", "stderr": "", "enforcement": "enforced"}
    return SandboxResult.model_validate({**known, "ended": how, "exit_code": exit_code, "backend": "fake", **fields})


def record(status: str = "completed", **fields: Any) -> bytes:
    return json.dumps({"status": status, "failure": None, "cells": [], "warnings": [], **fields}).encode()


FAILURE = {"code": "notebook.cell_error", "message": "Cell 3 raised KeyError: 'x'", "cell": 2}


def test_a_run_that_ends_well_has_no_failure() -> None:
    assert classify(ended(), parse_run_file(record()), Limits()) is None


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ("wall_time", "limit.wall_time"),
        ("memory", "limit.memory"),
        ("processes", "limit.processes"),
        ("disk", "limit.disk"),
        ("output", "output.too_large"),
    ],
)
def test_a_limit_that_the_host_saw_wins_over_anything_said_inside(how: str, code: str) -> None:
    forged = parse_run_file(record(failure=None))
    failure = classify(ended(how, None), forged, Limits())
    assert failure is not None
    assert failure.code == code
    assert failure.hint


def test_a_cell_error_is_the_submissions_and_keeps_its_place() -> None:
    failure = classify(ended(exit_code=1), parse_run_file(record("failed", failure=FAILURE)), Limits())
    assert failure is not None
    assert (failure.code, failure.cell) == ("notebook.cell_error", 2)


@pytest.mark.parametrize(
    "forged",
    [
        None,
        b"not json",
        b"[" * 100_000,
        record(failure={"code": "limit.memory", "message": "it was not me"}),
        record(failure={"code": "infrastructure.internal", "message": "grade me again"}),
        record(failure={"code": "environment.too_large", "message": "it was the packages"}),
        record(failure={"code": "environment.timeout", "message": "it was the index"}),
        record(failure={"code": "environment.sdist", "message": "it was the index"}),
        record(failure={"code": "notebook.too_large", "message": "it was intake"}),
        record(failure={"code": "made.up", "message": "x"}),
        record(cells=[{"index": n, "status": "ok"} for n in range(3000)]),
        record(extra=1),
    ],
)
def test_a_forged_record_is_ignored_and_a_failed_exit_stays_failed(forged: bytes | None) -> None:
    assert parse_run_file(forged) is None
    failure = classify(ended(exit_code=3, stderr="boom\n"), None, Limits())
    assert failure is not None
    assert failure.code == "run.failed"
    assert "boom" in failure.message


TOO_LONG = {"code": "notebook.cell_timeout", "message": "Cell 2 ran longer than the 300 s that a cell may.", "cell": 1}


def test_a_cell_that_ran_too_long_is_a_limit_where_the_hosts_clock_allows_it() -> None:
    said = parse_run_file(record("failed", failure=TOO_LONG))
    failure = classify(ended(exit_code=1, wall_s=301), said, Limits(cell_s=300))
    assert failure is not None
    assert (failure.code, failure.cell) == ("notebook.cell_timeout", 1)
    assert outcome_for(failure) == "limit_exceeded"


@pytest.mark.parametrize("status", ["failed", "completed"])
def test_a_cell_that_cannot_have_run_so_long_is_not_believed(status: str) -> None:
    said = parse_run_file(record(status, failure=TOO_LONG))
    failure = classify(ended(exit_code=0, wall_s=200), said, Limits(cell_s=300))
    assert failure is not None
    assert failure.code == "run.failed"
    assert outcome_for(failure) == "submission_failed"


def test_a_killed_run_without_an_out_of_memory_kill_is_not_called_one() -> None:
    failure = classify(ended(exit_code=137), None, Limits())
    assert failure is not None
    assert failure.code == "run.failed"


def test_a_child_killed_for_memory_while_the_work_went_on_is_a_warning() -> None:
    result = ended(oom_killed=True)
    assert classify(result, parse_run_file(record()), Limits()) is None
    assert any("memory" in text for text in warnings_of(result, None))


@pytest.mark.parametrize(
    "said",
    [
        None,
        record("failed", failure={"code": "notebook.kernel_died", "message": "It ended.", "cell": 3}),
        record("failed", failure={"code": "run.failed", "message": "main.py was killed by signal 9."}),
    ],
)
def test_a_work_that_the_kernel_killed_for_memory_went_over_that_limit(said: bytes | None) -> None:
    result = ended(exit_code=1, oom_killed=True)
    failure = classify(result, parse_run_file(said), Limits())
    assert failure is not None
    assert failure.code == "limit.memory"
    assert failure.cell == (3 if said and b"kernel_died" in said else None)


@pytest.mark.parametrize(
    "said",
    [
        None,
        record("failed", failure={"code": "notebook.kernel_died", "message": "It ended."}),
        record("failed", failure={"code": "notebook.cell_error", "message": "TerminatedWorkerError", "cell": 1}),
    ],
)
def test_a_work_that_failed_after_the_machine_ran_out_of_memory_is_not_judged_by_it(said: bytes | None) -> None:
    result = ended(exit_code=1, oom_killed=True, killed_below_limit=True)
    failure = classify(result, parse_run_file(said), Limits())
    assert failure is not None
    assert failure.code == "infrastructure.host"
    assert any("of the machine's" in text for text in failure.observed)


def test_the_cell_that_was_running_is_named_and_not_the_last_one_that_went_well() -> None:
    cells = [{"index": 0, "status": "ok"}, {"index": 1, "status": "ok"}]
    for told, cell in (({"cell": 3}, 3), ({}, None), ({"cell": -1}, None)):
        said = parse_run_file(record("running", cells=cells, **told))
        failure = classify(ended(ended="wall_time", exit_code=None), said, Limits())
        assert failure is not None
        assert (failure.code, failure.cell) == ("limit.wall_time", cell)


def test_memory_that_only_a_watchdog_saw_is_not_told_as_the_kernels_doing() -> None:
    result = ended(ended="memory", exit_code=None, oom_killed=True, enforcement="cooperative")
    assert not any("kernel" in text for text in observed_of(result, Limits()))


def test_a_work_that_went_well_although_the_machine_ran_out_of_memory_has_not_failed() -> None:
    assert classify(ended(oom_killed=True, killed_below_limit=True), parse_run_file(record()), Limits()) is None


def test_a_limit_that_a_work_went_over_is_one_whatever_the_machine_lacked() -> None:
    result = ended(ended="disk", exit_code=None, oom_killed=True, killed_below_limit=True)
    failure = classify(result, None, Limits())
    assert failure is not None
    assert failure.code == "limit.disk"


def test_an_error_after_a_child_was_killed_for_memory_stays_that_error() -> None:
    failure = classify(ended(exit_code=1, oom_killed=True), parse_run_file(record("failed", failure=FAILURE)), Limits())
    assert failure is not None
    assert failure.code == "notebook.cell_error"


def test_a_forged_record_is_cut_to_what_a_report_can_hold() -> None:
    place = {"path": "p" * 10_000, "cell": -5, "line": 10**20, "hint": "h" * 10**6}
    forged = {
        "failure": {"code": "run.failed", "message": "m" * 10**6, **place},
        "cells": [{"index": -1, "status": "ok", "wall_s": 1e300, "traceback": "t" * 10**6, "line": -1}],
        "warnings": ["w" * 10**6],
    }
    found = parse_run_file(record("failed", **forged))
    assert found is not None
    assert found.failure is not None
    assert (found.failure.cell, found.failure.line) == (None, None)
    assert (found.cells[0].index, found.cells[0].wall_s, found.cells[0].line) == (0, 0, None)
    assert len(found.model_dump_json()) < 10_000
    assert parse_run_file(record("failed", failure={"code": "run.failed", "message": "x", "line": None})) is not None


def test_an_exit_status_of_nought_without_a_record_is_no_success() -> None:
    failure = classify(ended(), None, Limits())
    assert failure is not None


def test_the_codes_that_are_believed_are_those_that_the_runner_says_and_no_other() -> None:
    families = {code.partition(".")[0] for code in FAILURE_CODES}
    texts = " ".join(path.read_text() for path in RUNNER.glob("*.py"))
    said = {code for code in re.findall(r'"([a-z]+\.[a-z_]+)"', texts) if code.partition(".")[0] in families}
    assert said & FAILURE_CODES.keys() == SAID_BY_THE_RUNNER
