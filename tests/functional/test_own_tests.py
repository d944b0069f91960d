"""The tests that come with a work are run after it, in a sandbox of their own, and nothing they do changes the rest."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plain_churn import copy_plain_churn
from typer.testing import CliRunner

from grader.cli.app import app

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
MODEL = """
import sys
import pandas as pd

def double(values):
    return [2 * value for value in values]

if __name__ == "__main__":
    pd.DataFrame({"a": double([1, 2])}).to_csv("made.csv", index=False)
"""
TESTS = """
import os
import pandas as pd
import pytest
from model import double

@pytest.mark.parametrize("value", [1, 2])
def test_doubles(value):
    assert double([value]) == [2 * value]

def test_empty():
    assert double([]) == []

def test_what_the_work_has_made():
    assert list(pd.read_csv("made.csv").a) == double([1, 2])
"""
FAILING = "from model import double\n\ndef test_wrong():\n    assert double([1]) == [3], 'three'\n"
ENDS = "import os\nfrom model import double\n\ndef test_last():\n    assert double([1]) == [2]\n    os._exit(0)\n"
FORGED = (
    "import os, pathlib\nfolder = pathlib.Path(os.environ['OUTPUT_DIR'])\n"
    "(folder / '.tests.jsonl').unlink(missing_ok=True)\n(folder / '.tests.jsonl').symlink_to('/etc/passwd')\n"
)


def graded(tmp_path: Path, files: dict[str, str], *words: str) -> dict[str, Any]:
    for name, text in {"model.py": MODEL, "README.md": "python model.py\n", **files}.items():
        place = tmp_path / "work" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)
    told = ["grade", str(tmp_path / "work"), "--sandbox", "bubblewrap", "--output", str(tmp_path / "out"), *words]
    result = CliRunner().invoke(app, told)
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads((tmp_path / "out" / "report.json").read_text())
    return report


def judged(report: dict[str, Any]) -> tuple[str, str]:
    found = [item for dimension in report["dimensions"] for item in dimension["criteria"]]
    item = next(item for item in found if item["id"] == "code_quality.tests_check_the_work")
    return item["verdict"], item["reason"]


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {test["name"] or test["path"]: test["outcome"] for test in report["tests"]["results"]}


def test_tests_that_pass_are_told_with_what_the_work_had_made(tmp_path: Path) -> None:
    report = graded(tmp_path, {"tests/test_model.py": TESTS})
    assert outcomes(report) == dict.fromkeys(("test_doubles", "test_empty", "test_what_the_work_has_made"), "passed")
    assert judged(report) == ("met", "3 tests assert on what the work returns or raises, and pass.")
    assert report["tests"]["self_reported"] is True
    assert "4 passed" in (tmp_path / "out" / "logs" / "tests-stdout.txt").read_text()
    assert "3 passed, in" in (tmp_path / "out" / "report.html").read_text()
    assert "3 passed, in" in (tmp_path / "out" / "report.md").read_text()


HOLLOW = """
import contextlib
from unittest import mock
from model import double

def test_never():
    for value in []:
        assert double(value) == 3

def test_set_anew():
    found = double([1])
    found = [2]
    assert found == [2]

def test_of_a_double():
    with mock.patch("model.double", return_value=3):
        import model
        assert model.double([1]) == 3
"""


def test_tests_that_pass_with_every_function_emptied_check_nothing(tmp_path: Path) -> None:
    report = graded(tmp_path, {"tests/test_model.py": HOLLOW})
    assert [test["hollow"] for test in report["tests"]["results"]] == [True, True, True]
    verdict, reason = judged(report)
    assert verdict == "not_met"
    assert reason.startswith("3 tests passed again when every function of the work returned nothing")
    assert "3 passed" in (tmp_path / "out" / "logs" / "tests-stdout.txt").read_text()


def test_emptying_the_work_leaves_its_tests_and_what_they_need_as_they_are(tmp_path: Path) -> None:
    files = {
        "tests/test_model.py": TESTS.replace(
            "from model import double", "from model import double\nfrom made import one"
        ),
        "tests/made.py": "def one():\n    return 1\n",
        "endless.py": "def over():\n    return True\n",
        "tests/test_wait.py": "import endless\ndef test_wait():\n    while not endless.over():\n        pass\n",
    }
    report = graded(tmp_path, files)
    assert not any(test["hollow"] for test in report["tests"]["results"])
    assert judged(report)[0] == "met"


def test_a_failing_test_is_told_with_its_line_and_changes_nothing_else(tmp_path: Path) -> None:
    report = graded(tmp_path, {"test_model.py": TESTS, "test_more.py": FAILING})
    failed = report["tests"]["results"][0]
    assert (failed["path"], failed["line"], failed["message"]) == ("test_more.py", 4, "AssertionError: three")
    assert (report["outcome"], judged(report)[0]) == ("completed", "partly")


@pytest.mark.parametrize(
    "settings",
    ["[pytest]\naddopts = --cov=model -n 4 --strict-config\nrequired_plugins = pytest-cov\nminversion = 99\n",
     "[pytest]\npythonpath = src\n"],
    ids=["plugins that are not there", "a path"],
)  # fmt: skip
def test_settings_are_followed_but_for_plugins(tmp_path: Path, settings: str) -> None:
    tests = TESTS.replace("from model import", "from model import double as other\nfrom helper import")
    helper = {"src/helper.py": "from model import double\n"}
    report = graded(tmp_path, {"tests/test_model.py": tests, "pytest.ini": settings, **helper})
    assert (report["tests"]["passed"], report["tests"]["failure"]) == (3, None)


def test_a_module_named_like_a_loaded_one_is_the_works_own(tmp_path: Path) -> None:
    files = {"record.py": "def said():\n    return 'mine'\n", "seaborn.py": "def said():\n    return 'mine'\n"}
    tests = "import record, seaborn\n\ndef test_mine():\n    assert record.said() == seaborn.said() == 'mine'\n"
    assert outcomes(graded(tmp_path, {**files, "test_a.py": tests})) == {"test_mine": "passed"}


def test_tests_of_unittest_and_fixtures_of_a_conftest_are_run(tmp_path: Path) -> None:
    files = {
        "tests/test_a.py": "import unittest\nfrom model import double\nclass TestIt(unittest.TestCase):\n"
        "    def test_it(self):\n        self.assertEqual(double([1]), [2])\n",
        "tests/test_b.py": "def test_b(two):\n    assert two == [2]\n",
        "conftest.py": "import pytest\nfrom model import double\n@pytest.fixture\ndef two():\n    return double([1])\n",
    }
    assert outcomes(graded(tmp_path, files)) == {"TestIt.test_it": "passed", "test_b": "passed"}


def test_tests_are_run_where_the_work_fails(tmp_path: Path) -> None:
    report = graded(tmp_path, {"model.py": MODEL + "    raise SystemExit('no')\n", "test_model.py": TESTS})
    assert (report["outcome"], report["tests"]["passed"]) == ("submission_failed", 3)


def test_a_process_that_ends_itself_did_not_come_to_its_end(tmp_path: Path) -> None:
    report = graded(tmp_path, {"test_model.py": TESTS, "test_zz.py": ENDS})
    assert (report["tests"]["passed"], report["tests"]["finished"]) == (3, False)
    assert judged(report) == (
        "partly",
        "1 of 4 tests that check the work did not pass when run: test_last did not come to its end.",
    )


def test_forged_notes_gain_nothing(tmp_path: Path) -> None:
    report = graded(tmp_path, {"test_model.py": TESTS, "conftest.py": FORGED})
    assert report["tests"]["results"] == []
    assert judged(report)[0] == "needs_human"


def test_tests_that_do_not_end_are_stopped_by_the_runs_limit(tmp_path: Path) -> None:
    folder = copy_plain_churn(tmp_path / "churn")
    settings = folder / "assignment.toml"
    settings.write_text(settings.read_text().replace("wall_s = 300\ncell_s = 120", "wall_s = 20\ncell_s = 20"))
    predict = "def predict(frame):\n    return (frame['contract'] == 'Month-to-month') * 0.5\n"
    slow = "import time\nfrom model import double\n\ndef test_slow():\n    time.sleep(250)\n    assert double([])\n"
    files = {
        "solution.py": predict,
        "test_a.py": TESTS.replace('list(pd.read_csv("made.csv").a)', "[2, 4]"),
        "test_b.py": slow,
    }
    report = graded(tmp_path, files, "--assignment", str(folder))
    assert (report["outcome"], report["tests"]["failure"]["code"]) == ("completed", "limit.wall_time")
    assert "did not come to its end" in judged(report)[1]
