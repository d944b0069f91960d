"""Grades every hostile work with the ordinary command, well-behaved ones beside them, and looks at what is left."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sandbox_bench import containers, control_groups

from grader.sandbox.container_options import OWNER_LABEL
from grader.sandbox.slots import FIRST_UID
from grader.settings import read_settings

GRADER = Path(sys.executable).with_name("grader")
CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"
WORKS = Path(__file__).parent / "works"
SHARED = "hostile.py"
LIMITS = {
    "wall_s": 6,
    "cell_s": 6,
    "memory_bytes": 640 << 20,
    "processes": 64,
    "disk_bytes": 96 << 20,
    "disk_files": 2000,
}
COMPLETED = "completed"
CANARY = "from hostile import *\ntime.sleep(1)\nanswer()\n"


@dataclass(frozen=True)
class HostileWork:
    """One work: every way its grading may end (COMPLETED, or the failure's code), and what its report says then."""

    name: str
    ends: tuple[str, ...]
    says: str

    @property
    def path(self) -> Path:
        """Its script."""
        return WORKS / f"{self.name}.py"


def hostile_works() -> list[HostileWork]:
    """Return all of them, by row and name. Their first lines say how they end."""
    found = []
    for path in sorted(WORKS.glob("[0-9]*.py")):
        told = dict(re.findall(r"^# (Ends|Says): (.*)$", path.read_text(), re.MULTILINE))
        found.append(HostileWork(path.stem, tuple(told["Ends"].split(", ")), told.get("Says", "")))
    return found


@dataclass
class AbuseBatch:
    """One run of `grader grade` over all hostile works on one backend."""

    folder: Path
    backend: str
    runtime: str = ""
    works_to_a_canary: int = 2
    reports: dict[str, dict[str, Any]] = field(default_factory=dict)
    canaries: dict[str, dict[str, Any]] = field(default_factory=dict)
    status: int = -1
    said: str = ""
    peak_kilobytes: int = 0
    left: list[str] = field(default_factory=list)
    secret: str = field(default_factory=lambda: secrets.token_hex(12))

    def run(self) -> None:
        """Grade them two at a time, a canary among every few."""
        with socket.create_server(("0.0.0.0", 0)) as listener:
            sources = self._sources(listener.getsockname()[1])
            before = _places()
            words = ["--assignment", str(self._assignment()), "--sandbox", self.backend, "--jobs", "2"]
            words += ["--runtime", self.runtime] if self.runtime else []
            log = self.folder / "said"
            with log.open("wb") as out:
                process = subprocess.Popen(
                    [str(GRADER), "grade", *map(str, sources), *words, "--output", str(self.folder / "out")],
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    env={**os.environ, "GRADER_DATABASE_URL": self.secret, "AWS_SECRET_ACCESS_KEY": self.secret},
                )
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = self.status = os.waitstatus_to_exitcode(status)
        self.said, self.peak_kilobytes = log.read_text(), used.ru_maxrss
        self.left = [*leavings_of_grader(process.pid), *sorted(_places() - before)]
        for source in sources:
            report = self.folder / "out" / source.name / "report.json"
            if report.exists():
                kept = self.canaries if source.name.startswith("canary") else self.reports
                kept[source.name] = json.loads(report.read_text())

    def _sources(self, port: int) -> list[Path]:
        (self.folder / "host-file").write_text(self.secret)
        told = f"TERCES = {self.secret[::-1]!r}\nHOST_PORT = {port}\nHOST_FILE = {str(self.folder / 'host-file')!r}\n"
        sources = []
        for number, work in enumerate(hostile_works()):
            both = {work.name: work.path.read_text()}
            if number % self.works_to_a_canary == 0:
                both[f"canary-{number}"] = CANARY
            for name, code in both.items():
                source = self.folder / "works" / name
                source.mkdir(parents=True)
                (source / "main.py").write_text(code)
                (source / "facts.py").write_text(told)
                shutil.copy(WORKS / SHARED, source)
                sources.append(source)
        return sources

    def _assignment(self) -> Path:
        copy = self.folder / "churn"
        shutil.copytree(CHURN, copy, ignore=shutil.ignore_patterns("examples"))
        (copy / "data" / "hidden" / "note").write_text(self.secret)
        text = (copy / "assignment.toml").read_text()
        limits = "".join(f"{name} = {value}\n" for name, value in LIMITS.items())
        text = re.sub(r"\[limits\]\n(\w+ = .*\n)+", f"[limits]\n{limits}", text)
        (copy / "assignment.toml").write_text(text)
        return copy


def leavings_of_grader(process: int) -> list[str]:
    """Return what the grader with that process id has left: processes, control groups, containers, mounts, folders."""
    scratch = read_settings().scratch
    left = [str(path) for path in scratch.glob(f"{process}-*")]
    left += [f"mount {line}" for line in Path("/proc/self/mountinfo").read_text().splitlines() if "grader" in line]
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{scratch}/{process}-" in (folder / "mountinfo").read_text():
                left.append(f"process {folder.name} {(folder / 'cmdline').read_bytes()!r}")
        except OSError:
            continue
    left += [str(path) for path in control_groups() if path.name.startswith(f"{process}-")]
    return left + containers(OWNER_LABEL, lambda owner: owner.startswith(f"{process}-"))


def _places() -> set[str]:
    """Return what lies where a work that gets out could write; as root it would belong to a slot's user."""
    found = [path for place in ("/tmp", "/dev/shm", "/var/tmp", "/run") for path in Path(place).iterdir()]
    return {str(path) for path in found if os.geteuid() != 0 or path.lstat().st_uid >= FIRST_UID}
