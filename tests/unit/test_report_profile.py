"""The robustness profile: the same figures in every form of the report, and the worst subgroup named."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from test_pipeline_rescore import REPORT

from grader.model import HiddenResult, Report, RoundResult, SliceResult, TwinResult
from grader.report import print_report, render_html, render_markdown
from grader.report.profile import profile_rows, profile_sentences, worst_slice

LAW = "Customers of a tariff that is <i>not</i> among the training rows."


def figures(value: float, place: float) -> dict[str, object]:
    ends = {"low": value - 0.01, "high": value + 0.01}
    return {"value": value, **ends, "normalised": place, "normalised_low": place, "normalised_high": place}


def suite(name: str, value: float, place: float, **more: object) -> HiddenResult:
    rest = {"metric": "roc_auc", "baseline": 0.7, "reference": 0.8, "rows": 400, "missing": 0}
    return HiddenResult.model_validate({"suite": name, **figures(value, place), **rest, **more})


def part(name: str, value: float, place: float, high: float | None = None) -> SliceResult:
    ends = {"normalised_high": place if high is None else high, "baseline": 0.6, "reference": 0.75}
    return SliceResult.model_validate({"name": name, "rows": 50, **figures(value, place), **ends})


def subgroups(*parts: SliceResult) -> Report:
    return REPORT.model_copy(update={"hidden": (suite("iid", 0.78, 0.8, slices=parts),)})


TWINS = TwinResult(
    metric="roc_auc", rows=60, value=0.99, altered=0.71, gap=2.8, gap_low=1.9, gap_high=3.4, looked_up=True
)
SUITES = (
    suite("iid", 0.78, 0.8, slices=(part("first year", 0.71, 0.1), part("seniors", 0.75, 0.5))),
    suite("shifted", 0.72, 0.2, law=LAW),
    suite("repeat", 0.78, 0.8, weight=0),
    suite("messy", 0.74, 0.4, weight=0, missing=3),
)
FULL = REPORT.model_copy(update={"hidden": SUITES, "twins": TWINS})


def in_terminal(report: Report) -> str:
    written = io.StringIO()
    print_report(Console(file=written, width=300), report, None)
    return written.getvalue()


def test_each_suite_is_a_line_with_its_subgroups_below_and_the_repetition_none() -> None:
    names = ["rows like the public ones", "first year", "seniors", "shifted", "messy rows"]
    assert [row.name for row in profile_rows(FULL)] == names
    assert [row.is_slice for row in profile_rows(FULL)] == [False, True, True, False, False]


def test_each_cutoff_of_a_forecast_is_a_line_without_an_interval_and_the_worst_is_named() -> None:
    told = [("2016-01-31", 0.75, 0.5), ("2016-03-31", 0.71, 0.1)]
    rounds = tuple(RoundResult(cutoff=day, rows=28, value=value, normalised=place) for day, value, place in told)
    report = REPORT.model_copy(update={"hidden": (suite("iid", 0.73, 0.3, rounds=rounds),)})
    rows = profile_rows(report)
    assert [row.name for row in rows] == ["rows after the public ones", "after 2016-01-31", "after 2016-03-31"]
    said = "The worst of the 2 cut-offs is 2016-03-31: ROC AUC 0.710, after 0.730 over all."
    assert said in profile_sentences(report)
    page, text = render_html(report), render_markdown(report)
    assert "after 2016-01-31" in page
    assert said in page
    assert said in text
    assert page.count(" to 0.740</span>") == 1, "the interval of the suite, and none of its cut-offs"


def test_the_worst_subgroup_is_named() -> None:
    worst = worst_slice(FULL)
    assert worst is not None
    assert worst.name == "first year"
    said = (
        "The worst subgroup is first year: ROC AUC 0.710 on 50 rows, 10% of the way from its own baseline to its own "
    )
    assert f"{said}reference, after 80% over all." in profile_sentences(FULL)


def test_a_subgroup_whose_interval_reaches_the_value_over_all_is_not_the_worst() -> None:
    report = subgroups(part("few rows", 0.6, 0.0, high=0.9), part("seniors", 0.75, 0.5, high=0.7))
    worst = worst_slice(report)
    assert worst is not None
    assert worst.name == "seniors"
    alone = subgroups(part("few rows", 0.6, 0.0, high=0.9), part("others", 0.7, 0.9))
    assert worst_slice(alone) is None
    said = "In each of the 2 subgroups that can be judged, by its own marks, it may well do as it does over all rows."
    assert said in profile_sentences(alone)


UNJUDGED = "Only 5 of its 704 rows are of the class 1: to be judged it needs 20."


@pytest.mark.parametrize("form", [render_html, render_markdown])
def test_a_subgroup_that_is_not_judged_is_shown_with_the_reason_and_never_the_worst(form: object) -> None:
    shown = SliceResult(name="without digits", rows=704, value=0.586, low=0.22, high=0.97, unjudged=UNJUDGED)
    report = subgroups(shown)
    assert worst_slice(report) is None
    assert not any("subgroup" in said for said in profile_sentences(report))
    assert callable(form)
    text = form(report)
    assert UNJUDGED in text
    assert "not judged" in text
    assert "0.220 to 0.970" in text


def test_both_forms_give_each_suite_and_subgroup_its_normalised_value_interval_and_marks() -> None:
    text = render_markdown(FULL)
    assert "| shifted | ROC AUC 0.720 | 0.710 to 0.730 | 0.700 to 0.800 | 20% | 400 |" in text
    assert "| &nbsp;&nbsp;first year | ROC AUC 0.710 | 0.700 to 0.720 | 0.600 to 0.750 | 10% | 50 |" in text
    page = render_html(FULL)
    for shown in ("20%</td>", "10%</td>", "<span>0.600</span><span>0.750</span>"):
        assert shown in page


def test_an_older_reports_subgroup_loses_the_value_that_was_by_the_marks_of_all_rows() -> None:
    old = SliceResult.model_validate({"name": "first year", "rows": 50, **figures(0.71, 0.1)})
    assert (old.value, old.normalised, old.unjudged) == (0.71, None, "It has no baseline and reference of its own.")
    assert SliceResult.model_validate(old.model_dump()) == old


def test_a_suite_is_told_beside_the_first_one_with_what_is_missing() -> None:
    said = profile_sentences(FULL)
    assert "On the suite shifted: ROC AUC 0.720 (0.710 to 0.730), after 0.780, 400 rows." in said
    assert "On messy rows: ROC AUC 0.740 (0.730 to 0.750), after 0.780, 400 rows, 3 without a valid prediction." in said


@pytest.mark.parametrize("form", [render_html, render_markdown, in_terminal])
def test_every_form_says_that_answers_may_be_known(form: object) -> None:
    assert callable(form)
    text = form(FULL)
    assert "ROC AUC is 0.99 on 60 hidden rows and 0.71 on altered copies of them" in text
    assert "the answers may be known by the content of the rows" in text


def test_the_page_shows_the_law_of_a_suite_and_takes_no_markup_from_it() -> None:
    page = render_html(FULL)
    assert "Customers of a tariff that is &lt;i&gt;not&lt;/i&gt; among the training rows." in page
    assert page.count('class="slice"') == 2


def test_a_report_with_the_first_suite_alone_has_no_profile() -> None:
    alone = REPORT.model_copy(update={"hidden": (suite("iid", 0.78, 0.8), suite("repeat", 0.78, 0.8, weight=0))})
    assert profile_rows(alone) == ()
    assert "Robustness" not in render_html(alone) + render_markdown(alone) + in_terminal(alone)


SERVED = (
    suite("iid", 0.78, 0.8),
    suite("drift", 0.0, 0.0, metric="f1", rows=34, missing=34, reason="The run left no plain file batches.csv."),
    suite("time", 9.14, 1.0, metric="cpu_s", rows=0),
    suite("memory", 117403648.0, 1.0, metric="peak_memory_bytes", rows=0),
)


def test_what_the_sandbox_measured_is_told_with_its_unit_and_without_an_interval() -> None:
    report = REPORT.model_copy(update={"hidden": SERVED})
    assert [row.interval is None for row in profile_rows(report)] == [False, False, True, True]
    assert "Processor time of the run: 9.1 s." in in_terminal(report)
    assert "Peak memory of the run: 112 MB." in in_terminal(report)
    assert "112 MB" in render_markdown(report)
    assert "112 MB" in render_html(report)


def test_a_table_that_could_not_be_read_is_told_with_the_reason() -> None:
    report = REPORT.model_copy(update={"hidden": SERVED})
    for text in (render_markdown(report), in_terminal(report), render_html(report)):
        assert "The run left no plain file batches.csv." in text
