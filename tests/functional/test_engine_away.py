"""A Docker engine that goes away in the middle of a run: that is never the work's fault, and nothing is left."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_proxy import EngineProxy
from plain_churn import copy_plain_churn
from sandbox_bench import Bench, leavings_of

from grader.errors import InfrastructureError
from grader.sandbox import DockerSandbox
from grader.sandbox.container import AWAY_S
from grader.sandbox.engine import engine
from grader.sandbox.slots import FIRST_UID, OF_THE_MACHINE, taken_slot
from grader.settings import read_settings

pytestmark = pytest.mark.docker
GRADER = Path(sys.executable).with_name("grader")
WORK = """
import os, time
import pandas as pd
open('began', 'w').close()
time.sleep(SECONDS)
test = pd.read_csv('data/test.csv')
test.assign(prediction=0.5)[['customer_id', 'prediction']].to_csv('predictions.csv', index=False)
"""


@pytest.fixture
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProxy]:
    request.getfixturevalue("docker")
    made = EngineProxy(tmp_path_factory.mktemp("e") / "s")
    yield made
    made.shut()


class Grading:
    """One work, graded through the proxy."""

    def __init__(self, folder: Path, proxy: EngineProxy, seconds: float, retry_wait: int = 3) -> None:
        self.folder, self.home = folder, folder / "home"
        work = folder / "work"
        work.mkdir()
        (work / "main.py").write_text(WORK.replace("SECONDS", str(seconds)))
        churn = copy_plain_churn(folder / "churn")
        words = [str(GRADER), "grade", str(work), "--assignment", str(churn), "--sandbox", "docker"]
        environment = {**os.environ, "GRADER_HOME": str(self.home), "DOCKER_HOST": proxy.host}
        environment["GRADER_RETRY_WAIT"] = str(retry_wait)
        self.process = subprocess.Popen(
            [*words, "--output", str(folder / "out")],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def wait_until_it_runs(self) -> None:
        """Wait for the file that the work makes first."""
        deadline = time.monotonic() + 400
        while not list(self.home.glob("scratch/*/**/work/began")):
            assert self.process.poll() is None, self.process.communicate()[0]
            assert time.monotonic() < deadline
            time.sleep(0.1)

    def report(self, status: int) -> dict[str, Any]:
        """Wait for the end."""
        said, _ = self.process.communicate(timeout=900)
        assert self.process.returncode == status, said
        found: dict[str, Any] = json.loads((self.folder / "out" / "report.json").read_text())
        return found

    def containers(self) -> list[str]:
        """Return the engine's containers that have anything of this grading's home."""
        with engine() as client:
            return [
                found["Id"]
                for found in client.containers(all=True)
                if any(str(self.home) in mount.get("Source", "") for mount in found["Mounts"])
            ]


def test_a_moment_without_the_engine_is_not_noticed(tmp_path: Path, proxy: EngineProxy) -> None:
    grading = Grading(tmp_path, proxy, seconds=6)
    grading.wait_until_it_runs()
    proxy.shut()
    time.sleep(1)
    proxy.open()
    report = grading.report(0)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    assert grading.containers() == []


def test_an_engine_that_comes_back_late_has_the_run_tried_again(tmp_path: Path, proxy: EngineProxy) -> None:
    grading = Grading(tmp_path, proxy, seconds=5, retry_wait=15)
    grading.wait_until_it_runs()
    proxy.shut()
    time.sleep(2 * AWAY_S)  # longer than it is waited for, and before the second try
    proxy.open()
    report = grading.report(0)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    (tried,) = report["run"]["tries"]
    assert tried["code"] == "infrastructure.sandbox"
    assert "engine" in tried["message"]
    assert grading.containers() == []


def test_an_engine_that_stays_away_is_our_failure_and_scores_nothing(tmp_path: Path, proxy: EngineProxy) -> None:
    grading = Grading(tmp_path, proxy, seconds=300, retry_wait=1)
    grading.wait_until_it_runs()
    proxy.shut()
    report = grading.report(3)
    assert (report["outcome"], report["failure"]["code"]) == ("infrastructure_failed", "infrastructure.sandbox")
    assert "The Docker engine does not answer" in report["failure"]["message"]
    assert report["score"] is None
    assert list((grading.home / "scratch").glob("*-*")) == []
    assert grading.containers() != [], "nobody could remove it"
    DockerSandbox(read_settings().home).sweep()
    assert grading.containers() == []


@pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has users to give")
def test_a_container_that_runs_on_keeps_its_user_until_it_is_gone(
    tmp_path: Path, proxy: EngineProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", proxy.host)
    home = tmp_path / "home"
    sandbox = DockerSandbox(home)
    bench = Bench(sandbox, tmp_path)
    job = bench.job("import time; open('began', 'w').close(); time.sleep(300)")
    failures: list[str] = []

    def run() -> None:
        with pytest.raises(InfrastructureError) as caught:
            sandbox.run(job, threading.Event())
        failures.append(caught.value.code)

    running = threading.Thread(target=run)
    running.start()
    while not (job.workspace / "began").exists():
        time.sleep(0.05)
    user = (job.workspace / "began").stat().st_uid
    proxy.shut()
    running.join(300)
    assert failures == ["infrastructure.sandbox"]
    with taken_slot(home) as slot:
        assert FIRST_UID + slot != user, "a next sandbox would have the user of one that still runs"
    assert _is_held(user)
    proxy.open()
    sandbox.close()
    assert leavings_of(job.run_id) == []
    assert not _is_held(user), "nobody would ever have that user again"
    gc.collect()  # the engine's library lets go of a socket that could not be connected without closing it


def _is_held(user: int) -> bool:
    """Return whether this process keeps others from that user; another grader of this machine may have it now."""
    lock = os.path.realpath(OF_THE_MACHINE / f"{user - FIRST_UID}.lock")
    return any(os.path.realpath(file) == lock for file in Path("/proc/self/fd").iterdir())
