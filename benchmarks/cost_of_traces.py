"""What noting fits, splits, results and reached blocks costs a run: with and without, in turn, as ratios of medians.

    python benchmarks/cost_of_traces.py [--repeat 9]

Two processes load the scientific stack, as a runner that waits does: one by the runner as it is, one by a copy that
notes nothing. Each forks every work as the runner forks a script. Compared is the processor time of what was forked, of
its children too; the time to load the stack, during which nobody waits, is shown by itself. Nothing is confined:
only the project's own samples, and code that stands here, are run. The notebook's cells are run as a script.

A third process times the noting itself, on its own thread: that share hardly depends on what else the machine does.
What looking at the clock costs is taken off it again.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import tempfile
from pathlib import Path

from overhead import NOTEBOOK, SCRIPT, environment_program, say, workspace

from grader.sandbox.assets import sandbox_asset
from grader.sandbox.execute import TRACES

# Loads the stack, says what that took, then runs each work that a line of standard input names.
SERVER = """
import json, os, resource, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import forked, stack
from tracing import wrap
own, calls = [0.0], [0]
def timed(function):
    def call(*words):
        begun = time.thread_time()
        try:
            return function(*words)
        finally:
            own[0] += time.thread_time() - begun
            calls[0] += 1
    return call
nothing = timed(lambda: None)
for _ in range(5000):
    nothing()
looking = own[0] / calls[0]  # what it costs to look at the clock, which is none of the noting's
own[0] = calls[0] = 0
for name in ("_begin", "_finish", "_positions", "_finish_split") if sys.argv[2] == "timed" else ():
    setattr(wrap, name, timed(getattr(wrap, name)))
stack.load()
told = os.fdopen(os.dup(1), "w")
print(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), file=told, flush=True)
while line := os.read(0, 1 << 16):
    work, output, words = json.loads(line)
    child = os.fork()
    if not child:
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.chdir(work)
        os.environ.update(OUTPUT_DIR=output, WORK_TRACED=work)
        status = 1
        try:
            status = forked.become_script(Path(work, words[0]), words)
        finally:
            print(own[0] - looking * calls[0], file=open(output + "/own", "w"), flush=True)
            sys.stderr.flush()
            os._exit(status)
    _, status, used = os.wait4(child, 0)
    print(json.dumps([status, used.ru_utime + used.ru_stime]), file=told, flush=True)
"""
WITHOUT, NOTED, TIMED = "without", "noted", "timed"
LOADING = "loading the stack"
LARGE = """
import numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import KFold, train_test_split
from sklearn.preprocessing import StandardScaler
random = np.random.default_rng(0)
frame = pd.DataFrame(random.normal(size=(200_000, 30)), columns=[f"c{number}" for number in range(30)])
target = (frame["c0"] + frame["c1"] * frame["c2"] + random.normal(size=len(frame)) > 0).astype(int)
X_train, X_test, y_train, y_test = train_test_split(frame, target, random_state=0)
scaler = StandardScaler().fit(X_train)
A, B = scaler.transform(X_train), scaler.transform(X_test)
logistic = LogisticRegression().fit(A, y_train)
print(accuracy_score(y_test, logistic.predict(B)))
for train, test in KFold(3).split(A):
    folded = LogisticRegression().fit(A[train], y_train.iloc[train])
    print(folded.score(A[test], y_train.iloc[test]))
boosted = HistGradientBoostingClassifier(max_iter=30).fit(X_train, y_train)
print(roc_auc_score(y_test, boosted.predict_proba(X_test)[:, 1]))
"""
MANY = """
import numpy as np
from sklearn.linear_model import LinearRegression
X = np.random.default_rng(0).normal(size=(200, 5))
for _ in range(2_000):
    LinearRegression().fit(X, X[:, 0]).predict(X)
"""
BY_HAND = """
from collections import Counter
from sklearn.linear_model import LinearRegression
random = 7
def words(text):
    found = []
    for word in text.split():
        word = word.strip(".,").lower()
        if len(word) > 2:
            found.append(word)
    return found
texts = []
for number in range(40_000):
    random = (random * 1103515245 + 12345) % 2**31
    texts.append(" ".join(f"w{(random >> shift) % 997}." for shift in range(20)))
counts = Counter(word for text in texts for word in words(text))
LinearRegression().fit([[value] for value in counts.values()], list(counts.values()))
print(len(counts), sum(value if value > 800 else 0 for value in counts.values()))
"""


class Server:
    """A process that has the stack loaded; `loading_s` is the processor time that took."""

    def __init__(self, runner: Path, way: str) -> None:
        one_thread = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1")  # those that wait would count
        environment = {
            **os.environ,
            **one_thread,
            "MPLBACKEND": "Agg",
            "PYTHONHASHSEED": "0",
            "OUTPUT_DIR": str(runner),
        }
        self._is_noted = way != WITHOUT
        self._process = subprocess.Popen(
            [str(environment_program("python")), "-c", SERVER, str(runner), way],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment, text=True, bufsize=1,
        )  # fmt: skip
        self.loading_s = float(self._said())

    def run(self, work: Path, words: list[str]) -> tuple[float, float]:
        """Run a work and return its processor time and the noting's own, if timed, in seconds.

        Stops the benchmark when the work, or its traces, fail.
        """
        assert self._process.stdin is not None
        with tempfile.TemporaryDirectory() as output:
            self._process.stdin.write(json.dumps([str(work), output, words]) + "\n")
            status, used_s = json.loads(self._said())
            traces = Path(output, TRACES)
            is_whole = traces.exists() and b'"cut"' not in traces.read_bytes()
            own_s = float(Path(output, "own").read_text())
        if status != 0 or is_whole != self._is_noted:
            raise SystemExit(f"{work.name} failed, or its traces did")
        return float(used_s), own_s

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def close(self) -> None:
        """End it."""
        self._process.communicate()


def main() -> None:
    """Run each work in turn, with and without, and print the medians and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=9)
    repeat = parser.parse_args().repeat
    times: dict[tuple[str, str], list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as folder:
        works = works_in(Path(folder))
        runners = {WITHOUT: blind_runner(Path(folder)), NOTED: sandbox_asset("runner"), TIMED: sandbox_asset("runner")}
        for number in range(repeat):
            for way in sorted(runners, reverse=bool(number % 2)):
                server = Server(runners[way], way)
                times.setdefault((LOADING, way), []).append((server.loading_s, 0.0))
                for name, (work, words) in works.items():
                    times.setdefault((name, way), []).append(server.run(work, words))
                server.close()
            say(f"repeat {number + 1} of {repeat}")
    print(f"{'processor time':24} {'without s':>10} {'with s':>8} {'ratio':>7} {'own ms':>8} {'own share':>10}")
    for name in (LOADING, *works):
        without, noted = (statistics.median(used for used, _ in times[name, way]) for way in (WITHOUT, NOTED))
        own = statistics.median(own for _, own in times[name, TIMED])
        share = statistics.median(own / used for used, own in times[name, TIMED])
        print(f"{name:24} {without:10.3f} {noted:8.3f} {noted / without:7.3f} {1000 * own:8.1f} {share:10.2%}")


def blind_runner(folder: Path) -> Path:
    """Return a copy of the runner that notes nothing."""
    copy = folder / "runner"
    shutil.copytree(sandbox_asset("runner"), copy, ignore=shutil.ignore_patterns("__pycache__"))
    with (copy / "tracing" / "hook.py").open("a") as hook:
        hook.write("\n\ninstall = lambda: None\nstart = mark = lambda root: None\n")
    return copy


def works_in(folder: Path) -> dict[str, tuple[Path, list[str]]]:
    """Lay the works out and return each one's folder with its script and the words after it."""
    notebook, script = workspace(NOTEBOOK, folder / "notebook"), workspace(SCRIPT, folder / "script")
    cells = json.loads(next(notebook.glob("*.ipynb")).read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    (notebook / "main.py").write_text("\n".join(code))
    words = ["predict.py", "--input", "data/test.csv", "--output", str(folder / "predictions.csv")]
    works = {"reference notebook": (notebook, ["main.py"]), "reference script": (script, words)}
    for name, text in (("200,000 rows by 30", LARGE), ("4,000 small calls", MANY), ("texts by hand", BY_HAND)):
        (folder / name).mkdir()
        (folder / name / "main.py").write_text(text)
        works[name] = (folder / name, ["main.py"])
    return works


if __name__ == "__main__":
    main()
