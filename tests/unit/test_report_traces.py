"""What the run says of its rows, in each form of a report: always with its source, and nothing where it is silent."""

from __future__ import annotations

from test_pipeline_rescore import REPORT

from grader.model import Span, TraceFacts, Witness
from grader.report import render_html, render_markdown
from grader.report.traces import SELF_REPORTED, trace_sentences

PLACE = Span(path="<b>.py", line=3)
WITNESS = Witness(kind="overlap", agreement="run_only", sentence="all 4 rows of <i>x</i>.", spans=(PLACE,))


def test_a_run_that_says_nothing_has_no_section() -> None:
    for traces in (None, TraceFacts()):
        report = REPORT.model_copy(update={"traces": traces})
        assert trace_sentences(report) == ()
        assert "What the run says of its rows" not in render_html(report) + render_markdown(report)


def test_what_it_says_stands_in_every_form_with_its_source_and_escaped() -> None:
    traces = TraceFacts(events=3, fits=1, evaluations=2, witnesses=(WITNESS,), note="The traces end early.")
    report = REPORT.model_copy(update={"traces": traces})
    assert trace_sentences(report) == (
        "3 calls were noted as it ran, among them 1 fit and 2 results whose rows are known.",
        "1 leak: counted by the run alone.",
        "The traces end early.",
    )
    for text in (render_html(report), render_markdown(report)):
        assert SELF_REPORTED in text
        assert "The traces end early." in text
        assert "<i>x</i>" not in text
        assert "<b>.py" not in text


def test_leaks_told_alike_are_told_once_with_all_their_places() -> None:
    other = WITNESS.model_copy(update={"spans": (Span(path="c.py", line=7),)})
    report = REPORT.model_copy(update={"traces": TraceFacts(events=3, witnesses=(WITNESS, other))})
    assert "2 leaks: counted by the run alone." in trace_sentences(report)
    assert render_html(report).count("<dt>Overlap leakage</dt>") == 1
    assert "&lt;b&gt;.py, line 3" in render_html(report)
    assert "c.py, line 7" in render_html(report)


def test_traces_that_could_not_be_used_are_said_alone() -> None:
    report = REPORT.model_copy(update={"traces": TraceFacts(note="They were set aside.")})
    assert trace_sentences(report) == ("They were set aside.",)
