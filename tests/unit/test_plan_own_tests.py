"""Which of a work's files hold tests, and from where they are started."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.intake import make_plan, take
from grader.intake.take import IntakeLimits
from grader.model import Limits, RunPlan

TEST = "def test_a():\n    assert True\n"


def planned(tmp_path: Path, *paths: str, text: str = TEST) -> RunPlan:
    for path in ("main.py", *paths):
        place = tmp_path / "work" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("print(1)\n" if path == "main.py" else text)
    return make_plan(take(str(tmp_path / "work"), tmp_path / "copy", IntakeLimits()), None, Limits())


def test_files_are_tests_by_pytests_conventions(tmp_path: Path) -> None:
    found = planned(tmp_path, "tests/test_a.py", "pkg/b_test.py", "tests/helper.py", "testing.py", "tests/conftest.py")
    assert found.tests == ("pkg/b_test.py", "tests/test_a.py")


def test_files_that_are_called_tests_are_run_by_their_names(tmp_path: Path) -> None:
    found = planned(tmp_path, "app/unit_tests.py", "tests.py", "app/test.py", "contests.py")
    assert found.tests == ("app/unit_tests.py", "tests.py")


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ("pytest -v unit_tests.py", "app"),
        ("python -m unittest unit_tests.py", "app"),
        ("python app/unit_tests.py", "."),
        ("pytest", "."),
        ("see unit_tests.py", "."),
    ],
)
def test_tests_are_started_from_where_a_readme_names_them(tmp_path: Path, line: str, folder: str) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "README.md").write_text(f"Run `{line}`.\n")
    assert planned(tmp_path, "app/unit_tests.py").tests_folder == folder


@pytest.mark.parametrize("path", ["test_model.py", "tests/test_data.py"])
def test_a_file_without_a_test_is_none(tmp_path: Path, path: str) -> None:
    assert planned(tmp_path, path, text="from model import evaluate\nevaluate('test.csv')\n").tests == ()


def test_tests_of_somebody_elses_packages_are_not_the_works(tmp_path: Path) -> None:
    assert planned(tmp_path, "env/lib/test_numpy.py").tests == ()


@pytest.mark.parametrize(
    ("paths", "folder"),
    [
        (["tests/test_a.py"], "."),
        (["app/tests/test_a.py"], "."),
        (["app/tests/test_a.py", "app/pyproject.toml"], "app"),
        (["app/tests/test_a.py", "app/pyproject.toml", "other/test_b.py"], "."),
        (["app/test_a.py", "app/tests/test_b.py", "app/pytest.ini", "setup.cfg"], "app"),
    ],
)
def test_they_are_started_from_the_nearest_folder_with_settings(tmp_path: Path, paths: list[str], folder: str) -> None:
    assert planned(tmp_path, *paths).tests_folder == folder
