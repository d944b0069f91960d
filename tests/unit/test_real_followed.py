"""No leak seen is praise only where the rows were followed; where they were lost, a person is asked to look."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work

LEAKS = (
    "data_preparation.preprocessing_leakage",
    "data_preparation.overlap_leakage",
    "evaluation.multi_test_leakage",
    "evaluation.scored_on_training_data",
)
START = (
    "import pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
    "from sklearn.metrics import roc_auc_score\nfrom sklearn.model_selection import train_test_split\n"
)
SPLIT = "X, y = frame.drop(columns='left'), frame['left']\na, b, c, d = train_test_split(X, y)\n"
SCORE = "model = LogisticRegression()\nmodel.fit(a, c)\nprint(roc_auc_score(d, model.predict_proba(b)[:, 1]))\n"
FOLLOWED = START + "frame = pd.read_csv('data/train.csv')\n" + SPLIT + SCORE
LOST = {
    "a library nobody knows prepares the rows": START
    + "import recipes\nframe = recipes.prepare('x')\n"
    + SPLIT
    + SCORE,
    "the parts come out of files of an earlier program": START
    + "import pickle\na, b, c, d = pickle.load(open('parts.pkl', 'rb'))\n_ = train_test_split(a, c)\n"
    + SCORE,
    "the model was fitted somewhere else": START
    + "import joblib\nframe = pd.read_csv('data/train.csv')\n"
    + SPLIT
    + "model = joblib.load('model.pkl')\nmodel.fit\nroc_auc_score(d, model.predict_proba(b)[:, 1])\n",
}


@pytest.mark.parametrize("name", [*LEAKS, "data_preparation.target_leakage"])
def test_a_result_followed_from_loading_on_is_praised_at_its_own_place(name: str) -> None:
    found = finding(name, work(FOLLOWED))
    assert found.verdict == "met"
    assert {span.line for span in found.evidence} <= {9, 10}


@pytest.mark.parametrize("name", LEAKS)
@pytest.mark.parametrize("code", LOST.values(), ids=LOST)
def test_rows_that_were_lost_on_the_way_are_neither_praised_nor_accused(name: str, code: str) -> None:
    assert verdict(name, work(code)) in ("needs_human", "not_applicable")


def test_distances_between_texts_are_no_evaluation() -> None:
    code = "from sklearn.metrics.pairwise import cosine_similarity\nprint(cosine_similarity([[1.0]], [[2.0]]))\n"
    assert verdict("evaluation.scored_on_training_data", work(code)) == "not_applicable"


def test_code_beyond_what_is_followed_is_not_praised() -> None:
    evidence = work(FOLLOWED)
    note = "There is more code than the data-flow analysis follows; what lies beyond was not judged."
    cut = evidence.model_copy(update={"code": evidence.code.model_copy(update={"notes": (note,)})})
    assert {verdict(name, cut) for name in LEAKS} == {"needs_human"}


@pytest.mark.parametrize("name", LEAKS)
def test_a_table_that_another_program_of_the_work_prepared_was_not_followed(name: str) -> None:
    prepare = (
        "import pandas as pd\nframe = pd.read_csv('data/train.csv')\n"
        "frame = frame.fillna(frame.mean())\nframe.to_csv('out/clean.csv', index=False)\n"
    )
    train = FOLLOWED.replace("data/train.csv", "../out/clean.csv")
    assert verdict(name, work({"prepare.py": prepare, "train.py": train})) == "needs_human"
    assert verdict(name, work({"prepare.py": prepare, "train.py": FOLLOWED})) == "met"
