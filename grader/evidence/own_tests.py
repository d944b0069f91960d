"""Reads what became of a work's own tests, which is hostile: bounded, each line checked, and all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable
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


def read_own_tests(data: bytes | None, emptied: bytes | None = None) -> OwnTests:
    """Return what became of each test function, the worst first; nothing, and a note, where it is not as we write it.

    A last line that breaks off is what a run that was killed leaves. `emptied` are the notes of the tests' second run,
    on the work without anything in its functions: what passed in both is hollow.
    """
    if not data:
        return OwnTests(note=NONE)
    found = _lines(data)
    if found is None:
        return OwnTests(note=NOT_OURS)
    again = _functions(_lines(emptied or b"") or [])
    functions = {
        key: test.model_copy(
            update={"hollow": test.outcome == "passed" == again[key].outcome if key in again else False}
        )
        for key, test in _functions(found).items()
    }
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


def _lines(data: bytes) -> list[OwnTest | TestsEnd] | None:
    return read_lines(data, _LINE, most_bytes=MOST_BYTES, most_lines=MOST_LINES, longest=MOST_BYTES)


def _functions(found: Iterable[OwnTest | TestsEnd]) -> dict[tuple[str, str], OwnTest]:
    """Return each test function by its file and name, its cases taken together."""
    functions: dict[tuple[str, str], OwnTest] = {}
    for case in found:
        if isinstance(case, OwnTest):
            key = (case.path, case.name.partition("[")[0])
            functions[key] = _together(functions.get(key), case.model_copy(update={"name": key[1]}))
    return functions


def _together(one: OwnTest | None, other: OwnTest) -> OwnTest:
    """Return two cases of one test as one, with what the worse says; cases that were skipped do not count then."""
    if one is None:
        return other
    worse = max(one, other, key=lambda test: _ORDER.index(test.outcome))
    if worse.outcome == "skipped":
        worse = one if one.outcome == "passed" else other
    return worse.model_copy(update={"cases": one.cases + other.cases})
