"""Which cell is being run is seen from outside while it runs, in a sandbox of each kind, started ahead or not."""

from __future__ import annotations

import json
import os
import threading
import time
from pathlib import Path

import pytest
from sandbox_bench import ORDINARY
from warm_bench import WarmBench, notebook

from grader.model import Limits, SandboxJob, SandboxResult
from grader.ports import Sandbox
from grader.sandbox.live import watching

UNTIL_SEEN = "import os, time\nwhile not os.path.exists('seen-{}'):\n    time.sleep(0.05)"
SLOW = notebook("print('begins')", UNTIL_SEEN.format(1), "print('on')", UNTIL_SEEN.format(3))


def told_while(sandbox: Sandbox, job: SandboxJob, places: list[Path]) -> tuple[SandboxResult, list[int]]:
    """Run the job and return what was told of its cells; in one of the `places` it sees what was."""
    told: list[int] = []

    def tell(cell: int) -> None:
        told.append(cell)
        (place,) = (place for place in places if (place / "main.ipynb").exists())
        (place / f"seen-{cell}").touch()

    with watching(job.output, tell):
        result = sandbox.run(job, threading.Event())
    return result, told


@pytest.mark.parametrize("ahead", [False, True], ids=["fresh", "started ahead"])
def test_cells_are_told_while_they_run(sandbox: Sandbox, tmp_path: Path, ahead: bool) -> None:
    bench = WarmBench(sandbox, tmp_path)
    if ahead:
        bench.job("pass")  # begins one, which waits
    job = bench.laid_out({"main.ipynb": SLOW}, Limits(**ORDINARY), kind="notebook", path="main.ipynb")
    result, told = told_while(sandbox, job, [job.workspace, *([bench.prepared.workspace] if ahead else [])])
    assert result.exit_code == 0, result.stderr
    assert told == sorted(told)
    assert {1, 3} <= set(told)


FORGED = [
    json.dumps({"status": "running", "cell": 10**9}),
    json.dumps({"status": "running", "cell": "1; rm -rf /"}),
    "[" * 100_000,
    "\0" * 10,
]


@pytest.mark.parametrize("text", FORGED)
def test_what_a_work_forges_is_a_number_or_nothing(tmp_path: Path, text: str) -> None:
    told: list[int] = []
    with watching(tmp_path, told.append):
        (tmp_path / "run.json").write_text(text)
        time.sleep(1.2)
    assert told == []


def test_a_link_a_folder_or_a_pipe_in_its_place_tells_nothing_and_stops_nothing(tmp_path: Path) -> None:
    told: list[int] = []
    (tmp_path / "elsewhere.json").write_text(json.dumps({"status": "running", "cell": 1}))
    output = tmp_path / "out"
    output.mkdir()
    place = output / "run.json"
    with watching(output, told.append):
        for make in (lambda: place.symlink_to(tmp_path / "elsewhere.json"), place.mkdir, lambda: os.mkfifo(place)):
            make()
            time.sleep(0.8)
            if place.is_dir() and not place.is_symlink():
                place.rmdir()
            else:
                place.unlink()
    assert told == []
