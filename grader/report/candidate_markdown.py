"""What a candidate may read of a submission, as GitHub Markdown: for a check run, a comment, or a job's summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.model import Record
from grader.report.candidate import CandidateCriterion, CandidateReport
from grader.report.findings import VERDICT_WORDS
from grader.report.formats import interval, points, where
from grader.report.markdown import details, escaped

SHORT = ("not_met", "partly", "needs_human")
MARKS = {"met": "✓", "partly": "◐", "not_met": "✗"}
LARGEST = 60_000
LONGEST_TEXT = 400
MOST_PLACES = 3
OUTCOMES = {
    "completed": "It ran to its end",
    "submission_failed": "The work failed",
    "limit_exceeded": "The work used more than it may",
    "infrastructure_failed": "Our side failed",
}
UNTIL_RELEASED = "The result can be read here once the reviewers have released it."
IN_PUBLIC = (
    "The reviewers have released the result. It can be read under the link of the invitation, "
    "and does not stand here, for this repository is not private."
)
OUR_SIDE = "This says nothing of the work, and costs no attempt: hand in again, or run the job again."
SHORT_OF_MET = """
### What could be better

| Criterion | Verdict | Why, and what to do | Where |
| :-- | :-- | :-- | :-- |
"""
CUT = "\nThere is more, which has no room here.\n"


class HandedIn(Record):
    """A submission as its candidate knows it; `outcome` is None until it is graded."""

    id: str
    attempt: int | None
    state: str
    outcome: str | None
    failure_code: str | None
    is_released: bool


def standing(handed: HandedIn, result: CandidateReport | None) -> str:
    """Return in a few words how it stands, without markup; the score where the result is given."""
    if handed.outcome is None:
        return "In line to be graded" if handed.state == "queued" else "Being graded"
    if result is not None and result.score is not None:
        bounds = interval(result.low, result.high)
        return f"Score {points(result.score)} of 100" + (f" ({bounds})" if bounds else "")
    return OUTCOMES.get(handed.outcome, "It is through")


def candidate_markdown(handed: HandedIn, result: CandidateReport | None) -> str:
    """Return what the candidate may read, at most 60,000 bytes: GitHub takes 65,535. `result` is None where it is not
    released, or not to be told where this will stand.
    """
    named = f"Submission `{handed.id}`" + ("" if handed.attempt is None else f", attempt {handed.attempt}")
    code = f", `{_code(handed.failure_code)}`" if handed.failure_code else ""
    lines = [f"**{standing(handed, None)}.** {named}{code}.", ""]
    if handed.outcome == "infrastructure_failed":
        lines += [OUR_SIDE, ""]
    if result is not None:
        lines += [*_figures(result), *_failure(result)]
        return _with_criteria("\n".join(lines).rstrip() + "\n", result)
    if handed.outcome is not None:
        lines.append(IN_PUBLIC if handed.is_released else UNTIL_RELEASED)
    return "\n".join(lines).rstrip() + "\n"


def _figures(result: CandidateReport) -> Iterator[str]:
    bounds = interval(result.low, result.high)
    yield "| Part | Of 100 |"
    yield "| :-- | --: |"
    yield f"| **Score** | **{points(result.score)}**" + (f" ({bounds})" if bounds else "") + " |"
    yield f"| Unseen data | {points(result.unseen_data)} |"
    for part in result.dimensions:
        yield f"| {escaped(part.title)} | {points(part.score)} |"
    yield ""


def _failure(result: CandidateReport) -> Iterator[str]:
    failure = result.failure
    if failure is None:
        return
    yield "### Why it failed"
    yield ""
    place = escaped(where(failure.path, failure.cell, failure.line)) if failure.path else ""
    said = escaped(" ".join(text for text in (failure.message, failure.hint) if text), 1000)
    yield f"{place}: {said}" if place else said
    yield ""


def _with_criteria(text: str, result: CandidateReport) -> str:
    """Return the text with what was judged: what is short of met first, and all of it folded together."""
    criteria = [item for part in result.dimensions for item in part.criteria]
    short = [item for item in criteria if item.verdict in SHORT]
    room = LARGEST - len((text + SHORT_OF_MET + CUT).encode())
    if short:
        text += SHORT_OF_MET
    for row in map(_row, short):
        if (room := room - len(row.encode())) < 0:
            return text + CUT
        text += row
    folded = _all(criteria)
    return text + (folded if len(folded.encode()) <= room else CUT)


def _all(criteria: Sequence[CandidateCriterion]) -> str:
    if not criteria:
        return ""
    rows = [f"| {escaped(item.title)} | {_verdict(item)} | {_why(item)} |" for item in criteria]
    table = "\n".join(["| Criterion | Verdict | Why |", "| :-- | :-- | :-- |", *rows])
    return f"\n{details(f'All {len(criteria)} criteria', table)}\n"


def _row(item: CandidateCriterion) -> str:
    why = " ".join(part for part in (_why(item), escaped(item.advice, LONGEST_TEXT)) if part)
    places = " · ".join(
        escaped(where(span.path, span.cell, span.line, span.end_line), 200) for span in item.evidence[:MOST_PLACES]
    )
    return f"| {escaped(item.title)} | {_verdict(item)} | {why} | {places} |\n"


def _why(item: CandidateCriterion) -> str:
    return escaped(item.reason, LONGEST_TEXT) if item.reason else ""


def _code(code: str) -> str:
    """Return a failure's code as it may stand in a span of code, in which nothing can be escaped."""
    return "".join(letter for letter in code if letter.isalnum() or letter in "._")


def _verdict(item: CandidateCriterion) -> str:
    mark = f"{MARKS[item.verdict]} " if item.verdict in MARKS else ""
    return mark + VERDICT_WORDS[item.verdict] + (" (a reviewer)" if item.reviewed else "")
