"""What is sandlock's own: it stands among the host's files and processes, so each act on those is tried."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import sandbox_named
from plain_churn import copy_plain_churn
from sandbox_bench import Bench, processes_of

from grader.errors import InfrastructureError
from grader.ports import Sandbox
from grader.sandbox import slots
from grader.sandbox.sandlock_process import PORTS, free_ports

pytestmark = pytest.mark.sandbox

_ACTS = """
import ctypes, os, pathlib, resource, shutil
libc = ctypes.CDLL(None, use_errno=True)
def called(name, *words):
    if getattr(libc, name)(*words) == -1:
        raise OSError(ctypes.get_errno(), name)
theirs, process = open('told').read().split()
process = int(process)
file = theirs + '/file'
open('mine', 'w').close()
os.symlink(file, 'link')
done = []
acts = {
    'read': lambda: open(file).read(),
    'read through a link': lambda: open('link').read(),
    'list': lambda: os.listdir(theirs),
    'append': lambda: open(file, 'a'),
    'truncate': lambda: os.truncate(file, 0),
    'make a file': lambda: open(theirs + '/new', 'w'),
    'make a folder': lambda: os.mkdir(theirs + '/new'),
    'make a link': lambda: os.symlink('/etc', theirs + '/new'),
    'make a pipe': lambda: os.mkfifo(theirs + '/new'),
    'remove': lambda: os.unlink(file),
    'rename': lambda: os.rename(file, theirs + '/new'),
    'move in': lambda: os.rename(file, 'moved'),
    'move out': lambda: os.rename('mine', theirs + '/new'),
    'link in': lambda: os.link(file, 'linked'),
    'link out': lambda: os.link('mine', theirs + '/new'),
    'execute': lambda: os.posix_spawn(file, [file], {}),
    'enter': lambda: os.listdir(os.chdir(theirs) or '.'),
    'signal': lambda: os.kill(process, 0),
    'limit': lambda: resource.prlimit(process, resource.RLIMIT_CPU, (1, 1)),
    'variables': lambda: open(f'/proc/{process}/environ').read(),
    'memory': lambda: open(f'/proc/{process}/mem'),
    'root': lambda: os.listdir(f'/proc/{process}/root'),
    'times': lambda: os.utime(file),
    'watch': lambda: called('inotify_add_watch', libc.inotify_init(), theirs.encode(), 0xfff),
    'attributes': lambda: os.getxattr(file, 'user.secret'),
}
for name, act in acts.items():
    try:
        act()
    except OSError:
        continue
    done.append(name)
os.chmod(file, 0)
os.chown(file, 0, 0)
os.utime(file, (1, 1))
shown = os.open(os.__file__, os.O_RDONLY)
os.utime(shown)
os.utime(shown, (1, 1))
os.setxattr(file, 'user.x', b'1')
os.setpriority(os.PRIO_PROCESS, process, 19)
os.sched_setaffinity(process, {0})
print(done, os.stat(file).st_uid == os.getuid())
"""


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    """The only backend of these tests."""
    return sandbox_named("sandlock")


@pytest.fixture(params=["another's", "its own"])
def owner(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return whose the host's file is: as an ordinary user, the work is the same as the grader.

    The work's own user is one that no other grader of this machine gives meanwhile: the last of them all.
    """
    if os.geteuid() != 0:
        return os.geteuid()
    if request.param == "another's":
        return 0
    monkeypatch.setattr(slots, "OF_THE_MACHINE", tmp_path / "slots")
    monkeypatch.setattr(slots, "FIRST_UID", slots.FIRST_UID + slots.MOST_SLOTS - 1)
    monkeypatch.setattr(slots, "MOST_SLOTS", 1)
    return slots.FIRST_UID


@pytest.fixture
def process(owner: int) -> Iterator[int]:
    """Keep a process of the host's running that belongs to `owner`."""
    user = owner if os.geteuid() == 0 else None
    with subprocess.Popen(["/bin/sleep", "60"], user=user) as started:
        yield started.pid
        started.kill()


def test_nothing_of_the_hosts_is_changed(bench: Bench, tmp_path: Path, owner: int, process: int) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    file = theirs / "file"
    file.write_text("#!/bin/sh\n")
    for path in (file, theirs):
        path.chmod(0o777)
        os.chown(path, owner, -1)
    os.setxattr(file, "user.secret", b"secret")
    before, shown = _state(file), _state(Path(os.__file__))
    cpus = os.sched_getaffinity(process)
    result = bench.run(_ACTS, files={"told": f"{theirs} {process}"})
    assert (result.stdout, result.stderr) == (f"[] {owner != 0}\n", "")
    assert [path.name for path in theirs.iterdir()] == ["file"]
    assert (file.read_text(), _state(file)) == ("#!/bin/sh\n", before)
    assert _state(Path(os.__file__)) == shown
    assert (os.getpriority(os.PRIO_PROCESS, process), os.sched_getaffinity(process)) == (0, cpus)


def test_a_works_own_files_are_touched_and_copied_as_ever(bench: Bench) -> None:
    code = """
import os, pathlib, shutil
pathlib.Path('made').touch()
pathlib.Path('made').touch()
os.close(os.open('made', os.O_RDWR))
shutil.copy2('made', 'copied')
shutil.copytree('.', 'tree', ignore=shutil.ignore_patterns('tree'))
os.system('touch made also && cp -p made kept')
print(sorted(os.listdir('tree')), os.path.exists('also'), os.path.exists('kept'))
"""
    assert bench.says(code) == "['copied', 'made'] True True"


_DAEMON = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    os.chdir('/')
    os.closerange(0, 3)
    time.sleep(60)
print(open('/proc/self/oom_score_adj').read().strip(), flush=True)
open('up', 'w').close()
time.sleep(60)
"""


@pytest.mark.parametrize("killed", [("guard",), ("keeper",), ("guard", "keeper")], ids="+".join)
def test_a_work_does_not_outlive_its_keeper(bench: Bench, killed: tuple[str, ...]) -> None:
    job = bench.job(_DAEMON)
    with ThreadPoolExecutor() as pool:
        running = pool.submit(bench.sandbox.run, job, threading.Event())
        while not (job.workspace / "up").exists():
            time.sleep(0.01)
        (guard,) = [child for child in _children(os.getpid()) if b"sandlock_keeper" in _words(child)]
        (keeper,) = _children(guard)
        works = processes_of(job.run_id)
        assert len(works) == 2
        for name in killed:
            os.kill({"guard": guard, "keeper": keeper}[name], signal.SIGKILL)
        with pytest.raises(InfrastructureError, match="SIGKILL"):
            running.result()
    assert processes_of(job.run_id) == []


def test_a_work_is_what_a_kernel_without_memory_kills_before_its_keeper(bench: Bench) -> None:
    assert bench.says("print(open('/proc/self/oom_score_adj').read())") == "1000"


def test_orphans_that_have_ended_do_not_count_as_processes(bench: Bench) -> None:
    code = "import subprocess\nfor _ in range(200):\n    subprocess.run(['/bin/sh', '-c', 'true &'], check=True)"
    assert bench.says(code, processes=64) == ""


def test_packages_that_a_work_asks_for_are_refused_with_what_to_do(sandbox: Sandbox, tmp_path: Path) -> None:
    work, assignment = tmp_path / "work", tmp_path / "churn"
    work.mkdir()
    (work / "main.py").write_text("print(1)\n")
    (work / "requirements.txt").write_text("numpy\n")
    copy_plain_churn(assignment)
    text = (assignment / "assignment.toml").read_text()
    (assignment / "assignment.toml").write_text(f'environment = "requirements"\n{text}')
    words = ["grade", str(work), "--assignment", str(assignment), "--sandbox", sandbox.name, "--output", str(tmp_path)]
    grader = Path(sys.executable).with_name("grader")
    done = subprocess.run([grader, *words], capture_output=True, text=True, check=False)
    failure = json.loads((tmp_path / "report.json").read_text())["failure"]
    assert done.returncode == 3
    assert failure["code"] == "infrastructure.no_sandbox"
    assert "sandlock gives no sandbox a network" in failure["message"]
    assert "tried" not in failure["message"]
    assert 'environment = "fixed"' in failure["hint"]


def test_a_kernels_ports_are_none_that_another_program_gets_by_connecting_meanwhile() -> None:
    low, high = map(int, Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split())
    ports = free_ports(PORTS)
    assert len(set(ports)) == PORTS
    assert low <= 10_000 or [port for port in ports if low <= port <= high] == []
    for port in ports:
        socket.create_server(("127.0.0.1", port)).close()


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(number) for task in tasks for number in task.read_text().split()]


def _words(process: int) -> bytes:
    return Path(f"/proc/{process}/cmdline").read_bytes()


def _state(file: Path) -> tuple[object, ...]:
    state = file.stat()
    return state.st_mode, state.st_uid, state.st_mtime_ns, state.st_nlink, os.listxattr(file)
