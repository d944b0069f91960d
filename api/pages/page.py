"""How a page is made: one style sheet, no script, everything escaped, and nothing kept by caches."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from api.problems import Problem
from grader.errors import FAILURE_CODES
from grader.report.findings import VERDICT_WORDS

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with none at all a form's own origin would be hidden from us too
}
STATES = {
    "queued": "waiting in line",
    "waiting": "waiting to be tried again: our side failed",
    "grading": "being graded",
    "published": "graded",
    "erased": "erased",
}
STEPS = {
    "intake": "the files are taken in",
    "plan": "how to run it is decided",
    "sandbox": "it is running",
    "collect": "the results are collected",
    "score": "the report is written",
}
OUTCOMES = {
    "completed": "It ran to its end.",
    "submission_failed": "It did not run to its end.",
    "limit_exceeded": "It used more than it may.",
    "infrastructure_failed": "Our side failed; this cost you no attempt.",
}


def page(template: str, status: int = 200, **context: Any) -> HTMLResponse:
    """Return a page filled with `context`."""
    text = _environment().get_template(template).render(**context)
    return HTMLResponse(text, status, headers=HEADERS)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": moment, "markdown": markdown}
    environment.globals |= {"STATES": STATES, "STEPS": STEPS, "OUTCOMES": OUTCOMES}
    environment.globals |= {"FAILURES": FAILURE_CODES, "VERDICTS": VERDICT_WORDS}
    return environment


def problem_page(problem: Problem, title: str) -> HTMLResponse:
    """Return the page that says why something is not shown."""
    return page("problem.html.j2", problem.status, title=title, detail=problem.detail, hint=problem.hint)


def moment(at: datetime | None) -> str:
    """Return a time as people read it, in UTC."""
    return "" if at is None else at.astimezone(UTC).strftime("%-d %B %Y, %H:%M UTC")


def markdown(text: str) -> Markup:
    """Return Markdown as HTML; markup within it stays text."""
    return Markup(MarkdownIt("commonmark", {"html": False}).enable("table").render(text))
