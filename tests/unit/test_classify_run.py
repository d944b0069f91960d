"""Whose fault a run's end was: the host's own observation first, the runner's record only about itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.model import Limits, SandboxResult
from grader.sandbox.classify import classify, parse_run_file, warnings_of


def ended(how: str = "exited", exit_code: int | None = 0, **fields: Any) -> SandboxResult:
    known = {"wall_s": 1, "cpu_s": 1, "peak_memory_bytes": 1, "stdout": "", "stderr": "", "enforcement": "enforced"}
    return SandboxResult.model_validate({**known, "ended": how, "exit_code": exit_code, "backend": "fake", **fields})


def record(status: str = "completed", **fields: Any) -> bytes:
    return json.dumps({"status": status, "failure": None, "cells": [], "warnings": [], **fields}).encode()


FAILURE = {"code": "notebook.cell_error", "message": "Cell 3 raised KeyError: 'x'", "cell": 2}


def test_a_run_that_ends_well_has_no_failure() -> None:
    assert classify(ended(), parse_run_file(record()), Limits()) == (None, False)


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
    failure, limited = classify(ended(how, None), forged, Limits())
    assert failure is not None
    assert (failure.code, limited) == (code, True)
    assert failure.hint


def test_a_cell_error_is_the_submissions_and_keeps_its_place() -> None:
    failure, limited = classify(ended(exit_code=1), parse_run_file(record("failed", failure=FAILURE)), Limits())
    assert failure is not None
    assert (failure.code, failure.cell, limited) == ("notebook.cell_error", 2, False)


@pytest.mark.parametrize(
    "forged",
    [
        None,
        b"not json",
        b"[" * 100_000,
        record(failure={"code": "limit.memory", "message": "it was not me"}),
        record(failure={"code": "infrastructure.internal", "message": "grade me again"}),
        record(failure={"code": "made.up", "message": "x"}),
        record(cells=[{"index": n, "status": "ok"} for n in range(3000)]),
        record(extra=1),
    ],
)
def test_a_forged_record_is_ignored_and_a_failed_exit_stays_failed(forged: bytes | None) -> None:
    assert parse_run_file(forged) is None
    failure, limited = classify(ended(exit_code=3, stderr="boom\n"), None, Limits())
    assert failure is not None
    assert (failure.code, limited) == ("run.failed", False)
    assert "boom" in failure.message


def test_a_killed_run_without_an_out_of_memory_kill_is_not_called_one() -> None:
    failure, _ = classify(ended(exit_code=137), None, Limits())
    assert failure is not None
    assert failure.code == "run.failed"


def test_a_child_killed_for_memory_while_the_work_went_on_is_a_warning() -> None:
    result = ended(oom_killed=True)
    assert classify(result, parse_run_file(record()), Limits()) == (None, False)
    assert any("memory" in text for text in warnings_of(result, None))


def test_an_exit_status_of_nought_without_a_record_is_no_success() -> None:
    failure, _ = classify(ended(), None, Limits())
    assert failure is not None
