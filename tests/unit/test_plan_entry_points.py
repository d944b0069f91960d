"""How a work is run: each rule in its order, with its reason."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from plain_churn import plain_churn

from grader.errors import SubmissionError
from grader.intake import make_plan, take
from grader.model import Assignment, EntryPoint, Limits

CHURN = plain_churn()
BOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})
OPTIONS = "import argparse\nargparse.ArgumentParser().add_argument('--input')\n# --output\n"


def entry(tmp_path: Path, files: dict[str, str], assignment: Assignment | None = None) -> EntryPoint:
    work = tmp_path / "work"
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(BOOK if name.endswith(".ipynb") and not text else text)
    return make_plan(take(str(work), tmp_path / "store"), assignment, Limits()).entry_point


def test_the_works_own_settings_come_first(tmp_path: Path) -> None:
    files = {"takehome.toml": "run = \"python 'my code/go.py' --fast\"", "predict.py": OPTIONS, "a.ipynb": ""}
    found = entry(tmp_path, files, CHURN)
    assert (found.kind, found.argv) == ("command", ("python", "my code/go.py", "--fast"))
    assert "takehome.toml" in found.reason


def test_settings_in_pyproject_count_and_a_pyproject_without_them_does_not(tmp_path: Path) -> None:
    assert (
        entry(tmp_path / "a", {"pyproject.toml": '[tool.takehome]\nrun = "nb.ipynb"', "nb.ipynb": ""}).path
        == "nb.ipynb"
    )
    assert entry(tmp_path / "b", {"pyproject.toml": "[tool.other]\nx = 1", "main.py": ""}).path == "main.py"


@pytest.mark.parametrize(
    "text", ["run = 1", "run = ''", 'run = "python \'a"', "run = ", "other = 1", 'run = "a\\u0000"']
)
def test_broken_settings_are_refused_with_file_and_key(tmp_path: Path, text: str) -> None:
    with pytest.raises(SubmissionError) as caught:
        entry(tmp_path, {"takehome.toml": text, "main.py": ""})
    assert caught.value.code == "plan.invalid"
    assert "takehome.toml: run" in caught.value.message


def test_a_notebook_without_a_word_in_it_is_not_what_is_run(tmp_path: Path) -> None:
    found = entry(tmp_path, {"work.py": "for row in range(3):\n    print(row)\n", "Untitled.ipynb": "\n"})
    assert (found.path, found.considered) == ("work.py", ())


def test_the_contracts_command_needs_the_script_and_its_options(tmp_path: Path) -> None:
    found = entry(tmp_path / "a", {"predict.py": OPTIONS, "nb.ipynb": ""}, CHURN)
    assert (found.kind, found.path) == ("command", "predict.py")
    assert (
        entry(tmp_path / "b", {"predict.py": "print(1)", "README.md": "open `nb.ipynb`", "nb.ipynb": ""}, CHURN).kind
        == "notebook"
    )


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("def predict(frame):\n    return frame.x", "predict_function"),
        ("def get_pipeline():\n    return None", "pipeline_function"),
    ],
)
def test_an_importable_function_is_found_without_importing_it(tmp_path: Path, text: str, kind: str) -> None:
    found = entry(tmp_path, {"src/model.py": f"raise SystemExit\n{text}\n", "notes.md": ""}, CHURN)
    assert (found.kind, found.path) == (kind, "src/model.py")


def test_a_lone_notebook_is_run_and_checkpoints_and_environments_never_count(tmp_path: Path) -> None:
    files = {
        "deep/My Work (1).ipynb": "",
        "deep/.ipynb_checkpoints/My Work (1)-checkpoint.ipynb": "",
        "tests/main.py": "",
    }
    assert entry(tmp_path, files).path == "deep/My Work (1).ipynb"


@pytest.mark.parametrize(
    "readme",
    [
        "Run `python src/train.py`.",
        "jupyter nbconvert --execute --to html b.ipynb",
        "See [the notebook](./b.ipynb)",
        "`b.ipynb`",
    ],
)
def test_what_the_readme_names_is_run(tmp_path: Path, readme: str) -> None:
    files = {"README.md": readme, "a.ipynb": "", "b.ipynb": "", "src/train.py": "", "main.py": ""}
    found = entry(tmp_path, files)
    assert found.path in ("src/train.py", "b.ipynb")
    assert "README.md" in found.reason
    assert "a.ipynb" in found.considered


def test_well_known_names_come_last_the_shallowest_first(tmp_path: Path) -> None:
    files = {"a.ipynb": "", "b.ipynb": "", "main.py": "", "sub/predict.py": "", "other.py": ""}
    assert entry(tmp_path, files).path == "sub/predict.py"


def test_without_any_clue_what_was_found_is_listed(tmp_path: Path) -> None:
    with pytest.raises(SubmissionError) as caught:
        entry(tmp_path, {"a.ipynb": "", "b.ipynb": "", "data.csv": "x"})
    assert caught.value.code == "plan.no_entry_point"
    assert "a.ipynb, b.ipynb" in caught.value.message
    assert "takehome.toml" in caught.value.hint


def test_a_module_nested_too_deep_to_parse_is_no_failure(tmp_path: Path) -> None:
    files = {"deep.py": "def predict(): " + "(" * 50_000, "main.py": ""}
    assert entry(tmp_path, files, CHURN).path == "main.py"


def test_installed_packages_never_count_wherever_they_lie(tmp_path: Path) -> None:
    found = entry(tmp_path, {"env/lib/python3.11/site-packages/pip/main.py": "", "src/run.py": ""})
    assert found.path == "src/run.py"
    assert found.considered == ()
