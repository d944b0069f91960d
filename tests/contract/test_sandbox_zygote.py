"""The process that waiting sandboxes are forked from: shared by all, reached by none, and not missed where it fails."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import sandbox_named
from sandbox_bench import ORDINARY, Bench
from warm_bench import WarmBench, forks_noted, notebook

from grader.model import Limits
from grader.ports import Sandbox
from grader.sandbox import BubblewrapSandbox, confinement, empty_job, zygote
from grader.settings import read_settings

pytestmark = pytest.mark.sandbox
CPUS = tuple(sorted(os.sched_getaffinity(0)))
HELLO = {"main.py": "print('hello')"}


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """One whose zygote no other test shares."""
    made = sandbox_named("bubblewrap")
    yield made
    made.close()


@pytest.fixture(autouse=True)
def forked() -> Iterator[list[bool]]:
    """Say of each run of the test whether its runner was forked."""
    with forks_noted() as noted:
        yield noted


def zygotes(sandbox: Sandbox) -> list[int]:
    assert isinstance(sandbox, BubblewrapSandbox)
    return [zygote.pid for zygote in sandbox._zygotes._living.values()]


def hello_again(bench: WarmBench) -> str:
    job = bench.job(HELLO["main.py"])
    return bench.sandbox.run(job, threading.Event()).stdout


def test_one_is_shared_and_gone_when_the_sandbox_is_closed(
    sandbox: Sandbox, tmp_path: Path, forked: list[bool]
) -> None:
    bench = WarmBench(sandbox, tmp_path)
    assert hello_again(bench) == "hello\n"
    first = zygotes(sandbox)
    assert hello_again(bench) == "hello\n"
    assert zygotes(sandbox) == first
    assert len(first) == 1
    assert forked == [True, True]
    sandbox.close()
    assert not Path(f"/proc/{first[0]}").exists()


def test_one_that_died_is_replaced(sandbox: Sandbox, tmp_path: Path, forked: list[bool]) -> None:
    bench = WarmBench(sandbox, tmp_path)
    assert hello_again(bench) == "hello\n"
    (pid,) = zygotes(sandbox)
    descriptor = os.pidfd_open(pid)
    signal.pidfd_send_signal(descriptor, signal.SIGKILL)
    os.close(descriptor)
    assert hello_again(bench) == "hello\n"
    assert hello_again(bench) == "hello\n"
    assert pid not in zygotes(sandbox)
    assert forked in ([True, True, True], [True, False, True]), "its death may be seen by trying to fork"


def test_a_job_that_nothing_waits_for_is_forked_from_one_that_lives_and_waits_for_none_that_does_not(
    sandbox: Sandbox, tmp_path: Path, forked: list[bool]
) -> None:
    bench = WarmBench(sandbox, tmp_path)
    assert bench.run_work(HELLO, ahead=False).stdout == "hello\n"
    assert zygotes(sandbox) == []
    assert bench.run_work(HELLO).stdout == "hello\n"
    assert bench.run_work(HELLO, ahead=False).stdout == "hello\n"
    assert forked == [False, True, True]


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="kinds differ by the processors granted")
def test_no_more_are_kept_than_are_used_by_turns(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: list[bool]
) -> None:
    monkeypatch.setattr(zygote, "MOST_LIVING", 1)
    bench = WarmBench(sandbox, tmp_path)
    wide, narrow = (Limits(**{**ORDINARY, "cpus": cpus}) for cpus in (2, 1))
    sandbox.prepare(empty_job(tmp_path / "ahead", wide, CPUS[:2]))
    sandbox.prepare(empty_job(tmp_path / "another", wide, CPUS[:2]))
    wides = [bench.laid_out(HELLO, wide, cpu_ids=CPUS[:2]) for _ in range(2)]
    assert sandbox.run(wides[0], threading.Event()).stdout == "hello\n"
    (first,) = zygotes(sandbox)
    sandbox.prepare(empty_job(tmp_path / "third", narrow, CPUS[:1]))
    assert sandbox.run(bench.laid_out(HELLO, narrow, cpu_ids=CPUS[:1]), threading.Event()).stdout == "hello\n"
    assert first not in zygotes(sandbox)
    assert not Path(f"/proc/{first}").exists()
    assert sandbox.run(wides[1], threading.Event()).stdout == "hello\n", "what was forked from it goes on"
    assert forked == [True, True, True]


def test_where_none_can_enter_each_sandbox_loads_by_itself(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: list[bool]
) -> None:
    monkeypatch.setattr(confinement, "_TO_ENTER", ())
    bench = WarmBench(sandbox, tmp_path)
    assert hello_again(bench) == "hello\n"
    assert bench.record()["status"] == "completed"
    assert forked == [False]


def test_one_that_answers_too_late_is_not_asked_again(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: list[bool]
) -> None:
    bench = WarmBench(sandbox, tmp_path)
    assert hello_again(bench) == "hello\n"
    (first,) = zygotes(sandbox)
    monkeypatch.setattr(zygote, "FORK_S", 0.0)
    assert hello_again(bench) == "hello\n"
    monkeypatch.undo()
    assert hello_again(bench) == "hello\n"
    (second,) = zygotes(sandbox)
    assert second != first
    assert forked == [True, False, True]


def test_works_do_not_draw_the_same_numbers(sandbox: Sandbox, tmp_path: Path, forked: list[bool]) -> None:
    bench = WarmBench(sandbox, tmp_path)
    code = "import multiprocessing, numpy, os, random, tempfile, uuid\n"
    code += "words = [numpy.random.rand(), numpy.random.default_rng().random(), random.random(), uuid.uuid4().hex]\n"
    code += "words += [multiprocessing.current_process().authkey.hex()]\n"
    code += "print(*words, tempfile.mktemp(), os.urandom(4).hex())"
    drawn = [bench.sandbox.run(bench.job(code), threading.Event()).stdout.split() for _ in range(2)]
    assert len(drawn[0]) == 7
    assert not set(drawn[0]) & set(drawn[1])
    assert forked == [True, True]


WHAT_IS_SEEN = """
import multiprocessing, os, platform, resource, sys
print(sorted(os.environ.items()))
print(platform.uname(), platform.node(), os.getcwd(), os.umask(0o22), os.getsid(0) == os.getpid())
print([stream.seekable() for stream in (sys.stdin, sys.stdout, sys.stderr)], sys.flags, sys.argv)
print([resource.getrlimit(getattr(resource, name)) for name in sorted(dir(resource)) if name.startswith('RLIMIT_')])
print(open('/proc/self/status').read().partition('Seccomp:')[2].splitlines()[0])
"""


def test_a_work_sees_what_it_would_see_had_its_runner_started_in_the_sandbox(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, forked: list[bool]
) -> None:
    def seen(sandbox: Sandbox) -> list[str]:
        bench = WarmBench(sandbox, tmp_path)
        result = sandbox.run(bench.job(WHAT_IS_SEEN), threading.Event())
        assert result.stderr == ""
        return result.stdout.splitlines()

    from_outside = seen(sandbox)
    monkeypatch.setattr(confinement, "_TO_ENTER", ())
    alone = sandbox_named("bubblewrap")
    try:
        assert from_outside == seen(alone)
        assert not zygotes(alone)[1:]
        assert forked == [True, False]
    finally:
        alone.close()


@pytest.mark.parametrize("ahead", [False, True], ids=["cold", "forked"])
def test_every_process_that_the_work_could_take_over_has_its_limits(
    sandbox: Sandbox, tmp_path: Path, forked: list[bool], *, ahead: bool
) -> None:
    code = """
import os
for pid in filter(str.isdigit, os.listdir('/proc')):
    if os.stat('/proc/' + pid).st_uid == os.getuid():
        limits = open('/proc/' + pid + '/limits').read().splitlines()
        print(pid, *(line.split()[-3:-1] for line in limits if line.startswith(('Max open files', 'Max file size'))))
"""
    bench = WarmBench(sandbox, tmp_path) if ahead else Bench(sandbox, tmp_path)
    lines = sandbox.run(bench.job(code, open_files=300), threading.Event()).stdout.splitlines()
    limits = {line.partition(" ")[2] for line in lines}
    assert len(lines) > ahead
    assert limits == {f"['{2 * ORDINARY['disk_bytes']}', '{2 * ORDINARY['disk_bytes']}'] ['300', '300']"}
    assert forked == [True] * ahead


def test_a_work_finds_nothing_of_it(sandbox: Sandbox, tmp_path: Path, forked: list[bool]) -> None:
    code = """
import glob, os, time
print(os.getppid() != 0)
for seconds in range(60):  # a kernel that is not needed may not have ended yet
    links = [link for link in glob.glob('/proc/[0-9]*/fd/*') if os.path.islink(link)]
    seen = [(link, os.readlink(link)) for link in links if os.path.islink(link)]
    found = [one for one in seen if one[1].startswith(('socket:', 'mnt:')) or 'cgroup' in one[1]]
    if not found:
        break
    time.sleep(1)
assert not found, found
"""
    bench = WarmBench(sandbox, tmp_path)
    result = bench.sandbox.run(bench.job(code), threading.Event())
    assert (result.stdout, result.stderr) == ("True\n", "")
    assert forked == [True]


def test_a_kernel_killed_by_its_own_cell_is_told_as_ever(sandbox: Sandbox, tmp_path: Path, forked: list[bool]) -> None:
    bench = WarmBench(sandbox, tmp_path)
    bench.job("")  # starts one ahead
    files = {"a.ipynb": notebook("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")}
    result = bench.run_work(files, kind="notebook", path="a.ipynb")
    assert (result.ended, result.exit_code, bench.record()["failure"]["code"]) == ("exited", 1, "notebook.kernel_died")
    assert forked == [True]


def test_a_runner_killed_by_the_work_ends_the_sandbox_as_killed(
    sandbox: Sandbox, tmp_path: Path, forked: list[bool]
) -> None:
    bench = WarmBench(sandbox, tmp_path)
    code = "import os, signal, time; os.kill(os.getppid(), signal.SIGKILL); time.sleep(60)"
    result = bench.sandbox.run(bench.job(code), threading.Event())
    assert (result.ended, result.exit_code, result.oom_killed) == ("exited", 128 + signal.SIGKILL, False)
    assert forked == [True]


KILLED_WITH_ALL = """
import sys, time
from pathlib import Path
from grader.model import Limits
from grader.sandbox import BubblewrapSandbox, empty_job
home, folder = map(Path, sys.argv[1:])
sandbox = BubblewrapSandbox(home)
sandbox.prepare(empty_job(folder / 'ahead', Limits(), ()))
while not sandbox._zygotes._living:
    time.sleep(0.05)
print(*(zygote.pid for zygote in sandbox._zygotes._living.values()), flush=True)
time.sleep(600)
"""


def test_a_grader_that_is_killed_leaves_none(sandbox: Sandbox, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_WITH_ALL, str(read_settings().home), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as grader:
        assert grader.stdout is not None
        pid = grader.stdout.readline().strip()
        assert re.fullmatch(r"\d+", pid)
        grader.kill()
    while Path(f"/proc/{pid}").exists() and "(python)" in Path(f"/proc/{pid}/stat").read_text():
        threading.Event().wait(0.05)


def test_its_limits_are_the_jobs_own(sandbox: Sandbox, tmp_path: Path, forked: list[bool]) -> None:
    code = "import os, resource\nprint(resource.getrlimit(resource.RLIMIT_NOFILE), len(os.sched_getaffinity(0)))"
    bench = WarmBench(sandbox, tmp_path)
    said = []
    for open_files in (300, 400):
        sandbox.prepare(
            empty_job(tmp_path / f"ahead-{open_files}", Limits(**{**ORDINARY, "open_files": open_files}), (0,))
        )
        job = bench.laid_out({"main.py": code}, Limits(**{**ORDINARY, "open_files": open_files}), cpu_ids=(0,))
        said.append(sandbox.run(job, threading.Event()).stdout)
    assert said == ["(300, 300) 1\n", "(400, 400) 1\n"]
    assert forked == [True, True]
