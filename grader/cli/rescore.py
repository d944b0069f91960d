"""`grader rescore`: the installed rubric over stored evidence; nothing is run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grader.cli.writing import writing_to
from grader.errors import UsageError
from grader.model import Assignment, Report
from grader.pipeline import rescore
from grader.plugins import load_criteria
from grader.report.folder import read_folder, write_forms
from grader.settings import Settings, read_settings
from grader.wiring import assignment_for


def rescore_command(directories: Sequence[Path], slug: str | None) -> int:
    """Rescore each folder in place and print the change; returns the exit status."""
    settings = read_settings()
    criteria = load_criteria()
    console = Console()
    for directory in directories:
        before, evidence = read_folder(directory)
        after = rescore(before, evidence, _assignment(settings, slug, before), criteria)
        with writing_to(directory):
            write_forms(directory, after)
        console.print(f"{directory}: {_shown(before)} -> {_shown(after)}", highlight=False, markup=False)
    return 0


def _assignment(settings: Settings, slug: str | None, report: Report) -> Assignment | None:
    if slug is not None:
        return assignment_for(settings, slug)
    if report.assignment is None:
        return None
    found = assignment_for(settings, report.assignment.slug)
    if found is None:
        raise UsageError(f"the assignment {report.assignment.slug} is not installed here: name it with --assignment")
    return found


def _shown(report: Report) -> str:
    return "not scored" if report.score is None else f"{report.score:.1f}"
