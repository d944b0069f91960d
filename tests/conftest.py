"""What the whole suite shares: what sandboxed tests need and do without, and a look at what the run has left."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    pass

ROOT = Path(__file__).resolve().parent.parent
GRADER = Path(sys.executable).with_name("grader")
Run = Callable[..., subprocess.CompletedProcess[str]]
BEFORE, LEFT = pytest.StashKey["Machine"](), pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once why tests were skipped, however many they are."""
    reasons = Counter(report.longrepr[2].removeprefix("Skipped: ") for report in terminalreporter.getreports("skipped"))
    for reason, number in reasons.items():
        terminalreporter.write_line(f"Skipped {number} tests: {reason}", yellow=True)
    for line in terminalreporter.config.stash.get(LEFT, []):
        terminalreporter.write_line(f"LEFT BEHIND by this run: {line}", red=True)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Note what there is before the first test."""
    from leavings import machine

    session.config.stash[BEFORE] = machine()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail the run when something that its tests have started still runs or is mounted.

    Of several processes the one that began the others looks, once they have ended: they would see each other's.
    """
    from leavings import lasting, left_by_session

    before, folders = session.config.stash[BEFORE], getattr(session.config, "_tmp_path_factory", None)
    ran_here = session.testscollected or session.config.pluginmanager.hasplugin("dsession")
    is_one_of_several = hasattr(session.config, "workerinput")
    if is_one_of_several or not ran_here or folders is None or session.config.option.collectonly:
        return
    left = lasting(lambda: left_by_session(before, folders.getbasetemp()))
    session.config.stash[LEFT] = left
    if left and exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


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


@pytest.fixture(scope="session")
def package_index() -> None:
    """Need a package index that answers, asked as the set-up asks it."""
    words = [str(GRADER.with_name("uv")), "pip", "compile", "--quiet", "--no-cache", "-"]
    environment = {"UV_SYSTEM_CERTS": "1", **os.environ}
    asked = subprocess.run(words, input="packaging==25.0", env=environment, capture_output=True, text=True, check=False)
    if asked.returncode:
        skip_or_fail(f"no package index answers: {' '.join(asked.stderr.split())[-200:]}")


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
            timeout=900,
        )

    return run
