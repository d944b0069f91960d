"""Floors, predictions and errors are told by what they are: what they are called changes no verdict."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

HEAD = (
    "import numpy as np\nimport pandas as pd\nimport matplotlib.pyplot as plt\nfrom sklearn.metrics import f1_score\n"
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.linear_model import Ridge\n"
    "from sklearn.model_selection import train_test_split\ndf = pd.read_csv('data/train.csv')\n"
    "Xa, Xb, ya, yb = train_test_split(df[['a']], df['y'], random_state=0)\n"
)
FOREST = "print(f1_score(yb, RandomForestClassifier(random_state=0).fit(Xa, ya).predict(Xb)))\n"
RIDGE = "NAME = Ridge().fit(Xa, ya).predict(Xb)\n"
BASELINE, ERRORS = "model_choice.baseline_compared", "evaluation.error_analysis"


@pytest.mark.parametrize("name", ["naive", "said", "baseline", "x"])
@pytest.mark.parametrize(
    "value",
    ["np.ones_like(yb)", "np.full(len(yb), ya.mean())", "[ya.mode()[0]] * len(yb)", "np.zeros(len(yb))", "yb.shift(1)"],
)
def test_the_same_answer_for_every_row_is_a_floor(name: str, value: str) -> None:
    assert verdict(BASELINE, work(HEAD + f"{name} = {value}\nprint(f1_score(yb, {name}))\n" + FOREST)) == "met"
    assert verdict(BASELINE, work(HEAD + f"print(f1_score(y_true=yb, y_pred={value}))\n" + FOREST)) == "met"


@pytest.mark.parametrize("name", ["naive", "baseline", "majority_pred", "said"])
def test_a_forest_is_no_floor_whatever_it_is_called(name: str) -> None:
    code = f"{name} = RandomForestClassifier(random_state=0).fit(Xa, ya).predict(Xb)\nprint(f1_score(yb, {name}))\n"
    assert verdict(BASELINE, work(HEAD + code)) == "not_met"
    assert verdict(BASELINE, work(HEAD + code + f"print(f1_score(yb, np.repeat({name}, 1)))\n")) == "not_met"


@pytest.mark.parametrize("name", ["pred", "y_pred", "p", "said"])
@pytest.mark.parametrize(
    "look",
    [
        "plt.scatter(NAME, yb - NAME)\nplt.show()\n",
        "plt.scatter(x=NAME, y=yb - NAME)\nplt.show()\n",
        "plt.hist(\n    yb - NAME,\n    bins=20,\n)\nplt.show()\n",
        "left = yb - NAME\nprint(left.describe())\n",
        "print(Xb[yb != NAME].describe())\n",
        "print(Xb[\n    yb != NAME\n].describe())\n",
        "print(Xb.loc[NAME != yb])\n",
    ],
)
def test_errors_are_the_truth_less_what_was_predicted(name: str, look: str) -> None:
    assert verdict(ERRORS, work(HEAD + (RIDGE + look).replace("NAME", name))) == "met"


@pytest.mark.parametrize(
    "look",
    [
        "pred = df['a'].mean()\nplt.plot(df['a'] - pred)\n",
        "yhat = df['a'].median()\nprint(df[df['a'] != yhat])\n",
        "pred = 1\nplt.plot(2 - pred)\n",
        "print(df[df['a'] != 0])\n",
        "plt.plot(df['a'] - df['b'])\n",
    ],
)
def test_what_is_only_called_a_prediction_shows_no_errors(look: str) -> None:
    assert verdict(ERRORS, work(HEAD + RIDGE.replace("NAME", "said") + look)) == "not_met"


def test_a_parameter_is_known_by_its_name_alone() -> None:
    code = "def show(y, y_pred):\n    plt.scatter(y_pred, y - y_pred)\nshow(yb, Ridge().fit(Xa, ya).predict(Xb))\n"
    assert verdict(ERRORS, work(HEAD + code)) == "met"
