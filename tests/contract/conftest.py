"""The backends that the contract tests run against, each skipped with one line where it cannot be had."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fake_sandbox import FakeSandbox
from sandbox_bench import Bench
from warm_bench import WarmBench

from grader.ports import Sandbox
from grader.sandbox import BubblewrapSandbox, DockerSandbox
from grader.settings import read_settings

BUBBLEWRAP = pytest.param("bubblewrap", marks=pytest.mark.sandbox)
DOCKER = pytest.param("docker", marks=pytest.mark.docker)
MAKERS: dict[str, Callable[[Path], Sandbox]] = {
    "bubblewrap": BubblewrapSandbox,
    "docker": DockerSandbox,
    "fake": lambda _: FakeSandbox(),
}


def sandbox_named(name: str) -> Sandbox:
    """Return a working backend, or skip; where GRADER_REQUIRE_ALL=1 says that everything must be there, fail."""
    sandbox = MAKERS[name](read_settings().home)
    reason = sandbox.why_unavailable()
    if reason is not None and os.environ.get("GRADER_REQUIRE_ALL") == "1":
        pytest.fail(f"{name}: {reason}")
    if reason is not None:
        pytest.skip(f"{name}: {reason}")
    return sandbox


@pytest.fixture(scope="module", params=[BUBBLEWRAP, DOCKER])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """Each backend that confines."""
    found = sandbox_named(request.param)
    yield found
    found.close()


@pytest.fixture(scope="module", params=[BUBBLEWRAP, DOCKER, "fake"])
def any_sandbox(request: pytest.FixtureRequest) -> Sandbox:
    """Each backend, the fake one included."""
    return sandbox_named(request.param)


@pytest.fixture
def bench(sandbox: Sandbox, tmp_path: Path) -> Bench:
    """Run snippets in each backend that confines."""
    return Bench(sandbox, tmp_path)


@pytest.fixture(params=["cold", "warm"])
def cold_or_warm(request: pytest.FixtureRequest, sandbox: Sandbox, tmp_path: Path) -> Bench:
    """Run snippets in each backend that confines in fresh interpreters, and as works run where that takes them in anew.

    In a container the runner is a process like any other; the hostile works of tests/abuse run there as works do.
    """
    if (sandbox.name, request.param) == ("docker", "warm"):
        pytest.skip("a work's process in a container is started in it")
    return Bench(sandbox, tmp_path) if request.param == "cold" else WarmBench(sandbox, tmp_path)


@pytest.fixture
def any_bench(any_sandbox: Sandbox, tmp_path: Path) -> Bench:
    """Run snippets in each backend, the fake one included."""
    return Bench(any_sandbox, tmp_path)
