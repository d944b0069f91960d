"""What the whole suite shares: the environment that sandboxed tests need, and what to do where it is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
GRADER = Path(sys.executable).with_name("grader")
Run = Callable[..., subprocess.CompletedProcess[str]]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once why tests were skipped, however many they are."""
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    for reason, number in reasons.items():
        terminalreporter.write_line(f"Skipped {number} tests: {reason}", yellow=True)


def skip_or_fail(reason: str) -> None:
    """Skip with one clear line; where GRADER_REQUIRE_ALL=1 says that everything must be there, fail."""
    if os.environ.get("GRADER_REQUIRE_ALL") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def bubblewrap() -> None:
    """Need a working bubblewrap sandbox with its environment built."""
    from grader.sandbox import BubblewrapSandbox
    from grader.settings import read_settings

    reason = BubblewrapSandbox(read_settings().home).why_unavailable()
    if reason:
        skip_or_fail(f"bubblewrap: {reason}")


@pytest.fixture(scope="session")
def docker() -> None:
    """Need a Docker engine with the sandbox's image built."""
    from grader.sandbox import DockerSandbox
    from grader.settings import read_settings

    reason = DockerSandbox(read_settings().home).why_unavailable()
    if reason:
        skip_or_fail(f"docker: {reason}")


@pytest.fixture(scope="session")
def gvisor() -> None:
    """Need a Docker engine that knows gVisor's runtime."""
    from grader.sandbox import DockerSandbox
    from grader.settings import read_settings

    reason = DockerSandbox(read_settings().home, runtime="runsc").why_unavailable()
    if reason:
        skip_or_fail(f"gVisor: {reason}")


@pytest.fixture
def run_grader(tmp_path: Path) -> Run:
    """Return a function that runs the installed `grader` command as a user would."""

    def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(GRADER), *words],
            cwd=tmp_path,
            env={**os.environ, "COLUMNS": "100", "GRADER_ASSIGNMENTS": str(ROOT / "assignments"), **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

    return run
