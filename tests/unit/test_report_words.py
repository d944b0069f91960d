"""What a report says and leaves out, in each of its forms: whole sentences, and no part about what there is none of."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console
from stored_reports import report_of
from test_pipeline_rescore import REPORT

from grader.model import AssignmentRef, CellRun, CriterionResult, DimensionResult, EnvironmentRef, Failure, Report, Span
from grader.report import print_ranking, render_html, render_markdown
from grader.report.charts import cell_bars
from grader.report.excerpt import excerpt
from grader.report.formats import environment, sentence
from grader.report.index import render_index

ASSIGNED = report_of("work", AssignmentRef(slug="churn", version="1", digest="0" * 64))
FAILED = ASSIGNED.model_copy(
    update={
        "outcome": "submission_failed",
        "failure": Failure(
            code="environment.missing_package",
            message="Cell 7 raised KeyError: 'age'",
            hint="Look for it.",
            observed=("it ended by itself with exit status 1 after 0.8 s of 300 s", "71 of 2,048 MB of memory"),
        ),
    }
)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("it is the only notebook", "It is the only notebook."),
        ("train.py is named first", "train.py is named first."),
        ("Cell 7 raised KeyError: 'age'", "Cell 7 raised KeyError: 'age'."),
        ("Input X contains NaN.", "Input X contains NaN."),
        ("", ""),
    ],
)
def test_a_sentence_has_a_capital_and_a_stop(text: str, said: str) -> None:
    assert sentence(text) == said


def test_a_failure_is_told_in_whole_sentences() -> None:
    for text in (render_html(FAILED), render_markdown(FAILED)):
        assert "It ended by itself with exit status 1 after 0.8 s of 300 s; 71 of 2,048 MB of memory." in text
    assert "KeyError: 'age'. (`environment" in render_markdown(FAILED)


def test_a_reason_does_not_run_into_its_advice() -> None:
    item = CriterionResult(
        id="evaluation.x", title="X", weight=1, verdict="not_met", score=0, reason="It raised E: 'a'",
        advice="Mend it.", evidence=(),
    )  # fmt: skip
    dimension = DimensionResult(id="evaluation", title="Evaluation", weight=1, score=0, criteria=(item,))
    assert "It raised E: 'a'. *Mend it.*" in render_markdown(REPORT.model_copy(update={"dimensions": (dimension,)}))


def test_a_portfolio_piece_has_no_part_on_unseen_data_and_no_digest_of_nothing() -> None:
    empty = REPORT.receipt.model_copy(update={"data_digest": "e3b0c442" * 8})
    text = render_html(REPORT.model_copy(update={"receipt": empty}))
    assert 'id="unseen"' not in text
    assert 'href="#unseen"' not in text
    assert "e3b0c442" not in text
    assert "None: there is no assignment" in text
    assigned = render_html(ASSIGNED)
    assert 'id="unseen"' in assigned
    assert 'href="#unseen"' in assigned


def test_the_locked_environment_is_named_with_its_digest() -> None:
    assert environment(EnvironmentRef(name="fixed", digest="a1b2c3d4e5f60718")) == "The locked environment a1b2c3d4e5f6"
    asked = EnvironmentRef(name="requirements", digest="a1b2c3d4e5f60718", rung="exact", as_of="2026-01-02T03:04:05")
    assert environment(asked).startswith("requirements a1b2c3d4e5f6 (the work's requirements, as written")


def printed(*reports: tuple[str, Report]) -> str:
    console = Console(file=io.StringIO(), width=80)
    print_ranking(console, reports, Path("out"))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_ranking_takes_one_line_a_work_on_80_columns_and_leaves_out_a_column_without_content() -> None:
    text = printed(("strong", ASSIGNED), ("a-longer-name-of-a-work", FAILED))
    assert [line for line in text.splitlines() if "environment.missing_package" in line and "a-longer-name" in line]
    assert "Unseen data" not in text + render_index([("one", REPORT)])


def test_code_is_shown_without_the_indent_of_all_its_lines() -> None:
    found = excerpt(Span(path="a.py", line=3, text="        for x in y:\n            go(x)"))
    assert [number for number, _ in found.lines] == [3, 4]
    assert [len(str(line.striptags())) for _, line in found.lines] == [len("for x in y:"), len("go(x)")]
    assert str(found.lines[1][1]).startswith("    ")


@pytest.mark.parametrize(("cells", "labels"), [(3, ["1", "2", "3"]), (40, [str(n) for n in range(1, 41, 3)])])
def test_no_more_cells_are_labelled_than_can_be_read(cells: int, labels: list[str]) -> None:
    bars = cell_bars(tuple(CellRun(index=number, status="ok", wall_s=1) for number in range(cells)))
    assert [bar.label for bar in bars if bar.label] == labels
