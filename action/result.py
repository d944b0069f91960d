"""The job's summary of a submission, in Markdown: what its candidate may read, with every text as text."""

from __future__ import annotations

import re
from typing import Any

from commands import seen

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")  # all that Markdown may take for more than itself
LONGEST = 500
MOST = 100  # criteria
OUTCOMES = {
    "completed": "It ran to its end.",
    "submission_failed": "The work failed.",
    "limit_exceeded": "The work used more than it may.",
    "infrastructure_failed": "Our side failed, which says nothing of the work.",
}
MARKS = {"met": "✓ met", "partly": "◐ partly", "not_met": "✗ not met"}


def summary_of(submission: dict[str, Any], result: dict[str, Any] | None) -> str:
    """Return the summary; without a released result it says what is known until then."""
    outcome = submission["outcome"] or ""
    head = f"## {plain(OUTCOMES.get(outcome, 'It is through.'))}\n\nSubmission `{submission['id']}`"
    if submission["failure_code"]:
        head += f", {code(submission['failure_code'])}"
    if result is None:
        return f"{head}.\n\nThe result can be read here once the reviewers have released it: run the job again then.\n"
    return "\n".join(
        [f"{head}.", "", *_figures(result), *_failure(result["failure"]), *_criteria(result["dimensions"])]
    )


def plain(text: object, longest: int = LONGEST) -> str:
    """Return a text of one line in which nothing is markup."""
    return PUNCTUATION.sub(r"\\\1", seen(" ".join(str(text).split()), longest, kept=""))


def code(text: object) -> str:
    """Return a word as code."""
    return f"`{re.sub(r'[^A-Za-z0-9_.-]', '_', str(text))[:100]}`"


def _figures(result: dict[str, Any]) -> list[str]:
    rows = ["| part | of 100 |", "| --- | --- |", f"| **Score** | {_number(result['score'], result)} |"]
    rows.append(f"| Unseen data | {_number(result['unseen_data'])} |")
    rows += [f"| {plain(part['title'])} | {_number(part['score'])} |" for part in result["dimensions"]]
    return [*rows, ""]


def _number(value: float | None, around: dict[str, Any] | None = None) -> str:
    if value is None:
        return "–"
    if around is None or around["low"] is None:
        return f"{value:.1f}"
    return f"{value:.1f} ({around['low']:.0f} to {around['high']:.0f})"


def _failure(failure: dict[str, Any] | None) -> list[str]:
    if failure is None:
        return []
    place = "" if not failure["path"] else f"{plain(failure['path'])}: "
    return ["### Why it failed", "", f"{place}{plain(failure['message'])} {plain(failure['hint'])}".rstrip(), ""]


def _criteria(dimensions: list[dict[str, Any]]) -> list[str]:
    rows = ["### What was judged", "", "| criterion | verdict | why, and what to do |", "| --- | --- | --- |"]
    found = [item for part in dimensions for item in part["criteria"]]
    for item in found[:MOST]:
        verdict = MARKS.get(item["verdict"], plain(str(item["verdict"]).replace("_", " ")))
        by = " by a reviewer" if item["reviewed"] else ""
        why = " ".join(text for text in (plain(item["reason"]), plain(item["advice"])) if text)
        rows.append(f"| {plain(item['title'])} | {verdict}{by} | {why} |")
    return [*rows, ""]
