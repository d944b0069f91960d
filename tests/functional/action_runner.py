"""Runs the steps of action.yml one after another as GitHub's runner does, and reads what they say as it does."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".cache", ".*_cache", "__pycache__", "grading", "packets")
KNOWN = frozenset(
    {"add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "internal-set-repo-path"}
    | {"notice", "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning"}
)
FILES = ("output", "step_summary", "env", "path")
PYTHON = {"python-path": str(Path(sys.executable).resolve())}  # what the Action that finds a Python would say
EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")


@dataclass(frozen=True)
class Command:
    """A workflow command that the runner obeys."""

    name: str
    properties: dict[str, str]
    text: str


@dataclass
class Ran:
    """How a run of the Action ended, and all that it left."""

    status: int = 0
    log: str = ""
    summary: str = ""
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)

    @property
    def commands(self) -> list[Command]:
        return obeyed(self.log)


@dataclass(frozen=True)
class Runner:
    """A runner: the Action's checkout, the repository, the folder of what is temporary, and what the job sets."""

    action: Path
    repository: Path
    temp: Path
    more: dict[str, str] = field(default_factory=dict)

    def run(self, until: str = "", **inputs: str) -> Ran:
        """Run the steps to the first that fails, or to the one `until`, and give the Action's outputs at the end."""
        action, ran = told(self.action), Ran()
        for step in action["runs"]["steps"]:
            if not meant(step.get("if", ""), self._given(inputs)):
                continue
            if "uses" in step:
                assert step["uses"].startswith("actions/setup-python@"), "another's Action, which only GitHub can run"
                ran.steps[step["id"]] = PYTHON
                continue
            self._step(step, inputs, ran)
            if ran.status or step.get("id") == until:
                break
        return self._with_outputs(ran, inputs)

    def started(self, name: str, log: Path | None = None, **inputs: str) -> subprocess.Popen[str]:
        """Start the script of the step of that id alone; what it says goes to the file `log` where one is given."""
        (step,) = (step for step in told(self.action)["runs"]["steps"] if step.get("id") == name)
        return self._started(step, self._given(inputs), {"python": PYTHON}, log)

    def left(self, name: str, status: int, log: str, **inputs: str) -> Ran:
        """Return what a step that was started has left, once it has ended."""
        summary, outputs = ((self.temp / file).read_text() for file in ("step_summary", "output"))
        return self._with_outputs(Ran(status, log, summary, {name: outputs_in(outputs)}), inputs)

    def _with_outputs(self, ran: Ran, inputs: dict[str, str]) -> Ran:
        given, told_of = self._given(inputs), told(self.action)["outputs"]
        ran.outputs = {name: value_of(entry["value"], given, ran.steps) for name, entry in told_of.items()}
        return ran

    def _given(self, inputs: dict[str, str]) -> dict[str, str]:
        return {name: str(entry.get("default", "")) for name, entry in told(self.action)["inputs"].items()} | inputs

    def _started(
        self,
        step: dict[str, Any],
        given: dict[str, str],
        steps: dict[str, dict[str, str]],
        log: Path | None = None,
    ) -> subprocess.Popen[str]:
        """Start a step's script in bash with the options and the variables that a runner gives it."""
        assert step["shell"] == "bash"
        script = self.temp / "script.sh"
        script.write_text(step["run"])
        for name in FILES:
            (self.temp / name).write_text("")
        environment = {
            **os.environ,
            **{f"GITHUB_{name.upper()}": str(self.temp / name) for name in FILES},
            "GITHUB_ACTION_PATH": str(self.action),
            "GITHUB_WORKSPACE": str(self.repository),
            "GITHUB_ACTIONS": "true",
            "CI": "true",
            "RUNNER_TEMP": str(self.temp),
            **self.more,
            **{name: value_of(text, given, steps) for name, text in step.get("env", {}).items()},
        }
        with log.open("w") if log else nullcontext(subprocess.PIPE) as place:
            return subprocess.Popen(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
                cwd=self.repository,
                env=environment,
                stdout=place,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def _step(self, step: dict[str, Any], inputs: dict[str, str], ran: Ran) -> None:
        with self._started(step, self._given(inputs), ran.steps) as process:
            log, _ = process.communicate(timeout=900)
        ran.status = process.returncode
        ran.log += log
        ran.summary += (self.temp / "step_summary").read_text()
        ran.steps[step.get("id", "")] = outputs_in((self.temp / "output").read_text())
        assert (self.temp / "env").read_text() == (self.temp / "path").read_text() == "", "nothing asks for more"


def told(action: Path) -> dict[str, Any]:
    """Return what stands in the Action's action.yml."""
    return dict(yaml.safe_load((action / "action.yml").read_text()))


def meant(condition: str, inputs: dict[str, str]) -> bool:
    """Return whether a step with this condition runs: without one, or where an input is what it asks for."""
    if not condition:
        return True
    found = re.fullmatch(r"inputs\.([a-z-]+) == '(.*)'", condition)
    assert found, f"a condition that only GitHub understands: {condition}"
    return inputs[found[1]] == found[2]


def copy_of_the_action(folder: Path) -> Path:
    """Return a checkout of this repository in `folder`, as a runner makes one, without anything installed."""
    shutil.copytree(ROOT, folder, ignore=NOT_COPIED)
    return folder


def value_of(text: str, inputs: dict[str, str], steps: dict[str, dict[str, str]]) -> str:
    """Return a text with its expressions worked out: inputs, outputs of steps, and `||` between them."""

    def one(name: str) -> str:
        kind, *path = name.strip().split(".")
        if kind == "inputs":
            return inputs[path[0]]
        assert kind == "steps", name
        assert path[1] == "outputs", name
        return steps.get(path[0], {}).get(path[2], "")

    return EXPRESSION.sub(lambda found: next(filter(None, map(one, found[1].split("||"))), ""), text)


def outputs_in(text: str) -> dict[str, str]:
    """Return what stands in a file of outputs, as NAME=VALUE or between NAME<<DELIMITER and the delimiter."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, mark, delimiter = line.partition("<<")
        if not mark or "=" in name:
            name, _, found[name] = line.partition("=")
            continue
        value = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        found[name] = "\n".join(value)
    return found


def obeyed(log: str) -> list[Command]:
    """Return the commands in a log that the runner obeys, of both forms: `::name key=value::text`, `##[name]text`."""
    found: list[Command] = []
    stopped = ""
    for line in re.split(r"\r\n|\r|\n", log):
        command = _command(line, {*KNOWN, stopped} - {""})
        if command is None:
            continue
        if stopped:
            stopped = "" if command.name == stopped else stopped
        elif command.name == "stop-commands":
            stopped = command.text
        else:
            found.append(command)
    return found


def _command(line: str, known: set[str]) -> Command | None:
    new = re.match(r"\s*::([^ :]+)(?: (.*?))?::(.*)", line)
    if new and new[1] in known:
        return Command(new[1], _properties(new[2] or "", ","), _unescaped(new[3]))
    old = re.search(r"##\[([^ \]]+)(?: (.*?))?\](.*)", line)
    if old and old[1] in known:
        return Command(old[1], _properties(old[2] or "", ";"), _unescaped(old[3]))
    return None


def _properties(text: str, separator: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(separator) if "=" in part]
    return {name.strip(): _unescaped(value).replace("%3A", ":").replace("%2C", ",") for name, _, value in pairs}


def _unescaped(text: str) -> str:
    return text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
