"""Check runs: one on each commit that was handed in, brought to what is to be told, however often that is done."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.github.app import Repository
from grader.github.facts import Commit
from grader.github.rest import RestError
from grader.model import Span
from grader.report.candidate import CandidateReport
from grader.report.candidate_markdown import candidate_markdown, standing
from grader.report.visible import encodable, visible

AT_ONCE = 50  # annotations of one request
MOST = 200
LONGEST_TITLE, LONGEST_MESSAGE = 255, 4000
CONCLUSIONS = {
    "completed": "success",
    "submission_failed": "failure",
    "limit_exceeded": "failure",
    "infrastructure_failed": "neutral",
}
LEVELS = {"not_met": "warning", "partly": "notice"}
SAME = ("path", "start_line", "end_line", "annotation_level", "title", "message")


def check_run(commit: Commit, assignment: str, details_url: str, result: CandidateReport | None) -> dict[str, Any]:
    """Return what the check run is to say, but for its annotations, which GitHub adds to those that are there."""
    handed = commit.handed
    told: dict[str, Any] = {
        "name": f"take-home / {assignment}",
        "external_id": handed.id,
        "details_url": details_url,
        "output": {"title": standing(handed, result), "summary": candidate_markdown(handed, result)},
    }
    if commit.started_at is not None:
        told["started_at"] = commit.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    if handed.outcome is None:
        return told | {"status": "queued" if handed.state == "queued" else "in_progress"}
    if commit.finished_at is not None:
        told["completed_at"] = commit.finished_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return told | {"status": "completed", "conclusion": CONCLUSIONS.get(handed.outcome, "neutral")}


def notes_on(commit: Commit, result: CandidateReport | None) -> list[dict[str, Any]]:
    """Return the annotations: why it failed, and what was judged short of met, at lines of the commit's files."""
    return list(_annotations(commit, result))[:MOST] if result else []


@dataclass(frozen=True)
class CheckRun:
    """A check run as GitHub shows it, with how many annotations it has."""

    id: int
    notes: int


def bring_up(repository: Repository, commit: Commit, slug: str, told: dict[str, Any]) -> CheckRun:
    """Have the check run say this and return it; one whose id was lost is found again. Raises GithubError."""
    if commit.check_run_id is not None:
        try:
            return _changed(repository, commit.check_run_id, told)
        except RestError as refused:
            if refused.status != 404:
                raise
    return _found_or_made(repository, commit, slug, told, 0)


def missing_notes(repository: Repository, run: CheckRun, wanted: Sequence[dict[str, Any]]) -> list[Any] | None:
    """Return those of the annotations that are not there yet; None where others are there, which hold no more: GitHub
    adds annotations and takes none away. Raises GithubError.
    """
    there: set[tuple[Any, ...]] = set()
    if run.notes or wanted:
        there = {_key(row) for row in repository.asked.pages(f"{_path(repository)}/{run.id}/annotations")}
    if there - {_key(row) for row in wanted}:
        return None
    return [row for row in wanted if _key(row) not in there]


def replaced(repository: Repository, commit: Commit, slug: str, told: dict[str, Any], run: CheckRun) -> CheckRun:
    """Return another check run of the same name on the commit, which GitHub shows in its place. Raises GithubError."""
    return _found_or_made(repository, commit, slug, told, run.id)


def annotate(repository: Repository, run: CheckRun, told: dict[str, Any], notes: Sequence[dict[str, Any]]) -> None:
    """Add these annotations to the check run. Raises GithubError."""
    for begun in range(0, len(notes), AT_ONCE):
        output = {**told["output"], "annotations": notes[begun : begun + AT_ONCE]}
        repository.asked.patch(f"{_path(repository)}/{run.id}", {"output": output})


def _found_or_made(repository: Repository, commit: Commit, slug: str, told: dict[str, Any], after: int) -> CheckRun:
    """Have ours that was made last, after the one of this id, say this; where there is none, make it."""
    rows = repository.asked.pages(
        f"{repository.path}/commits/{commit.sha}/check-runs", "check_runs", check_name=told["name"], filter="all"
    )
    ours = [
        int(row["id"])
        for row in rows
        if (row.get("app") or {}).get("slug") == slug and row["external_id"] == commit.handed.id
    ]
    if (last := max(ours, default=0)) > after:
        return _changed(repository, last, told)
    return _shown(repository.asked.post(_path(repository), {**told, "head_sha": commit.sha}))


def _changed(repository: Repository, check_run_id: int, told: dict[str, Any]) -> CheckRun:
    return _shown(repository.asked.patch(f"{_path(repository)}/{check_run_id}", told))


def _shown(row: dict[str, Any]) -> CheckRun:
    return CheckRun(int(row["id"]), int((row.get("output") or {}).get("annotations_count") or 0))


def _path(repository: Repository) -> str:
    return f"{repository.path}/check-runs"


def _annotations(commit: Commit, result: CandidateReport) -> Iterator[dict[str, Any]]:
    failure = result.failure
    if failure is not None and failure.path:
        place = Span(path=failure.path, cell=failure.cell, line=failure.line)
        yield _annotation(commit, place, "failure", failure.code, f"{failure.message} {failure.hint}".strip())
    for item in (item for part in result.dimensions for item in part.criteria):
        if item.verdict in LEVELS and not item.reviewed and (item.reason or item.advice):
            said = " ".join(text for text in (item.reason, item.advice) if text)
            for span in item.evidence:
                yield _annotation(commit, span, LEVELS[item.verdict], item.title, said)


def _annotation(commit: Commit, span: Span, level: str, title: str, message: str) -> dict[str, Any]:
    # a line of a cell is no line of the notebook's file, and GitHub wants one
    first = span.line if span.cell is None and span.line else 1
    last = span.end_line if span.cell is None and span.line and span.end_line else first
    place = "" if span.cell is None else f"Cell {span.cell + 1}" + (f", line {span.line}" if span.line else "") + ": "
    return {
        "path": encodable(posixpath.join(commit.folder, span.path)),
        "start_line": first,
        "end_line": max(first, last),
        "annotation_level": level,
        "title": encodable(visible(title))[:LONGEST_TITLE],
        "message": encodable(visible(place + message))[:LONGEST_MESSAGE],
    }


def _key(row: dict[str, Any]) -> tuple[Any, ...]:
    # as words: nobody promises that spaces come back as they were sent
    return tuple(tuple(value.split()) if isinstance(value := row.get(name), str) else value for name in SAME)
