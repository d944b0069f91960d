"""A preflight as a Markdown page, such as the summary of a GitHub Action; nothing of the work's is markup in it."""

from __future__ import annotations

from grader.model import Failure, Preflight, PreflightCheck
from grader.report.formats import environment, where
from grader.report.markdown import escaped
from grader.report.preflight import TITLES, verdict
from grader.report.visible import encodable

MARKS = {True: "✅", False: "❌", None: "–"}
LONGEST = 600


def render_preflight(preflight: Preflight) -> str:
    """Return the preflight as GitHub Markdown: the verdict, every check, what failed and what to do about it."""
    work, assignment = escaped(preflight.submission.name, 120), escaped(preflight.assignment.slug)
    parts = [f"## {work}: tried out for {assignment} {escaped(preflight.assignment.version)}"]
    parts.append(f"**{escaped(verdict(preflight))}**")
    parts.append("\n".join(["| | | |", "| :-: | :-- | :-- |", *map(_row, preflight.checks)]))
    if preflight.failure:
        parts.append(_failure(preflight.failure))
    if notes := _notes(preflight):
        parts.append("\n".join(f"- {escaped(note, LONGEST)}" for note in notes))
    return encodable("\n\n".join(parts)) + "\n"


def _row(check: PreflightCheck) -> str:
    found = "Not reached." if check.passed is None else check.found
    return f"| {MARKS[check.passed]} | {escaped(check.file or TITLES[check.id])} | {escaped(found, LONGEST)} |"


def _failure(failure: Failure) -> str:
    rows = [f"> **Code:** `{failure.code}`"]
    for title, text in (("Where", where(failure.path, failure.cell, failure.line)), ("What to do", failure.hint)):
        if text:
            rows.append(f"> **{title}:** {escaped(text, LONGEST)}")
    return "  \n".join(rows)


def _notes(preflight: Preflight) -> list[str]:
    notes = [*preflight.submission.notes, *preflight.run.warnings]
    if preflight.written:
        notes.append(f"In the output folder: {', '.join(preflight.written)}.")
    if preflight.run.environment is not None:
        notes.append(f"{environment(preflight.run.environment)}, {preflight.run.sandbox}.")
    return notes
