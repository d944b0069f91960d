"""The stress run in sentences, the same ones in every form of the report."""

from __future__ import annotations

from grader.model import HiddenResult, MessyCount, Report, StressResult
from grader.model.suites import MESSY, REPEAT
from grader.report.formats import count, measure, metric_name

KINDS = {
    "missing": "empty cells",
    "unseen_category": "a category nobody has seen",
    "wrong_type": "a word in place of a number",
    "out_of_range": "a number far out of range",
    "duplicate": "a row that is there twice",
    "blank": "a blank in place of a word",
    "colour": "a picture in colour, or grey where the others are in colour",
    "alpha": "a picture with an alpha channel, or without one",
    "palette": "a picture with a palette",
    "enlarged": "a picture twice as large",
    "negative": "a picture with dark and light exchanged",
    "empty_picture": "an empty picture",
    "own": "rows of the assignment's author",
}


def first_run_suites(report: Report) -> tuple[HiddenResult, ...]:
    """Return the suites that the score rests on: the stress run's are told apart."""
    return tuple(suite for suite in report.hidden if suite.suite not in (REPEAT, MESSY))


def stress_sentences(report: Report) -> tuple[str, ...]:
    """Return what the stress run showed, a sentence each; nothing where there was none."""
    stress = report.stress
    if stress is None:
        return ()
    if stress.failure is not None:
        what = "could not be made" if stress.failure.code.startswith("infrastructure.") else "failed"
        said = f"It {what}: {stress.failure.message.rstrip('.')} ({stress.failure.code})."
        return (said, "The result above is the first run's and stands.")
    if stress.is_of_history:
        valid = f"{stress.messy_valid:,} of {count(stress.messy_rows, 'row')} got a valid forecast"
        law = f" {stress.on_messy.law}" if stress.on_messy else ""
        return (f"After a history that is not clean {valid}.{law}",)
    return (_repeated(stress, report), *([_messy(stress)] if stress.messy else []))


def messy_rows(stress: StressResult) -> list[tuple[str, MessyCount]]:
    """Return the messy rows' kinds in words, with their counts; none of a forecast, whose history is messy."""
    if stress.is_of_history:
        return []
    return [(KINDS.get(item.kind, item.kind), item) for item in stress.messy]


def _repeated(stress: StressResult, report: Report) -> str:
    rows = f"{stress.identical:,} of {count(stress.rows, 'row')}"
    if stress.identical == stress.rows:
        return f"{rows} got the same prediction under another id and in another order."
    text = f"Only {rows} got the same prediction under another id and in another order"
    if stress.max_difference:
        text += f"; they differ by {stress.mean_difference:.2g} on average and {stress.max_difference:.2g} at most"
    if stress.predicted < stress.rows:
        text += f"; {stress.rows - stress.predicted:,} got none"
    if stress.hidden is not None and report.hidden:
        first = report.hidden[0]
        text += f"; {metric_name(first.metric)} {measure(stress.hidden.value)} after {measure(first.value)}"
    return f"{text}."


def _messy(stress: StressResult) -> str:
    text = f"{stress.messy_valid:,} of {count(stress.messy_rows, 'messy row')} among them got a valid prediction"
    lost = [KINDS.get(item.kind, item.kind) for item in stress.messy if item.valid < item.rows]
    return f"{text}; not all of those with {', '.join(lost)}." if lost else f"{text}."
