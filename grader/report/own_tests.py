"""What became of a work's own tests, in sentences: always as the submission's word, which it can forge."""

from __future__ import annotations

from grader.model import OwnTest, OwnTests, Report
from grader.report.formats import seconds

SHOWN = 12
OUTCOMES = {"failed": "failed", "error": "ended in an error", "skipped": "was skipped"}


def own_tests_sentence(report: Report) -> str:
    """Return how many passed and how many did not, and why they were not run; "" where there were none."""
    tests = report.tests
    if tests is None:
        return ""
    parts = [_counted(tests)] if tests.failure is None or tests.were_run else []
    if tests.failure is not None:
        why = f"{tests.failure.message.rstrip('.')} ({tests.failure.code})."
        parts.append(why if tests.were_run else f"Not run: {why}")
    return " ".join([*parts, *([tests.note] if tests.note else [])])


def _counted(tests: OwnTests) -> str:
    counts = {
        "passed": tests.passed,
        "failed": tests.failed,
        "ended in an error": tests.errors,
        "skipped": tests.skipped,
    }
    said = ", ".join(f"{number:,} {what}" for what, number in counts.items() if number) or "none was collected"
    took = "" if tests.wall_s is None else f", in {seconds(tests.wall_s)}"
    return f"{said[:1].upper()}{said[1:]}{took}."


def unpassed(report: Report) -> list[tuple[str, OwnTest]]:
    """Return the tests that did not pass with what became of them in words, the first few."""
    found = [test for test in report.tests.results if test.outcome != "passed"] if report.tests else []
    return [(OUTCOMES[test.outcome], test) for test in found[:SHOWN]]


def more_unpassed(report: Report) -> int:
    """Return how many more there are than `unpassed` lists."""
    tests = report.tests
    return max(0, tests.failed + tests.errors + tests.skipped - SHOWN) if tests else 0
