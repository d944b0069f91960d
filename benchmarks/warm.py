"""What warm sandboxes bring: everything beside the bare run of the same work, in one run, as ratios.

    python benchmarks/warm.py [--repeat 5] [--copies 24] [--sandbox bubblewrap --sandbox docker]
    python benchmarks/warm.py --starts [--repeat 5]     only how soon a sandbox is ready, and what a waiting one holds

Absolute times mean nothing on a shared machine; the ratios are of medians over interleaved repeats. "Bare" is the same
locked environment, the same files and the same data, run without any sandbox: only ever the project's own samples.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from memory import Memory, megabytes, memory_of, processes_with, watched
from overhead import CHURN, GRADER, NOTEBOOK, ROOT, SCRIPT, SMALL_NOTEBOOK, bare_notebook, bare_script, say

from grader.assignment import load_assignment
from grader.errors import InfrastructureError
from grader.model import EntryPoint, Limits, RunPlan, Submission
from grader.pipeline import Parts, grade, start_ahead
from grader.report.folder import write_folder
from grader.sandbox import empty_job
from grader.sandbox.workspace import lay_out, sandbox_job
from grader.settings import read_settings
from grader.wiring import grading_parts

BACKENDS = ("bubblewrap", "docker", "docker runsc", "sandlock")
CPUS = tuple(sorted(os.sched_getaffinity(0)))
FIRST_WORDS = "import os, time\nopen(os.environ['OUTPUT_DIR'] + '/began', 'w').write(repr(time.time()))\n"


class Silent:
    """Hears of every step and says nothing."""

    def step(self, source: str, step: str, detail: str = "") -> None:
        """Do nothing."""


def main() -> None:
    """Measure and print each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--copies", type=int, default=24)
    parser.add_argument("--sandbox", action="append", choices=["bubblewrap", "docker"])
    parser.add_argument("--starts", action="store_true")
    options = parser.parse_args()
    backends = options.sandbox or ["bubblewrap"]
    with tempfile.TemporaryDirectory() as folder:
        if not options.starts:
            one_warm_grading(Path(folder), backends, options.repeat)
        for backend in BACKENDS:
            try:
                starts(backend, options.repeat)
            except InfrastructureError as error:
                print(f"\n{backend}: {error.message}")
        if not options.starts:
            throughput(Path(folder), backends[0], options.copies)


def one_warm_grading(folder: Path, backends: list[str], repeat: int) -> None:
    """Compare a grading whose sandbox waits ready, scored and reported, with the bare run."""
    works = {
        "notebook": (NOTEBOOK, bare_notebook(folder)),
        "small notebook": (SMALL_NOTEBOOK, bare_notebook(folder, SMALL_NOTEBOOK)),
        "script": (SCRIPT, bare_script(folder)),
    }
    times: dict[str, list[float]] = {}
    for number in range(repeat + 1):
        for name, (source, bare) in works.items():
            took = {f"{name}, bare": bare()}
            for backend in backends:
                with parts_of(backend) as parts:
                    took[f"{name}, {backend}"], took[f"{name}, {backend}: the cells"] = warm_grading(source, parts)
            for case, one in took.items():
                times.setdefault(case, []).append(one)
        say(f"repeat {number} of {repeat}")
    medians = {
        case: statistics.median(seconds[1:]) for case, seconds in times.items()
    }  # the first pays for a cold disk
    print(f"{'warm grading':34} {'median s':>9} {'min s':>7} {'max s':>7} {'to bare':>8}")
    for case, seconds in times.items():
        if medians[case] == 0:
            continue  # a script has no cells
        bare_s = medians[f"{case.partition(',')[0]}, bare"]
        low, high = min(seconds[1:]), max(seconds[1:])
        print(f"{case:34} {medians[case]:9.2f} {low:7.2f} {high:7.2f} {medians[case] / bare_s:8.2f}")


@contextmanager
def parts_of(backend: str) -> Iterator[Parts]:
    """Yield what gradings are made with; "docker runsc" is Docker on that runtime."""
    name, _, runtime = backend.partition(" ")
    settings = read_settings().model_copy(update={"docker_runtime": runtime})
    with grading_parts(settings, sandbox=name, listener=Silent(), allow_local_git=False) as parts:
        yield parts


def warm_grading(source: Path, parts: Parts) -> tuple[float, float]:
    """Return the seconds from a source to its report on disk, with a sandbox that was ready before, and those its own
    cells took, which no grader can save.
    """
    assignment = load_assignment(CHURN)
    job = start_and_wait(parts, lambda: start_ahead(assignment, parts, CPUS))
    assert job
    started = time.perf_counter()
    graded = grade(str(source), source.name, assignment, parts, CPUS, threading.Event())
    write_folder(parts.scratch / "report", graded.report, graded.evidence, executed=graded.executed, logs=graded.logs)
    took = time.perf_counter() - started
    if graded.report.outcome != "completed":
        raise SystemExit(f"{source} failed: {graded.report.failure}")
    cells = graded.report.run.cells if graded.report.run else ()
    return took, sum(cell.wall_s for cell in cells)


def start_and_wait(parts: Parts, start: Callable[[], None]) -> float:
    """Start a sandbox ahead and wait until it is ready; return the seconds that took."""
    began = time.perf_counter()
    start()
    parts.sandbox.wait_until_ready()
    return time.perf_counter() - began


def starts(backend: str, repeat: int) -> None:
    """Print when a sandbox is ready, how soon a work begins in a ready one, and what a waiting one holds."""
    alone, ready, second, takes = [], [], [], []
    by_itself = zygote = first = both = Memory()
    for number in range(repeat):
        with parts_of(backend) as parts:
            alone.append(ready_after(parts, "alone", Limits(), alone=True))
            by_itself = memory_of(processes_with(parts.scratch / "alone"))
        with parts_of(backend) as parts:
            ready.append(ready_after(parts, "ahead", Limits()))
            zygote = memory_of(zygotes_of(parts))
            first = zygote + memory_of(processes_with(parts.scratch / "ahead"))
            second.append(ready_after(parts, "beside", Limits(wall_s=601)))
            both = memory_of([*zygotes_of(parts), *processes_with(parts.scratch)])
            takes.append(first_words(parts, number))
    medians = [statistics.median(seconds) for seconds in (alone, ready, second)]
    print(f"\n{backend}: ready after {medians[0]:.2f} s alone, {medians[1]:.2f} s as the first of several, ", end="")
    print(f"{medians[2]:.2f} s as the second; a ready one begins the work ", end="")
    print(f"{statistics.median(takes) * 1000:.0f} ms after it is handed in ({max(takes) * 1000:.0f} at most)")
    if by_itself.resident and " " not in backend:  # another kernel's processes are not among ours
        adds = both.proportional - first.proportional
        print(f"one that waits alone holds {megabytes(by_itself.proportional)}; of several, the first ", end="")
        print(
            f"{megabytes(first.proportional)} with what it was forked from, the second {megabytes(adds)} more", end=""
        )
        print(f", so that it shares {megabytes(by_itself.proportional - adds)}")
    if zygote.resident:
        print(f"what they are forked from: {zygote}")


def zygotes_of(parts: Parts) -> list[int]:
    """Return the processes that the waiting sandboxes are forked from, on bubblewrap only."""
    zygotes = getattr(parts.sandbox, "_zygotes", None)
    return [zygote.pid for zygote in zygotes._living.values()] if zygotes else []


def ready_after(parts: Parts, name: str, limits: Limits, *, alone: bool = False) -> float:
    """Start a sandbox ahead and return the seconds until it is ready."""
    job = empty_job(parts.scratch / name, limits, CPUS)
    return start_and_wait(parts, lambda: parts.sandbox.prepare(job, alone=alone))


def first_words(parts: Parts, number: int) -> float:
    """Return the seconds from handing a script to a ready sandbox to the script's first line."""
    root = parts.scratch / f"first-words-{number}"
    handed_in = root / "handed-in"
    handed_in.mkdir(parents=True)
    (handed_in / "main.py").write_text(FIRST_WORDS)
    submission = Submission(name="first words", digest="0" * 64, kind="folder", files=(), bytes=0, root=handed_in)
    plan = RunPlan(entry_point=EntryPoint(kind="script", path="main.py", reason="a benchmark"), limits=Limits())
    job = sandbox_job(lay_out(root / "run", submission, plan, None), plan, None, root.name, CPUS)
    started = time.time()
    parts.sandbox.run(job, threading.Event())
    return float((root / "run" / "out" / "began").read_text()) - started


def throughput(folder: Path, backend: str, copies: int) -> None:
    """Compare `copies` submissions in as many slots as there are CPUs with the bare runs one after the other."""
    sources = []
    for number in range(copies):
        sources.append(folder / f"copy-{number}")
        shutil.copytree(NOTEBOOK, sources[-1])
    bare = bare_notebook(folder / "one-by-one")
    bare()
    summed = sum(bare() for _ in range(copies))
    say(f"{copies} bare runs: measured")
    jobs = len(CPUS)
    command = [str(GRADER), "grade", *map(str, sources), "--assignment", str(CHURN), "--sandbox", backend]
    command += ["--jobs", str(jobs), "--output", str(folder / "out")]
    seconds, graders, sandboxes = watched(command, ROOT)
    print(
        f"\n{copies} submissions, {backend}, {jobs} slots: {seconds:.1f} s; bare, one by one: {summed:.1f} s; ", end=""
    )
    print(f"ratio {seconds / summed:.2f}")
    print(f"most memory of the grader, its reader of code and its zygote: {graders}")
    print(f"most memory of the sandboxes, those that wait too: {sandboxes}")


if __name__ == "__main__":
    main()
