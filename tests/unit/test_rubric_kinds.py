"""Which models are alternatives to each other: of other libraries, by other folds, inside an ensemble."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work, wrapped

START = (
    "import pandas as pd\nimport numpy as np\nimport xgboost as xgb\nfrom sklearn.model_selection import *\n"
    "from sklearn.ensemble import *\nfrom sklearn.linear_model import *\nfrom sklearn.metrics import *\n"
    "from sklearn.preprocessing import PolynomialFeatures\nfrom pytorch_tabnet.tab_model import TabNetClassifier\n"
    "df = pd.read_csv('a.csv')\nX, y = df[['a']], df['y']\na, b, c, d = train_test_split(X, y, random_state=0)\n"
)
FOREST = START + "rf = RandomForestClassifier().fit(a, c)\nprint(roc_auc_score(d, rf.predict(b)))\n"
LINEAR = "lr = LogisticRegression().fit(a, c)\n"
TABNET = FOREST + "tab = TabNetClassifier()\ntab.fit(a, c)\nprint(roc_auc_score(d, tab.predict(b)))\n"
BOOSTER = (
    START
    + "m = xgb.XGBClassifier().fit(a, c)\nt = xgb.train({}, xgb.DMatrix(a, c))\nprint(roc_auc_score(d, m.predict(b)))\n"
)
FOLDS = START + (
    "rf = RandomForestClassifier()\nprint(cross_val_score(rf, X, y, scoring='roc_auc'))\n"
    "params = {'eta': 1, 'eval_metric': 'auc'}\nprint(xgb.cv(params, xgb.DMatrix(X, y), nfold=5))\n"
)
PLAIN = START + (
    "m = LinearRegression()\nm.fit(a, c)\nprint(r2_score(d, m.predict(b)))\n"
    "poly = PolynomialFeatures(2)\ne, f = poly.fit_transform(a), poly.transform(b)\n"
    "n = LinearRegression()\nn.fit(e, c)\nprint(r2_score(d, n.predict(f)))\n"
)
VOTING = START + (
    "lr, rf = LogisticRegression(), RandomForestClassifier()\n"
    "both = VotingClassifier([('lr', lr), ('rf', rf)]).fit(a, c)\nprint(roc_auc_score(d, both.predict(b)))\n"
)
LISTED = START + (
    "members = [('lr', LogisticRegression()), ('rf', RandomForestClassifier())]\n"
    "both = StackingClassifier(members).fit(a, c)\nprint(roc_auc_score(d, both.predict(b)))\n"
)
MADE = START + (
    "def linear():\n    return LogisticRegression(C=2)\ndef forest():\n    return RandomForestClassifier()\n"
    "both = VotingClassifier([('lr', linear()), ('rf', forest())])\n"
    "both.fit(a, c)\nprint(roc_auc_score(d, both.predict(b)))\n"
)
STACKED = START + (
    "rf = RandomForestClassifier().fit(a, c)\nxg = xgb.XGBClassifier().fit(a, c)\n"
    "p, q = rf.predict_proba(b)[:, 1], 0\nr = xg.predict_proba(b)[:, 1]\nmeta = np.column_stack([p, r])\n"
    "last = LogisticRegression()\nlast.fit(meta, d)\nprint(roc_auc_score(d, last.predict(meta)))\n"
)
FILLED = STACKED.replace("meta = np.column_stack([p, r])\n", "meta[:, 0] = rf.predict(b)\nmeta[:, 1] = xg.predict(b)\n")
ALONE = "print(roc_auc_score(d, cross_val_predict(lr, b, d)), cross_val_score(rf, X, y), cross_val_score(lr, X, y))\n"
CLUSTERED = FOREST + (
    "from sklearn.cluster import KMeans\nX2 = a.copy()\nX2['g'] = KMeans(3).fit_predict(a)\n"
    "lr = LogisticRegression()\nlr.fit(X2, c)\n"
)
SEVERAL, BASELINE, CHOICE = (
    f"model_choice.{name}" for name in ("several_models", "baseline_compared", "choice_justified")
)


@pytest.mark.parametrize(
    ("criterion", "expected", "about", "code"),
    [
        (SEVERAL, "met", "a classifier of a library that is not known", TABNET),
        (SEVERAL, "not_met", "one that is fitted and never asked",
         TABNET.replace("print(roc_auc_score(d, tab.predict(b)))\n", "")),
        (SEVERAL, "not_met", "a library's own training beside its class", BOOSTER),
        (SEVERAL, "met", "folds of two libraries by one measure", FOLDS),
        (SEVERAL, "partly", "folds of two libraries by two measures", FOLDS.replace("'auc'", "'logloss'")),
        (BASELINE, "met", "the same on features and on their polynomials", PLAIN),
        (BASELINE, "not_met", "the same on features twice", PLAIN.replace("n.fit(e, c)", "n.fit(a, c)")),
        (BASELINE, "not_met", "the simple one is a voice among others", VOTING),
        (BASELINE, "not_met", "all of that in a function", wrapped(VOTING)),
        (BASELINE, "not_met", "a list of members", LISTED),
        (BASELINE, "not_met", "members that functions make", MADE),
        (BASELINE, "met", "one is made to be scored alone too", MADE + "print(linear().fit(a, c).score(b, d))\n"),
        (BASELINE, "met", "a member that is scored alone too", VOTING + ALONE),
        (BASELINE, "not_met", "a simple one that weighs what others predict", STACKED),
        (BASELINE, "not_met", "predictions that fill a table", FILLED),
        (BASELINE, "met", "a group that another has found is a feature", CLUSTERED),
        (BASELINE, "met", "a simple one beside the forest", FOREST + LINEAR),
        (SEVERAL, "partly", "members of one ensemble", VOTING),
        (SEVERAL, "met", "members that are scored alone too", VOTING + ALONE),
        (CHOICE, "not_applicable", "nothing stands beside the ensemble", VOTING),
    ],
)  # fmt: skip
def test_models_are_alternatives_where_they_stand_by_themselves(
    criterion: str, expected: str, about: str, code: str
) -> None:
    assert verdict(criterion, work(code)) == expected, about
