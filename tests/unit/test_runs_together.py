"""What several notebooks' runs say of their rows is told as one, and what tests try is no result of the work."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rubric_evidence import finding, notebook, ran, work
from test_traces_read import TABLES, TEST, TRAIN

from grader.model import CellRun, EntryPoint, TraceFacts
from grader.pipeline.runs import Run
from grader.pipeline.witnesses import traces_of
from grader.sandbox.execute import TRACES

LOADS = "import pandas as pd\nd = pd.read_csv('d.csv')\nX, y = d.drop(columns='y'), d.y\n"
IMPORTS = "from sklearn.linear_model import LogisticRegression\n"
FITS = IMPORTS + LOADS + "m = LogisticRegression().fit(X, y)\nprint(m.score(X, y))\n"
MODULE = (
    IMPORTS + "\n\ndef fitted(X, y):\n    m = LogisticRegression().fit(X, y)\n    print(m.score(X, y))\n    return m\n"
)
USES = "from train import fitted\n" + LOADS + "m = fitted(X, y)\n"
TRIES = (
    IMPORTS + "from sklearn.datasets import load_iris\n\n\ndef test_fits():\n    X, y = load_iris(return_X_y=True)\n"
)
TRIES += "    assert LogisticRegression().fit(X, y).score(X, y) > 0.9\n"
SCORED = "evaluation.scored_on_training_data"
NO_TRACES = "The run left no traces, although its code fits estimators."


def event(number: int, kind: str, rows: int, *, file: str = "", line: int, **more: Any) -> dict[str, Any]:
    name = f"LogisticRegression.{kind}"
    where = {"file": file} if file else {"cell": 1}
    return {"event": number, "kind": kind, "name": name, **where, "line": line, "rows": rows, "target": True, **more}


def fitted_and_scored(*, file: str = "", line: int, rows: int = TRAIN) -> list[dict[str, Any]]:
    fit = event(0, "fit", TRAIN, file=file, line=line)
    return [fit, event(1, "score", rows, file=file, line=line + 1, fitted=0)]


def told(folder: Path, files: dict[str, str], *runs: list[dict[str, Any]] | None) -> TraceFacts:
    """Return what the notebooks of a work say together, each having left these events, or no traces."""
    books = {name: notebook(text) if name.endswith(".ipynb") else text for name, text in files.items()}
    each = []
    for name, events in zip([name for name in files if name.endswith(".ipynb")], runs, strict=True):
        left = folder / name
        left.mkdir(parents=True)
        if events is not None:
            lines = "".join(json.dumps(line) + "\n" for line in [*TABLES, *events])
            (left / TRACES).write_text(lines, encoding="utf-8")
        result = ran(cells=(CellRun(index=0, status="ok"),)).model_copy(update={"collected": left})
        each.append((EntryPoint(kind="notebook", path=name, reason=""), Run(result, None, (), None)))
    found = traces_of(each, work(books).code)
    assert found is not None
    return found


def test_only_the_notebooks_whose_traces_are_not_there_are_named(tmp_path: Path) -> None:
    files = {"1_clean.ipynb": LOADS, "2_model.ipynb": FITS, "3_more.ipynb": FITS.replace("d.csv", "e.csv")}
    files["tests/test_it.py"] = TRIES
    found = told(tmp_path, files, None, fitted_and_scored(line=5), None)
    assert (found.events, found.fits, found.evaluations) == (2, 1, 1)
    assert found.note == f"3_more.ipynb: {NO_TRACES}"


def test_a_notebook_that_calls_no_fit_of_its_modules_has_no_traces_to_leave(tmp_path: Path) -> None:
    files = {"1_clean.ipynb": LOADS, "2_model.ipynb": USES, "train.py": MODULE}
    assert told(tmp_path, files, None, fitted_and_scored(file="train.py", line=5)).note == ""
    again = told(tmp_path / "2", {**files, "3_use.ipynb": USES}, None, fitted_and_scored(file="train.py", line=5), None)
    assert again.note == f"3_use.ipynb: {NO_TRACES}"


def test_of_a_leak_in_a_module_the_run_that_counts_it_is_heard_and_no_other(tmp_path: Path) -> None:
    files = {"1_clean.ipynb": LOADS, "2_model.ipynb": USES, "train.py": MODULE}
    found = told(tmp_path, files, [], fitted_and_scored(file="train.py", line=5))
    assert [witness.agreement for witness in found.witnesses] == ["agree"]


def test_the_run_agrees_where_a_score_on_other_rows_stands_beside_the_one_on_training_rows(tmp_path: Path) -> None:
    both = fitted_and_scored(line=5)
    both += [{**both[1], "event": 2, "rows": TEST, "name": "Ridge.score", "line": 4}]
    found = told(tmp_path, {"1_clean.ipynb": LOADS, "2_model.ipynb": FITS}, None, both)
    (witness,) = found.witnesses
    assert (witness.agreement, witness.spans[-1].line) == ("agree", 6)
    fit = "LogisticRegression.fit was given to train on"
    assert witness.sentence == f"all 80 rows evaluated by LogisticRegression.score were those that {fit}."


def test_what_a_test_does_on_rows_of_its_own_is_no_result_of_the_work(tmp_path: Path) -> None:
    files = {"1_clean.ipynb": LOADS, "2_model.ipynb": FITS, "tests/test_it.py": TRIES}
    found = told(tmp_path, files, None, fitted_and_scored(line=5))
    assert [(witness.agreement, witness.spans[0].path) for witness in found.witnesses] == [("agree", "2_model.ipynb")]


def test_a_smoke_test_is_no_evidence_of_scoring_on_training_rows() -> None:
    only_tested = {"train.py": IMPORTS + LOADS + "m = LogisticRegression().fit(X, y)\n", "tests/test_it.py": TRIES}
    assert finding(SCORED, work(only_tested)).verdict != "not_met"
    both = finding(SCORED, work({"train.py": FITS, "tests/test_it.py": TRIES}))
    assert (both.verdict, {span.path for span in both.evidence}) == ("not_met", {"train.py"})


def test_a_leak_in_a_tests_folder_that_the_work_itself_runs_is_the_works() -> None:
    files = {"train.py": USES.replace("train", "tests.test_it"), "tests/test_it.py": MODULE + TRIES}
    assert finding(SCORED, work(files)).verdict == "not_met"
