"""What a candidate reads on GitHub: no more than they may read, bounded, and nothing of a work's is markup in it."""

from __future__ import annotations

from typing import Any

import pytest
from markdown_it import MarkdownIt

from grader.model import Span
from grader.report.candidate import CandidateCriterion, CandidateDimension, CandidateFailure, CandidateReport
from grader.report.candidate_markdown import HandedIn, candidate_markdown, standing

HOSTILE = "<img src=x> [a](https://evil.example) | `b` @acme/team #1 GH-2 ![i](x) <!-- -- **c** \n# d\x1b[31m\u202e"


def handed(**more: Any) -> HandedIn:
    given = {"id": "7f0c", "attempt": 2, "state": "published", "outcome": "completed", "failure_code": None}
    return HandedIn(**{**given, "is_released": False, **more})


def criterion(**more: Any) -> CandidateCriterion:
    given = {"title": "No leakage", "verdict": "not_met", "reason": "It leaks.", "advice": "Mend it."}
    place = Span(path="train.py", line=3, end_line=5)
    return CandidateCriterion(**{**given, "reviewed": False, "evidence": (place,), **more})


def result(*criteria: CandidateCriterion, **more: Any) -> CandidateReport:
    part = CandidateDimension(title="Evaluation", weight=1.0, score=41.26, criteria=criteria)
    given = {"assignment": "Churn", "outcome": "completed", "failure": None, "score": 73.44, "low": 68.0, "high": 78.0}
    return CandidateReport(**{**given, "unseen_data": 80.0, "dimensions": (part,), **more})


@pytest.mark.parametrize(
    ("state", "outcome", "said"),
    [
        ("queued", None, "In line to be graded"),
        ("grading", None, "Being graded"),
        ("waiting", None, "Being graded"),
        ("published", "completed", "It ran to its end"),
        ("published", "submission_failed", "The work failed"),
        ("published", "limit_exceeded", "The work used more than it may"),
        ("published", "infrastructure_failed", "Our side failed"),
    ],
)
def test_how_it_stands_is_said_in_a_few_words(state: str, outcome: str | None, said: str) -> None:
    submission = handed(state=state, outcome=outcome)
    assert standing(submission, None) == said
    assert said in candidate_markdown(submission, None)


def test_without_a_released_result_no_figure_is_told_but_when_it_will_be() -> None:
    text = candidate_markdown(handed(), None)
    assert "attempt 2" in text
    assert "once the reviewers have released it" in text
    assert "Of 100" not in text
    assert "released it" not in candidate_markdown(handed(state="queued", outcome=None), None)


def test_a_released_result_is_told_with_figures_reasons_and_places() -> None:
    text = candidate_markdown(handed(is_released=True), result(criterion()))
    assert standing(handed(is_released=True), result()) == "Score 73.4 of 100 (68.0 to 78.0)"
    assert "| **Score** | **73.4** (68.0 to 78.0) |" in text
    assert "| Evaluation | 41.3 |" in text
    assert "| No leakage | ✗ Not met | It leaks. Mend it. | train.py, lines 3–5 |" in text


def test_why_it_failed_is_told_with_its_place() -> None:
    failure = CandidateFailure(code="run.failed", message="KeyError", path="a b.ipynb", cell=4, line=2, hint="Run it.")
    failed = handed(outcome="submission_failed", failure_code="run.failed", is_released=True)
    text = candidate_markdown(failed, result(failure=failure, score=None, low=None, high=None))
    assert "a b.ipynb, cell 5, line 2: KeyError Run it." in text
    assert standing(failed, result(score=None)) == "The work failed"


def test_nothing_of_a_works_is_markup() -> None:
    failure = CandidateFailure(code="run.failed", message=HOSTILE, path=HOSTILE, cell=None, line=1, hint=HOSTILE)
    item = criterion(title=HOSTILE, reason=HOSTILE, advice=HOSTILE, evidence=(Span(path=HOSTILE, line=1),))
    text = candidate_markdown(handed(failure_code=HOSTILE, is_released=True), result(item, failure=failure))
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    inner = [part for token in parsed for part in (token, *(token.children or []))]
    assert not {part.type for part in inner} & {"html_inline", "link_open", "image"}
    ours = ["<details><summary>All 1 criteria</summary>\n", "</details>\n"]
    assert [part.content for part in inner if part.type == "html_block"] == ours
    assert len([token for token in parsed if token.type == "tr_open"]) == 8, "rows are rows"
    for word in ("@acme", "GH-2", "\x1b", "\u202e"):
        assert word not in text


def test_what_is_short_of_met_stands_first_and_the_rest_is_folded() -> None:
    met = criterion(title="A fine split", verdict="met", reason="It is.", advice="")
    text = candidate_markdown(handed(is_released=True), result(met, criterion()))
    shown, _, folded = text.partition("<details>")
    assert "No leakage" in shown
    assert "A fine split" not in shown
    assert "| A fine split | ✓ Met | It is. |" in folded
    assert "What could be better" not in candidate_markdown(handed(is_released=True), result(met))


def test_the_code_of_a_failure_reads_as_the_docs_spell_it() -> None:
    failed = handed(outcome="submission_failed", failure_code="notebook.cell_error")
    assert ", `notebook.cell_error`." in candidate_markdown(failed, None)


@pytest.mark.parametrize("word", ["word ", "слово ", "言葉 ", "😀 "])
def test_it_is_no_longer_than_github_takes(word: str) -> None:
    """GitHub says characters, and counts bytes: "summary exceeds a maximum bytesize of 65535"."""
    long = word * 2000
    many = [criterion(title=f"Criterion {number}", reason=long, advice=long) for number in range(300)]
    text = candidate_markdown(handed(is_released=True), result(*many))
    assert len(text.encode()) <= 60_000
    assert text.rstrip().endswith("There is more, which has no room here.")
    assert "Criterion 0" in text
