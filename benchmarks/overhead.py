"""What grading costs over running the work by hand: everything side by side in one run, repeated, as ratios.

    python benchmarks/overhead.py [--repeat 5] [--copies 8] [--sandbox bubblewrap --sandbox docker]

Absolute times mean nothing on a shared machine; the ratios are of medians over interleaved repeats. "Bare" is the same
locked environment, the same files and the same data, run without any sandbox: only ever the project's own samples.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from grader.assignment import deal, load_assignment
from grader.sandbox import find_environment
from grader.settings import read_settings

ROOT = Path(__file__).resolve().parent.parent
CHURN = ROOT / "assignments" / "churn"
GRADER = Path(sys.executable).with_name("grader")
NOTEBOOK, SCRIPT = CHURN / "examples" / "decent", CHURN / "examples" / "strong"
NOTHING_AHEAD = (
    sys.executable,
    "-c",
    "import grader.cli.batch as batch; batch.start_ahead = lambda *_, **__: None; "
    "from grader.cli.app import main; main()",
)
SMALL_NOTEBOOK = CHURN / "examples" / "leaky"  # its own cells take a tenth of a bare run; NOTEBOOK's, nearly half


def main() -> None:
    """Run every case `--repeat` times in turn and print medians and their ratio to the bare run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--copies", type=int, default=8)
    parser.add_argument("--sandbox", action="append", choices=["bubblewrap", "docker"])
    options = parser.parse_args()
    backends = options.sandbox or ["bubblewrap"]
    with tempfile.TemporaryDirectory() as folder:
        single(Path(folder), backends, options.repeat)
        parallel(Path(folder), backends[0], options.copies)
        print(f"\ngrader --help: {median_of(lambda: call([str(GRADER), '--help'], ROOT), options.repeat):.2f} s")


def single(folder: Path, backends: list[str], repeat: int) -> None:
    """Compare one cold grading of the notebook and of the script with the bare run; and of the script, and a notebook
    whose cells take little, with the same where nothing is started ahead, which a warm start must not make slower.
    """
    cases: dict[str, tuple[str, Callable[[], float]]] = {
        "jupyter execute": ("jupyter execute", bare_notebook(folder)),
        "python predict.py": ("python predict.py", bare_script(folder)),
        "jupyter execute, small": ("jupyter execute, small", bare_notebook(folder, SMALL_NOTEBOOK)),
    }
    for backend in backends:
        cases[f"grade notebook, {backend}"] = ("jupyter execute", graded([NOTEBOOK], folder, backend, 1))
        cases[f"grade script, {backend}"] = ("python predict.py", graded([SCRIPT], folder, backend, 1))
        small = f"grade small notebook, {backend}"
        cases[small] = ("jupyter execute, small", graded([SMALL_NOTEBOOK], folder, backend, 1))
        cold = graded([SMALL_NOTEBOOK], folder, backend, 1, program=NOTHING_AHEAD)
        cases[f"{small}, not ahead"] = ("jupyter execute, small", cold)
        cold = graded([SCRIPT], folder, backend, 1, program=NOTHING_AHEAD)
        cases[f"grade script, {backend}, not ahead"] = ("python predict.py", cold)
    times: dict[str, list[float]] = {name: [] for name in cases}
    for name, (_, run) in cases.items():
        run()  # once unmeasured, so that no case pays for a cold disk
        say(f"warmed: {name}")
    for number in range(repeat):
        for name, (_, run) in cases.items():
            times[name].append(run())
        say(f"repeat {number + 1} of {repeat}")
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'case':44} {'median s':>9} {'min s':>7} {'max s':>7} {'to bare':>8}")
    for name, (bare, _) in cases.items():
        low, high = min(times[name]), max(times[name])
        print(f"{name:44} {medians[name]:9.2f} {low:7.2f} {high:7.2f} {medians[name] / medians[bare]:8.2f}")


def parallel(folder: Path, backend: str, copies: int) -> None:
    """Compare `copies` submissions one after the other with as many jobs as there are CPUs."""
    sources = []
    for number in range(copies):
        sources.append(folder / f"copy-{number}")
        shutil.copytree(NOTEBOOK, sources[-1])
    jobs = len(os.sched_getaffinity(0))
    one = graded(sources, folder, backend, 1)()
    say("one after the other: measured")
    side_by_side = graded(sources, folder, backend, jobs)()
    print(f"\n{copies} submissions, {backend}: --jobs 1 {one:.1f} s, --jobs {jobs} {side_by_side:.1f} s, ", end="")
    print(f"ratio {side_by_side / one:.2f}")


def bare_notebook(folder: Path, sample: Path = NOTEBOOK) -> Callable[[], float]:
    """Return a run of a sample's notebook by `jupyter execute` in the locked environment."""
    work = workspace(sample, folder / f"bare-{sample.name}")
    notebook = next(work.glob("*.ipynb"))
    return lambda: call([str(environment_program("jupyter-execute")), str(notebook)], work)


def bare_script(folder: Path) -> Callable[[], float]:
    """Return a run of the sample script by the locked environment's Python, as its README says."""
    work = workspace(SCRIPT, folder / "bare-script")
    command = [
        str(environment_program("python")),
        "predict.py",
        "--input",
        "data/test.csv",
        "--output",
        "predictions.csv",
    ]
    return lambda: call(command, work)


def graded(
    sources: list[Path], folder: Path, backend: str, jobs: int, program: Sequence[str] = (str(GRADER),)
) -> Callable[[], float]:
    """Return a run of `grader grade` over `sources`."""
    command = [*program, "grade", *map(str, sources), "--assignment", str(CHURN), "--sandbox", backend]
    return lambda: call([*command, "--jobs", str(jobs), "--output", str(folder / "out")], ROOT)


def workspace(sample: Path, target: Path) -> Path:
    """Lay out `sample` with the data it would be graded on."""
    shutil.copytree(sample, target)
    (target / "data").mkdir(exist_ok=True)
    for name, content in deal(load_assignment(CHURN), "benchmark").files.items():
        (target / "data" / name).write_bytes(content)
    return target


def environment_program(name: str) -> Path:
    """Return a program of the locked environment."""
    return find_environment(read_settings().home).path / "bin" / name


def call(command: list[str], cwd: Path) -> float:
    """Run `command` and return the seconds it took; stops the benchmark when it fails."""
    started = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}")
    return time.perf_counter() - started


def median_of(run: Callable[[], float], repeat: int) -> float:
    """Return the median of `repeat` runs in seconds."""
    return statistics.median(run() for _ in range(repeat))


def say(text: str) -> None:
    """Show progress on the side."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
