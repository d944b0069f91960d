"""An escape probe: a small program that tries in a real sandbox what must not work, and the host that judges it.

What the program prints is read like any hostile text: bounded, one JSON list of short strings, and never more than a
description of what the host then shows or checks against what it has planted itself.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError, computed_field

from grader.errors import GraderError
from grader.model import EntryPoint, Limits, RunPlan, SandboxJob, SandboxResult
from grader.model.base import Record
from grader.model.run import Enforcement
from grader.ports import Sandbox
from grader.sandbox.workspace import Workspace, empty_job, sandbox_job

MOST_PROBLEMS = 8
_LONGEST = 300
_SAID = TypeAdapter(list[Annotated[str, Field(max_length=4096)]])

# The canary comes reversed, so that the program's own words do not hold it.
_BEGIN = """
import json, os, sys, time
FACTS = json.loads({given!r})
CANARY = FACTS['canary'][::-1]
found = []
"""
_END = "\nprint(json.dumps(found[:100]))\n"


class ProbeFinding(Record):
    """What one probe found: no problem, or each as a sentence, and what to do about it."""

    id: str
    title: str
    problems: tuple[str, ...] = ()
    advice: str = ""

    @computed_field  # type: ignore[prop-decorator]
    @property
    def passed(self) -> bool:
        """Whether the sandbox held."""
        return not self.problems


@dataclass
class ProbeBench:
    """Runs programs in fresh sandboxes of one backend; `folder` is private, `hidden` the host's label files.

    `warm` runs them as works are run: as a script, by a runner that has waited in its sandbox.
    """

    sandbox: Sandbox
    folder: Path
    home: Path
    hidden: tuple[Path, ...] = ()
    warm: bool = False
    canary: str = field(default_factory=lambda: f"canary-{secrets.token_hex(16)}")

    def job(self, program: str, facts: dict[str, Any] | None = None, **limits: Any) -> SandboxJob:
        """Return the job of a program, which finds `facts` in FACTS, the planted word in CANARY, and fills `found`."""
        name = f"probe-{secrets.token_hex(8)}"
        space = Workspace(self.folder / name, ())
        space.work.mkdir(parents=True)
        space.output.mkdir()
        bounds = {"wall_s": 120, "cpus": 1, "memory_bytes": 1 << 29, "disk_bytes": 1 << 26, "processes": 64}
        allowed = Limits(**{**bounds, "log_bytes": 1 << 17, **limits})
        given = json.dumps({**(facts or {}), "canary": self.canary[::-1]})
        text = _BEGIN.replace("{given!r}", repr(given)) + program + _END
        if not self.warm:
            argv = ("python", "-c", text)
            return SandboxJob(run_id=name, argv=argv, workspace=space.work, output=space.output, limits=allowed)
        (space.work / "main.py").write_text(text, encoding="utf-8")
        self.sandbox.prepare(empty_job(self.folder / f"{name}-ahead", allowed, ()))
        self.sandbox.wait_until_ready()  # with all that it loads
        plan = RunPlan(entry_point=EntryPoint(kind="script", path="main.py", reason="a probe"), limits=allowed)
        return sandbox_job(space, plan, None, name, ())

    def run(self, program: str, facts: dict[str, Any] | None = None, **limits: Any) -> SandboxResult:
        """Run a program to its end."""
        return self.sandbox.run(self.job(program, facts, **limits), threading.Event())

    def enforcement(self) -> Enforcement:
        """Return who holds the limits here, as a run that does nothing shows."""
        return self.run("").enforcement

    def found(self, program: str, facts: dict[str, Any] | None = None, **limits: Any) -> list[str]:
        """Return what a program says it found; a probe that does not end well is a finding too."""
        return said_by(self.run(program, facts, **limits))


def said_by(result: SandboxResult) -> list[str]:
    """Return the strings that a probe printed, or one that says why there are none."""
    if (result.ended, result.exit_code) != ("exited", 0):
        last = result.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        return [f"the probe did not come to its end ({result.ended}, status {result.exit_code}): {last[0]}"]
    try:
        return _SAID.validate_json(result.stdout)
    except ValidationError:
        return ["the probe printed something else than its findings"]


@dataclass(frozen=True)
class Probe:
    """One thing that must not work in a sandbox. `look` returns the problems it sees."""

    id: str
    title: str
    advice: str
    look: Callable[[ProbeBench], Sequence[str]]

    def run(self, bench: ProbeBench) -> ProbeFinding:
        """Try it; what goes wrong on the way is a problem of the sandbox, for it was not seen to hold."""
        try:
            problems = tuple(self.look(bench))
        except (GraderError, OSError) as error:
            problems = (f"could not be tried: {error}",)
        shown = tuple(_visible(problem) for problem in problems[:MOST_PROBLEMS])
        return ProbeFinding(id=self.id, title=self.title, problems=shown, advice=self.advice if shown else "")


def _visible(text: str) -> str:
    """Leave no control character in what came out of a sandbox, and keep it short."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:_LONGEST])
