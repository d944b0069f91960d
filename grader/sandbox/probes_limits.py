"""Probes of the limits: each is passed on purpose, and must end the run, or hold."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from grader.model.run import Ended
from grader.sandbox.probe import Probe, ProbeBench, said_by

MB = 1024**2

_MEMORY = "hoard = [b'x' * 10_000_000 for _ in range(60)]\ntime.sleep(2)"
_PROCESSES = """
children = []
try:
    for _ in range(200):
        child = os.fork()
        if child == 0:
            time.sleep(5)
            os._exit(0)
        children.append(child)
    found.append('200 processes were started')
except OSError:
    pass
time.sleep(1)
"""
_DISK = """
for place in FACTS['places']:
    with open(os.path.join(place, CANARY), 'wb') as file:
        for _ in range(48):
            file.write(b'x' * 1_000_000)
time.sleep(3)
for place in FACTS['places']:
    os.unlink(os.path.join(place, CANARY))
"""
_FILES = "for number in range(3000):\n    os.close(os.open(f'file-{number}', os.O_CREAT))\ntime.sleep(3)"
_TIME = "import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(30)"
_DAEMON = """
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execvp(sys.executable, [sys.executable, '-c', 'import time; time.sleep(120)', CANARY])
    os._exit(0)
os.wait()
time.sleep(0.5)
"""


def _ends(program: str, wanted: Ended, **limits: int) -> Probe:
    def look(bench: ProbeBench) -> list[str]:
        result = bench.run(program, {"places": ["."]}, **limits)
        held = result.ended == wanted or (wanted == "memory" and result.oom_killed)
        return [] if held else [f"a run that passed the limit ended as {result.ended!r}, status {result.exit_code}"]

    title, what = _TITLES[wanted if "disk_files" not in limits else "files"]
    return Probe(f"limits.{what}", title, _ADVICE, look)


def _processes(bench: ProbeBench) -> list[str]:
    result = bench.run(_PROCESSES, processes=64, wall_s=20)
    return [] if result.ended != "exited" or result.exit_code else said_by(result)


def _nothing_left(bench: ProbeBench) -> list[str]:
    problems = said_by(bench.run(_DAEMON))
    left = [folder for folder in Path("/proc").iterdir() if folder.name.isdigit() and _is_ours(folder, bench.canary)]
    for folder in left:
        os.kill(int(folder.name), signal.SIGKILL)
    return problems + [f"process {folder.name} outlived its sandbox" for folder in left]


def _is_ours(folder: Path, canary: str) -> bool:
    try:
        return canary.encode() in (folder / "cmdline").read_bytes()
    except OSError:
        return False


_TITLES = {
    "memory": ("Memory is limited", "memory"),
    "disk": ("What is written is limited", "disk"),
    "files": ("The number of files is limited", "files"),
    "wall_time": ("The deadline ends what will not stop", "wall_time"),
}
_ADVICE = "A submission could starve this machine: make control groups usable, or use another sandbox."
LIMITS = (
    _ends(_MEMORY, "memory", memory_bytes=320 * MB),
    Probe("limits.processes", "The number of processes is limited", _ADVICE, _processes),
    _ends(_DISK, "disk", disk_bytes=16 * MB),
    _ends(_FILES, "disk", disk_files=500),
    _ends(_TIME, "wall_time", wall_s=1),
    Probe("limits.nothing_left", "Nothing outlives its sandbox", _ADVICE, _nothing_left),
)
