"""What a portfolio reading cannot say: collected from the evidence and the verdicts, and put into words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from typing import Literal

from grader.model import OTHER_LANGUAGES, CriterionResult, DimensionResult, Evidence, NotebookRun, Report, Unjudged
from grader.model.absence import AbsenceKind
from grader.model.unjudged import UnjudgedKind
from grader.report.formats import count, sentence

SHOWN = 6
NO_FILE, NO_PACKAGE, NO_PYTHON = "FileNotFoundError", "environment.missing_package", "notebook.language"
LACKED: dict[AbsenceKind, tuple[UnjudgedKind, str]] = {
    "package": ("stopped", "What needs a package that is not here"),
    "environment": ("stopped", "What needs packages that could not be made ready here"),
    "data": ("missing_data", "What needs data that did not come along"),
    "download": ("missing_data", "What is fetched over a network"),
    "earlier": ("stopped", "What needs an earlier notebook that could not be run here"),
    "language": ("not_run", "What is written in another language than Python"),
}
UNSEEN = Unjudged(
    kind="unseen_data",
    what="How well it does on data it has not seen",
    why="Nothing was hidden from this work: every figure is its own, on rows that it chose.",
)
BRIEF = Unjudged(
    kind="brief",
    what="Whether it answers the question",
    why="No brief came with it: what was asked, by whom and in how much time is not known here.",
)
BETWEEN = Unjudged(
    kind="between_notebooks",
    what="Rows that pass from one notebook to the next",
    why="Rows are followed within each notebook: that one is fitted on what another tests on would not be seen.",
)


def unjudged_of(evidence: Evidence, dimensions: Sequence[DimensionResult]) -> tuple[Unjudged, ...]:
    """Return what was not judged of a work without an assignment, and why; nothing where our side failed.

    What nobody could judge comes first, then what was not run, then the criteria without a mark by their reasons.
    """
    if evidence.failure is not None and evidence.failure.code.startswith("infrastructure."):
        return ()
    criteria = [item for dimension in dimensions for item in dimension.criteria]
    return (
        UNSEEN,
        BRIEF,
        *_stopped(evidence),
        *_not_run(evidence),
        *_of_other_languages(evidence),
        *([BETWEEN] if len(evidence.ran_through) > 1 else []),
        *_history(evidence),
        *_by_reason(criteria, "needs_human", "Needs a person"),
        *_by_reason(criteria, "not_applicable", "Did not apply"),
    )


def _stopped(evidence: Evidence) -> Iterator[Unjudged]:
    """Yield what was lacking here, and what stands behind each failure of the work's own."""
    for absence in evidence.absent:
        why = f"{sentence(absence.why)} It is not held against the work. {absence.advice}"
        paths = (absence.path,) if absence.path else ()
        yield Unjudged(kind=LACKED[absence.kind][0], what=LACKED[absence.kind][1], why=why, paths=paths)
    told = {absence.path for absence in evidence.absent}
    books = evidence.run.notebooks if evidence.run else ()
    failures = [book.failure for book in books if book.failure is not None]
    for failure in failures or [failure for failure in [evidence.failure] if failure is not None]:
        if (failure.path or "") in told:
            continue
        what = "What comes after a failure" if evidence.run else "What a run would show"
        if failure.code == NO_PACKAGE:
            what = "What needs a package that is not installed"
        if lacks_data := NO_FILE in failure.message:
            what = "What needs a file that is not where it is looked for"
        named = f"{failure.path}: " if failure.path and failure.path not in failure.message else ""
        yield Unjudged(
            kind="missing_data" if lacks_data else "stopped",
            what=what,
            why=f"{named}{sentence(failure.message)}",
            paths=(failure.path,) if failure.path else (),
        )


def _not_run(evidence: Evidence) -> Iterator[Unjudged]:
    """Yield the notebooks that were not run, by their reasons."""
    books = evidence.run.notebooks if evidence.run else ()
    told = {book.path for book in books}
    yield from _grouped(book for book in books if book.ended == "not_run")
    entry = evidence.plan.entry_point if evidence.plan else None
    left = [path for path in _notebooks(evidence) if path not in told and path not in evidence.started]
    if entry is not None and left:
        what = entry.path or " ".join(entry.argv)
        why = f"What was run is {what}: {sentence(entry.reason)}"
        yield Unjudged(kind="not_run", what="Notebooks that were not run", why=why, paths=tuple(left))


def _of_other_languages(evidence: Evidence) -> Iterator[Unjudged]:
    """Yield the code beside Python's, by its language; where there is nothing else the failure has said so."""
    if evidence.failure is not None and evidence.failure.code == NO_PYTHON:
        return
    found: dict[str, list[str]] = {}
    for entry in evidence.files:
        if language := OTHER_LANGUAGES.get(PurePosixPath(entry.path).suffix.lower()):
            found.setdefault(language, []).append(entry.path)
    for language, paths in found.items():
        why = f"Only Python is run and read; of what is written in {language} nothing was judged."
        yield Unjudged(kind="not_run", what=f"The code in {language}", why=why, paths=tuple(paths))


def _grouped(books: Iterable[NotebookRun]) -> Iterator[Unjudged]:
    reasons: dict[str, list[str]] = {}
    for book in books:
        reasons.setdefault(book.why, []).append(book.path)
    for why, paths in reasons.items():
        yield Unjudged(kind="not_run", what="Notebooks that were not run", why=sentence(why), paths=tuple(paths))


def _notebooks(evidence: Evidence) -> Iterator[str]:
    return (entry.path for entry in evidence.files if entry.path.endswith(".ipynb"))


def _history(evidence: Evidence) -> Iterator[Unjudged]:
    if evidence.history is None:
        yield Unjudged(
            kind="history", what="How it came about", why="No git history that could be read came with the work."
        )
    elif not evidence.history.complete:
        why = f"Only the newest {count(evidence.history.commits, 'commit')} came with it: what was before is not known."
        yield Unjudged(kind="history", what="How it began", why=why)


def _by_reason(criteria: Iterable[CriterionResult], kind: UnjudgedKind, what: str) -> Iterator[Unjudged]:
    """Yield the criteria of a verdict by their reasons, the reason of most first."""
    reasons: dict[str, list[str]] = {}
    for item in criteria:
        if item.verdict == kind:
            reasons.setdefault(item.reason, []).append(item.id)
    for why, ids in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
        yield Unjudged(kind=kind, what=what, why=why, criteria=tuple(ids))


def unjudged_rows(report: Report) -> list[tuple[Unjudged, str]]:
    """Return what a reader should know first, each with the files or criteria that it is about in words."""
    titles = _titles(report)
    rows = []
    for item in report.unjudged:
        if item.kind != "not_applicable":
            paths = [path for path in item.paths if path not in item.why]
            rows.append((item, _listed([*paths, *(titles.get(key, key) for key in item.criteria)])))
    return rows


def inapplicable_rows(report: Report) -> list[tuple[str, str]]:
    """Return the reasons for which criteria did not apply, each with their titles."""
    titles = _titles(report)
    found = [item for item in report.unjudged if item.kind == "not_applicable"]
    return [(item.why, ", ".join(titles.get(key, key) for key in item.criteria)) for item in found]


def unjudged_sentence(report: Report, kind: Literal["needs_human", "not_applicable"]) -> str:
    """Return how many criteria need a person, or did not apply, and why most of them; "" where there is none."""
    found = [item for item in report.unjudged if item.kind == kind]
    number = sum(len(item.criteria) for item in found)
    if not number:
        return ""
    said = f"{count(number, 'criterion', 'criteria')} did not apply, which counts neither way"
    if kind == "needs_human":
        said = f"{count(number, 'criterion needs', 'criteria need')} a person"
    return f"{said}{'; most often' if len(found) > 1 else ''}: {sentence(found[0].why)}"


def _titles(report: Report) -> dict[str, str]:
    return {item.id: item.title for dimension in report.dimensions for item in dimension.criteria}


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more
