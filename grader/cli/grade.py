"""`grader grade`: one SOURCE or many, side by side, to reports and a ranking."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from grader.cli.batch import grade_all
from grader.cli.choice import settings_for
from grader.cli.missing import warn_of_missing
from grader.cli.posting import check_posting, post_all
from grader.cli.progress import Progress
from grader.cli.sources import check_apart, check_sources, names_for
from grader.cli.writing import make_output, writing_to
from grader.errors import UsageError
from grader.model import EnvironmentKind, Report
from grader.pipeline import Graded
from grader.report import print_ranking, print_report
from grader.report.batch import write_summary
from grader.report.folder import write_folder
from grader.wiring import assignment_for, grading_parts

CANCELLED = 130


@dataclass(frozen=True)
class GradeOptions:
    """The options of `grader grade`."""

    assignment: str | None
    output: Path
    sandbox: str
    runtime: str | None
    jobs: int
    as_json: bool
    fail_under: float | None
    allow_local_git: bool
    post: str | None = None
    token: str = ""
    environment: EnvironmentKind | None = None


def grade_command(sources: Sequence[str], options: GradeOptions) -> int:
    """Grade `sources`, write the reports below `options.output`, print the result and return the exit status."""
    settings = settings_for(options.sandbox, options.runtime)
    if options.post is not None:
        check_posting(options.post, options.token, options.assignment)
    check_sources(sources, allow_local_git=options.allow_local_git)
    check_environment(options)
    assignment = assignment_for(settings, options.assignment)
    names = names_for(sources)
    folders = folders_for(names, options.output)
    check_apart(sources, folders.values())
    make_output(options.output)
    console = Console(stderr=options.as_json)
    cancel = threading.Event()
    finished: dict[str, Report] = {}

    def keep(graded: Graded) -> None:
        with writing_to(folders[graded.name]) as folder:
            write_folder(folder, graded.report, graded.evidence, executed=graded.executed, logs=graded.logs)
        finished[graded.name] = graded.report

    with (
        Progress(console, names) as progress,
        grading_parts(
            settings,
            sandbox=options.sandbox,
            listener=progress,
            allow_local_git=options.allow_local_git,
            assignment=assignment,
            portfolio_environment=options.environment or "fixed",
        ) as parts,
    ):
        grade_all(dict(zip(names, sources, strict=True)), assignment, parts, options.jobs, cancel, keep)
        criteria, left_out = parts.criteria, parts.left_out
    reports = [(name, finished[name]) for name in names if name in finished]
    if len(names) > 1:
        with writing_to(options.output):
            write_summary(options.output, reports)
    _show(console, reports, options, folders)
    warn_of_missing(Console(stderr=True), criteria, left_out)
    if options.post is not None:
        post_all(Console(stderr=True), reports, options.post, options.token)
    if cancel.is_set():
        console.print(f"Stopped: {len(reports)} of {len(names)} graded, nothing left running.")
        return CANCELLED
    return exit_status([report for _, report in reports], options.fail_under)


def check_environment(options: GradeOptions) -> None:
    """Raise UsageError where an environment is named for works of an assignment, which says itself what they run in."""
    if options.environment is not None and options.assignment is not None:
        raise UsageError(
            "--environment does not go with --assignment: an assignment says what its works run in.",
            hint="Leave --environment out, or set environment in the assignment's assignment.toml.",
        )


def folders_for(names: Sequence[str], output: Path) -> dict[str, Path]:
    """Return where each report goes: DIR itself for one SOURCE, a folder below for several."""
    return {name: output if len(names) == 1 else output / name for name in names}


def exit_status(reports: Sequence[Report], fail_under: float | None) -> int:
    """Return 3 when our side failed for any, 1 when any is below `fail_under`, else 0."""
    if any(report.outcome == "infrastructure_failed" for report in reports):
        return 3
    if fail_under is not None and any(report.score is None or report.score < fail_under for report in reports):
        return 1
    return 0


def _show(
    console: Console, reports: Sequence[tuple[str, Report]], options: GradeOptions, folders: dict[str, Path]
) -> None:
    if options.as_json:
        forms = [report.model_dump(mode="json") for _, report in reports]
        print(json.dumps(forms[0] if len(folders) == 1 and forms else forms, indent=2))
    elif len(folders) == 1:
        for name, report in reports:
            print_report(console, report, folders[name])
    else:
        print_ranking(console, reports, options.output)
