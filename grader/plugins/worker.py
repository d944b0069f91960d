"""The process that one plugin of others lives in: it imports the plugin and asks its criteria.

Each request is a line of JSON on stdin, each answer one on stdout; whatever the plugin itself prints goes nowhere.
    {"load": "module"}                -> {"criteria": [...], "dimensions": [...], "digest": "..."} or {"error": "..."}
    {"evidence": {...}}               -> {}
    {"judge": "id", "seeds": [0, 0]}  -> {"findings": [...]} or {"error": "..."}, one finding a seed
An error comes with its "kind" and the "place" in the plugin, file:line, where it happened.
"""

from __future__ import annotations

import importlib
import json
import os
import random
import resource
import signal
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import Any

from grader.model import Evidence, Span
from grader.plugins.code import code_digest
from grader.plugins.criteria import Criterion, criteria_of, dimensions_of
from grader.plugins.findings import MAX_SPANS, Finding

MEMORY_BYTES = 4 * 1024**3
MAX_TEXT = 2_000
MAX_ANSWER_BYTES = 512 * 1024
MAX_DECLARED = 500
ABANDONED_S = 60
MAX_STEPS = 200


class Desk:
    """The plugin that is loaded and the evidence that lies before it."""

    def __init__(self) -> None:
        self._criteria: dict[str, Criterion] = {}
        self._evidence = Evidence()
        self._home = ""

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to one request; whatever the plugin raises, an exit too, is its own error."""
        try:
            if "load" in request:
                return self._load(str(request["load"]))
            if "evidence" in request:
                self._evidence = Evidence.model_validate(request["evidence"])
                return {}
            return {"findings": [self._judge(str(request["judge"]), seed) for seed in request["seeds"]]}
        except BaseException as error:  # noqa: BLE001 - a plugin may raise anything
            place = _place_of(error, self._home)
            return {"error": _short(f"{type(error).__name__}: {error}"), "kind": type(error).__name__, "place": place}

    def _load(self, name: str) -> dict[str, Any]:
        module = importlib.import_module(name)
        if not isinstance(module, ModuleType):
            raise TypeError("it is no module")
        self._home = str(Path(module.__file__).parent) if module.__file__ else ""
        found = criteria_of(module)[:MAX_DECLARED]
        self._criteria = {item.id: item for item in found}
        return {
            "criteria": [
                [_short(item.id), _short(item.title), item.weight, _short(item.definition), _short(item.problem)]
                for item in found
            ],
            "dimensions": [
                [_short(part.id), _short(part.title), part.weight, _short(part.problem)]
                for part in dimensions_of(module)[:MAX_DECLARED]
            ],
            "digest": code_digest(name, {}),
        }

    def _judge(self, id: str, seed: int) -> dict[str, Any] | None:
        random.seed(seed)  # so that even a criterion that draws lots draws the same ones when it is asked again
        own = self._evidence.model_copy(update={"code": self._evidence.code.model_copy()})  # for one to spoil, not all
        finding = self._criteria[id].judge(own)
        return _bounded(finding).model_dump(mode="json") if isinstance(finding, Finding) else None


def _place_of(error: BaseException, home: str) -> str:
    """Return "file:line" of the last step in the plugin's own folder, "" where the error names none."""
    steps = [(step.filename, step.lineno or 0) for step in traceback.extract_tb(error.__traceback__, limit=-MAX_STEPS)]
    own = [(name, line) for name, line in steps if home and Path(name).parent.is_relative_to(home)]
    return _short(f"{own[-1][0]}:{own[-1][1]}") if own else ""


def _bounded(finding: Finding) -> Finding:
    """Return a finding of a size that a report can hold."""
    texts = {name: _short(getattr(finding, name)) for name in ("reason", "advice", "question", "good_answer")}
    spans = tuple(_bounded_span(span) for span in finding.evidence[:MAX_SPANS])
    return finding.model_copy(update={**texts, "evidence": spans})


def _bounded_span(span: Span) -> Span:
    return span.model_copy(update={"path": _short(span.path), "text": _short(span.text)})


def _short(text: object) -> str:
    return str(text)[:MAX_TEXT].encode("utf-8", "replace").decode()


def _private_streams() -> tuple[Any, Any]:
    """Return the streams to the grader under descriptors of their own; the usual ones lead nowhere."""
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return requests, answers


def main() -> int:
    """Answer requests until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    requests, answers = _private_streams()
    desk = Desk()
    for line in requests:
        signal.alarm(ABANDONED_S)  # the grader ends it long before; without a grader it ends by itself
        answer = json.dumps(desk.answer(json.loads(line))).encode()
        if len(answer) > MAX_ANSWER_BYTES:
            answer = b'{"error": "it gave more than a report can hold", "kind": "TooMuch"}'
        answers.write(answer + b"\n")
        answers.flush()
        signal.alarm(0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
