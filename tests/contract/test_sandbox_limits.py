"""What every backend does with a job that takes more than it may: contained, ended, and called by its name."""

from __future__ import annotations

import os
import shutil
import threading

import pytest
from sandbox_bench import Bench, leavings_of

MB = 1024**2
FILL = "with open({!r}, 'wb') as file:\n    while True:\n        file.write(b'x' * 1_000_000)"


def test_memory(bench: Bench) -> None:
    result = bench.run("hoard = [bytearray(10_000_000) for _ in range(300)]", memory_bytes=256 * MB)
    assert (result.ended, result.exit_code, result.oom_killed) == ("memory", None, True)
    assert not result.killed_below_limit
    assert result.peak_memory_bytes is not None
    assert result.peak_memory_bytes < 512 * MB


def test_memory_of_many_processes_counts_together(bench: Bench) -> None:
    code = """
import os, signal, time
children = []
for _ in range(8):
    children.append(os.fork())
    if not children[-1]:
        hoard = b'x' * 80_000_000
        time.sleep(60)
        os._exit(0)
ended, _ = os.wait()  # the first of them, for want of memory
for child in children:
    if child != ended:
        os.kill(child, signal.SIGKILL)
"""
    assert bench.run(code, memory_bytes=256 * MB).oom_killed


def test_a_child_killed_for_memory_is_no_failed_run(bench: Bench) -> None:
    code = "import os\nif os.fork() == 0:\n    hoard = b'x' * 600_000_000\nos.wait()"
    result = bench.run(code, memory_bytes=256 * MB)
    assert result.oom_killed
    if result.enforcement == "enforced":
        assert (result.ended, result.exit_code) == ("exited", 0)


def test_a_status_of_137_is_no_want_of_memory(bench: Bench) -> None:
    result = bench.run("raise SystemExit(137)")
    assert (result.ended, result.exit_code, result.oom_killed) == ("exited", 137, False)


@pytest.mark.parametrize(
    "bomb",
    [
        "import os\nwhile True:\n    os.fork()",
        "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass",
        "import threading, time\nfor _ in range(9999):\n    threading.Thread(target=time.sleep, args=(99,)).start()",
    ],
    ids=["forks", "stubborn forks", "threads"],
)
def test_too_many_processes(bench: Bench, bomb: str) -> None:
    job = bench.job(bomb, processes=64, wall_s=8)
    result = bench.sandbox.run(job, threading.Event())
    if result.enforcement == "enforced":
        assert result.ended == "processes"
    else:  # nobody counts the refusals, so a short bomb may look like the work's own error
        assert result.ended == "processes" or result.exit_code
    assert leavings_of(job.run_id) == []


def test_where_a_group_counts_processes_nothing_else_refuses_one_first(bench: Bench) -> None:
    job = bench.job("import resource; print(resource.getrlimit(resource.RLIMIT_NPROC)[0])", processes=64)
    result = bench.sandbox.run(job, threading.Event())
    if result.enforcement == "enforced":  # a refusal by the other limit would not be known for one
        assert int(result.stdout) not in range(65)


@pytest.mark.parametrize("place", ["/work/big", "/out/big", "/tmp/big", "/dev/shm/big", "/home/sandbox/big"])
def test_too_many_bytes(bench: Bench, place: str) -> None:
    result = bench.run(FILL.format(place), disk_bytes=50 * MB)
    assert result.ended == "disk"


@pytest.mark.parametrize("place", ["/work", "/tmp"])
def test_too_many_files(bench: Bench, place: str) -> None:
    code = f"import os\nfor i in range(200_000):\n    os.close(os.open(f'{place}/{{i}}', os.O_CREAT))"
    result = bench.run(code, disk_files=500)
    assert result.ended == "disk"


def test_files_without_a_name_count_too(bench: Bench) -> None:
    code = """
import os, time
held = []
for i in range(40):
    held.append(os.open('x', os.O_CREAT | os.O_RDWR))
    os.unlink('x')
    os.write(held[-1], b'x' * 10_000_000)
time.sleep(60)
"""
    if bench.sandbox.name == "docker" and os.geteuid() != 0:
        pytest.skip("only root can look at the files that a container has open")
    assert bench.run(code, disk_bytes=50 * MB).ended == "disk"


def test_folders_nested_beyond_counting(bench: Bench) -> None:
    code = "import os, time\nfor _ in range(3000):\n    os.mkdir('d' * 50)\n    os.chdir('d' * 50)\ntime.sleep(60)"
    assert bench.run(code).ended == "disk"
    shutil.rmtree(bench.work)


def test_folders_that_the_work_closes(bench: Bench) -> None:
    code = "import os, time\nos.makedirs('a/b')\nopen('a/b/x', 'wb').write(b'x' * 90_000_000)\nos.chmod('a', 0)\n"
    result = bench.run(code + "time.sleep(60)", disk_bytes=50 * MB)
    assert result.ended == "disk"
    shutil.rmtree(bench.work)


def test_a_sparse_file_of_a_terabyte_cannot_be_made(bench: Bench) -> None:
    result = bench.run("open('/out/predictions.csv', 'wb').truncate(1 << 40)")
    assert (result.ended, result.exit_code) == ("exited", 1)
    assert (bench.out / "predictions.csv").stat().st_size == 0


def test_too_many_open_files_are_the_works_own_error(bench: Bench) -> None:
    result = bench.run("held = [open('/dev/null') for _ in range(9999)]", open_files=100)
    assert (result.ended, result.exit_code) == ("exited", 1)
    assert "Too many open files" in result.stderr


def test_no_core_is_dumped(bench: Bench) -> None:
    result = bench.run("import os; os.abort()")
    assert result.exit_code == 134
    assert list(bench.work.iterdir()) == []


def test_what_was_there_before_is_not_held_against_the_work(bench: Bench) -> None:
    assert bench.says("print('ok')", files={"data.csv": "x" * 3 * MB}, disk_bytes=MB) == "ok"
