"""Reads what became of a work's own tests, which is hostile: bounded, each line checked, and all of it or nothing."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field, TypeAdapter

from grader.evidence.hostile_lines import read_lines
from grader.model import OwnTest, OwnTests, Record
from grader.model.own_tests import TestOutcome

MOST_BYTES = 4_000_000
MOST_LINES = 3001  # of cases, and one for the end
MOST_RESULTS = 400
NONE = "The tests left no word of what became of them."
NOT_OURS = "What the tests left is not what the grader writes, so it was set aside."
_ORDER: tuple[TestOutcome, ...] = get_args(TestOutcome)


class TestsEnd(Record):
    """The end of the tests with pytest's own exit status."""

    ended: Annotated[int, Field(ge=0, le=255)]


_LINE: TypeAdapter[OwnTest | TestsEnd] = TypeAdapter(OwnTest | TestsEnd)


def read_own_tests(data: bytes | None) -> OwnTests:
    """Return what became of each test function, the worst first; nothing, and a note, where it is not as we write it.

    A last line that breaks off is what a run that was killed leaves.
    """
    if not data:
        return OwnTests(note=NONE)
    found = read_lines(data, _LINE, most_bytes=MOST_BYTES, most_lines=MOST_LINES, longest=MOST_BYTES)
    if found is None:
        return OwnTests(note=NOT_OURS)
    functions: dict[tuple[str, str], OwnTest] = {}
    for case in found:
        if isinstance(case, OwnTest):
            key = (case.path, case.name.partition("[")[0])
            functions[key] = _together(functions.get(key), case.model_copy(update={"name": key[1]}))
    results = sorted(functions.values(), key=lambda test: -_ORDER.index(test.outcome))
    counted = {outcome: sum(test.outcome == outcome for test in results) for outcome in _ORDER}
    return OwnTests(
        finished=any(isinstance(line, TestsEnd) for line in found),
        passed=counted["passed"],
        failed=counted["failed"],
        errors=counted["error"],
        skipped=counted["skipped"],
        results=tuple(results[:MOST_RESULTS]),
    )


def _together(one: OwnTest | None, other: OwnTest) -> OwnTest:
    """Return two cases of one test as one, with what the worse says; cases that were skipped do not count then."""
    if one is None:
        return other
    worse = max(one, other, key=lambda test: _ORDER.index(test.outcome))
    if worse.outcome == "skipped":
        worse = one if one.outcome == "passed" else other
    return worse.model_copy(update={"cases": one.cases + other.cases})
