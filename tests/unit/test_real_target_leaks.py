"""Ways in which candidates take the target out of the features: none of them may be read as target leakage."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

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


NAMED = {
    "prefixes, asked one after the other": (
        "cols = ['age']\ncols += [c for c in frame.columns if any(p in c for p in ['plan_', 'city_'])]\nX = frame[cols]"
    ),
    "the beginnings of names": "X = frame[['age'] + [c for c in frame if c.startswith(('plan_', 'city_'))]]",
    "the ends of names": "X = frame[[c for c in frame.columns if c.endswith('_log') or c == 'age']]",
    "what pandas asks of names": "X = frame[frame.columns[frame.columns.str.startswith('plan_')].tolist() + ['age']]",
    "a mask of names": "X = frame.loc[:, frame.columns.str.contains('plan_')]",
    "a list that is added to": (
        "cols = ['age']\ncols.extend(c for c in frame.columns if 'plan_' in c)\ncols.append('town')\nX = frame[cols]"
    ),
    "names made of others": "X = frame[['age'] + [f'{c}_log' for c in ['fee', 'paid']]]",
    "names that are there": "X = frame[[c for c in ['age', 'town', 'fee'] if c in frame.columns]]",
    "names less the target": "cols = ['age', 'left', 'town']\nX = frame[[c for c in cols if c != 'left']]",
    "all but some, and one that was made": (
        "cols = [c for c in frame.columns if c not in ('left', 'id')]\nframe['b'] = frame['age'] / 2\n"
        "X = frame[cols + ['b']]"
    ),
    "names of which an unknown condition picks some": "X = frame[[c for c in ['age', 'town'] if mine(c)]]",
    "more names than are followed one by one": f"X = frame[[c for c in {[f'a{n}' for n in range(50)]}]]",
}
UNKNOWN = {
    "gaps filled by neighbours in columns of which the target may be one": (
        "from sklearn.impute import KNNImputer\nnumbers = frame.select_dtypes('number').columns\n"
        "frame[numbers] = KNNImputer().fit_transform(frame[numbers])\nX = frame.drop(columns='left')"
    ),
    "a prefix that the target has too": "X = frame[[c for c in frame.columns if c.startswith('le')]]",
    "a part of the target's name, in capitals": "X = frame[[c for c in frame.columns if 'LEF' in c.upper()]]",
    "all but what begins so": "X = frame[frame.columns[~frame.columns.str.startswith('plan_')]]",
    "a pattern": "X = frame[frame.columns[frame.columns.str.contains('plan_|le.t')]]",
    "a list that grows by what is not known": (
        "cols = [c for c in frame.columns if c.startswith('plan_')]\ncols.append(mine())\nX = frame[cols]"
    ),
    "an unknown condition on names with the target": "X = frame[[c for c in ['age', 'left'] if mine(c)]]",
    "the target as it was made since, put back": (
        "frame = frame.rename(columns={'l': 'left'})\ncols = [c for c in frame.columns if c not in ('left', 'id')]\n"
        "X = frame[cols + ['left']]"
    ),
    "columns put beside the prefixes": (
        "X = frame[[c for c in frame.columns if c.startswith('plan_')]].copy()\nX[mine()] = frame['left']"
    ),
}


@pytest.mark.parametrize("picked", NAMED.values(), ids=NAMED)
def test_names_that_surely_leave_the_target_out_are_praised(picked: str) -> None:
    assert verdict("data_preparation.target_leakage", work(LOAD + picked + FIT)) == "met"


@pytest.mark.parametrize("picked", UNKNOWN.values(), ids=UNKNOWN)
def test_names_among_which_the_target_may_be_are_for_a_person_to_look_at(picked: str) -> None:
    assert verdict("data_preparation.target_leakage", work(LOAD + picked + FIT)) == "needs_human"


@pytest.mark.parametrize(
    "picked",
    [
        "X = frame[[c for c in ['age', 'left'] if c in frame.columns]]",
        "X = frame[[c for c in ['age', 'left', 'id'] if c != 'id']]",
        "cols = ['age']\ncols.extend(['left'])\nX = frame[cols]",
    ],
)
def test_names_with_the_target_among_them_are_still_found(picked: str) -> None:
    assert verdict("data_preparation.target_leakage", work(LOAD + picked + FIT)) == "not_met"


TEXT = "from sklearn.feature_extraction.text import TfidfVectorizer\nX = TfidfVectorizer().fit_transform(TEXT)" + FIT


@pytest.mark.parametrize("text", ["frame['text']", "frame['text'].str.lower()", "frame['text'].apply(lambda t: t[:9])"])
def test_one_text_that_is_not_the_target_is_praised(text: str) -> None:
    assert verdict("data_preparation.target_leakage", work(LOAD + TEXT.replace("TEXT", text))) == "met"


@pytest.mark.parametrize(
    "text",
    ["frame['text'] + frame['left']", "frame['text'].apply(mine)", "pd.Series(mine(frame))",
     "np.where(frame['left'] == 'no', frame['text'], '')"],
)  # fmt: skip
def test_one_text_that_may_be_made_of_the_target_is_for_a_person_to_look_at(text: str) -> None:
    assert verdict("data_preparation.target_leakage", work(LOAD + TEXT.replace("TEXT", text))) == "needs_human"
