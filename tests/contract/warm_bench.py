"""A bench whose snippets run as works do: in a sandbox that was started ahead, forked from the loaded runner."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sandbox_bench import ORDINARY, Bench

from grader.model import EntryPoint, Limits, RunPlan, SandboxJob, SandboxResult, Submission
from grader.sandbox import empty_job
from grader.sandbox.standing import Standing
from grader.sandbox.workspace import Workspace, lay_out, sandbox_job


class WarmBench(Bench):
    """Runs each snippet as the script main.py, or a notebook's cells as main.ipynb, in a sandbox prepared for it."""

    def job(self, code: str, *, cpu_ids: tuple[int, ...] = (), **options: Any) -> SandboxJob:
        """Return a job that runs `code`; its sandbox is ready, with the stack loaded."""
        files, env = options.pop("files", None) or {}, options.pop("env", None) or {}
        assert not env, "the runner's jobs all have the same variables"
        limits = Limits(**{**ORDINARY, **options})
        self.prepared = empty_job(self.folder / f"ahead-{uuid.uuid4().hex}", limits, cpu_ids)
        self.sandbox.prepare(self.prepared)
        self.sandbox.wait_until_ready()
        return self.laid_out({"main.py": code, **files}, limits, cpu_ids=cpu_ids)

    def laid_out(
        self, files: dict[str, str], limits: Limits, *, cpu_ids: tuple[int, ...] = (), **entry: Any
    ) -> SandboxJob:
        """Return the job of a work of `files`; `entry` says how it is run, as the script main.py if nothing does."""
        handed_in, root = self.folder / uuid.uuid4().hex, self.folder / uuid.uuid4().hex
        for name, text in files.items():
            (handed_in / name).parent.mkdir(parents=True, exist_ok=True)
            (handed_in / name).write_text(text)
        submission = Submission(name="work", digest="0" * 64, kind="folder", files=(), bytes=0, root=handed_in)
        point = EntryPoint(reason="a test", **{"kind": "script", "path": "main.py", **entry})
        plan = RunPlan(entry_point=point, limits=limits)
        space: Workspace = lay_out(root, submission, plan, None)
        self.work, self.out = space.work, space.output
        return sandbox_job(space, plan, None, root.name, cpu_ids)

    def run_work(self, files: dict[str, str], *, ahead: bool = True, **entry: Any) -> SandboxResult:
        """Run a work of `files` to its end; with `ahead` in a sandbox started for it, if none waits already."""
        if ahead and not self.sandbox._pool._waiting:  # type: ignore[attr-defined]
            self.sandbox.prepare(empty_job(self.folder / f"ahead-{uuid.uuid4().hex}", Limits(**ORDINARY), ()))
        if ahead:
            self.sandbox.wait_until_ready()
        return self.sandbox.run(self.laid_out(files, Limits(**ORDINARY), **entry), threading.Event())

    def record(self) -> dict[str, Any]:
        """Return the run.json of the last run."""
        found: dict[str, Any] = json.loads((self.out / "run.json").read_text())
        return found


@contextmanager
def forks_noted() -> Iterator[list[bool]]:
    """Yield a list that gets, for each work that runs, whether its runner was forked into its sandbox."""
    noted: list[bool] = []
    run = Standing.run

    def noting(standing: Standing, *words: Any) -> SandboxResult:
        if standing.job.gets_ready:  # else it is no work
            noted.append(len(standing._confined.roots) > 1)
        return run(standing, *words)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Standing, "run", noting)
        yield noted


def notebook(*cells: str) -> str:
    """Return a notebook of code cells."""
    made = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for source in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
