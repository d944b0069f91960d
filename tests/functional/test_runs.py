"""Works of all kinds through a real sandbox: what ran, what failed, and what the candidate is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from plain_churn import copy_plain_churn
from typer.testing import CliRunner

from grader.cli.app import app

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"
pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]
CONSTANT = (
    "import pandas as pd\ntest = pd.read_csv('{data}data/test.csv')\n"
    "test.assign(prediction=0.5)[['customer_id', 'prediction']].to_csv('predictions.csv', index=False)\n"
)

SEARCH = """
import os, pathlib
found = []
for top in ("/work", "/out", "/grader", "/tmp", "/home", "/etc"):
    for here, _, files in os.walk(top):
        for path in (pathlib.Path(here, name) for name in files if name != "main.py"):
            try:
                data = path.read_bytes()[:5_000_000]
            except OSError:
                continue
            if path.name == "labels.csv" or any(word in data for word in WORDS):
                found.append(str(path))
assert not found, found
"""


def grade(tmp_path: Path, files: dict[str, str | list[str]], *, churn: bool = False) -> dict[str, Any]:
    work = tmp_path / "work"
    for name, text in files.items():
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(text if isinstance(text, str) else notebook(*text))
    words = ["grade", str(work), "--sandbox", "bubblewrap", "--output", str(tmp_path / "out"), "--json"]
    result = CliRunner().invoke(
        app, [*words, *(["--assignment", str(copy_plain_churn(tmp_path / "churn"))] if churn else [])]
    )
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads((tmp_path / "out" / "report.json").read_text())
    return report


def notebook(*cells: str) -> str:
    made = [
        {"cell_type": "code", "metadata": {}, "execution_count": None, "outputs": [], "source": source}
        for source in cells
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def test_a_missing_package_is_named(tmp_path: Path) -> None:
    failure = grade(tmp_path, {"a.ipynb": ["x = 1", "!pip install catboost", "from catboost import Pool"]})["failure"]
    assert (failure["code"], failure["cell"]) == ("environment.missing_package", 2)
    assert "catboost" in failure["message"]


def test_installing_what_is_there_is_no_failure(tmp_path: Path) -> None:
    report = grade(
        tmp_path, {"a.ipynb": ["%matplotlib inline\n!pip install pandas", "import pandas\n!ls", "%%bash\necho hi"]}
    )
    assert report["outcome"] == "completed"
    assert [cell["status"] for cell in report["run"]["cells"]] == ["ok", "ok", "ok"]


def test_python_2_is_a_syntax_error_that_names_the_cell(tmp_path: Path) -> None:
    failure = grade(tmp_path, {"a.ipynb": ["x = 1", "print 'hello'"]})["failure"]
    assert (failure["code"], failure["cell"], failure["line"]) == ("notebook.syntax_error", 1, 1)
    assert "Python 3" in failure["hint"]


def test_waiting_for_the_keyboard_is_said(tmp_path: Path) -> None:
    failure = grade(tmp_path, {"a.ipynb": ["name = input('who? ')"]})["failure"]
    assert failure["code"] == "notebook.input_requested"
    failure = grade(tmp_path / "b", {"main.py": "input()\n"})["failure"]
    assert failure["code"] == "notebook.input_requested"


def test_an_absolute_path_of_another_machine_is_explained(tmp_path: Path) -> None:
    failure = grade(tmp_path, {"a.ipynb": ["open('C:/Users/me/train.csv')"]})["failure"]
    assert failure["code"] == "notebook.cell_error"
    assert "relative" in failure["hint"]


def test_a_notebook_that_ends_its_own_process_is_said(tmp_path: Path) -> None:
    failure = grade(tmp_path, {"a.ipynb": ["x = 1", "import os; os._exit(0)"]})["failure"]
    assert (failure["code"], failure["cell"]) == ("notebook.kernel_died", 1)


def test_a_script_that_fails_names_file_and_line(tmp_path: Path) -> None:
    files = {"main.py": "import helper\nhelper.go()\n", "helper.py": "def go():\n    return {}['a']\n"}
    failure = grade(tmp_path, files)["failure"]
    assert (failure["code"], failure["path"], failure["line"]) == ("run.failed", "helper.py", 2)


def test_a_notebook_in_a_folder_finds_data_and_its_own_modules_in_both_ways(tmp_path: Path) -> None:
    code = "from mine import test_file\n" + CONSTANT.format(data="")
    files = {"notebooks/a.ipynb": ["open('../data/train.csv').close()", code], "src/mine.py": "test_file = 1\n"}
    report = grade(tmp_path, files, churn=True)
    assert report["failure"] is None
    assert any("data/ was also shown" in text for text in report["run"]["warnings"])


def test_modules_named_like_the_librarys_own_break_nothing_that_runs_where_it_was_written(tmp_path: Path) -> None:
    mine = dict.fromkeys(("src/logging.py", "src/xgboost.py", "src/__init__.py", "json.py"), "mine = 1\n")
    code = "import logging, xgboost\nlogging.getLogger()\nxgboost.XGBClassifier\nfrom src.logging import mine\n"
    assert grade(tmp_path, {"notebooks/a.ipynb": [code], **mine})["failure"] is None
    assert grade(tmp_path / "b", {"main.py": code, **mine})["failure"] is None


def test_what_is_left_running_in_the_background_is_not_waited_for(tmp_path: Path) -> None:
    code = "import subprocess\nsubprocess.Popen(['sleep', '10000'])\n"
    assert grade(tmp_path, {"main.py": code + CONSTANT.format(data="")}, churn=True)["failure"] is None
    predict = code + "def predict(frame):\n    return [0.5] * len(frame)\n"
    assert grade(tmp_path / "b", {"model.py": predict}, churn=True)["failure"] is None


@pytest.mark.parametrize(
    "act", ["import os\nos.chmod('/out', 0)\n", "import os\ndef predict(frame):\n    os._exit(65)\n"]
)
def test_a_work_that_breaks_its_own_run_sees_no_traceback_of_ours(tmp_path: Path, act: str) -> None:
    report = grade(tmp_path, {"predict.py": act}, churn=True)
    assert report["failure"]["code"] == "run.failed"
    assert "/grader/runner" not in json.dumps(report)


def test_a_predict_function_is_called_with_the_unseen_rows(tmp_path: Path) -> None:
    code = "def predict(frame):\n    return (frame['contract'] == 'Month-to-month') * 0.5\n"
    report = grade(tmp_path, {"model.py": code}, churn=True)
    assert report["failure"] is None
    assert report["hidden"][0]["value"] > 0.65


def test_a_pipeline_is_fitted_on_the_training_rows_inside(tmp_path: Path) -> None:
    code = (
        "from sklearn.compose import make_column_transformer\nfrom sklearn.linear_model import LogisticRegression\n"
        "from sklearn.pipeline import make_pipeline\n\n\ndef get_pipeline():\n"
        "    columns = make_column_transformer(('passthrough', ['tenure', 'monthly_charges']))\n"
        "    return make_pipeline(columns, LogisticRegression())\n"
    )
    report = grade(tmp_path, {"model.py": code}, churn=True)
    assert report["failure"] is None
    assert report["hidden"][0]["value"] > 0.75


def test_a_function_that_returns_something_else_breaks_the_contract(tmp_path: Path) -> None:
    failure = grade(tmp_path, {"model.py": "def predict(frame):\n    return [0.5]\n"}, churn=True)["failure"]
    assert failure["code"] == "run.contract"


def test_predictions_that_came_with_the_work_do_not_count(tmp_path: Path) -> None:
    report = grade(
        tmp_path, {"main.py": "print(1)\n", "predictions.csv": "customer_id,prediction\nC1,0.5\n"}, churn=True
    )
    assert report["failure"]["code"] == "predictions.missing"
    assert report["outcome"] == "submission_failed"


def test_a_folder_named_like_the_predictions_is_left_alone(tmp_path: Path) -> None:
    files = {"main.py": "print(open('old/predictions.csv/note.txt').read())\n", "old/predictions.csv/note.txt": "1"}
    assert grade(tmp_path, files)["outcome"] == "completed"


def test_a_run_past_its_cell_limit_or_deadline_is_a_limit_or_names_the_cell(tmp_path: Path) -> None:
    folder = copy_plain_churn(tmp_path / "hurry")
    text = (folder / "assignment.toml").read_text()
    (folder / "assignment.toml").write_text(text.replace("cell_s = 120", "cell_s = 2"))
    work = tmp_path / "slow.ipynb"
    work.write_text(notebook("x = 1", "while True: pass"))
    words = [
        "grade",
        str(work),
        "--assignment",
        str(folder),
        "--sandbox",
        "bubblewrap",
        "--output",
        str(tmp_path / "out"),
    ]
    assert CliRunner().invoke(app, words).exit_code == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["outcome"], report["failure"]["code"]) == ("limit_exceeded", "notebook.cell_timeout")
    assert report["failure"]["cell"] == 1
    work.write_text(notebook("x = 1", "y = 2", "import time\nfor _ in range(200): time.sleep(0.5)"))
    (folder / "assignment.toml").write_text(text.replace("wall_s = 300", "wall_s = 12"))
    assert CliRunner().invoke(app, words).exit_code == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["failure"]["code"], report["failure"]["cell"]) == ("limit.wall_time", 2), "the one that was running"
    script = tmp_path / "main.py"
    script.write_text("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\ntime.sleep(1000)\n")
    (folder / "assignment.toml").write_text(text.replace("wall_s = 300", "wall_s = 3"))
    words[1] = str(script)
    assert CliRunner().invoke(app, words).exit_code == 0
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert (report["outcome"], report["failure"]["code"]) == ("limit_exceeded", "limit.wall_time")


def test_labels_and_published_ids_are_nowhere_in_the_sandbox(tmp_path: Path) -> None:
    hidden = (CHURN / "data" / "hidden" / "labels.csv").read_text().splitlines()[1:4]
    names = [line.split(",")[0] for line in hidden]
    words = [f"{name},".encode() for name in names]  # whole ones: the new ids are longer, and may begin like an old one
    code = SEARCH.replace("WORDS", repr(words)) + CONSTANT.format(data="")
    assert grade(tmp_path, {"main.py": code}, churn=True)["failure"] is None


def test_a_patched_metric_and_a_forged_report_have_no_effect(tmp_path: Path) -> None:
    forged = (
        "import json, os\nopen(os.environ['OUTPUT_DIR'] + '/report.json', 'w').write(json.dumps({'score': 100}))\n"
        "open(os.environ['OUTPUT_DIR'] + '/run.json', 'w').write(json.dumps({'score': 100}))\n"
    )
    files = {
        "sklearn.py": "def roc_auc_score(*_):\n    return 1.0\n",
        "conftest.py": "",
        "main.py": forged + CONSTANT.format(data=""),
    }
    report = grade(tmp_path, files, churn=True)
    assert report["hidden"][0]["value"] == 0.5
    assert report["score"] < 60
