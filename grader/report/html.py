"""The report as one page that needs nothing else: no script, no request, everything of the candidate's escaped."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from grader.model import CellRun, Report
from grader.report import (
    charts,
    findings,
    formats,
    gates,
    history,
    notebooks,
    own_tests,
    profile,
    stress,
    traces,
    unjudged,
)
from grader.report.excerpt import excerpt
from grader.report.reviewed import Reviewed
from grader.report.visible import block, encodable, one_line

FAILED = ("error", "timeout")
_VERDICT_ORDER = ("not_met", "partly", "needs_human", "met", "not_applicable")


def render_html(report: Report, reviewed: Reviewed | None = None, *, posted: bool = False) -> str:
    """Return the report as one self-contained HTML page, readable on a phone, in the dark and on paper; what reviewers
    judged otherwise stands before it, and that it was `posted` from elsewhere.
    """
    return encodable(page_template().render(_context(report) | {"reviewed": reviewed, "posted": posted}))


def page(template: str, **context: Any) -> str:
    """Return another page in the same style and under the same policy."""
    filled = (
        _environment().get_template(template).render(policy=content_security_policy(), style=_own_style(), **context)
    )
    return encodable(filled)


@cache
def page_template() -> Template:
    """Return the page's compiled template; compiling takes longer than filling, so it can be done ahead."""
    return _environment().get_template("report.html.j2")


def content_security_policy() -> str:
    """Return the policy the page carries: nothing loads, nothing runs, and the one style sheet is known by its hash."""
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"line": one_line, "block": block, "excerpt": excerpt}
    for name in (
        "points",
        "interval",
        "figure",
        "measure",
        "metric_name",
        "seconds",
        "size",
        "share",
        "moment",
        "environment",
        "plugin",
        "left_out",
        "language_model",
        "sentence",
    ):
        environment.filters[name] = getattr(formats, name)
    environment.globals |= {"count": formats.count, "where": formats.where, "charts": charts}
    environment.globals |= {"history": history, "notebooks": notebooks, "resting_on": findings.resting_on}
    return environment


@cache
def _style() -> str:
    loader = PackageLoader("grader.report")
    return loader.get_source(_environment(), "report.css")[0]


def _own_style() -> Markup:
    """Return our own style sheet unescaped; only its hash may apply."""
    return Markup(_style())


def _context(report: Report) -> dict[str, Any]:
    everything, scored = findings.weight_shares(report)
    return {
        "report": report,
        "policy": content_security_policy(),
        "style": _own_style(),
        "outcome": findings.OUTCOME_WORDS[report.outcome],
        "verdicts": findings.VERDICT_WORDS,
        "everything": everything,
        "scored": scored,
        "unseen": bool(report.assignment or report.hidden or report.stress),
        "suites": stress.first_run_suites(report),
        "gate_sentences": gates.gate_sentences(report),
        "profile": profile.profile_rows(report),
        "profile_remarks": profile.profile_remarks(report),
        "stress_sentences": stress.stress_sentences(report),
        "messy_rows": stress.messy_rows(report.stress) if report.stress else (),
        "trace_sentences": traces.trace_sentences(report),
        "witness_rows": traces.witness_rows(report),
        "self_reported": traces.SELF_REPORTED,
        "own_tests": own_tests.own_tests_sentence(report),
        "unpassed": own_tests.unpassed(report),
        "more_unpassed": own_tests.more_unpassed(report),
        "history_sentences": history.history_sentences(report),
        "unjudged": unjudged.unjudged_rows(report),
        "inapplicable": unjudged.inapplicable_rows(report),
        "inapplicable_sentence": unjudged.unjudged_sentence(report, "not_applicable"),
        "notebooks_sentence": notebooks.notebooks_sentence(report),
        "cells_by_notebook": [_cells(*each) for each in notebooks.cells_by_notebook(report)],
        "usage": notebooks.usage(report),
        "costs": findings.costliest(report),
        "strengths": findings.strengths(report),
        "for_a_person": findings.for_a_person(report),
        "dimensions": _by_dimension(report),
        "failed_cell": _failed_cell(report),
    }


def _by_dimension(report: Report) -> list[tuple[Any, list[findings.Weighed]]]:
    """Return each dimension with its criteria, what needs attention first."""
    found = findings.weighed(report)
    grouped = []
    for dimension in report.dimensions:
        items = [item for item in found if item.dimension is dimension]
        items.sort(key=lambda item: (_VERDICT_ORDER.index(item.criterion.verdict), -item.cost, -item.worth))
        grouped.append((dimension, items))
    return grouped


def _cells(path: str, cells: tuple[CellRun, ...]) -> tuple[str, tuple[CellRun, ...], CellRun | None, CellRun]:
    """Return a notebook's cells, the one that failed, and the slowest."""
    failed = next((cell for cell in cells if cell.status in FAILED), None)
    return path, cells, failed, max(cells, key=lambda cell: cell.wall_s)


def _failed_cell(report: Report) -> CellRun | None:
    return next((cell for cell in report.run.cells if cell.status in FAILED), None)
