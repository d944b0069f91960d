"""Batches as an operator sees them: interrupted, with failures among them, on either backend."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from measured import Measured
from plain_churn import copy_plain_churn
from sandbox_bench import leavings_of, processes_of

from grader.sandbox.engine import engine
from grader.settings import read_settings

GRADER = Path(sys.executable).with_name("grader")
NAMES = ("good", "bad", "hopeless")
Run = Callable[..., subprocess.CompletedProcess[str]]
CONSTANT = (
    "import pandas as pd\ntest = pd.read_csv('data/test.csv')\n"
    "test.assign(prediction=0.5)[['customer_id', 'prediction']].to_csv('predictions.csv', index=False)\n"
)


@pytest.fixture(
    params=[pytest.param("bubblewrap", marks=pytest.mark.sandbox), pytest.param("docker", marks=pytest.mark.docker)]
)
def backend(request: pytest.FixtureRequest) -> str:
    """Each backend, needed in working order."""
    request.getfixturevalue(request.param)
    return str(request.param)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_batch_leaves_nothing_running_and_nothing_behind(
    tmp_path: Path, backend: str, number: signal.Signals
) -> None:
    mark = uuid.uuid4().hex
    sources = [sleeper(tmp_path / name, mark) for name in ("one", "two", "three")]
    words = ["grade", *map(str, sources), "--sandbox", backend, "--jobs", "2", "--output", str(tmp_path / "out")]
    with started(words) as process:
        wait_until(lambda: len(processes_of(mark)) >= 2, process)
        process.send_signal(number)
        said, _ = process.communicate(timeout=300)
    assert process.returncode == 130, said
    assert "0 of 3 graded" in said
    assert "Traceback" not in said
    assert leavings_of(mark) == []
    assert list(read_settings().scratch.glob(f"{process.pid}-*")) == []
    assert backend != "docker" or containers_over(read_settings().scratch / f"{process.pid}-") == []
    assert not list((tmp_path / "out").glob("*/report.json"))


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_a_killed_grader_takes_its_bubblewrap_sandbox_with_it(tmp_path: Path) -> None:
    mark = uuid.uuid4().hex
    source = sleeper(tmp_path / "one", mark)
    words = ["grade", str(source), "--sandbox", "bubblewrap", "--output", str(tmp_path / "out")]
    with started(words) as process:
        wait_until(lambda: bool(processes_of(mark)), process)
        process.kill()
        process.communicate(timeout=300)
    wait_until(lambda: not processes_of(mark))


def test_a_work_is_graded_end_to_end_and_one_that_fails_stops_nobody(
    run_grader: Run, tmp_path: Path, backend: str
) -> None:
    good, bad, hopeless = (tmp_path / name for name in ("good", "bad", "hopeless"))
    for folder, text in ((good, CONSTANT), (bad, "1 / 0\n"), (hopeless, None)):
        folder.mkdir()
        if text:
            (folder / "predict.py").write_text(text)
    (hopeless / "notes.txt").write_text("nothing to run")
    churn = copy_plain_churn(tmp_path / "assignment" / "churn")
    done = run_grader(
        *("grade", str(bad), str(hopeless), str(good), "--assignment", str(churn), "--sandbox", backend),
        *("--jobs", "2", "--output", "out", "--fail-under", "1"),
    )
    assert done.returncode == 1, done.stdout + done.stderr  # two lie below 1
    reports = {name: json.loads((tmp_path / "out" / name / "report.json").read_text()) for name in NAMES}
    assert {name: report["outcome"] for name, report in reports.items()} == {
        "good": "completed",
        "bad": "submission_failed",
        "hopeless": "submission_failed",
    }
    assert {report["run"]["sandbox"] for name, report in reports.items() if name != "hopeless"} == {backend}
    assert reports["good"]["hidden"][0]["value"] == 0.5
    assert reports["bad"]["failure"]["path"] == "predict.py"
    assert reports["bad"]["failure"]["line"] == 1
    assert reports["hopeless"]["failure"]["code"] == "plan.no_entry_point"
    ranked = json.loads((tmp_path / "out" / "summary.json").read_text())
    assert "good" in json.dumps(ranked)


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
@pytest.mark.parametrize(
    "hostile",
    [
        "import sys\nwhile True:\n    sys.stdout.write('x' * 1_000_000)\n",
        "open('predictions.csv', 'w').write('customer_id,prediction\\n' + 'C1,0.5\\n' * 6_000_000)\n",
        "open('predictions.csv', 'w').write('customer_id,prediction\\n\"' + 'x' * 60_000_000)\n",
        "import os\nopen(os.environ['OUTPUT_DIR'] + '/run.json', 'w').write('[' * 3_000_000)\nos._exit(0)\n",
        "import os\nopen(os.environ['OUTPUT_DIR'] + '/executed.ipynb', 'w').write('[1,' * 9_000_000)\nos._exit(0)\n",
    ],
    ids=["flood", "many rows", "one huge cell", "deep run record", "huge notebook"],
)
def test_the_graders_own_memory_stays_bounded(tmp_path: Path, hostile: str) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "predict.py").write_text(hostile)
    out = tmp_path / "out"
    words = ["grade", str(work), "--assignment", str(short(tmp_path)), "--sandbox", "bubblewrap", "--output", str(out)]
    grading = Measured.started([str(GRADER), *words], tmp_path / "measured", subprocess.DEVNULL)
    assert grading.between.wait() == 0
    assert json.loads((out / "report.json").read_text())["outcome"] != "completed"
    assert grading.peak_kilobytes < 400 * 1024  # kB; the largest of the grader and of each process it waited for


def short(tmp_path: Path) -> Path:
    """Return a copy of the assignment with a deadline of six seconds."""
    copy = copy_plain_churn(tmp_path / "churn")
    text = (copy / "assignment.toml").read_text()
    (copy / "assignment.toml").write_text(re.sub(r"(?m)^wall_s = .*$", "wall_s = 6", text))
    return copy


def containers_over(start: Path) -> list[str]:
    """Return the containers, dead ones too, that mount something whose path starts so."""
    with engine() as client:
        return [
            container["Id"]
            for container in client.containers(all=True)
            if any(mount["Source"].startswith(str(start)) for mount in container["Mounts"])
        ]


@contextmanager
def started(words: list[str]) -> Iterator[subprocess.Popen[str]]:
    """Start the command with all it says in one pipe; it does not outlive the test."""
    with subprocess.Popen(
        [str(GRADER), *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def sleeper(folder: Path, mark: str) -> Path:
    """Make a work that runs for as long as it is let, recognisable in the list of processes."""
    folder.mkdir()
    (folder / "sleep.py").write_text(
        "import os, signal, sys\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.execv(sys.executable, ['python', '-c', 'import time; time.sleep(999)', sys.argv[1]])"
    )
    (folder / "takehome.toml").write_text(f'run = "python sleep.py {mark}"\n')
    return folder


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[str] | None = None) -> None:
    """Wait for `holds`, a few minutes at most; stops at once when `process` has ended."""
    deadline = time.monotonic() + 300
    while not holds():
        assert time.monotonic() < deadline, "it did not come about"
        assert process is None or process.poll() is None, process.communicate()[0]
        time.sleep(0.05)
