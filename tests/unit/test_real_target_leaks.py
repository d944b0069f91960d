"""Ways in which candidates take the target out of the features: none of them may be read as target leakage."""

from __future__ import annotations

import pytest
from rubric_evidence import work

LOAD = "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
LOAD += "frame = pd.read_csv('data/train.csv')\n"
FIT = "\nLogisticRegression().fit(X, frame['left'])\n"
TAKEN_OUT = {
    "a column of the array is deleted by its number": "X = np.delete(frame.values, 1, axis=1)",
    "a ColumnTransformer names the columns it passes on": (
        "from sklearn.compose import ColumnTransformer\nfrom sklearn.preprocessing import StandardScaler\n"
        "chosen = ColumnTransformer([('scale', StandardScaler(), ['age'])], remainder='drop')\n"
        "X = chosen.fit_transform(frame)"
    ),
    "a selector keeps some columns": (
        "from sklearn.feature_selection import SelectKBest\nX = SelectKBest(k=3).fit_transform(frame, frame['left'])"
    ),
    "a frame is made anew with some columns": "X = pd.DataFrame(frame, columns=['age', 'town'])",
    "numpy picks columns": "X = np.take(frame.values, [0, 2], axis=1)",
}


@pytest.mark.parametrize("taken_out", TAKEN_OUT.values(), ids=TAKEN_OUT)
def test_features_that_may_be_without_the_target_accuse_nobody(taken_out: str) -> None:
    assert [leak.kind for leak in work(LOAD + taken_out + FIT).code.leaks] == []


@pytest.mark.parametrize("kept_in", ["X = frame", "X = np.asarray(frame)", "X = np.log1p(frame.copy())"])
def test_features_that_surely_hold_the_target_are_still_found(kept_in: str) -> None:
    assert [leak.kind for leak in work(LOAD + kept_in + FIT).code.leaks] == ["target"]
