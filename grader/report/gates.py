"""Closed gates in sentences, the same ones in every form of the report."""

from __future__ import annotations

from grader.model import Report
from grader.report.formats import points


def gate_sentences(report: Report) -> tuple[str, ...]:
    """Return what each closed gate lets through and why, and what the mean was; nothing where none is closed."""
    if not report.gates:
        return ()
    held = "{}: at most {} where it does not hold. {}"
    said = tuple(held.format(gate.title, points(gate.at_most), gate.reason) for gate in report.gates)
    if report.ungated is None:
        return said
    return (*said, f"The weighted mean of all parts is {points(report.ungated)}.")
