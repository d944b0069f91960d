"""Whose fault it is when packages cannot be had, from what uv says."""

from __future__ import annotations

import pytest

from grader.errors import GraderError
from grader.model import SandboxResult
from grader.sandbox.uv_verdict import Unfit, verdict

GONE = """error: No solution found when resolving dependencies
  cause: Because there is no version of alpha==9 and you require alpha==9, we can conclude that your requirements are
         unsatisfiable.
"""
SOURCE = """error: No solution found when resolving dependencies
  cause: Because old==1.0 has no usable wheels and you require old, we can conclude that your requirements
         are unsatisfiable.

hint: Wheels are required for `old` because building from source is disabled for all packages (i.e., with `--no-build`)
"""
AWAY = """error: Request failed after 3 retries in 8.2s
  cause: Failed to fetch: https://me:secret@index.example/simple/alpha/
  cause: error sending request for url (https://me:secret@index.example/simple/alpha/)
  cause: dns error
"""
LOCKED_OUT = """error: No solution found when resolving dependencies
  cause: Because alpha was not found in the package registry and you require alpha, we can conclude that your \
requirements are unsatisfiable.

hint: An index URL (https://index.example/simple) could not be queried due to a lack of valid authentication credentials
"""
FULL = "error: Failed to install: big-1.0-py3-none-any.whl (big==1.0)\n  cause: No space left on device (os error 28)\n"


def ran(said: str = "", ended: str = "exited", code: int | None = 1, *, cpu_s: float = 0.1) -> SandboxResult:
    known = {"wall_s": 10, "cpu_s": cpu_s, "peak_memory_bytes": 1, "stdout": "", "stderr": said}
    return SandboxResult.model_validate(
        {**known, "ended": ended, "exit_code": code, "enforcement": "enforced", "backend": "fake"}
    )


def test_a_version_that_is_gone_is_a_reason_for_the_next_rung() -> None:
    found = verdict(ran(GONE), resolving=True)
    assert isinstance(found, Unfit)
    assert found.reason.startswith("Because there is no version of alpha==9")
    assert "\n" not in found.reason
    assert found.blamed == {"alpha"}


def test_what_comes_only_as_source_is_named() -> None:
    found = verdict(ran(SOURCE), resolving=True)
    assert isinstance(found, Unfit)
    assert (found.sdists, found.missing) == (("old",), ())
    assert "hint" not in found.reason


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (ran(AWAY, code=2), "infrastructure.index"),
        (ran(LOCKED_OUT), "infrastructure.index"),
        (ran(ended="wall_time", code=None), "infrastructure.index"),
        (ran(ended="wall_time", code=None, cpu_s=9), "environment.timeout"),
        (ran(ended="disk", code=None), "environment.too_large"),
        (ran(code=153), "environment.too_large"),
        (ran(FULL, code=2), "environment.too_large"),
        (ran(ended="cancelled", code=None), "infrastructure.cancelled"),
    ],
)
def test_each_ending_has_its_code(result: SandboxResult, code: str) -> None:
    found = verdict(result, resolving=True)
    assert isinstance(found, GraderError)
    assert found.code == code
    assert "secret" not in found.message
    assert "example" not in found.message


def test_a_download_that_takes_too_long_is_the_lists_own_doing() -> None:
    found = verdict(ran(ended="wall_time", code=None), resolving=False)
    assert isinstance(found, GraderError)
    assert found.code == "environment.timeout"
