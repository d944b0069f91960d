"""Evidence for criteria, made from snippets of code by the real reader."""

from __future__ import annotations

import inspect
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.evidence import check_claims, read_facts, read_observed
from grader.model import (
    CellRun,
    CodeFacts,
    EntryPoint,
    Evidence,
    Failure,
    Figure,
    FileEntry,
    HiddenResult,
    LeakageFact,
    Limits,
    MessyCount,
    RunPlan,
    RunResult,
    SandboxResult,
    Span,
    StressResult,
)
from grader.plugins import Finding, judge, load_criteria

CRITERIA = {item.id: item for item in load_criteria()}


def verdict(name: str, evidence: Evidence) -> str:
    """Return the verdict of the criterion `name`, judged as the pipeline does."""
    return finding(name, evidence).verdict


def finding(name: str, evidence: Evidence) -> Finding:
    """Return the finding of the criterion `name`."""
    return judge(CRITERIA[name], evidence)


def work(files: Mapping[str, str] | str, **more: Any) -> Evidence:
    """Return the evidence of a work with these files; a lone string is its `train.py`. `more` are Evidence's fields."""
    texts = {"train.py": files} if isinstance(files, str) else files
    with tempfile.TemporaryDirectory() as folder:
        for path, text in texts.items():
            place = Path(folder) / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        facts = read_facts(Path(folder), sorted(texts))
    inventory = tuple(FileEntry(path=path, bytes=len(text), sha256="0" * 64) for path, text in texts.items())
    return Evidence(**{"files": inventory, "code": facts, **more})


def without_code() -> Evidence:
    """Return the evidence of a work that holds no Python."""
    return work({"notes.txt": "nothing to see"})


def unread() -> Evidence:
    """Return the evidence of a work whose code the reader gave up on."""
    return Evidence(code=CodeFacts(failure="reading took longer than 30 seconds"))


def leaking(kind: str, files: Mapping[str, str] | str, **marks: bool) -> Evidence:
    """Return the evidence of a work in which leakage of `kind` was found, in the second line of its code, with such
    `marks` as `in_training`.
    """
    evidence = work(files)
    place = Span(path=evidence.code.sources[0].path, line=2, end_line=2, text="found here")
    leak = LeakageFact.model_validate({"kind": kind, "message": "Rows were seen twice.", "spans": (place,), **marks})
    return evidence.model_copy(update={"code": evidence.code.model_copy(update={"leaks": (leak,)})})


def notebook(*cells: str, counts: Sequence[int | None] | None = None) -> str:
    """Return a notebook as JSON; a cell that begins with "# %% md" is markdown. `counts` are execution counts."""
    made: list[dict[str, Any]] = []
    numbers = iter(counts if counts is not None else range(1, len(cells) + 1))
    for cell in cells:
        if cell.startswith("# %% md"):
            made.append({"cell_type": "markdown", "metadata": {}, "source": cell.removeprefix("# %% md\n")})
        else:
            made.append(
                {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": next(numbers), "source": cell}
            )
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": made})


def plan(path: str = "train.py", **entry: Any) -> RunPlan:
    """Return a plan that runs the script `path` under the usual limits."""
    return RunPlan(
        entry_point=EntryPoint(**{"kind": "script", "path": path, "reason": "named", **entry}), limits=Limits()
    )


def ran(*, wall_s: float = 10, memory: int = 10**8, failure: Failure | None = None, over: bool = False,
        cells: tuple[CellRun, ...] = ()) -> RunResult:  # fmt: skip
    """Return a run that took `wall_s` seconds and `memory` bytes."""
    sandbox = SandboxResult(
        ended="exited", exit_code=0, wall_s=wall_s, cpu_s=wall_s, peak_memory_bytes=memory, stdout="", stderr="",
        enforcement="enforced", backend="fake",
    )  # fmt: skip
    return RunResult(sandbox=sandbox, failure=failure, limit_exceeded=over, cells=cells)


def stress(*, identical: int = 100, predicted: int = 100, valid: int = 10,
           failure: Failure | None = None) -> StressResult:  # fmt: skip
    """Return a second run over 100 rows and 10 messy ones."""
    messy = (MessyCount(kind="missing", rows=10, valid=valid),)
    return StressResult(rows=100, predicted=predicted, identical=identical, messy=messy, failure=failure)


def after_messy_history(valid: int, failure: Failure | None = None) -> StressResult:
    """Return a forecast of 28 rows after a history that is not clean."""
    return StressResult(rows=0, messy=(MessyCount(kind="history", rows=28, valid=valid),), failure=failure)


def printed(text: str) -> tuple[Figure, ...]:
    """Return the figures of a run that printed `text`."""
    return read_observed("train.py", None, text)


def claiming(files: Mapping[str, str], text: str) -> Evidence:
    """Return the evidence of a work with these files whose run printed `text`, its claims held against that."""
    evidence = work(files, run=ran(), observed=printed(text))
    claims = check_claims(evidence.code.claimed, evidence.code.rankings, evidence.observed)
    return evidence.model_copy(update={"claims": claims})


def hidden(value: float = 0.8, *, metric: str = "roc_auc", spread: float = 0.05, suite: str = "iid") -> HiddenResult:
    """Return a hidden result whose normalised mark is `value`."""
    return HiddenResult(
        suite=suite, metric=metric, value=value, low=value, high=value, baseline=0, reference=1, normalised=value,
        normalised_low=max(0.0, value - spread), normalised_high=min(1.0, value + spread), rows=100, missing=0,
    )  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A work, and the verdict a criterion must give on it; `about` says what is special about the work."""

    criterion: str
    verdict: str
    about: str
    evidence: Callable[[], Evidence]

    def __str__(self) -> str:
        return f"{self.criterion.split('.')[1]} is {self.verdict}: {self.about}"


def cases_of(dimension: str) -> Callable[..., Case]:
    """Return a maker of cases for one dimension; `files` are what `work` takes, or ready evidence."""

    def case(name: str, expected: str, about: str, files: Mapping[str, str] | str | Evidence, **more: Any) -> Case:
        made = (lambda: files) if isinstance(files, Evidence) else (lambda: work(files, **more))
        return Case(f"{dimension}.{name}", expected, about, made)

    return case


def missing_verdicts(dimension: str, cases: Sequence[Case]) -> dict[str, set[str]]:
    """Return, a criterion of the dimension, the verdicts it can give but no case shows."""
    shown: dict[str, set[str]] = {}
    for case in cases:
        shown.setdefault(case.criterion, set()).add(case.verdict)
    wanted = {name: can_give(item.judge) for name, item in CRITERIA.items() if item.dimension == dimension}
    return {
        name: verdicts - shown.get(name, set())
        for name, verdicts in wanted.items()
        if verdicts - shown.get(name, set())
    }


def shown_less_than(times: int, dimension: str, cases: Sequence[Case]) -> list[str]:
    """Return the criteria of the dimension that fewer than so many of the cases are about."""
    shown = [case.criterion for case in cases]
    own = [name for name, item in CRITERIA.items() if item.dimension == dimension]
    return [name for name in own if shown.count(name) < times]


def wrapped(code: str) -> str:
    """Return the code as the body of a function that the last line calls."""
    return "def main():\n" + "".join(f"    {line}\n" for line in code.splitlines()) + "\n\nmain()\n"


def can_give(function: Callable[..., Any], seen: frozenset[Any] = frozenset()) -> set[str]:
    """Return the verdicts that a criterion's function can give, by itself or by what it calls of the rubric."""
    names = set(function.__code__.co_names)
    called = [value for name in names if inspect.isfunction(value := function.__globals__.get(name))]
    own = [value for value in called if value.__module__.startswith("rubrics.") and value not in seen]
    found = names & {"met", "partly", "not_met", "not_applicable"}
    return found.union(*(can_give(value, seen | {function}) for value in own))
