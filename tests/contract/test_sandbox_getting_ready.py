"""What a work's own environment does before the work begins: its code runs from the first moment on."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest
from sandbox_bench import Bench, leavings_of

from grader.errors import SubmissionError
from grader.model import SandboxJob
from grader.sandbox import find_environment
from grader.settings import read_settings

_START = "import os, sys, time\nready = os.environ['OUTPUT_DIR'] + '/.ready'\n"
_BE_READY = "open(ready, 'w').close()\nsys.stdin.readline()\n"


def starting(bench: Bench, code: str, **limits: int) -> SandboxJob:
    """Return a job whose command runs at once, as one does that gets ready in an environment of the work's own."""
    job = bench.job(_START + code, env={"OUTPUT_DIR": "/out"}, **limits)
    environment = find_environment(read_settings().home).path
    argv = ("/usr/bin/python3", *job.argv[1:]) if bench.sandbox.name == "docker" else job.argv  # the image has its own
    return job.model_copy(update={"gets_ready": True, "environment": environment, "line": "{}", "argv": argv})


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("for number in range(60):\n    open(f'{number}', 'w').write('x' * 5_000_000)\n", "limit on disk"),
        ("for number in range(9000):\n    open(f'{number}', 'w').close()\n", "limit on disk"),
        ("os.mkdir(ready)\n", "cannot be taken"),
        ("sys.exit('it is broken')\n", "it is broken"),
    ],
    ids=["bytes", "files", "a folder for a sign", "an end"],
)
def test_what_goes_wrong_before_the_work_begins_is_the_works(bench: Bench, code: str, says: str) -> None:
    job = starting(bench, f"{code}time.sleep(60)\n", disk_bytes=1 << 26, disk_files=2000)
    with pytest.raises(SubmissionError, match=says) as caught:
        bench.sandbox.run(job, threading.Event())
    assert caught.value.code == "environment.broken"
    assert leavings_of(job.run_id) == []


def test_what_is_written_just_before_counts_as_the_works(bench: Bench) -> None:
    write = "for number in range(9):\n    open(f'{number}', 'w').write('x' * 9_000_000)\n"
    job = starting(bench, f"{write}{_BE_READY}time.sleep(60)\n", disk_bytes=1 << 26)
    try:
        ended = bench.sandbox.run(job, threading.Event()).ended
    except SubmissionError as error:
        ended = error.code  # seen before it was ready
    assert ended in ("disk", "environment.broken")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives folders away")
def test_nothing_of_the_hosts_is_given_away_through_a_folder_that_turns_into_a_link(
    bench: Bench, tmp_path: Path
) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    for number in range(20):
        (theirs / str(number)).touch()
    turn = f"""
import ctypes
exchange = ctypes.CDLL(None).renameat2
for number in range(300):
    os.mkdir(f'folder-{{number}}')
    os.symlink({str(theirs)!r}, f'link-{{number}}')
if not os.fork():
    until = time.monotonic() + 1
    while time.monotonic() < until:
        for number in range(300):
            exchange(-100, b'folder-%d' % number, -100, b'link-%d' % number, 2)
    os._exit(0)
"""
    job = starting(bench, f"{turn}{_BE_READY}time.sleep(0.5)\n")
    assert bench.sandbox.run(job, threading.Event()).ended == "exited"
    assert {path.stat().st_uid for path in (theirs, *theirs.iterdir())} == {0}
    shutil.rmtree(job.workspace)
