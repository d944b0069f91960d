"""`grader rescore`: the installed rubric over stored evidence, one report or a thousand; nothing is run."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from grader.cli.missing import warn_of_missing
from grader.cli.rescore_view import RescoreView
from grader.cli.spread import Spread
from grader.cli.writing import writing_to
from grader.errors import GraderError, InfrastructureError, UsageError
from grader.model import Assignment, Report
from grader.pipeline import Rescored, Terms, changes_between, rescore
from grader.plugins import Rubric, load_rubric
from grader.report.batch import is_batch, report_folders, write_summary_again
from grader.report.folder import read_folder, write_forms
from grader.scoring import rubric_digest
from grader.settings import Settings, read_settings
from grader.wiring import assignment_for, check_terms

CANCELLED = 130
WORTH_A_PROCESS = 16


def rescore_command(directories: Sequence[Path], slug: str | None, *, as_json: bool = False) -> int:
    """Rescore each folder, and each of a batch's, in place; print what changed. Returns the exit status.

    A folder that cannot be rescored is named and left as it is; the status is then 2, or 3 where writing failed.
    """
    folders = list(dict.fromkeys(folder for given in directories for folder in report_folders(given)))
    work = _Work(read_settings(), slug, load_rubric())
    processes = min(len(os.sched_getaffinity(0)), -(-len(folders) // WORTH_A_PROCESS))
    done: list[Rescored] = []
    view = RescoreView(Console(), Console(stderr=True), len(folders))
    warn_of_missing(Console(stderr=True), work.rubric.criteria, work.rubric.left_out)
    try:
        with Spread(folders, work.attempt, processes) as results, view:
            for result in results:
                done.append(result)
                view.one(result, as_json=as_json)
    except KeyboardInterrupt:
        view.stopped(len(done))
        return CANCELLED
    done.sort(key=lambda result: result.directory)
    summaries = _write_summaries(directories, folders, done)
    view.summary(done, summaries, as_json=as_json)
    return max((result.exit_status for result in done), default=0)


class _Work:
    """Rescores one folder; the assignments it has met are kept."""

    def __init__(self, settings: Settings, slug: str | None, rubric: Rubric) -> None:
        self._settings, self.rubric = settings, rubric
        self._digest = rubric_digest(rubric.criteria)
        self._named = assignment_for(settings, slug)
        check_terms(self._named, rubric)
        self._known: dict[str, Assignment | None] = {}

    def attempt(self, directory: Path) -> Rescored:
        """Return what changed, or why the folder was left as it is."""
        try:
            return self._rescored(directory)
        except GraderError as error:
            problem = f"{error.message}{f' ({error.hint})' if error.hint else ''}"
            return _left(directory, problem, error.exit_status)
        except Exception as error:  # noqa: BLE001 - the worker loop: a defect of ours costs one report, not the rest
            problem = f"the grader stopped on a defect of its own ({type(error).__name__}: {error})"
            return _left(directory, problem, InfrastructureError.exit_status)

    def _rescored(self, directory: Path) -> Rescored:
        before, evidence = read_folder(directory)
        terms, note = self._terms(before)
        after = rescore(before, evidence, terms)
        with writing_to(directory):
            write_forms(directory, after)
        return changes_between(str(directory), before.submission.name, before, after, note)

    def _terms(self, report: Report) -> tuple[Terms, str]:
        """Return what to score the report by, and a sentence where that is not the assignment as it is now."""
        if report.assignment is None and self._named is None:
            return Terms(self.rubric, self._digest, None), ""
        found = self._named or self._installed(report)
        if found is not None:
            return Terms(self.rubric, self._digest, found.weights, found.rubric, found.digest), ""
        return self._stored(report)

    def _stored(self, report: Report) -> tuple[Terms, str]:
        receipt, slug = report.receipt, report.assignment.slug if report.assignment else ""
        if receipt.weights is None:
            raise UsageError(f"the assignment {slug} is not installed here: name its folder with --assignment")
        note = (
            f"the assignment {slug} that they were graded with is not found here, so the weights stored with them "
            "were taken; to take others, name its folder with --assignment"
        )
        return Terms(self.rubric, self._digest, receipt.weights, receipt.rubric, receipt.assignment_digest), note

    def _installed(self, report: Report) -> Assignment | None:
        """Return the assignment of that slug when it is the same one: with the same hidden data, whatever it weighs."""
        assert report.assignment is not None
        slug = report.assignment.slug
        if slug not in self._known:
            try:
                self._known[slug] = assignment_for(self._settings, slug)
            except UsageError:
                self._known[slug] = None
            check_terms(self._known[slug], self.rubric)
        found = self._known[slug]
        return found if found and found.data_digest == report.receipt.data_digest else None


def _left(directory: Path, problem: str, status: int) -> Rescored:
    return Rescored(directory=str(directory), name=directory.name, problem=problem, exit_status=status or 2)


def _write_summaries(given: Sequence[Path], folders: Sequence[Path], done: Sequence[Rescored]) -> list[Path]:
    """Write the ranking of each batch that was given, or had reports among those given; return their folders."""
    if not any(not result.problem for result in done):
        return []
    batches = [path for path in dict.fromkeys((*given, *(folder.parent for folder in folders))) if is_batch(path)]
    for batch in batches:
        with writing_to(batch):
            write_summary_again(batch)
    return batches
