"""How soon a hostile work is gone once it is to be ended: each of the suite's, on each backend.

    python benchmarks/kill_to_gone.py [--sandbox bubblewrap --sandbox docker] [--runtime runsc] [--after 1.5]

A work is let run for a while, then its run is cancelled. Gone means that no process, control group, container or mount
of it is there any more. Works that have ended by then were no match for their limits; they are counted and left out.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import threading
import time
from pathlib import Path

from grader.model import EntryPoint, Limits, RunPlan, SandboxJob, Submission
from grader.sandbox import choose_sandbox, empty_job
from grader.sandbox.workspace import lay_out, sandbox_job
from grader.settings import read_settings

WORKS = Path(__file__).resolve().parent.parent / "tests" / "abuse" / "works"
LIMITS = Limits(wall_s=60, cpus=1, memory_bytes=640 << 20, processes=64, disk_bytes=96 << 20, disk_files=2000)
CPUS = tuple(sorted(os.sched_getaffinity(0)))[:1]
FACTS = "TERCES, HOST_PORT, HOST_FILE = 'nothing', 9, '/etc/hostname'\n"


def main() -> None:
    """Measure every work on every backend and print the slowest."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", action="append", choices=["bubblewrap", "docker"])
    parser.add_argument("--runtime")
    parser.add_argument("--after", type=float, default=1.5, help="seconds that a work is let run")
    options = parser.parse_args()
    for backend in options.sandbox or ["bubblewrap"]:
        one_backend(backend, options.runtime if backend == "docker" else None, options.after)


def one_backend(backend: str, runtime: str | None, after: float) -> None:
    """Print how long each work took to be gone."""
    sandbox = choose_sandbox(backend, read_settings().home, runtime=runtime)
    gone: dict[str, float] = {}
    ended = 0
    works = sorted(WORKS.glob("[0-9]*.py"))
    with tempfile.TemporaryDirectory() as folder:
        for work in works:
            root = Path(folder, work.stem)
            ahead = empty_job(root / "ahead", LIMITS, CPUS)
            sandbox.prepare(ahead)
            job, cancel = job_of(work, root), threading.Event()
            runner = threading.Thread(target=sandbox.run, args=(job, cancel))
            runner.start()
            wait_for_the_work(ahead, runner)
            runner.join(after)
            if not runner.is_alive():
                ended += 1
                continue
            told = time.perf_counter()
            cancel.set()
            runner.join()
            gone[work.stem] = time.perf_counter() - told
            left = processes_with(ahead.workspace)
            if left:
                raise SystemExit(f"{work.stem} has left processes {left}")
        sandbox.close()
    print(
        f"{backend}{f' on {runtime}' if runtime else ''}: {len(gone)} works ended by us, {ended} that had ended before"
    )
    for name, seconds in sorted(gone.items(), key=lambda item: -item[1]):
        print(f"  {name:45} {seconds * 1000:6.0f} ms")
    print(f"  median {statistics.median(gone.values()) * 1000:.0f} ms, at most {max(gone.values()) * 1000:.0f} ms")


def job_of(work: Path, root: Path) -> SandboxJob:
    """Return the job that runs one work."""
    handed_in = root / "handed-in"
    (handed_in / "data").mkdir(parents=True)
    (handed_in / "data" / "test.csv").write_text("customer_id\n1\n")
    (handed_in / "facts.py").write_text(FACTS)
    shutil.copy(WORKS / "hostile.py", handed_in)
    shutil.copy(work, handed_in / "main.py")
    submission = Submission(name=work.stem, digest="0" * 64, kind="folder", files=(), bytes=0, root=handed_in)
    plan = RunPlan(entry_point=EntryPoint(kind="script", path="main.py", reason="a benchmark"), limits=LIMITS)
    return sandbox_job(lay_out(root / "run", submission, plan, None), plan, None, work.stem, CPUS)


def wait_for_the_work(ahead: SandboxJob, runner: threading.Thread) -> None:
    """Wait until the waiting sandbox has been given the work's files."""
    while runner.is_alive() and not (ahead.workspace / "main.py").exists():
        time.sleep(0.01)


def processes_with(folder: Path) -> list[int]:
    """Return the host's processes that have `folder` mounted."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if str(folder) in (process / "mountinfo").read_text():
                found.append(int(process.name))
        except OSError:
            continue
    return found


if __name__ == "__main__":
    main()
