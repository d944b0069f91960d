"""A portfolio piece in the report: several notebooks as one run, how the work came about, and what was not judged."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from rubric_evidence import plan, ran, work
from test_pipeline_rescore import REPORT

from grader.model import (
    CellRun,
    CriterionResult,
    DimensionResult,
    EntryPoint,
    Evidence,
    Failure,
    History,
    HistoryStep,
    LeftNotebook,
    Report,
    RunPlan,
    RunResult,
)
from grader.model.failure_class import outcome_for
from grader.pipeline.together import executed_notebooks, run_together
from grader.report import print_report, render_html, render_markdown, unjudged_of
from grader.report.history import day_bars, history_sentences, step_bars
from grader.report.unjudged import unjudged_rows, unjudged_sentence

HOSTILE = "<script>alert(1)</script> ![x](http://e.vil) @you"
BROKE = Failure(code="notebook.cell_error", message="Cell 1 raised KeyError: 'a'", cell=0, path="b.ipynb")
LATE = Failure(code="limit.wall_time", message="The work ran longer than the 600 s it may.")
OURS = Failure(code="infrastructure.internal", message="The sandbox could not be made.")
NO_DATA = Failure(code="notebook.cell_error", message="Cell 1 raised FileNotFoundError: 'x.csv'", path="a.ipynb")


def several(*names: str, left: tuple[LeftNotebook, ...] = ()) -> RunPlan:
    entries = tuple(EntryPoint(kind="notebook", path=name, reason="named") for name in names)
    return plan().model_copy(update={"entry_point": entries[0], "then": entries[1:], "left_notebooks": left})


def together(*failures: Failure | None, left: tuple[LeftNotebook, ...] = (), begun: int = 9) -> RunResult:
    """Return what notebooks that ended so come to: a.ipynb, b.ipynb, …; those past `begun` were not begun."""
    names = [f"{letter}.ipynb" for letter in "abcdef"[: len(failures)]]
    cells = (CellRun(index=0, status="ok"), CellRun(index=2, status="not_run"))
    told = [
        (EntryPoint(kind="notebook", path=name, reason=""), ran(wall_s=10, failure=failure, cells=cells), failure, ())
        for name, failure in zip(names, failures, strict=True)
    ]
    result, failure, _ = run_together(several(*names, left=left), told[:begun])
    assert result is not None
    assert result.failure == failure
    return result


def evidence_of(run: RunResult, **more: object) -> Evidence:
    files = {book.path: "print(1)" for book in run.notebooks}
    names = [book.path for book in run.notebooks if book.ended != "not_run"]
    return work(files, plan=several(*names), run=run, failure=run.failure, **more)


def history(added: Sequence[int | None], *, complete: bool = True, subject: str = "Work") -> History:
    days = (f"2024-03-{1 + number // 2:02d}T10:00:00+00:00" for number in range(len(added)))
    steps = tuple(
        HistoryStep(time=day, author=1, subject=subject, files=1, added=lines, removed=lines and 0)
        for day, lines in zip(days, added, strict=True)
    )
    return History(commits=len(steps), authors=1, days=1.0, complete=complete, steps=steps)


def reported(**more: object) -> Report:
    return REPORT.model_copy(update={"assignment": None, **more})


def test_of_several_notebooks_the_first_failure_is_the_works_with_its_place() -> None:
    run = together(None, LATE, BROKE)
    assert run.failure is not None
    assert (run.failure.code, run.failure.path, run.limit_exceeded) == ("limit.wall_time", "b.ipynb", True)
    assert [(book.ended, book.cells, book.of) for book in run.notebooks] == [
        ("ok", 1, 2),
        ("limit", 1, 2),
        ("failed", 1, 2),
    ]
    assert [cell.path for cell in run.cells] == ["a.ipynb"] * 2 + ["b.ipynb"] * 2 + ["c.ipynb"] * 2
    assert run.sandbox.wall_s == 30


def test_a_failure_of_our_side_is_never_the_works() -> None:
    result, failure, _ = run_together(
        several("a.ipynb", "b.ipynb", "c.ipynb"),
        [
            (EntryPoint(kind="notebook", path="a.ipynb", reason=""), ran(failure=BROKE), BROKE, ()),
            (EntryPoint(kind="notebook", path="b.ipynb", reason=""), None, OURS, ()),
        ],
    )
    assert outcome_for(failure) == "infrastructure_failed"
    assert result is not None
    assert [book.why for book in result.notebooks[1:]] == ["our side failed at it", "the grading ended before it"]


def test_what_was_not_begun_and_what_was_left_is_listed_with_the_reason() -> None:
    copy = LeftNotebook(path="copy.ipynb", why="it holds the same code as a.ipynb")
    books = together(None, None, None, left=(copy,), begun=2).notebooks
    assert [(book.path, book.ended) for book in books[2:]] == [("c.ipynb", "not_run"), ("copy.ipynb", "not_run")]
    assert books[2].why == "those before it had taken all the time there is for a work"
    rows = {
        item.why: about
        for item, about in unjudged_rows(reported(unjudged=unjudged_of(evidence_of(together(None, left=(copy,))), ())))
    }
    assert rows["It holds the same code as a.ipynb."] == "copy.ipynb"


def test_executed_notebooks_are_kept_under_names_of_their_own(tmp_path: Path) -> None:
    told = []
    for number, name in enumerate(("a.ipynb", "b.ipynb", "c.ipynb")):
        (tmp_path / name).mkdir()
        if number != 1:
            (tmp_path / name / "executed.ipynb").write_text(name)
        run = ran().model_copy(update={"collected": tmp_path / name})
        told.append((EntryPoint(kind="notebook", path=name, reason=""), run, None, ()))
    assert executed_notebooks(told) == {"executed.ipynb": b"a.ipynb", "executed-3.ipynb": b"c.ipynb"}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (history([10, 10, 10, 10]), ["4 commits by 1 author, on 2 days from 1 March 2024 to 2 March 2024.",
                                     "The largest, number 1 of 4, added 25% of the lines."]),
        (history([1, 970, 1]), ["3 commits by 1 author, on 2 days from 1 March 2024 to 2 March 2024.",
                                "One of them, number 2 of 3, added 100% of the lines: hardly a history of steps."]),
        (history([500]), ["1 commit by 1 author, all on 1 March 2024."]),
        (history([None, 5], complete=False), ["The newest 2 commits, of more, by 1 author, all on 1 March 2024."]),
        (History(commits=3, authors=2, days=4.5), ["3 commits by 2 authors, over 4.5 days."]),
    ],
)  # fmt: skip
def test_steps_and_a_dump_are_told_in_words(told: History, said: list[str]) -> None:
    assert list(history_sentences(reported(history=told))) == said


@pytest.mark.parametrize("steps", [1, 5, 30, 200])
def test_the_timeline_stays_within_its_frame(steps: int) -> None:
    told = history([number % 7 for number in range(steps)][:60])
    for bar in (*step_bars(told), *day_bars(told)):
        assert 0 <= bar.x <= bar.x + bar.width <= 640.5
        assert 0 <= bar.y <= bar.y + bar.height <= 76


def test_nothing_that_a_commit_says_is_markup() -> None:
    report = reported(history=history([3, 4], subject=HOSTILE))
    page, comment = render_html(report), render_markdown(report)
    assert "<script>alert" not in page
    assert "![x]" not in comment
    assert "<script>" not in comment
    assert "&lt;script&gt;alert(1)" in page


def test_what_was_not_judged_is_said_in_every_form_by_its_reason() -> None:
    criteria = tuple(
        CriterionResult(
            id=f"evaluation.{name}", title=name.title(), weight=1, verdict=verdict, score=None, reason=reason
        )
        for name, verdict, reason in (
            ("one", "not_applicable", "No dates were seen."),
            ("two", "not_applicable", "No dates were seen."),
            ("three", "not_applicable", "No classes were seen."),
            ("four", "needs_human", "It may be so."),
        )
    )
    dimensions = (DimensionResult(id="evaluation", title="Evaluation", weight=1, score=None, criteria=criteria),)
    evidence = evidence_of(together(NO_DATA, BROKE))
    report = reported(dimensions=dimensions, unjudged=unjudged_of(evidence, dimensions))
    assert [item.kind for item in report.unjudged] == [
        "unseen_data", "brief", "missing_data", "stopped", "history", "needs_human", "not_applicable", "not_applicable",
    ]  # fmt: skip
    assert report.unjudged[-2].criteria == ("evaluation.one", "evaluation.two")
    assert unjudged_sentence(report, "needs_human") == "1 criterion needs a person: It may be so."
    assert unjudged_sentence(report, "not_applicable") == (
        "3 criteria did not apply, which counts neither way; most often: No dates were seen."
    )
    for text in (render_html(report), render_markdown(report)):
        assert "What could not be judged" in text
        assert "FileNotFoundError" in text
        assert "It may be so." in text
        assert "Four" in text


def test_nothing_is_said_to_be_unjudged_where_our_side_failed_or_an_assignment_asked() -> None:
    assert unjudged_of(Evidence(failure=OURS), ()) == ()
    assert "could not be judged" not in render_html(REPORT)


def test_a_work_without_a_score_has_lost_no_points_of_one() -> None:
    item = CriterionResult(
        id="evaluation.held_out", title="Held out", weight=1, verdict="not_met", score=0.0, reason="No."
    )
    part = DimensionResult(id="evaluation", title="Evaluation", weight=1, score=0.0, criteria=(item,))
    scored = reported(score=0.0, dimensions=(part,))
    unscored = reported(score=None, unscored_reason="Too little.", dimensions=(part,))
    for render in (render_markdown, render_html, printed):
        assert ("100.0" in render(scored), "100.0" in render(unscored)) == (True, False)
        assert "Held out" in render(unscored)


def test_a_dimension_that_rests_on_little_of_its_weight_says_on_how_much() -> None:
    def part(*scores: float | None) -> Report:
        items = tuple(
            CriterionResult(
                id=f"evaluation.{number}", title=f"No. {number}", weight=1, score=score, reason="So.",
                verdict="not_applicable" if score is None else "met",
            )
            for number, score in enumerate(scores)
        )  # fmt: skip
        found = DimensionResult(id="evaluation", title="Evaluation", weight=1, score=100.0, criteria=items)
        return reported(score=100.0, dimensions=(found,))

    for render in (render_markdown, render_html, printed):
        assert "from 1 of 3 criteria" in render(part(1.0, None, None))
        assert "of 3 criteria" not in render(part(1.0, 1.0, None))


def printed(report: Report) -> str:
    written = StringIO()
    print_report(Console(file=written, width=100), report, None)
    return written.getvalue()
