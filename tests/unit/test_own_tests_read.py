"""What a work's tests leave is read as hostile: each line checked, bounded, the cases of one test taken together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grader.evidence.own_tests import MOST_RESULTS, NONE, NOT_OURS, read_own_tests


def case(name: str, outcome: str, **more: Any) -> dict[str, Any]:
    return {"path": "tests/test_a.py", "name": name, "outcome": outcome, "message": "", "line": 3, **more}


def lines(*items: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(item).encode() + b"\n" for item in items)


def test_the_cases_of_one_test_are_one_with_the_worst_that_became_of_them() -> None:
    found = read_own_tests(
        lines(
            case("test_a[1]", "passed"),
            case("test_a[2]", "failed", message="assert 1 == 2", line=5),
            case("test_a[3]", "passed"),
            case("test_b[1]", "skipped"),
            case("test_b[2]", "passed"),
            {"ended": 1},
        )
    )
    assert [(test.name, test.outcome, test.cases, test.line) for test in found.results] == [
        ("test_a", "failed", 3, 5),
        ("test_b", "passed", 2, 3),
    ]
    assert (found.passed, found.failed, found.finished) == (1, 1, True)


def test_a_run_that_was_killed_leaves_what_ran() -> None:
    found = read_own_tests(lines(case("test_a", "passed")) + b'{"path": "tests/te')
    assert (found.passed, found.finished) == (1, False)


@pytest.mark.parametrize(
    "data",
    [
        b"passed\n",
        lines(case("test_a", "perfect")),
        lines(case("test_a", "passed", more=1)),
        lines(case("x" * 301, "passed")),
        lines(case("test_a", "passed", line=-1)),
        lines(case("test_a", "passed", cases=10**9)),
        lines({"ended": -1}),
        b"[" * 100_000 + b"\n",
        lines(*[case("test_a", "passed")] * 3002),
        b"\xff\xfe\n",
    ],
    ids=["text", "outcome", "field", "name", "line", "cases", "status", "nested", "many", "no text"],
)
def test_what_we_do_not_write_is_set_aside_whole(data: bytes) -> None:
    found = read_own_tests(data)
    assert (found.results, found.finished, found.note) == ((), False, NOT_OURS)


def test_without_any_there_is_a_note() -> None:
    assert read_own_tests(None).note == read_own_tests(b"").note == NONE


def test_only_so_many_are_kept_those_that_did_not_pass_first() -> None:
    found = read_own_tests(lines(*[case(f"test_{n}", "passed") for n in range(500)], case("test_z", "failed")))
    assert (len(found.results), found.results[0].name, found.passed) == (MOST_RESULTS, "test_z", 500)


def test_a_test_that_passes_with_the_work_emptied_is_hollow_and_no_other_is() -> None:
    ran = lines(
        case("test_a[1]", "passed"), case("test_b", "passed"), case("test_c", "failed"), case("test_d", "passed")
    )
    again = lines(case("test_a[1]", "passed"), case("test_b", "failed"), case("test_c", "passed"))
    found = {test.name: test.hollow for test in read_own_tests(ran, again).results}
    assert found == {"test_a": True, "test_b": False, "test_c": False, "test_d": False}


@pytest.mark.parametrize("again", [None, b"", b"[" * 1000, b'{"path": 3}\n'])
def test_without_a_readable_second_run_no_test_is_hollow(again: bytes | None) -> None:
    assert not read_own_tests(lines(case("test_a", "passed")), again).results[0].hollow
