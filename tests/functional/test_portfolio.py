"""A work without an assignment, in the real sandbox: its notebooks in order, its history, and what cannot be judged."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.errors import UsageError

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
PREPARE = ["open('clean.txt', 'w').write('12 rows')\nprint('accuracy: 0.71')"]
EXPLORE = ["text = open('clean.txt').read()", "print(text)"]
BREAK = [*EXPLORE, "text['rows']", "print('never')"]
REPORT = ["print('read', open('clean.txt').read())\nopen('done.txt', 'w').write('done')"]
LOOKS_FOR_DATA = ["open('data/train.csv')"]


def book(*cells: str) -> str:
    made = [{"cell_type": "code", "source": c, "metadata": {}, "execution_count": None, "outputs": []} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def laid_out(tmp_path: Path, files: dict[str, str | list[str]]) -> Path:
    for name, text in files.items():
        place = tmp_path / "work" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(book(*text) if isinstance(text, list) else text)
    return tmp_path / "work"


def graded(tmp_path: Path, work: Path) -> tuple[dict[str, Any], str]:
    """Grade a work and return its report and what the terminal said."""
    told = ["grade", str(work), "--sandbox", "bubblewrap", "--output", str(tmp_path / "out")]
    result = CliRunner().invoke(app, told, env={"COLUMNS": "400"})
    assert result.exit_code == 0, result.output
    return json.loads((tmp_path / "out" / "report.json").read_text()), result.output


def kinds(report: dict[str, Any]) -> list[str]:
    return [item["kind"] for item in report["unjudged"] if item["kind"] not in ("needs_human", "not_applicable")]


def test_what_an_earlier_notebook_writes_a_later_one_finds(tmp_path: Path) -> None:
    work = laid_out(tmp_path, {"10_report.ipynb": REPORT, "1_prepare.ipynb": PREPARE, "2_explore.ipynb": EXPLORE})
    (work / "test_done.py").write_text("def test_done():\n    assert open('done.txt').read() == 'done'\n")
    report, said = graded(tmp_path, work)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    books = report["run"]["notebooks"]
    assert [(one["path"], one["ended"], one["cells"], one["of"]) for one in books] == [
        ("1_prepare.ipynb", "ok", 1, 1),
        ("2_explore.ipynb", "ok", 2, 2),
        ("10_report.ipynb", "ok", 1, 1),
    ]
    assert report["run"]["wall_s"] == pytest.approx(sum(one["wall_s"] for one in books))
    assert "12 rows" in (tmp_path / "out" / "executed-3.ipynb").read_text()
    assert [one["executed"] for one in books] == ["executed.ipynb", "executed-2.ipynb", "executed-3.ipynb"]
    assert report["tests"]["passed"] == 1  # run in the folder that the last of them left
    assert kinds(report) == ["unseen_data", "brief", "between_notebooks", "history"]
    assert (
        "3 notebooks that are run one after the other: their names are numbered"
        in report["run"]["entry_point"]["reason"]
    )
    page, comment = ((tmp_path / "out" / name).read_text() for name in ("report.html", "report.md"))
    for text in (said, page, comment):
        assert "What could not be judged" in text
        assert "on data it has not seen" in text
    assert "10_report.ipynb: Ran through: 1 of 1 code cell" in said


def test_a_notebook_that_fails_keeps_no_later_one_from_being_run(tmp_path: Path) -> None:
    work = laid_out(tmp_path, {"1_prepare.ipynb": PREPARE, "2_explore.ipynb": BREAK, "3_report.ipynb": REPORT})
    (work / "README.md").write_text("The accuracy is 0.93. See 1_prepare.ipynb.\n")
    report, _ = graded(tmp_path, work)
    assert report["outcome"] == "submission_failed"
    assert (report["failure"]["path"], report["failure"]["cell"]) == ("2_explore.ipynb", 2)
    assert [one["ended"] for one in report["run"]["notebooks"]] == ["ok", "failed", "ok"]
    failed = report["run"]["notebooks"][1]
    assert (failed["cells"], failed["of"], failed["failure"]["code"]) == (2, 4, "notebook.cell_error")
    assert "stopped" in kinds(report)
    criteria = {item["id"]: item for part in report["dimensions"] for item in part["criteria"]}
    ends = criteria["production_readiness.runs_end_to_end"]
    assert (ends["verdict"], ends["evidence"][0]["path"]) == ("partly", "2_explore.ipynb")
    assert "2 of 3 notebooks ran to their end" in ends["reason"]
    assert criteria["evaluation.claims_hold"]["verdict"] != "not_met"  # the figure may be that of the one that failed
    again = CliRunner().invoke(app, ["rescore", str(tmp_path / "out")])
    assert again.exit_code == 0, again.output
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == report


def test_data_that_did_not_come_and_code_that_came_twice_are_named(tmp_path: Path) -> None:
    files: dict[str, str | list[str]] = {"a.ipynb": LOOKS_FOR_DATA, "b.ipynb": REPORT, "b-copy.ipynb": REPORT}
    report, _ = graded(tmp_path, laid_out(tmp_path, {**files, "clean.txt": "x"}))
    assert kinds(report)[:4] == ["unseen_data", "brief", "missing_data", "not_run"]
    missing, left = report["unjudged"][2:4]
    assert "data/train.csv" in missing["why"]
    assert (left["paths"], left["why"]) == (["b-copy.ipynb"], "It holds the same code as b.ipynb.")


def test_each_notebooks_rows_are_held_against_its_own_code(tmp_path: Path) -> None:
    rows = "import numpy as np\nimport pandas as pd\nframe = pd.DataFrame(np.random.RandomState(0).rand(300, 2))\n"
    rows += "frame['y'] = (frame[0] > 0.5).astype(int)\nframe.to_csv('rows.csv', index=False)"
    leak = "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
    leak += "from sklearn.model_selection import train_test_split\nfrom sklearn.preprocessing import StandardScaler\n"
    leak += "frame = pd.read_csv('rows.csv')"
    fit = "X = StandardScaler().fit_transform(frame[['0', '1']])\n"
    fit += "A, B, a, b = train_test_split(X, frame.y, random_state=0)"
    score = "model = LogisticRegression().fit(A, a)\nprint('accuracy:', model.score(B, b))"
    work = laid_out(tmp_path, {"1_rows.ipynb": [rows], "2_model.ipynb": [leak, fit, score]})
    report, _ = graded(tmp_path, work)
    assert report["outcome"] == "completed"
    (witness,) = report["traces"]["witnesses"]
    assert (witness["kind"], witness["agreement"]) == ("preprocessing", "agree")
    assert {(span["path"], span["cell"]) for span in witness["spans"]} == {("2_model.ipynb", 1), ("2_model.ipynb", 2)}
    assert report["traces"]["note"] == ""
    observed = json.loads((tmp_path / "out" / "evidence.json").read_text())["observed"]
    assert {figure["span"]["path"] for figure in observed} == {"2_model.ipynb"}


@pytest.mark.parametrize(
    ("commits", "verdict", "said"),
    [(5, "met", "5 commits by 1 author"), (1, "not_met", "1 commit by 1 author, all on 1 March 2024")],
)
def test_steps_are_told_from_one_dump(tmp_path: Path, commits: int, verdict: str, said: str) -> None:
    work = laid_out(tmp_path, {"model.py": ""})
    subprocess.run(["git", "init", "-q"], cwd=work, check=True)
    for day in range(1, commits + 1):
        with (work / "model.py").open("a") as file:
            file.write(f"print({day})\n" * 20)
        date = f"2024-03-{day:02d}T10:00:00Z"
        environment = {**os.environ, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        for words in (("add", "-A"), ("-c", "user.name=n", "-c", "user.email=a@b", "commit", "-qm", f"<b>{day}</b>")):
            subprocess.run(["git", *words], cwd=work, env=environment, check=True)
    report, output = graded(tmp_path, work)
    criteria = {item["id"]: item for part in report["dimensions"] for item in part["criteria"]}
    assert criteria["code_quality.committed_in_steps"]["verdict"] == verdict
    assert report["history"]["commits"] == commits
    assert report["history"]["steps"][0]["added"] == 20
    page = (tmp_path / "out" / "report.html").read_text()
    for text in (output, page, (tmp_path / "out" / "report.md").read_text()):
        assert said in text
    assert "&lt;b&gt;1&lt;/b&gt;" in page
    assert "<b>1</b>" not in page
    assert "history" not in kinds(report)


def criterion(report: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        item for part in report["dimensions"] for item in part["criteria"] if item["id"] == name
    )
    return found


def test_one_notebook_that_wants_a_package_which_is_not_here_fails_no_whole_work(tmp_path: Path) -> None:
    deep = ["import not_here_at_all\nopen('deep.txt', 'w').write('x')"]
    work = laid_out(tmp_path, {"1_prepare.ipynb": PREPARE, "2_deep.ipynb": deep, "3_report.ipynb": REPORT})
    report, _ = graded(tmp_path, work)
    assert (report["outcome"], report["failure"]) == ("completed", None)
    assert [one["ended"] for one in report["run"]["notebooks"]] == ["ok", "failed", "ok"]
    assert "assignment" not in report["run"]["notebooks"][1]["failure"]["hint"]
    ends = criterion(report, "production_readiness.runs_end_to_end")
    assert ends["verdict"] == "met"
    assert "2_deep.ipynb needs not_here_at_all, which is not here" in ends["reason"]
    again = CliRunner().invoke(app, ["rescore", str(tmp_path / "out")])
    assert again.exit_code == 0, again.output
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == report


def test_a_failure_of_the_works_own_beside_a_package_that_is_not_here_decides_the_outcome(tmp_path: Path) -> None:
    files: dict[str, str | list[str]] = {"1_deep.ipynb": ["import not_here_at_all"], "2_break.ipynb": ["{}['a']"]}
    report, _ = graded(tmp_path, laid_out(tmp_path, {**files, "3_write.ipynb": PREPARE}))
    assert (report["outcome"], report["failure"]["path"]) == ("submission_failed", "2_break.ipynb")
    ends = criterion(report, "production_readiness.runs_end_to_end")
    assert (ends["verdict"], ends["score"]) == ("partly", 0.25)
    assert "1 of 2 notebooks ran to their end" in ends["reason"]


def test_a_script_whose_data_are_to_be_had_on_request_is_left_to_a_person(tmp_path: Path) -> None:
    work = laid_out(tmp_path, {"main.py": "open('rows.csv')\n", "README.md": "Data on request.\n"})
    report, said = graded(tmp_path, work)
    assert report["outcome"] == "submission_failed"
    assert criterion(report, "production_readiness.runs_end_to_end")["verdict"] == "needs_human"
    assert "Ask for rows.csv" in said
    (work / "README.md").write_text("Run main.py.\n")
    report, _ = graded(tmp_path, work)
    assert criterion(report, "production_readiness.runs_end_to_end")["verdict"] == "not_met"


@pytest.mark.parametrize("other", [["--assignment", "churn"], ["--public"]])
def test_an_environment_is_named_for_portfolio_pieces_alone(tmp_path: Path, other: list[str]) -> None:
    work = laid_out(tmp_path, {"main.py": ""})
    told = ["grade", str(work), "--environment", "requirements", "--output", str(tmp_path / "out"), *other]
    result = CliRunner().invoke(app, told)
    assert isinstance(result.exception, UsageError)
    assert "--environment does not go with" in result.exception.message
