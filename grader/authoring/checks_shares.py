"""Whether the brief tells candidates what each part of the score weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.authoring.result import Finding, defect, ok, warning
from grader.authoring.subject import Subject

BRIEF = "README.md"
HIDDEN = "hidden"
SHARE = re.compile(r"\d+(?:\.\d+)?")
Rows = list[list[str]]


def shares_are_told(subject: Subject) -> Finding:
    """Find shares that the brief's table does not state, or states otherwise than the work is weighed."""
    path = subject.assignment.root / BRIEF
    told = shares_in(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else {}
    weighed = {name: share for name, share in subject.assignment.weights.model_dump().items() if share}
    for name, share in weighed.items():
        if told.get(name, share) != share:
            what = f"the brief says that {_words(name)} weighs {told[name]:g}, but it weighs {share:g}"
            return defect(what, where=BRIEF, mend="Put the weight into the table, or the share into [weights].")
    missing = [f"{_words(name)} {share:g}" for name, share in weighed.items() if name not in told]
    if missing:
        what = f"no table of the brief states the share of: {', '.join(missing)}"
        mend = (
            "Add a row for each, `| part | share |`: the hidden part first, the others by these words at their start."
        )
        return warning(what, where=BRIEF, mend=mend)
    return ok(", ".join(f"{_words(name)} {share:g}" for name, share in weighed.items()))


def shares_in(brief: str) -> dict[str, float]:
    """Return the share of each part (by its name in [weights]) in the table that names one of the score's parts.

    A row's words begin with the part that it is about; the first row is the hidden part.
    """
    for rows in _tables(brief):
        named = {row[0].partition(":")[0].strip().lower().replace(" ", "_"): row[1] for row in rows[1:]}
        if "code_quality" in named:
            cells = {HIDDEN: rows[0][1], **named}
            return {name: float(cell) for name, cell in cells.items() if SHARE.fullmatch(cell)}
    return {}


def _tables(text: str) -> Iterator[Rows]:
    """Yield the rows of two cells and more of each table of Markdown, below its head."""
    for block in re.findall(r"^\|.*\|\s*\n\|[\s:|-]+\|\s*\n((?:\|.*\|[ \t]*(?:\n|\Z))+)", text, flags=re.MULTILINE):
        rows = [[cell.strip(" *%") for cell in line.strip().strip("|").split("|")] for line in block.splitlines()]
        yield [row for row in rows if len(row) > 1]


def _words(name: str) -> str:
    return "the hidden part" if name == HIDDEN else name.replace("_", " ")
