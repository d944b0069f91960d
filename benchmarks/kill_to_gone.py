"""How soon a hostile work is gone once it is to be ended: each of the suite's, on each backend.

    python benchmarks/kill_to_gone.py [--sandbox bubblewrap --sandbox docker] [--runtime runsc] [--after 1.5]

Without --sandbox: on bubblewrap, and on Docker where it is there. A work is let run for a while, then its run is
cancelled; where our watchdog has ended it before, that is when it was killed. Gone means that no process, control
group, container or mount of it is there any more. Works that the kernel killed by then, or that ended by themselves,
are counted and not timed, but leave nothing either. Ends with status 1 when anything stays, or takes longer than a
second to go.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "contract"))  # where the tests look too

from leavings import processes_in
from sandbox_bench import containers, control_groups

from grader.model import EntryPoint, Limits, RunPlan, SandboxJob, Submission
from grader.model.run import Ended
from grader.sandbox import BubblewrapSandbox, DockerSandbox, choose_sandbox, empty_job
from grader.sandbox.container_options import RUN_LABEL
from grader.sandbox.watchdog import Watchdog
from grader.sandbox.workspace import lay_out, sandbox_job
from grader.settings import read_settings

TESTS = Path(__file__).resolve().parent.parent / "tests"
WORKS = TESTS / "abuse" / "works"
MOST_S, PATIENCE_S = 1.0, 10.0
KILLED: dict[str, float] = {}  # when a run was ended by our watchdog, by the id of the run
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
    note_kills()
    broken = [
        wrong
        for backend in options.sandbox or there()
        for wrong in one_backend(backend, options.runtime if backend == "docker" else None, options.after)
    ]
    if broken:
        raise SystemExit("\n".join(broken))


def there() -> list[str]:
    """Return the backends that can be used here."""
    home = read_settings().home
    reasons = {"bubblewrap": BubblewrapSandbox(home).why_unavailable(), "docker": DockerSandbox(home).why_unavailable()}
    for backend, reason in reasons.items():
        if reason:
            print(f"{backend} is left out: {reason}")
    return [backend for backend, reason in reasons.items() if not reason]


def one_backend(backend: str, runtime: str | None, after: float) -> list[str]:
    """Print how long each work took to be gone, and return what was not as it must be."""
    sandbox = choose_sandbox(backend, read_settings().home, runtime=runtime)
    gone: dict[str, float] = {}
    broken: list[str] = []
    ended = 0
    containers(RUN_LABEL, lambda _: True)  # once unmeasured: it loads the engine's library
    with tempfile.TemporaryDirectory() as folder:
        for work in works():
            root = Path(folder, work.stem)
            ahead = empty_job(root / f"ahead-{secrets.token_hex(8)}", LIMITS, CPUS)  # its name is the run's
            sandbox.prepare(ahead)
            job, cancel = job_of(work, root), threading.Event()
            runner = threading.Thread(target=sandbox.run, args=(job, cancel))
            runner.start()
            wait_for_the_work(ahead, runner)
            runner.join(after)
            in_time = runner.is_alive()
            told = time.perf_counter()
            cancel.set()
            runner.join()
            looked, left = wait_until_gone(ahead)
            killed = told if in_time else KILLED.pop(ahead.run_id, None)
            if left:
                broken.append(f"{backend}: {work.stem} has left {left}")
            elif killed is not None:
                gone[work.stem] = looked - killed
            ended += killed is None
        sandbox.close()
    print(f"{name_of(backend, runtime)}: {len(gone)} works ended by us; {ended} by themselves, or by the kernel")
    for name, seconds in sorted(gone.items(), key=lambda item: -item[1]):
        print(f"  {name:45} {seconds * 1000:6.0f} ms")
    if gone:
        print(f"  median {statistics.median(gone.values()) * 1000:.0f} ms, at most {max(gone.values()) * 1000:.0f} ms")
    late = [f"{backend}: {name} took {seconds:.2f} s to be gone" for name, seconds in gone.items() if seconds > MOST_S]
    return broken + late


def note_kills() -> None:
    """Have the watchdog note when it ends a run."""
    check = Watchdog.check

    def noting(self: Watchdog) -> Ended | None:
        ended = check(self)
        if ended is not None:
            KILLED.setdefault(self._job.run_id, time.perf_counter())
        return ended

    Watchdog.check = noting  # type: ignore[method-assign]


def name_of(backend: str, runtime: str | None) -> str:
    """Return what to call a backend."""
    return f"{backend} on {runtime}" if runtime else backend


def works() -> list[Path]:
    """Return the works that a sandbox runs; those that ask for packages have others that do not run."""
    return [path for path in sorted(WORKS.glob("[0-9]*.py")) if "\n# Asks: " not in path.read_text()]


def wait_until_gone(ahead: SandboxJob) -> tuple[float, list[str]]:
    """Return when one began to look and found nothing of a run any more; else what is there after a while.

    The engine, which may take its time to answer, is asked once the rest is gone.
    """
    deadline = time.perf_counter() + PATIENCE_S
    while True:
        looked = time.perf_counter()
        left = left_on_the_host(ahead) or containers(RUN_LABEL, lambda run: run == ahead.run_id)
        if not left or looked > deadline:
            return looked, left
        time.sleep(0.005)


def left_on_the_host(ahead: SandboxJob) -> list[str]:
    """Return what is there of a run: processes, control groups, mounts."""
    mounts = [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if ahead.run_id in line]
    groups = [str(path) for path in control_groups() if ahead.run_id in path.name]
    return [*processes_in([str(ahead.workspace)]), *groups, *mounts]


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


if __name__ == "__main__":
    main()
