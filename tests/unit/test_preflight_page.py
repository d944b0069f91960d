"""A preflight as a Markdown page: what it says, and that nothing of the candidate's is markup, HTML or a link in it."""

from __future__ import annotations

from markdown_it import MarkdownIt

from grader.model import Failure, Limits, Preflight, PreflightAssignment, PreflightCheck, RunReport, SubmissionRef
from grader.report import render_preflight

HOSTILE = (
    "<img src=x onerror=alert(1)> [x](https://evil.invalid) @org/team #1 | `code`\n\n# Ready ::error::no ![i](//e)"
)


def preflight(failure: Failure | None, **changes: object) -> Preflight:
    passed = PreflightCheck(id="intake", passed=True, found="2 files, 300 bytes.")
    rest = PreflightCheck(id="plan", passed=failure is None, found=failure.message if failure else "predict.py.")
    unreached = PreflightCheck(id="run", passed=None if failure else True)
    record = Preflight(
        grader_version="0",
        assignment=PreflightAssignment(slug="churn", version="1"),
        submission=SubmissionRef(name="ada", digest="", kind="folder", files=2, bytes=300),
        ready=failure is None,
        outcome="submission_failed" if failure else "completed",
        failure=failure,
        checks=(passed, rest, unreached),
        run=RunReport(sandbox="bubblewrap"),
        limits=Limits(),
        rows=500,
    )
    return record.model_copy(update=changes)


def test_it_says_the_verdict_every_check_and_what_to_do() -> None:
    failure = Failure(code="run.failed", message="It ended with status 1", path="a.py", line=3, hint="Look at a.py.")
    page = render_preflight(preflight(failure))
    assert "It would fail at grading as it is." in page
    assert "| ✅ | Taken in | 2 files, 300 bytes. |" in page
    assert "| ❌ | How it is run | It ended with status 1 |" in page
    assert "| – | The run | Not reached. |" in page
    assert "`run.failed`" in page
    assert "**Where:** a.py, line 3" in page
    assert "Look at a.py." in page


def test_of_a_work_that_is_ready_it_says_so() -> None:
    assert "It runs, and its predictions are well formed." in render_preflight(preflight(None))


def test_hostile_text_stays_text_wherever_it_stands() -> None:
    failure = Failure(code="run.failed", message=HOSTILE, path=HOSTILE, hint=HOSTILE)
    hostile = SubmissionRef(name=HOSTILE, digest="", kind="folder", files=0, bytes=0, notes=(HOSTILE,))
    page = render_preflight(preflight(failure, submission=hostile, written=(HOSTILE,)))
    tokens = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").parse(page)
    kinds = {inner.type for token in tokens for inner in (token, *(token.children or []))}
    assert not kinds & {"html_block", "html_inline", "link_open", "image"}
    codes = [inner.content for token in tokens for inner in token.children or [] if inner.type == "code_inline"]
    assert codes == ["run.failed"]
    assert [token.tag for token in tokens if token.type == "heading_open"] == ["h2"]
    assert "@org" not in page
    assert "https://evil" not in page
    assert all(not line.startswith("::") for line in page.splitlines())
