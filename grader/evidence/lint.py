"""Lints a copy of the code with ruff: fixed rules, no configuration but ours, bounded in time and output.

The copy is ours: cells joined into one module, magics blanked, and what does not parse left out, so that neither a file
name nor a configuration of the submission's reaches ruff. Its `noqa` comments silence nothing.
"""

from __future__ import annotations

import json
import signal
import subprocess
import tempfile
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from ruff import find_ruff_bin

from grader.evidence.lint_names import Definitions, QuotedAnnotations, names_unknown
from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of_lines
from grader.model import Lint, LintFault

RULES = (
    "A001", "B006", "B015", "B020", "B031", "E711", "E722", "F402", "F50", "F52", "F601", "F631", "F632",
    "F634", "F811", "F821", "F823", "F841", "PLE0604", "PLE1132", "PLE1205", "PLE1206", "PLE1300", "PLE1307", "S110",
    "S112",
)  # fmt: skip
PUT_ASIDE = ("ERA001",)  # code in comments; asked for alone, since there may be so much that it would hide the rest
# The last line of a cell is shown, and cells are run again: neither is a fault in a notebook.
NOT_IN_NOTEBOOKS = frozenset(("B015", "F811"))
SHELL_NAMES = (
    "display", "get_ipython", "In", "Out", "_", "__", "___", "_ih", "_oh", "_dh", "spark", "sc", "dbutils", "ls", "pwd",
    "who", "whos", "history",
)  # fmt: skip
WALL_S = 5
MAX_OUTPUT = 2_000_000
MAX_FAULTS = 400
MAX_OF_A_RULE = 40


def read_lint(programs: Mapping[str, Sequence[Unit]]) -> Lint | None:
    """Return what ruff finds in all programs, None when it could not be asked."""
    with tempfile.TemporaryDirectory(prefix="lint-") as folder:
        numbered = list(programs.items())
        for number, (_, units) in enumerate(numbered):
            Path(folder, f"{number}.py").write_text(_joined(units), encoding="utf-8", errors="replace")
        said = _ask_ruff(folder, RULES) if numbered else b""
        put_aside = _ask_ruff(folder, PUT_ASIDE) if said is not None else b""
    if said is None:
        return None
    programs_in_order = [_Program(path, units) for path, units in numbered]
    found = [fault for row in _rows(said + (put_aside or b"")) for fault in programs_in_order[_number(row)].faults(row)]
    return Lint(
        paths=tuple(path for path, _ in numbered),
        unknown_names=tuple(path for path, units in numbered if names_unknown(units)),
        faults=tuple(_bounded(found)),
    )


def _joined(units: Sequence[Unit]) -> str:
    """Return one module with every line of the units at its place, a unit that does not parse as blank lines."""
    return "\n".join(unit.code or "\n" * (len(unit.lines) - 1) for unit in units) + "\n"


def _ask_ruff(folder: str, rules: Sequence[str]) -> bytes | None:
    command = [
        find_ruff_bin(), "check", "--isolated", "--no-cache", "--ignore-noqa", "--no-respect-gitignore", "--exit-zero",
        "--quiet", "--target-version", "py313", "--output-format", "json-lines", "--select", ",".join(rules),
        "--config", f"builtins={json.dumps(SHELL_NAMES)}", ".",
    ]  # fmt: skip
    output = Path(folder, "said")
    try:
        with output.open("wb") as file:
            ended = subprocess.run(
                command, cwd=folder, env={"RAYON_NUM_THREADS": "1"}, stdin=subprocess.DEVNULL, stdout=file,
                stderr=subprocess.DEVNULL, timeout=WALL_S, check=False,
            )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    if ended.returncode not in (0, -signal.SIGXFSZ):  # the latter where it found more than may be written
        return None
    with output.open("rb") as file:
        return file.read(MAX_OUTPUT)


def _rows(said: bytes) -> Iterator[dict[str, Any]]:
    for line in said.splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # cut off by the bound
            continue


def _number(row: dict[str, Any]) -> int:
    return int(Path(row["filename"]).stem)


class _Program:
    """One program as ruff saw it, to find its faults' places in the submission again."""

    def __init__(self, path: str, units: Sequence[Unit]) -> None:
        self._units = units
        self._notebook = path.endswith(".ipynb") or any(unit.source.was_notebook for unit in units)
        self._quoted: dict[int, QuotedAnnotations] = {}
        self._ends = list(accumulate(len(unit.lines) for unit in units))

    @cached_property
    def _definitions(self) -> Definitions:
        return Definitions(self._units)

    def _annotations(self, index: int) -> QuotedAnnotations:
        if index not in self._quoted:
            self._quoted[index] = QuotedAnnotations(self._units[index])
        return self._quoted[index]

    def faults(self, row: dict[str, Any]) -> Iterator[LintFault]:
        """Yield the fault of one line of ruff's; a syntax error is told by the source."""
        rule, line = row.get("code") or "", int(row["location"]["row"])
        index = bisect_left(self._ends, line)
        skipped = rule in NOT_IN_NOTEBOOKS and self._notebook
        if rule in ("", "invalid-syntax") or skipped or index >= len(self._units):
            return
        line -= self._ends[index - 1] if index else 0
        if rule == "F821" and self._annotations(index).hold(line, int(row["location"]["column"])):
            return
        message = str(row["message"])[:200]
        below = self._definitions.below(message, index, line) if rule == "F821" else None
        yield LintFault(rule=rule, message=message, span=span_of_lines(self._units[index], line, line), below=below)


def _bounded(faults: Sequence[LintFault]) -> Iterator[LintFault]:
    """Yield the faults up to a number of each rule and file, so that many of one kind hide no other."""
    kept: dict[tuple[str, str], int] = {}
    for fault in sorted(faults, key=_place):
        key = (fault.rule, fault.span.path)
        if kept.get(key, 0) < MAX_OF_A_RULE and sum(kept.values()) < MAX_FAULTS:
            kept[key] = kept.get(key, 0) + 1
            yield fault


def _place(fault: LintFault) -> tuple[bool, str, int, int, str]:
    """Return the order of faults: by place, whatever order ruff works in; comments last, they are the least."""
    span = fault.span
    return fault.rule in PUT_ASIDE, span.path, span.cell or 0, span.line or 0, fault.rule
