"""What every backend does with an ordinary job: run it, bound it, end it, and leave nothing."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sandbox_bench import Bench, leavings_of, processes_of

from grader.model import Mount, SandboxResult

WAIT_S = 200


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that must come; the suite fails when it does not."""
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


@pytest.mark.parametrize("status", [0, 1, 42])
def test_the_exit_status_is_the_works_own(any_bench: Bench, status: int) -> None:
    result = any_bench.run(f"raise SystemExit({status})")
    assert (result.ended, result.exit_code, result.oom_killed) == ("exited", status, False)
    assert result.backend == any_bench.sandbox.name


def test_output_and_errors_are_kept_apart(any_bench: Bench) -> None:
    result = any_bench.run("import sys; print('to out'); print('to err', file=sys.stderr)")
    assert (result.stdout, result.stderr, result.truncated) == ("to out\n", "to err\n", False)


def test_bytes_that_are_not_text_are_replaced(any_bench: Bench) -> None:
    assert any_bench.run(r"import sys; sys.stdout.buffer.write(b'\xff ok')").stdout == "� ok"


def test_a_flood_of_output_is_cut_and_costs_us_no_memory(any_bench: Bench) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    code = "import sys\nfor _ in range(100): sys.stdout.write('x' * 1_000_000 + '\\n')\nprint('the end')"
    result = any_bench.run(code, log_bytes=100_000)
    assert result.truncated
    assert len(result.stdout) < 101_000
    assert result.stdout.endswith("the end\n")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000, "kilobytes"


def test_the_deadline_ends_what_sleeps_for_ever(any_bench: Bench) -> None:
    code = "import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(1000)"
    result = any_bench.run(code, wall_s=1)
    assert (result.ended, result.exit_code) == ("wall_time", None)
    assert 1 <= result.wall_s < 500


def test_a_run_can_be_cancelled(any_bench: Bench) -> None:
    cancel, results = threading.Event(), list[SandboxResult]()
    job = any_bench.job("import pathlib, time; pathlib.Path('started').touch(); time.sleep(1000)")
    runner = threading.Thread(target=lambda: results.append(any_bench.sandbox.run(job, cancel)))
    runner.start()
    until((any_bench.work / "started").exists)
    cancel.set()
    runner.join(WAIT_S)
    assert [(result.ended, result.exit_code) for result in results] == [("cancelled", None)]
    assert leavings_of(job.run_id) == []


def test_what_is_there_before_and_what_is_written(bench: Bench) -> None:
    code = "import pathlib; pathlib.Path('/out/copy').write_text(open('/work/given').read() + open('given').read())"
    bench.says(code, files={"given": "x"})
    assert (bench.out / "copy").read_text() == "xx"


def test_only_the_variables_of_the_job_and_the_sandbox_are_set(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "secret-of-the-worker")
    said = bench.says("import os; print(os.environ)", env={"SEED": "7"})
    assert "'SEED': '7'" in said
    assert "DATABASE_URL" not in said


def test_every_run_is_fresh(bench: Bench) -> None:
    code = """
import os, pathlib
places = ['/work', '/out', '/tmp', '/dev/shm', '/run', os.environ['HOME']]
print([place for place in places if (pathlib.Path(place) / 'mark').exists()])
for place in places:
    (pathlib.Path(place) / 'mark').touch()
"""
    assert bench.says(code) == "[]"
    assert bench.says(code) == "[]"


def test_threads_follow_the_cpus_that_are_granted(bench: Bench) -> None:
    cpu = max(os.sched_getaffinity(0))
    code = "import os, joblib; print(os.sched_getaffinity(0), joblib.cpu_count(), os.environ['OMP_NUM_THREADS'])"
    assert bench.says(code, cpu_ids=(cpu,), cpus=2) == f"{{{cpu}}} 1 1"


def test_the_whole_locked_environment_works(bench: Bench) -> None:
    code = """
import warnings; warnings.simplefilter('ignore')
import numpy, pandas, scipy, seaborn, statsmodels.api, nbclient, ipykernel, lightgbm, xgboost
from sklearn.linear_model import LogisticRegression
X, y = numpy.random.default_rng(0).normal(size=(200, 3)), numpy.arange(200) % 2
models = [lightgbm.LGBMClassifier(n_estimators=2, verbose=-1), xgboost.XGBClassifier(n_estimators=2)]
models.append(LogisticRegression())
print([len(model.fit(X, y).predict(X)) for model in models])
"""
    assert bench.says(code, memory_bytes=2 << 30) == "[200, 200, 200]"


def test_matplotlib_finds_its_fonts_without_looking_for_them(bench: Bench) -> None:
    code = """
import logging; logging.basicConfig(level=logging.INFO)
import matplotlib.pyplot as plt
plt.plot([1]); plt.savefig('/out/plot.png')
"""
    result = bench.run(code)
    assert result.exit_code == 0
    assert "font" not in result.stderr
    assert (bench.out / "plot.png").stat().st_size > 1000


def test_processes_threads_and_shared_memory_work(bench: Bench) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
import joblib, multiprocessing, math
if __name__ == '__main__':
    with multiprocessing.Pool(2) as pool, ThreadPoolExecutor(4) as threads:
        print(pool.map(abs, [-1]), list(threads.map(abs, [-2])), joblib.Parallel(2)([joblib.delayed(math.sqrt)(9)]))
"""
    assert bench.says(code) == "[1] [2] [3.0]"


def test_a_mount_is_readable_and_nothing_else(bench: Bench, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir(mode=0o755)
    (tmp_path / "shared" / "file").write_text("given")
    mounts = (Mount(source=tmp_path / "shared", target="/given/deep"),)
    code = """
print(open('/given/deep/file').read())
for name in ('/given/deep/file', '/given/deep/new', '/env/new', '/usr/new', '/new', '/etc/new'):
    try:
        open(name, 'w')
    except OSError:
        continue
    print('wrote', name)
"""
    assert bench.says(code, mounts=mounts) == "given"


def test_nothing_is_left_of_a_run(bench: Bench) -> None:
    daemon = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(1000)
    os._exit(0)
os.wait()
"""
    job = bench.job(daemon)
    assert bench.sandbox.run(job, threading.Event()).exit_code == 0
    assert leavings_of(job.run_id) == []


def test_a_killed_grader_leaves_nothing_once_the_next_one_has_swept(bench: Bench) -> None:
    job = bench.job("import time; time.sleep(1000)")
    backend = type(bench.sandbox)
    program = f"""
import threading
from pathlib import Path
from {backend.__module__} import {backend.__name__}
from grader.model import SandboxJob
from grader.settings import read_settings
job = SandboxJob.model_validate_json({job.model_dump_json()!r})
{backend.__name__}(read_settings().home).run(job, threading.Event())
"""
    grader = subprocess.Popen([sys.executable, "-c", program])
    until(lambda: bool(processes_of(job.run_id)))
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    bench.sandbox.sweep()  # type: ignore[attr-defined]
    until(lambda: leavings_of(job.run_id) == [])
