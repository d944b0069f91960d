"""Grades every hostile work with the ordinary command, well-behaved ones beside them, and looks at what is left."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from canary import Canary, Span, canary_source
from grading_process import GradingProcess
from hostile_index import MOST_BYTES, add_payload, hostile_index
from hostile_work import FACTS, SHARED, WORKS, HostileWork, hostile_works
from leavings import Machine, engine_leavings, lasting, machine, new_files, new_mounts, processes_in
from package_index import PackageIndex, bridge_address, served
from plain_churn import copy_plain_churn
from sandbox_bench import containers, control_groups

from grader.sandbox import find_environment
from grader.sandbox.container_options import OWNER_LABEL
from grader.settings import read_settings

LIMITS = {
    "memory_bytes": 640 << 20,
    "processes": 64,
    "disk_bytes": 96 << 20,
    "disk_files": 2000,
}
LAST_WEEK = time.time() - 7 * 24 * 3600


@dataclass(frozen=True)
class Group:
    """Works that are graded by one grader: so many side by side, each with so many seconds."""

    jobs: int
    wall_s: int
    environment_s: int = 0  # what each step of making an environment may take, where works bring requirements


GROUPS = {
    "quick": Group(jobs=2, wall_s=30),
    "waiting": Group(jobs=1, wall_s=4),
    "bombs": Group(jobs=1, wall_s=10),  # they end at the deadline too, but must have come to their limit by then
    "asking": Group(jobs=1, wall_s=30, environment_s=120),
    "slow": Group(jobs=1, wall_s=30, environment_s=20),
}
WAITS = {"limit.wall_time", "limit.processes"}
CANARYS = Group(jobs=1, wall_s=1200)


@dataclass
class AbuseBatch:
    """All hostile works graded on one backend, by a grader for each group; and a canary by one of its own.

    `exceptions` are the ends of some works that differ there.
    """

    folder: Path
    backend: str
    runtime: str
    exceptions: dict[str, tuple[str, ...]]
    index: PackageIndex = field(default_factory=hostile_index)
    graders: list[GradingProcess] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    secret: str = field(default_factory=lambda: secrets.token_hex(12))
    canary: Canary = field(init=False)

    @property
    def reports(self) -> dict[str, dict[str, Any]]:
        """The hostile works' reports by name."""
        return {name: report for process in self.graders for name, report in process.reports().items()}

    @property
    def host_file(self) -> Path:
        """A file beside the works that holds the secret."""
        return self.folder / "host-file"

    @property
    def payload_file(self) -> Path:
        """A file that a package tries to make."""
        return self.folder / "pwned"

    def grader_of(self, work: HostileWork) -> GradingProcess:
        """Return the one that has graded it."""
        return next(process for process in self.graders if work.path.stem in {each.name for each in process.sources})

    def ends_of(self, work: HostileWork) -> tuple[str, ...]:
        """Return how its grading may end here."""
        return self.exceptions.get(work.name, work.ends)

    def span_of(self, work: HostileWork) -> Span:
        """Return when it ran, by its own word and the host's clock; where nothing of it ran, when that was reported."""
        process = self.grader_of(work)
        file = process.report_file(work.name)
        reported, took = file.stat().st_mtime, process.reports()[work.name]["run"]["wall_s"] or 0.0
        own = re.search(r"^began ([\d.]+)$", process.log(work.name), re.MULTILINE)
        began = float(own[1]) if own else reported - took
        return Span(began, min(began + took, reported))

    def run(self) -> None:
        """Grade them all."""
        before = machine()
        with socket.create_server(("0.0.0.0", 0)) as listener, self._served():
            add_payload(self.index, self.payload_file)
            self.host_file.write_text(self.secret)
            told = f"TERCES, HOST_PORT = {self.secret[::-1]!r}, {listener.getsockname()[1]}\n"
            told += f"HOST_FILE = {str(self.host_file)!r}\n"
            settings = read_settings()
            secret = {"GRADER_DATABASE_URL": self.secret, "AWS_SECRET_ACCESS_KEY": self.secret}
            words = self._words("canary", CANARYS)
            source = canary_source(self.folder / "works", told)
            self.canary = Canary(GradingProcess("canary", self.folder, [source], words, settings.scratch, secret))
            self.graders = self._hostile_graders(told, settings.scratch, secret)
            try:
                self.canary.start()
                for process in self.graders:
                    process.start()
                for process in self.graders:
                    process.wait()
                self.canary.stop()
            finally:
                self._kill()
        self.left = lasting(lambda: self._leavings(before))

    def _hostile_graders(self, told: str, scratch: Path, secret: dict[str, str]) -> list[GradingProcess]:
        home = self._home()
        asking = {"GRADER_HOME": str(home), "GRADER_INDEX_URL": self.index.url, "GRADER_ENVIRONMENTS_BYTES": MOST_BYTES}
        if self.runtime:
            asking["GRADER_TRIES"] = "1"  # it has no network, however often it is tried
        sources: dict[str, list[Path]] = {name: [] for name in GROUPS}
        for work in hostile_works():
            sources[self._group_of(work)].append(self._source(work, told))
        made = []
        for name, group in GROUPS.items():
            if not sources[name]:
                continue
            words, place, environment = self._words(name, group), scratch, secret
            if group.environment_s:
                seconds = {"GRADER_ENVIRONMENT_SECONDS": str(group.environment_s)}
                place, environment = home / "scratch", {**secret, **asking, **seconds}
            made.append(GradingProcess(name, self.folder, sources[name], words, place, environment))
        return made

    def _group_of(self, work: HostileWork) -> str:
        if work.asks:
            return "slow" if "environment.timeout" in work.ends else "asking"
        if {"limit.processes", "limit.memory"} <= set(work.ends):
            return "bombs"
        return "waiting" if WAITS & set(self.ends_of(work)) else "quick"

    def _kill(self) -> None:
        for process in (*self.graders, self.canary.process):
            process.kill()

    def _source(self, work: HostileWork, told: str) -> Path:
        source = self.folder / "works" / work.name
        source.mkdir(parents=True)
        (source / "main.py").write_text(work.path.read_text())
        (source / FACTS).write_text(told)
        shutil.copy(WORKS / SHARED, source)
        if work.asks:
            known = {"{index}": self.index.url.removesuffix("/simple"), "{host_file}": str(self.host_file)}
            asks = "".join(f"{line}\n" for line in work.asks)
            for word, meant in known.items():
                asks = asks.replace(word, meant)
            (source / "requirements.txt").write_text(asks)
        for path in source.iterdir():
            os.utime(path, (LAST_WEEK, LAST_WEEK))
        return source

    def _words(self, name: str, group: Group) -> list[str]:
        """Return the options of one of the graders; its assignment is a copy of the churn one with narrow limits."""
        copy = self.folder / "assignments" / name
        copy_plain_churn(copy)
        (copy / "data" / "hidden" / "note").write_text(self.secret)
        text = (copy / "assignment.toml").read_text()
        limits = {**LIMITS, "wall_s": group.wall_s, "cell_s": group.wall_s}
        table = "".join(f"{key} = {value}\n" for key, value in limits.items())
        text = re.sub(r"\[limits\]\n(\w+ = .*\n)+", f"[limits]\n{table}", text)
        if group.environment_s:
            text = f'environment = "requirements"\n{text}'
        (copy / "assignment.toml").write_text(text)
        runtime = ["--runtime", self.runtime] if self.runtime else []
        return ["--assignment", str(copy), "--sandbox", self.backend, *runtime, "--jobs", str(group.jobs)]

    def _home(self) -> Path:
        """Return a home of its own for environments, with the locked one in it."""
        fixed = find_environment(read_settings().home)
        environments = self.folder / "home" / "environments"
        environments.mkdir(parents=True)
        (environments / fixed.digest).symlink_to(fixed.path)
        return environments.parent

    @contextmanager
    def _served(self) -> Iterator[None]:
        with served(self.index, "127.0.0.1" if self.backend == "bubblewrap" else bridge_address()):
            yield

    def _leavings(self, before: Machine) -> set[str]:
        """Return what the graders have left: processes, control groups, containers, mounts, files."""
        everyone = [*self.graders, self.canary.process]
        numbers = {str(process.number) for process in everyone}
        folders = [f"{process.scratch}/{process.number}-" for process in everyone]
        left = {str(path) for process in everyone for path in process.scratch.glob(f"{process.number}-*")}
        left.update(processes_in([*folders, str(self.folder)]))
        left.update(str(path) for path in control_groups() if path.name.partition("-")[0] in numbers)
        left.update(containers(OWNER_LABEL, lambda owner: owner.partition("-")[0] in numbers))
        left.update(new_mounts(before) | engine_leavings(before))
        runs = [report["receipt"]["run_id"] for report in self.reports.values()]
        left.update(new_files(before, [self.secret, *runs, *folders], self.folder))
        kept = (self.folder / "home" / "environments").iterdir()
        return left | {str(path) for path in kept if not re.fullmatch(r"[0-9a-f]{64}(\.use)?", path.name)}
