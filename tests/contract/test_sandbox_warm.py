"""Sandboxes that were started ahead: each serves one run, and a work in one cannot tell it from a fresh interpreter."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import threading
import uuid
from pathlib import Path

import pytest
from conftest import BUBBLEWRAP, DOCKER, SANDLOCK, sandbox_named
from sandbox_bench import ORDINARY, leavings_of
from warm_bench import WarmBench, notebook

from grader.model import Limits
from grader.ports import Sandbox
from grader.sandbox import empty_job

HELLO = {"main.py": "print('hello')"}


@pytest.fixture
def warm(sandbox: Sandbox, tmp_path: Path) -> WarmBench:
    """Run works in sandboxes that are started ahead."""
    return WarmBench(sandbox, tmp_path)


def users_of(folder: Path) -> list[int]:
    """Return the host's processes that have `folder` mounted, or are in it where a sandbox has no mounts."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if not process.name.isdigit():
                continue
            if str(folder) in (process / "mountinfo").read_text() or (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue
    return found


def wait_until_one_waits(bench: WarmBench) -> Path:
    """Start a sandbox ahead and return its work folder once it stands, by making another of the same kind run."""
    ahead = empty_job(bench.folder / "ahead", Limits(**ORDINARY), ())
    bench.sandbox.prepare(ahead)
    while not users_of(ahead.workspace):
        threading.Event().wait(0.05)
    return ahead.workspace


def test_a_waiting_sandbox_serves_one_run_and_is_gone(warm: WarmBench) -> None:
    ahead = wait_until_one_waits(warm)
    assert warm.run_work(HELLO).stdout == "hello\n"
    assert (users_of(ahead), ahead.exists()) == ([], False)
    assert warm.run_work(HELLO, ahead=False).stdout == "hello\n", "the next run starts its own"


def test_what_is_left_in_the_folders_is_the_jobs(warm: WarmBench) -> None:
    wait_until_one_waits(warm)
    code = "import os; open('new', 'w').write(open('given').read()); open(os.environ['OUTPUT_DIR'] + '/made', 'w')"
    warm.run_work({"main.py": code, "given": "x"})
    assert (warm.work / "new").read_text() == "x"
    assert sorted(path.name for path in warm.out.iterdir()) == ["made", "run.json"]


def test_a_job_with_other_limits_does_not_take_it(warm: WarmBench) -> None:
    ahead = wait_until_one_waits(warm)
    job = warm.laid_out(HELLO, Limits(**{**ORDINARY, "processes": 99}))
    assert warm.sandbox.run(job, threading.Event()).exit_code == 0
    assert users_of(ahead)
    warm.sandbox.close()
    assert users_of(ahead) == []


def test_closing_removes_what_waits_and_what_is_being_started(warm: WarmBench) -> None:
    jobs = [empty_job(warm.folder / uuid.uuid4().hex, Limits(**ORDINARY), ()) for _ in range(3)]
    for job in jobs:
        warm.sandbox.prepare(job)
    warm.sandbox.close()
    assert [leavings_of(job.run_id) + users_of(job.workspace) for job in jobs] == [[], [], []]


def test_one_that_died_while_it_waited_is_not_used(warm: WarmBench) -> None:
    ahead = wait_until_one_waits(warm)
    while users := users_of(ahead):
        for process in users:
            with contextlib.suppress(ProcessLookupError):  # the death of one is that of others
                os.kill(process, signal.SIGKILL)
    assert warm.run_work(HELLO).stdout == "hello\n"


LIKE_ANY_SCRIPT = """
import atexit, multiprocessing, os, pickle, subprocess, sys, threading, time
import helper

class Kept:
    pass

def square(number):
    return number * number

if __name__ == '__main__':
    print(sys.argv, __name__, __file__, __spec__, __package__, __doc__, sys.path[0], os.getcwd())
    print(sys.modules['__main__'].square is square, type(pickle.loads(pickle.dumps(Kept()))))
    print(sorted(name for name in globals() if not name.startswith('__')))
    with multiprocessing.get_context('spawn').Pool(1) as pool:
        print(pool.map(square, [3]))
    print(repr(sys.stdin.read()), helper.WHERE, multiprocessing.current_process().name, threading.active_count())
    print([name for name in ('record', 'stack', 'forked', 'script', 'main', 'traces') if name in sys.modules])
    for name in ('record', 'stack', 'forked', 'traces'):
        try:
            __import__(name)
        except ImportError:
            continue
        print('found', name)
    atexit.register(print, 'at exit')
    threading.Thread(target=lambda: (time.sleep(0.2), print('thread'))).start()
    print('an error', file=sys.stderr)
    END
"""
# Asked of one backend only: the runner is the same on all, and a fresh interpreter takes its time to start.
ENDS = [
    "pass",
    "sys.exit(3)",
    "sys.exit('in words')",
    "raise SystemExit",
    "{}['a']",
    "helper.fail()",
    "raise ValueError('a') from KeyError('b')",
    "os._exit(7)",
    "os.kill(os.getpid(), 9)",
    "sys.excepthook = lambda *words: print('hooked', words[0]); 1 / 0",
    "eval('1 +')",
]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("sandbox", [BUBBLEWRAP], indirect=True)
def test_a_script_runs_as_in_a_fresh_interpreter(warm: WarmBench, end: str) -> None:
    files = {"a folder/main.py": LIKE_ANY_SCRIPT.replace("END", end), "a folder/helper.py": "WHERE = __file__\n"}
    files["a folder/helper.py"] += "def fail():\n    raise RuntimeError('it failed')\n"
    said = []
    for interpreter in (["python"], ["env", "python"]):  # the second is started afresh
        result = warm.run_work(files, kind="command", path="", argv=(*interpreter, "a folder/main.py", "one", "2"))
        said.append((result.stdout, result.stderr, warm.record()["failure"]))
    for record in (said[0][2], said[1][2]):
        if record:
            record["message"] = record["message"].removeprefix("env ")
    assert said[0] == said[1]
    assert said[0][0].startswith("['a folder/main.py', 'one', '2'] __main__ /work/a folder/main.py None")


@pytest.mark.parametrize(
    "text", ["def f(:\n", "print('caf\xe9')\n", "\tif 1:\n  x\n", "x = '\\x00'\nprint(ascii(x))\n"]
)
@pytest.mark.parametrize("sandbox", [BUBBLEWRAP], indirect=True)
def test_source_is_read_as_any_interpreter_reads_it(warm: WarmBench, text: str) -> None:
    forked = warm.run_work({"main.py": text})
    afresh = warm.run_work({"main.py": text}, kind="command", path="", argv=("env", "python", "main.py"))
    assert (forked.stdout, forked.stderr) == (afresh.stdout, afresh.stderr)


def test_a_works_own_module_stands_before_a_loaded_one_of_its_name(warm: WarmBench) -> None:
    own = {"seaborn.py": "mine = 1\n", "statistics/__init__.py": "mine = 2\n", "numbers/readme.txt": ""}
    code = "import seaborn, statistics, numbers\nprint(seaborn.mine, statistics.mine, numbers.Number)\n"
    assert warm.run_work({"main.py": code, **own}).stdout == "1 2 <class 'numbers.Number'>\n"
    cell = "import seaborn\nassert seaborn.mine == 1\n"  # an ordinary kernel has loaded statistics itself
    assert warm.run_work({"a.ipynb": notebook(cell), **own}, kind="notebook", path="a.ipynb").exit_code == 0


def test_numeric_libraries_have_the_threads_that_were_granted(warm: WarmBench) -> None:
    code = """
import json, os
os.environ['OPENBLAS_NUM_THREADS']
import numpy, scipy.linalg, threadpoolctl
with open(os.environ['OUTPUT_DIR'] + '/threads.json', 'w') as file:
    json.dump([library['num_threads'] for library in threadpoolctl.threadpool_info()], file)
"""
    for cpus in (1, min(2, len(os.sched_getaffinity(0)))):
        limits = Limits(**{**ORDINARY, "cpus": cpus})
        for entry in ({}, {"kind": "notebook", "path": "main.ipynb"}):
            files = {"main.py": code, "main.ipynb": notebook(code)}
            warm.sandbox.run(warm.laid_out(files, limits, **entry), threading.Event())
            assert set(json.loads((warm.out / "threads.json").read_text())) == {cpus}


def test_a_notebook_finds_an_ordinary_kernel(warm: WarmBench) -> None:
    code = """
import os, sys
found = [name for name in ('record', 'stack', 'forked', 'kernel', 'notebook', 'nothing') if name in sys.modules]
assert found == [], found
assert sys.path.index('') < [path[:5] for path in sys.path].index('/env/'), sys.path
assert '/grader/runner' not in sys.path
assert os.getcwd() == '/work/notebooks' and __name__ == '__main__'
assert sorted(int(name) for name in os.listdir('/proc/self/fd'))[:3] == [0, 1, 2]
assert sys.modules['__main__'].__dict__ is globals()
"""
    files = {"notebooks/a.ipynb": notebook("%matplotlib inline\n" + code, "!echo in a shell", "%%bash\necho hi")}
    result = warm.run_work(files, kind="notebook", path="notebooks/a.ipynb")
    assert (warm.record()["failure"], result.exit_code) == (None, 0)


def test_a_kernel_that_is_never_needed_is_no_failure(warm: WarmBench) -> None:
    assert warm.run_work({"a.ipynb": notebook()}, kind="notebook", path="a.ipynb").exit_code == 0
    assert warm.run_work({"a.ipynb": "{"}, kind="notebook", path="a.ipynb").exit_code == 1


def test_a_notebook_knows_its_own_folder_and_modules(warm: WarmBench) -> None:
    code = """
import os
from mine import here
from top import there
assert [str(folder) for folder in _dh] == [os.getcwd()] == ['/work/deep/notebooks'], (_dh, os.getcwd())
assert In[0] == '' and len(In) == 2 and not Out, (In, Out)
!python -c "import top" && touch imported
"""
    own = {"deep/notebooks/mine.py": "here = 1\n", "src/top.py": "there = 2\n"}
    files = {"deep/notebooks/a.ipynb": notebook(code), **own}
    warm.run_work(files, kind="notebook", path="deep/notebooks/a.ipynb")
    assert warm.record()["failure"] is None
    assert (warm.work / "deep" / "notebooks" / "imported").exists()


def test_a_function_may_start_processes(warm: WarmBench) -> None:
    code = """
import multiprocessing
def predict(frame):
    with multiprocessing.get_context('spawn').Pool(1) as pool:
        return pool.map(abs, [-1])
"""
    files = {"model.py": code, "data/test.csv": "id\n1\n"}
    limits = Limits(**ORDINARY)
    job = warm.laid_out(files, limits, kind="predict_function", path="model.py", function="predict")
    told = {**json.loads(job.line), "id": "id", "column": "prediction"}
    result = warm.sandbox.run(job.model_copy(update={"line": json.dumps(told)}), threading.Event())
    assert (warm.record()["failure"], result.exit_code) == (None, 0)
    assert (warm.out / "predictions.csv").read_text() == "id,prediction\n1,1\n"


def test_the_runner_says_nothing_of_its_own(warm: WarmBench) -> None:
    result = warm.run_work({"a.ipynb": notebook("x = 1", "%%bash\ntrue")}, kind="notebook", path="a.ipynb")
    assert (result.stdout, result.stderr) == ("", "")


_LOADED = "sorted({'numpy', 'pandas', 'sklearn', 'nbclient', 'ipykernel'} & set(__import__('sys').modules))"
_OF_OURS = "[name for name in __import__('os').listdir(__import__('os').environ['OUTPUT_DIR']) if name != 'run.json']"


@pytest.mark.parametrize("name", [BUBBLEWRAP, DOCKER, SANDLOCK])
@pytest.mark.parametrize("ahead", [False, True], ids=["nothing waits", "one is being started"])
def test_a_work_that_is_there_first_has_only_what_it_needs_loaded(name: str, ahead: bool, tmp_path: Path) -> None:
    sandbox = sandbox_named(name)
    warm = WarmBench(sandbox, tmp_path)
    if ahead:
        sandbox.prepare(empty_job(tmp_path / "ahead", Limits(**ORDINARY), ()), alone=True)
    try:
        script = warm.run_work({"main.py": f"print({_LOADED}, {_OF_OURS})"}, ahead=False)
        cells = notebook(f"assert 'pandas' not in {_LOADED}", f"assert {_OF_OURS} == []", "import pandas")
        other = warm.run_work({"main.ipynb": cells}, ahead=False, kind="notebook", path="main.ipynb")
    finally:
        sandbox.close()
    loaded, _, left = script.stdout.strip().partition("] ")
    assert "sklearn" not in loaded if ahead else loaded == "[", "what is being started may have come further"
    assert (left, script.exit_code) == ("[]", 0), script.stderr
    assert other.exit_code == 0, warm.record()
