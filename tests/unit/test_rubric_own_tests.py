"""Tests count when they check the work and pass; what is not known of them is nobody's gain and nobody's loss."""

from __future__ import annotations

from typing import Any

import pytest
from rubric_evidence import finding, work

from grader.model import Failure, OwnTest, OwnTests
from grader.model.own_tests import TestOutcome
from grader.plugins import Finding

PATH = "tests/test_train.py"
WORK = {
    "train.py": "def double(x):\n    return 2 * x\nprint(double(1))\n",
    PATH: "from train import double\n"
    + "".join(f"def test_{n}():\n    assert double({n}) == {2 * n}\n" for n in range(4)),
}
OFFLINE = "urllib.error.URLError: <urlopen error [Errno -2] Name or service not known>"
HOOK = {"conftest.py": "def pytest_runtest_makereport(item, call):\n    return None\n"}


def ended(*outcomes: TestOutcome, message: str = "", **more: Any) -> OwnTests:
    results = tuple(
        OwnTest(
            path=PATH, name=f"test_{n}", line=3 + 2 * n, outcome=outcome, message=message if outcome != "passed" else ""
        )
        for n, outcome in enumerate(outcomes)
    )
    return OwnTests(**{"finished": True, "results": results, **more})


def judged(tests: OwnTests | None, **files: str) -> Finding:
    return finding("code_quality.tests_check_the_work", work({**WORK, **files}, tests=tests))


def test_tests_that_pass_are_met_and_said_to_pass() -> None:
    found = judged(ended("passed", "passed", "passed", "passed"))
    assert (found.verdict, found.reason) == ("met", "4 tests assert on what the work returns or raises, and pass.")


@pytest.mark.parametrize(("hollow", "verdict"), [(1, "met"), (2, "partly"), (4, "not_met")])
def test_tests_that_pass_without_the_work_do_not_count(hollow: int, verdict: str) -> None:
    tests = ended("passed", "passed", "passed", "passed")
    results = [test.model_copy(update={"hollow": number < hollow}) for number, test in enumerate(tests.results)]
    found = judged(tests.model_copy(update={"results": tuple(results)}))
    assert found.verdict == verdict
    assert ("passed again when every function of the work returned nothing" in found.reason) == (verdict != "met")
    assert "test_0" in found.reason or verdict == "met"


@pytest.mark.parametrize(
    ("module", "test"),
    [
        ("from pydantic import BaseModel\nclass Row(BaseModel):\n    age: int\n", "assert train.Row(age='1').age == 1"),
        ("LIMIT = 3\n", "assert train.LIMIT == 3"),
    ],
)
def test_what_has_no_function_cannot_be_emptied(module: str, test: str) -> None:
    code = "import train\n" + "".join(f"def test_{n}():\n    {test}\n" for n in range(4))
    tests = ended("passed", "passed", "passed", "passed")
    hollow = tuple(result.model_copy(update={"hollow": True}) for result in tests.results)
    files = {"train.py": module + "print(1)\n", PATH: code}
    assert judged(tests.model_copy(update={"results": hollow}), **files).verdict == "met"


def test_one_that_fails_is_shown_where_it_failed() -> None:
    found = judged(ended("passed", "passed", "passed", "failed", message="assert 5 == 6"))
    assert (found.verdict, found.evidence[0].line, found.evidence[0].text) == ("partly", 9, "assert double(3) == 6")
    assert found.reason == "1 of 4 tests that check the work did not pass when run: test_3 failed (assert 5 == 6)."
    assert found.question


def test_the_others_that_fail_are_named_too() -> None:
    found = judged(ended("passed", "failed", "failed", "failed", message="no"))
    assert found.reason.endswith("did not pass when run: test_1 failed (no); nor did test_2, test_3.")


def with_another(
    outcome: TestOutcome, message: str = "", *, name: str = "test_sum", good: int = 4, **files: str
) -> Finding:
    """Return the finding on tests that check the work and pass, beside one that checks nothing of it."""
    tests = ended(*["passed"] * good)
    other = OwnTest(path="tests/test_sum.py", name=name, line=2, outcome=outcome, message=message)
    code = {"tests/test_sum.py": "def test_sum():\n    assert 1 + 1 == 3\n"}
    return judged(tests.model_copy(update={"results": (*tests.results, other)}), **code, **files)


def test_a_suite_in_which_another_test_fails_has_not_passed_and_the_test_is_named() -> None:
    found = with_another("failed", "assert (1 + 1) == 3")
    assert (found.verdict, found.score) == ("partly", 0.8)
    assert found.reason.endswith("and pass. 1 other test did not pass: test_sum.")
    assert (found.evidence[-1].path, found.evidence[-1].line) == ("tests/test_sum.py", 2)
    one = "from train import double\ndef test_0():\n    assert double(0) == 0\n"
    assert with_another("failed", good=1, **{PATH: one}).score == 0.48
    broken = with_another("error", "SyntaxError", name="")
    assert broken.reason.endswith("1 other test did not pass: tests/test_sum.py.")


@pytest.mark.parametrize(
    ("outcome", "message"),
    [("passed", ""), ("skipped", "slow"), ("error", "No module named 'torch'"), ("failed", OFFLINE)],
)
def test_another_test_that_passes_is_skipped_or_wants_what_is_not_here_costs_nothing(
    outcome: TestOutcome, message: str
) -> None:
    found = with_another(outcome, message)
    assert found.verdict == "met"
    assert found.reason.endswith("1 other test could not be run here: test_sum.") == bool(message and message != "slow")


def test_tests_that_check_nothing_of_the_work_are_named_where_they_fail() -> None:
    hollow = OwnTest(path="tests/test_sum.py", name="test_sum", line=2, outcome="failed", message="no")
    files = {"tests/test_sum.py": "def test_sum():\n    assert 1 + 1 == 3\n", PATH: ""}
    found = judged(OwnTests(finished=True, results=(hollow,)), **files)
    assert (found.verdict, found.reason.endswith("1 test did not pass: test_sum.")) == ("not_met", True)


@pytest.mark.parametrize("outcome", ["failed", "error", "skipped"])
def test_where_none_passes_they_are_not_met(outcome: TestOutcome) -> None:
    assert judged(ended(*[outcome] * 4)).verdict == "not_met"


def test_a_test_that_pytest_did_not_come_to_did_not_pass() -> None:
    stopped = Failure(code="limit.wall_time", message="It took too long.")
    found = judged(ended("passed", finished=False, failure=stopped))
    assert found.verdict == "partly"
    assert "did not come to its end" in found.reason
    assert judged(OwnTests(failure=stopped)).verdict == "not_met"


@pytest.mark.parametrize("message", ["ModuleNotFoundError: No module named 'httpx'", "fixture 'mocker' not found"])
def test_what_wants_a_package_that_is_not_there_is_left_to_a_person(message: str) -> None:
    found = judged(ended(*["error"] * 4, message=message))
    assert found.verdict == "needs_human"
    assert message in found.reason
    assert judged(ended("passed", "passed", "passed", "error", message=message)).verdict == "met"


def test_a_module_of_the_works_own_that_is_not_found_is_no_missing_package() -> None:
    assert judged(ended(*["error"] * 4, message="ModuleNotFoundError: No module named 'train'")).verdict == "not_met"


def test_a_file_that_cannot_be_collected_fails_all_its_tests() -> None:
    broken = OwnTest(path=PATH, name="", outcome="error", message="SyntaxError: invalid syntax")
    assert judged(OwnTests(finished=True, results=(broken,))).verdict == "not_met"


def test_where_nothing_was_run_they_are_read() -> None:
    ours = OwnTests(failure=Failure(code="infrastructure.sandbox", message="It broke."))
    assert [judged(tests).reason for tests in (None, ours)] == [
        "4 tests assert on what the work returns or raises (read, not run)."
    ] * 2


@pytest.mark.parametrize(
    "tests",
    [
        OwnTests(note="What the tests left is not what the grader writes, so it was set aside."),
        OwnTests(failure=Failure(code="environment.missing_package", message="pytest is not installed.")),
        OwnTests(failure=Failure(code="run.failed", message="pytest was killed.")),
    ],
    ids=["garbled", "said to be missing", "broken"],
)
def test_tests_that_hide_what_became_of_them_gain_nothing(tests: OwnTests) -> None:
    found = judged(tests)
    assert (found.verdict, found.score) == ("needs_human", None)


def test_a_hook_that_can_change_an_outcome_is_looked_at_by_a_person() -> None:
    found = judged(ended(*["passed"] * 4), **HOOK)
    assert (found.verdict, found.evidence[0].path) == ("needs_human", "conftest.py")
