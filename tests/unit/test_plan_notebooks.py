"""Several notebooks of a portfolio work: which are run, in which order, and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.assignment import load_assignment
from grader.errors import SubmissionError
from grader.intake import make_plan, take
from grader.intake.notebook_order import natural_key
from grader.model import Limits, RunPlan

ROOT = Path(__file__).resolve().parents[2]


def book(code: str) -> str:
    cells = [{"cell_type": "code", "source": code, "metadata": {}, "execution_count": None, "outputs": []}]
    text = {"cell_type": "markdown", "source": "# Words", "metadata": {}}
    return json.dumps({"cells": [text, *(cells if code else [])], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def plan(tmp_path: Path, *names: str, readme: str = "", **files: str) -> RunPlan:
    work = tmp_path / "work"
    texts = {name: book(f"print({name!r})") for name in names} | {"README.md": readme} | files
    for name, text in texts.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text)
    return make_plan(take(str(work), tmp_path / "store"), None, Limits())


def order(found: RunPlan) -> list[str]:
    return [entry.path for entry in found.entry_points]


@pytest.mark.parametrize(
    "names",
    [
        ("1_load.ipynb", "2_model.ipynb", "10_report.ipynb"),
        ("1. Data.ipynb", "2. Model.ipynb", "2.1 Tuning.ipynb"),
        ("01-eda.ipynb", "02-train.ipynb", "appendix.ipynb"),
        ("a/Part 2.ipynb", "a/Part 10.ipynb", "b/Part 1.ipynb"),
        ("step1.ipynb", "step2.ipynb", "step11.ipynb"),
        ("1_data/z.ipynb", "2_model/a.ipynb"),
    ],
)
def test_names_are_in_the_order_in_which_a_person_counts(tmp_path: Path, names: tuple[str, ...]) -> None:
    assert sorted(set(names), key=natural_key) == list(names)
    assert order(plan(tmp_path, *names)) == list(names)


def test_numbers_in_front_of_the_names_are_told_as_the_reason(tmp_path: Path) -> None:
    found = plan(tmp_path, "01_a.ipynb", "02_b.ipynb", "notes.ipynb")
    assert (
        found.entry_point.reason
        == "it is number 1 of 3 notebooks that are run one after the other: their names are numbered"
    )
    assert "nothing but the order of their names" in plan(tmp_path / "x", "a.ipynb", "b.ipynb").entry_point.reason


def test_the_readmes_order_comes_first_where_it_names_more_than_half(tmp_path: Path) -> None:
    readme = "First `2_clean.ipynb`, then [the model](1_model.ipynb)."
    found = plan(tmp_path, "1_model.ipynb", "2_clean.ipynb", "0_more.ipynb", readme=readme)
    assert order(found) == ["2_clean.ipynb", "1_model.ipynb", "0_more.ipynb"]
    assert "README.md names them in this order, the rest after it by name" in found.entry_point.reason
    half = plan(tmp_path / "x", "1.ipynb", "2.ipynb", "3.ipynb", "4.ipynb", readme="See 4.ipynb and 1.ipynb.")
    assert order(half) == ["1.ipynb", "2.ipynb", "3.ipynb", "4.ipynb"]


def test_without_numbers_what_writes_a_file_comes_before_what_reads_it(tmp_path: Path) -> None:
    files = {
        "analysis.ipynb": book("pd.read_parquet('../clean/rows.parquet')\nmodel = joblib.load(\"model.joblib\")"),
        "model.ipynb": book("rows = pd.read_parquet('clean/rows.parquet')\njoblib.dump(model, 'model.joblib')"),
        "prepare.ipynb": book("rows = pd.read_csv('raw.csv')\nrows.to_parquet('clean/rows.parquet', index=False)"),
        "zoo.ipynb": book("print('rows')"),
    }
    found = plan(tmp_path, **files)
    assert order(found) == ["prepare.ipynb", "model.ipynb", "analysis.ipynb", "zoo.ipynb"]
    assert "what one reads, another writes" in found.entry_point.reason


def test_notebooks_that_wait_for_one_another_are_run_by_name(tmp_path: Path) -> None:
    files = {
        "a.ipynb": book("open('x.txt').read()\nopen('y.txt', 'w')"),
        "b.ipynb": book("open('y.txt').read()\nopen('x.txt', mode='w')"),
    }
    assert order(plan(tmp_path, **files)) == ["a.ipynb", "b.ipynb"]


def test_notebooks_that_the_readme_starts_are_those_that_are_run(tmp_path: Path) -> None:
    readme = "    jupyter nbconvert --execute b.ipynb\n    jupyter nbconvert --execute a.ipynb\n"
    found = plan(tmp_path, "a.ipynb", "b.ipynb", "c.ipynb", readme=readme)
    assert order(found) == ["b.ipynb", "a.ipynb"]
    assert [(left.path, left.why) for left in found.left_notebooks] == [("c.ipynb", "the README starts others")]


@pytest.mark.parametrize(
    ("readme", "files"),
    [
        ("python train.py\n", {}),
        ("Run python train.py to train.", {}),
        ("", {"takehome.toml": 'run = "train.py"'}),
        ("- `main.py` does it all", {"main.py": "print(1)"}),
    ],
)
def test_commands_of_the_readme_and_own_settings_come_before_all_notebooks(
    tmp_path: Path, readme: str, files: dict[str, str]
) -> None:
    found = plan(tmp_path, "a.ipynb", "b.ipynb", readme=readme, **{"train.py": "print(1)", **files})
    assert found.then == ()
    assert found.entry_point.path.endswith(".py")


def test_a_web_server_that_the_readme_starts_keeps_no_notebook_from_being_run(tmp_path: Path) -> None:
    files = {"serve.py": "from flask import Flask\n"}
    assert order(plan(tmp_path, "1.ipynb", "2.ipynb", readme="python serve.py\n", **files)) == ["1.ipynb", "2.ipynb"]


def test_a_readme_in_another_language_comes_after_the_readme(tmp_path: Path) -> None:
    files = {"README.en.md": "python first.py\n", "first.py": "print(1)", "second.py": "print(2)"}
    assert plan(tmp_path, readme="python second.py\n", **files).entry_point.path == "second.py"


def test_the_same_code_is_run_once_and_a_notebook_of_words_never(tmp_path: Path) -> None:
    files = {"a (1).ipynb": book("x = 1\nprint(x)"), "a.ipynb": book("x = 1\nprint( x )"), "words.ipynb": book("")}
    found = plan(tmp_path, "b.ipynb", **files)
    assert order(found) == ["a.ipynb", "b.ipynb"]
    assert {left.path: left.why for left in found.left_notebooks} == {
        "a (1).ipynb": "it holds the same code as a.ipynb",
        "words.ipynb": "it holds no code",
    }
    alone = plan(tmp_path / "x", **files)
    assert (order(alone), alone.entry_point.reason) == (["a.ipynb"], "it is the only notebook with code of its own")


def test_of_many_notebooks_the_first_twenty_are_run(tmp_path: Path) -> None:
    found = plan(tmp_path, *(f"{number}.ipynb" for number in range(1, 24)))
    assert len(order(found)) == 20
    assert [left.path for left in found.left_notebooks] == ["21.ipynb", "22.ipynb", "23.ipynb"]


def test_an_assignment_asks_for_one_entry_point(tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    for name in ("1.ipynb", "2.ipynb"):
        (work / name).write_text(book("print(1)"))
    assignment = load_assignment(ROOT / "assignments" / "churn")
    with pytest.raises(SubmissionError) as caught:
        make_plan(take(str(work), tmp_path / "store"), assignment, Limits())
    assert caught.value.code == "plan.no_entry_point"
