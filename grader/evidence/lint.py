"""Lints a copy of the code with ruff: fixed rules, no configuration but ours, bounded in time and output.

The copy is ours: cells joined into one module, magics blanked, and what does not parse left out, so that neither a file
name nor a configuration of the submission's reaches ruff. Its `noqa` comments silence nothing.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ruff import find_ruff_bin

from grader.evidence.lint_names import defined_below, names_unknown
from grader.evidence.magics import blank_magics
from grader.evidence.parsing import Unit, parses
from grader.evidence.spans import span_of_lines
from grader.model import Lint, LintFault

RULES = (
    "A001", "B006", "B015", "B020", "B031", "E711", "E722", "ERA001", "F402", "F50", "F52", "F601", "F631", "F632",
    "F634", "F811", "F821", "F823", "F841", "PLE0604", "PLE1132", "PLE1205", "PLE1206", "PLE1300", "PLE1307", "S110",
    "S112",
)  # fmt: skip
# The last line of a cell is shown, and cells are run again: neither is a fault in a notebook.
NOT_IN_NOTEBOOKS = frozenset(("B015", "F811"))
SHELL_NAMES = ("display", "get_ipython", "In", "Out", "_", "__", "___", "_ih", "_oh", "_dh", "spark", "sc", "dbutils")
WALL_S = 5
MAX_OUTPUT = 4_000_000
MAX_FAULTS = 400
MAX_OF_A_RULE = 40


def read_lint(programs: Mapping[str, Sequence[Unit]]) -> Lint | None:
    """Return what ruff finds in all programs, None when it could not be asked."""
    with tempfile.TemporaryDirectory(prefix="lint-") as folder:
        numbered = list(programs.items())
        for number, (_, units) in enumerate(numbered):
            Path(folder, f"{number}.py").write_text(_joined(units), encoding="utf-8", errors="replace")
        said = _ask_ruff(folder) if numbered else b""
    if said is None:
        return None
    found = [fault for row in _rows(said) for fault in _faults(row, numbered)]
    return Lint(
        paths=tuple(path for path, _ in numbered),
        unknown_names=tuple(path for path, units in numbered if names_unknown(units)),
        faults=tuple(_bounded(found)),
    )


def _joined(units: Sequence[Unit]) -> str:
    """Return one module with every line of the units at its place, a unit that does not parse as blank lines."""
    return "\n".join(_parsable(unit) for unit in units) + "\n"


def _parsable(unit: Unit) -> str:
    if unit.source.error:
        return "\n" * (len(unit.lines) - 1)
    text = "\n".join(unit.lines)
    return text if parses(text) else blank_magics(text)


def _ask_ruff(folder: str) -> bytes | None:
    command = [
        find_ruff_bin(), "check", "--isolated", "--no-cache", "--ignore-noqa", "--no-respect-gitignore", "--exit-zero",
        "--quiet", "--target-version", "py313", "--output-format", "json-lines", "--select", ",".join(RULES),
        "--config", f"builtins={json.dumps(SHELL_NAMES)}", ".",
    ]  # fmt: skip
    output = Path(folder, "said")
    try:
        with output.open("wb") as file:
            subprocess.run(
                command, cwd=folder, env={"RAYON_NUM_THREADS": "1"}, stdin=subprocess.DEVNULL, stdout=file,
                stderr=subprocess.DEVNULL, timeout=WALL_S, check=True,
            )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    with output.open("rb") as file:
        return file.read(MAX_OUTPUT)


def _rows(said: bytes) -> Iterator[dict[str, Any]]:
    for line in said.splitlines():
        try:
            yield json.loads(line)
        except ValueError:  # cut off by the bound
            return


def _faults(row: dict[str, Any], numbered: Sequence[tuple[str, Sequence[Unit]]]) -> Iterator[LintFault]:
    """Yield the fault of one line of ruff's, at its place in the submission; a syntax error is told by the source."""
    rule = row.get("code") or ""
    path, units = numbered[int(Path(row["filename"]).stem)]
    if rule in (None, "", "invalid-syntax") or (rule in NOT_IN_NOTEBOOKS and path.endswith(".ipynb")):
        return
    line = int(row["location"]["row"])
    for index, unit in enumerate(units):
        if line <= len(unit.lines):
            message = str(row["message"])[:200]
            below = defined_below(message, units[index:], line) if rule == "F821" else None
            yield LintFault(rule=rule, message=message, span=span_of_lines(unit, line, line), below=below)
            return
        line -= len(unit.lines)


def _bounded(faults: Sequence[LintFault]) -> Iterator[LintFault]:
    """Yield the faults up to a number of each rule and file, so that many of one kind hide no other."""
    seen: dict[tuple[str, str], int] = {}
    for fault in sorted(faults, key=lambda fault: fault.rule == "ERA001")[: 10 * MAX_FAULTS]:
        key = (fault.rule, fault.span.path)
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= MAX_OF_A_RULE and sum(seen.values()) <= MAX_FAULTS:
            yield fault
