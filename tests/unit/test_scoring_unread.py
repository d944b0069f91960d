"""Hiding the code that makes the result gains no score: a person is asked to look."""

from __future__ import annotations

from typing import Any

import pytest
from rubric_evidence import CRITERIA, notebook, plan, ran, work

from grader.model import Evidence, Failure, HiddenResult
from grader.scoring import score

CODE = """import pandas as pd
from sklearn.linear_model import Ridge
train, test = pd.read_csv('data/train.csv'), pd.read_csv('data/test.csv')
model = Ridge().fit(train[['a']], train['b'])
test['prediction'] = model.predict(test[['a']])
test[['id', 'prediction']].to_csv('predictions.csv')
"""
RESULT = HiddenResult(
    suite="iid", metric="rmse", value=1, low=1, high=1, baseline=2, reference=1, normalised=1, normalised_low=1,
    normalised_high=1, rows=100, missing=0,
)  # fmt: skip


def graded(files: dict[str, str], entry: str = "train.py", **more: Any) -> Evidence:
    given = {"plan": plan(entry), "run": ran(), "hidden": (RESULT,), "has_hidden_data": True}
    return work(files, **{**given, **more})


def why_not(evidence: Evidence) -> str:
    made = score(evidence, list(CRITERIA.values()), None)
    assert (made.value is None) == (made.unscored_reason is not None)
    return made.unscored_reason or ""


def test_code_that_was_read_has_a_score() -> None:
    assert why_not(graded({"train.py": CODE})) == ""


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"train.py": CODE + "#" + "x" * 1_000_000}, "train.py is over 1 MB"),
        ({"train.py": "exec(open('work.txt').read())\n", "work.txt": CODE}, "train.py, line 1, runs code"),
        ({"train.py": "import base64\nexec(base64.b64decode('aW1wb3J0'))\n"}, "train.py, line 2, runs code"),
        ({"train.py": "import work\n", "work.py": CODE + "#" + "x" * 1_000_000}, "work.py is over 1 MB"),
        ({"train.py": "import work\n", "work.cpython-311-x86_64-linux-gnu.so": ""}, "work.cpython-311"),
        ({"train.py": "import sys\nsys.path.append('site-packages')\nimport work\n", "site-packages/work.py": CODE},
         "site-packages/work.py is imported"),
        ({"train.py": "import subprocess\nsubprocess.run(['python', 'work.txt'])\n", "work.txt": CODE},
         "The code that was read does not show how"),
        ({"train.py": CODE, "test_ml.ipynb": notebook("exec(open('work.txt').read())")}, "test_ml.ipynb, line 1, runs"),
    ],
    ids=["too large", "exec of a file", "exec of base64", "module", "compiled", "folder", "another process",
         "a technical test"],
)  # fmt: skip
def test_what_made_the_result_and_was_not_read_leaves_no_score(files: dict[str, str], place: str) -> None:
    assert why_not(graded(files)).startswith(place)


def test_a_reader_that_gave_up_leaves_no_score() -> None:
    evidence = graded({"train.py": CODE})
    stopped = evidence.code.model_copy(update={"failure": "Reading the code took longer than 10 seconds."})
    assert "could not be read" in why_not(evidence.model_copy(update={"code": stopped}))


@pytest.mark.parametrize(
    "files",
    [
        {"train.py": CODE, "notes.py": "#" + "x" * 1_000_001},
        {"train.py": CODE, "tests/test_train.py": "exec(code)\n"},
        {"train.py": CODE + "import helper\nexec(open('helper.py').read())\n", "helper.py": "a = 1\n"},
        {"model.py": "def predict(frame):\n    return (frame['plan'] == 'month') * 0.5\n"},
    ],
    ids=["a file nobody imports", "in a test", "a file that was read", "a rule"],
)
def test_what_took_no_part_or_was_read_costs_no_score(files: dict[str, str]) -> None:
    entry = plan("train.py") if "train.py" in files else plan("model.py", kind="predict_function")
    assert why_not(graded(files, plan=entry)) == ""


def test_a_work_that_failed_is_scored_as_it_was_before() -> None:
    failed = graded({"train.py": "exec(code)\n"}, hidden=(), failure=Failure(code="run.failed", message="No."))
    assert "exec" not in why_not(failed)
