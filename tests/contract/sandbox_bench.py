"""What the sandbox's contract tests share: a bench that runs snippets, and looks for what a run has left behind."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from grader.errors import InfrastructureError
from grader.model import Limits, Mount, SandboxJob, SandboxResult
from grader.ports import Sandbox
from grader.sandbox.engine import engine

ORDINARY: dict[str, Any] = {
    "wall_s": 300,
    "cpus": 1,
    "memory_bytes": 1 << 30,
    "disk_bytes": 1 << 27,
    "log_bytes": 1 << 16,
}


@dataclass
class Bench:
    """Runs Python snippets in one backend; `work` and `out` are the folders of the last run."""

    sandbox: Sandbox
    folder: Path
    work: Path = field(init=False)
    out: Path = field(init=False)

    def job(
        self,
        code: str,
        *,
        cpu_ids: tuple[int, ...] = (),
        mounts: tuple[Mount, ...] = (),
        env: dict[str, str] | None = None,
        files: dict[str, str] | None = None,
        **limits: Any,
    ) -> SandboxJob:
        """Return a job that runs `code`, with folders of its own that hold `files`."""
        root = self.folder / uuid.uuid4().hex
        self.work, self.out = root / "work", root / "out"
        for place in (self.work, self.out):
            place.mkdir(parents=True)
        for name, text in (files or {}).items():
            (self.work / name).write_text(text)
        return SandboxJob(
            run_id=root.name,
            argv=("python", "-c", code, root.name),
            workspace=self.work,
            output=self.out,
            mounts=mounts,
            env=env or {},
            limits=Limits(**{**ORDINARY, **limits}),
            cpu_ids=cpu_ids,
        )

    def run(self, code: str, **options: Any) -> SandboxResult:
        """Run `code` to its end."""
        return self.sandbox.run(self.job(code, **options), threading.Event())

    def says(self, code: str, **options: Any) -> str:
        """Return what `code` prints; it must end well."""
        result = self.run(code, **options)
        assert (result.ended, result.exit_code) == ("exited", 0), result.stderr
        return result.stdout.strip()


def processes_of(run_id: str) -> list[int]:
    """Return the host's processes that have `run_id` among their words, our own ones excepted."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and int(folder.name) != os.getpid():
            try:
                words = (folder / "cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if run_id.encode() in words:
                found.append(int(folder.name))
    return found


def leavings_of(run_id: str) -> list[str]:
    """Return what is left of a run: processes, control groups, mounts, containers."""
    left = [f"process {number}" for number in processes_of(run_id)]
    left += [str(path) for path in control_groups() if run_id in path.name]
    left += [line for line in Path("/proc/self/mountinfo").read_text().splitlines() if run_id in line]
    return left + containers("takehome-grader.run", lambda run: run == run_id)


def control_groups() -> list[Path]:
    """Return every control group that a grader has made."""
    return [
        Path(folder, name)
        for folder, names, _ in os.walk("/sys/fs/cgroup")
        if Path(folder).name == "takehome-grader"
        for name in names
    ]


def containers(label: str, holds: Callable[[str], bool]) -> list[str]:
    """Return the containers, dead ones too, for whose `label` that holds; none where there is no engine."""
    try:
        with engine() as client:
            found = client.containers(all=True, filters={"label": label})
    except InfrastructureError:
        return []
    return [f"container {container['Id']}" for container in found if holds(container["Labels"][label])]
