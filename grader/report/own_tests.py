"""What became of a work's own tests, in sentences: always as the submission's word, which it can forge."""

from __future__ import annotations

from grader.model import OwnTest, Report
from grader.report.formats import seconds

SHOWN = 12
OUTCOMES = {"failed": "failed", "error": "ended in an error", "skipped": "was skipped", "passed": "passed"}


def own_tests_sentence(report: Report) -> str:
    """Return how many passed and how many did not, and why they were not run; "" where there were none."""
    tests = report.tests
    if tests is None:
        return ""
    counted = {"passed": tests.passed, "failed": tests.failed, "ended in an error": tests.errors}
    counted |= {"skipped": tests.skipped}
    said = ", ".join(f"{number:,} {what}" for what, number in counted.items() if number) or "none was collected"
    text = said[:1].upper() + said[1:]
    if tests.wall_s is not None:
        text += f", in {seconds(tests.wall_s)}"
    if tests.failure is not None:
        text = f"{text}. {tests.failure.message.rstrip('.')} ({tests.failure.code})" if tests.were_run else ""
        text = text or f"Not run: {tests.failure.message.rstrip('.')} ({tests.failure.code})"
    return f"{text}.{' ' + tests.note if tests.note else ''}"


def unpassed(report: Report) -> list[tuple[str, OwnTest]]:
    """Return the tests that did not pass with what became of them in words, the first few."""
    found = [test for test in report.tests.results if test.outcome != "passed"] if report.tests else []
    return [(OUTCOMES[test.outcome], test) for test in found[:SHOWN]]


def more_unpassed(report: Report) -> int:
    """Return how many more there are than `unpassed` lists."""
    tests = report.tests
    return max(0, tests.failed + tests.errors + tests.skipped - SHOWN) if tests else 0
