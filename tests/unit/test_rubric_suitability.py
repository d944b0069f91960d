"""A regressor is judged by metrics of classes only where they take its answers as they are; what is drawn again is
only a treatment where a model learns from it.
"""

from __future__ import annotations

import pytest
from rubric_evidence import finding, printed, verdict, work
from test_rubric_networks import TRAINED

SUITS, TREATED = "model_choice.suits_the_task", "model_choice.imbalance_treated"
START = (
    "import numpy as np\nimport pandas as pd\n"
    "from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor\n"
    "from sklearn.metrics import accuracy_score, f1_score, roc_auc_score, silhouette_score\n"
    "from sklearn.model_selection import cross_val_score, train_test_split\nfrom sklearn.utils import resample\n"
    "df = pd.read_csv('a.csv')\na, b, c, d = train_test_split(df[['x']], df['y'], random_state=0)\n"
)
RISK = START + "risk = RandomForestRegressor().fit(a, c).predict(b)\n"
COX = START + (
    "import xgboost as xgb\nmodel = xgb.XGBRegressor(objective='survival:cox').fit(a, c)\nhazard = model.predict(b)\n"
    "print(roc_auc_score(d, hazard))\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("not_met", "its answers as classes", RISK + "print(accuracy_score(d, risk))\n"),
        ("not_met", "its answers rank the very target", RISK + "print(roc_auc_score(d, risk))\n"),
        ("not_met", "by folds", START + "print(cross_val_score(RandomForestRegressor(), a, c, scoring='roc_auc'))\n"),
        ("not_applicable", "the truth is cut", RISK + "print(roc_auc_score(d > 100, risk))\n"),
        ("not_applicable", "both are cut", RISK + "print(f1_score(d > 100, (risk > 100).astype(int)))\n"),
        ("not_applicable", "cut before, by a name",
         RISK + "late = d > 30\nsaid = np.where(risk > 30, 1, 0)\nprint(f1_score(late, said))\n"),
        ("not_applicable", "rounded", RISK + "print(accuracy_score(d, risk.round()))\n"),
        ("not_applicable", "a quantity ranks what came of it",
         RISK + "came = pd.read_csv('b.csv')['came']\nprint(roc_auc_score(came, risk))\n"),
        ("not_applicable", "a risk of survival", COX),
        ("not_met", "the same of a plain booster", COX.replace("objective='survival:cox'", "max_depth=3")),
        ("not_applicable", "the metrics are of a rule alone",
         RISK + "def judge(y_true, y_pred):\n    return f1_score(y_true, y_pred)\nprint(judge(d, b['x'] > 3))\n"),
    ],
)  # fmt: skip
def test_a_regressor_among_metrics_of_classes(expected: str, about: str, code: str) -> None:
    assert verdict(SUITS, work(code)) == expected, about


CLASSED = START + "forest = RandomForestClassifier()\n"
UPSAMPLED = CLASSED + (
    "rare = df[df.y == 1]\nmore = resample(rare, n_samples=90)\nboth = pd.concat([df[df.y == 0], more])\n"
    "forest.fit(both[['x']], both['y'])\n"
)
LOOKED = CLASSED + (
    "forest.fit(a, c)\nfrom sklearn.cluster import KMeans\nfrom yellowbrick.cluster import SilhouetteVisualizer\n"
    "groups = KMeans(3).fit(a)\nrows, labels = resample(a, groups.labels_)\nprint(silhouette_score(rows, labels))\n"
    "look = SilhouetteVisualizer(groups)\nlook.fit(rows, labels)\n"
)
BOOTSTRAP = CLASSED + (
    "said = forest.fit(a, c).predict(b)\nfor _ in range(99):\n    truth, guess = resample(d, said)\n"
    "    print(f1_score(truth, guess))\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "the rare rows are drawn again for the fit", UPSAMPLED),
        ("not_applicable", "rows are drawn for a look at clusters", LOOKED),
        ("not_applicable", "results are drawn again for an interval", BOOTSTRAP),
        ("met", "weights in the fit of a network",
         START + "from keras.models import Sequential\nnet = Sequential()\nnet.fit(a, c, class_weight={0: 1, 1: 9})\n"),
        ("not_applicable", "weights of a regressor are of no classes",
         START + "import xgboost as xgb\nxgb.XGBRegressor(scale_pos_weight=1).fit(a, c)\n"),
    ],
)  # fmt: skip
def test_resampling_counts_where_a_model_learns_from_it(expected: str, about: str, code: str) -> None:
    assert verdict(TREATED, work(code)) == expected, about


def test_a_network_may_be_a_classifier() -> None:
    rare = printed("y\n0    950\n1     50\nName: count, dtype: int64\n")
    for evidence in (work(TRAINED), work(TRAINED, observed=rare)):
        found = finding(TREATED, evidence)
        assert found.verdict == "not_applicable"
        assert "Net predicts classes" in found.reason
    assert finding(TREATED, work(RISK)).reason == "No classifier was seen."


def test_rows_that_are_only_grouped_are_said_to_be() -> None:
    groups = (
        "import pandas as pd\nfrom sklearn.cluster import KMeans\nprint(KMeans(3).fit_predict(pd.read_csv('a.csv')))\n"
    )
    for name in ("baseline_compared", "several_models", "hyperparameters_searched"):
        found = finding(f"model_choice.{name}", work(groups))
        assert found.verdict == "not_applicable"
        assert "grouped by KMeans" in found.reason
    table = "import pandas as pd\nprint(pd.read_csv('a.csv').describe())\n"
    assert "No model" in finding("model_choice.several_models", work(table)).reason


PIPED = (
    START + "from sklearn.linear_model import Ridge\nfrom sklearn.metrics import mean_absolute_error\n"
    "from sklearn.pipeline import make_pipeline\nfrom sklearn.preprocessing import OneHotEncoder, PolynomialFeatures\n"
    "linear = make_pipeline(OneHotEncoder(), Ridge()).fit(a, c)\nprint(mean_absolute_error(d, linear.predict(b)))\n"
    "forest = RandomForestRegressor().fit(a, c)\nprint(mean_absolute_error(d, forest.predict(b)))\n"
)


def test_what_gets_dummies_alone_in_its_pipeline_needs_no_scaler() -> None:
    assert verdict(SUITS, work(PIPED)) == "met"
    assert verdict(SUITS, work(PIPED.replace("OneHotEncoder()", "PolynomialFeatures()"))) == "partly"
    assert verdict(SUITS, work(PIPED.replace("RandomForestRegressor().fit", "Ridge().fit"))) == "partly"
