"""How public take-homes say what is to be run, each made up in small, and what is chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.errors import SubmissionError
from grader.intake import make_plan, take
from grader.model import EntryPoint, Limits, RunPlan


def book(language: str = "python", code: str = "1") -> str:
    metadata = {"kernelspec": {"name": "x", "display_name": "x", "language": language}}
    cell = {"cell_type": "code", "metadata": {}, "source": code, "outputs": [], "execution_count": None}
    return json.dumps({"cells": [cell], "metadata": metadata, "nbformat": 4, "nbformat_minor": 4})


def planned(tmp_path: Path, files: dict[str, str]) -> RunPlan:
    for name, text in files.items():
        (tmp_path / "work" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "work" / name).write_text(text)
    return make_plan(take(str(tmp_path / "work"), tmp_path / "store"), None, Limits())


def entry(tmp_path: Path, files: dict[str, str]) -> EntryPoint:
    return planned(tmp_path, files).entry_point


def refusal(tmp_path: Path, files: dict[str, str]) -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        entry(tmp_path, files)
    return caught.value


THREE = {"prepare.py": "print(1)", "src/train.py": "print(2)", "predict.py": "print(3)"}


@pytest.mark.parametrize(
    "readme",
    [
        "```bash\npip install -r requirements.txt\npython prepare.py\npython src/train.py\npython3 predict.py\n```",
        "1. `python prepare.py`\n2. `python src/train.py`\n3. `python predict.py` writes the file",
        "$ python prepare.py\n$ python ./src/train.py   # ten minutes\n$ python train.py --again\n$ python predict.py",
    ],
)
def test_several_commands_are_run_in_their_order(tmp_path: Path, readme: str) -> None:
    found = entry(tmp_path, {"README.md": readme, **THREE})
    assert found.argv == ("sh", "-c", "python prepare.py && python src/train.py && python predict.py")
    assert found.path == "predict.py"
    assert found.reason == "README.md says to run these 3 scripts one after the other"


def test_options_are_passed_on_as_they_are_written(tmp_path: Path) -> None:
    files = {"README.md": "python train.py --folds 5 --data 'data/my file.csv'", "train.py": "", "other.py": ""}
    found = entry(tmp_path, files)
    assert (found.kind, found.argv) == ("command", ("python", "train.py", "--folds", "5", "--data", "data/my file.csv"))


@pytest.mark.parametrize(
    "readme", ["python train.py --data <your file>", "Run python train.py to train.", "python train.py; rm -r x"]
)
def test_placeholders_and_prose_are_no_options(tmp_path: Path, readme: str) -> None:
    found = entry(tmp_path, {"README.md": readme, "train.py": "", "other.py": ""})
    assert (found.kind, found.path) == ("script", "train.py")


def test_a_web_server_never_ends_and_is_left_out(tmp_path: Path) -> None:
    files = {"README.md": "python train.py\npython app.py", "train.py": "", "app.py": "from flask import Flask\n"}
    assert entry(tmp_path, files).path == "train.py"


def test_in_a_list_of_files_a_module_that_others_import_is_not_what_is_run(tmp_path: Path) -> None:
    tree = "├── work/config.py  <- settings\n├── work/features.py\n└── work/train.py\n"
    files = {
        "README.md": tree,
        "work/config.py": "FOLDER = 'data'\n",
        "work/features.py": "from work.config import FOLDER\n",
        "work/train.py": "from work.features import make\nfrom work.config import FOLDER\nprint(FOLDER)\n",
        "work/later.py": "",
    }
    assert entry(tmp_path, files).path == "work/train.py"


def test_in_a_list_of_files_a_well_known_name_comes_first(tmp_path: Path) -> None:
    files = {
        "README.md": "- `eda.py`\n- `Main.py`\n",
        "eda.py": "",
        "Main.py": "",
        "x.ipynb": book(),
        "y.ipynb": book(),
    }
    assert entry(tmp_path, files).path == "Main.py"


def test_a_well_known_name_counts_however_it_is_written(tmp_path: Path) -> None:
    assert entry(tmp_path, {"Main.py": "", "tools.py": ""}).path == "Main.py"


def test_work_in_another_language_is_told_so(tmp_path: Path) -> None:
    found = refusal(tmp_path, {"analysis.R": "x <- 1", "report.Rmd": "# R", "data.csv": "1"})
    assert (found.code, found.message) == (
        "notebook.language",
        "This work is written in R (analysis.R, report.Rmd); only Python can be run.",
    )


def test_a_lone_notebook_in_another_language_is_not_run_as_python(tmp_path: Path) -> None:
    found = refusal(tmp_path, {"a.ipynb": book("R"), "data.csv": "1"})
    assert (found.code, "written in R (a.ipynb)" in found.message) == ("notebook.language", True)
    assert entry(tmp_path / "b", {"a.ipynb": book("R"), "b.ipynb": book()}).path == "b.ipynb"


def test_a_notebook_in_another_language_beside_others_is_left_with_that_reason(tmp_path: Path) -> None:
    for number in (1, 2):
        files = {"r.ipynb": book("R"), **{f"{n}.ipynb": book(code=f"print({n})") for n in range(number)}}
        left = planned(tmp_path / str(number), files).left_notebooks
        assert [(one.path, one.why) for one in left] == [
            ("r.ipynb", "it is written in R, and only Python is run and read")
        ]


def test_work_without_any_code_is_told_so(tmp_path: Path) -> None:
    found = refusal(tmp_path, {"README.md": "Look at the board.", "data.csv": "1"})
    assert (found.code, found.message) == (
        "plan.no_entry_point",
        "There is no Python file and no notebook. Found: README.md, data.csv.",
    )


def test_a_hostile_readme_is_read_without_delay(tmp_path: Path) -> None:
    files = {"README.md": "python " + " " * 60_000 + "a" * 60_000 + "`" * 60_000, "a.py": "\n" * 60_000, "b.py": ""}
    assert refusal(tmp_path, files).code == "plan.no_entry_point"


def test_the_only_script_that_nobody_imports_is_run_if_it_does_something(tmp_path: Path) -> None:
    files = {"code/data.py": "def load():\n    return 1\n", "code/network.py": "from data import load\nprint(load())\n"}
    assert entry(tmp_path / "a", {**files, "data.csv": "1"}).path == "code/network.py"
    idle = {"code/data.py": "def load():\n    return 1\n", "code/network.py": "from data import load\n"}
    assert refusal(tmp_path / "b", idle).code == "plan.no_entry_point"
    assert refusal(tmp_path / "c", {**files, "code/other.py": "print(2)\n"}).code == "plan.no_entry_point"


def test_a_web_servers_handler_is_not_the_function_an_assignment_asks_for(tmp_path: Path) -> None:
    churn = load_assignment(Path(__file__).resolve().parents[2] / "assignments" / "churn")
    files = {"app.py": "from flask import Flask\ndef predict():\n    return 1\n", "main.py": "print(1)\n"}
    for name, text in files.items():
        (tmp_path / "work").mkdir(exist_ok=True)
        (tmp_path / "work" / name).write_text(text)
    plan = make_plan(take(str(tmp_path / "work"), tmp_path / "store"), churn, Limits())
    assert plan.entry_point.path == "main.py"
