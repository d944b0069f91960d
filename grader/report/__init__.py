"""The report as JSON, HTML, Markdown and in the terminal. Names load when first used: HTML never waits for Rich."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.report.build import build_report, run_report
    from grader.report.html import render_html
    from grader.report.index import render_index
    from grader.report.json import preflight_json, preflight_schema, report_json, report_schema
    from grader.report.markdown import render_markdown
    from grader.report.preflight import print_preflight
    from grader.report.preflight_markdown import render_preflight
    from grader.report.ranking import summary_csv, summary_json
    from grader.report.terminal import print_ranking, print_report
    from grader.report.unjudged import unjudged_of

_HOMES = {
    "build_report": "build",
    "print_ranking": "terminal",
    "print_report": "terminal",
    "render_html": "html",
    "render_index": "index",
    "render_markdown": "markdown",
    "report_json": "json",
    "report_schema": "json",
    "run_report": "build",
    "preflight_json": "json",
    "preflight_schema": "json",
    "print_preflight": "preflight",
    "render_preflight": "preflight_markdown",
    "summary_csv": "ranking",
    "summary_json": "ranking",
    "unjudged_of": "unjudged",
}

__all__ = [
    "build_report",
    "preflight_json",
    "preflight_schema",
    "print_preflight",
    "print_ranking",
    "print_report",
    "render_html",
    "render_index",
    "render_markdown",
    "render_preflight",
    "report_json",
    "report_schema",
    "run_report",
    "summary_csv",
    "summary_json",
    "unjudged_of",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
