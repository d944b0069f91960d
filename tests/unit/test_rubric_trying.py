"""Settings that are tried in a loop of the work's own are a search, as far as the rows go by which they are judged."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work
from test_rubric_networks import TRAINED

SEARCHED, SEVERAL = "model_choice.hyperparameters_searched", "model_choice.several_models"
START = (
    "import numpy as np\nimport pandas as pd\nfrom sklearn.linear_model import LogisticRegression\n"
    "from sklearn.metrics import roc_auc_score\nfrom sklearn.model_selection import *\n"
    "df = pd.read_csv('a.csv')\nX, y = df[['a', 'b']].values, df['y'].values\n"
)
FOLDS = START + (
    "best, kept = 0, None\nfor c in [0.1, 1, 10]:\n    scores = []\n    for tr, te in StratifiedKFold(5).split(X, y):\n"
    "        m = LogisticRegression(C=c).fit(X[tr], y[tr])\n"
    "        scores.append(roc_auc_score(y[te], m.predict(X[te])))\n"
    "    if np.mean(scores) > best:\n        best, kept = np.mean(scores), c\n"
)
HELPERS = START + (
    "def make(strength):\n    return LogisticRegression(C=strength)\n"
    "def judge(m, a, b, c, d):\n    m.fit(a, b)\n    return roc_auc_score(d, m.predict(c))\n"
    "folds, results = StratifiedKFold(5), {}\nfor c in [0.1, 1, 10]:\n    for tr, te in folds.split(X, y):\n"
    "        results[c] = judge(make(c), X[tr], y[tr], X[te], y[te])\n"
)
SPLIT = START + (
    "X_tr, X_te, y_tr, y_te = train_test_split(X, y, random_state=0)\n"
    "X_fit, X_val, y_fit, y_val = train_test_split(X_tr, y_tr, random_state=0)\nbest, kept = 0, None\n"
    "for c in [0.1, 1, 10]:\n    m = LogisticRegression(C=c).fit(X_fit, y_fit)\n"
    "    s = roc_auc_score(y_val, m.predict(X_val))\n    if s > best:\n        best, kept = s, c\n"
    "final = LogisticRegression(C=kept).fit(X_tr, y_tr)\nprint(roc_auc_score(y_te, final.predict(X_te)))\n"
)
FROM_DICT = SPLIT.replace(
    "    m = LogisticRegression(C=c)", "    given = {**base, 'C': c}\n    m = LogisticRegression(**given)"
)
ONE_SET = SPLIT.partition("final =")[0]


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "folds by hand", FOLDS),
        ("met", "through functions of its own", HELPERS),
        ("met", "in one line",
         START + "print([cross_val_score(LogisticRegression(C=c), X, y).mean() for c in (1, 9)])\n"),
        ("partly", "one split of the training rows", SPLIT),
        ("partly", "settings in a dict", FROM_DICT),
        ("partly", "nothing but the rows that choose", ONE_SET),
        ("not_met", "the loop goes over folds alone", FOLDS.replace("C=c", "")),
        ("not_met", "the loop goes over seeds", FOLDS.replace("C=c", "random_state=c")),
        ("partly", "folds elsewhere in the work, another model in the loop",
         START + "for c in [1, 9]:\n    LogisticRegression(C=c).fit(X, y)\n"
         "print(cross_val_score(LogisticRegression(C=3), X, y))\n"),
        ("partly", "a function is called in the loop with other than its settings",
         START + "def run(rows):\n    return cross_val_score(LogisticRegression(C=3), rows, y)\n"
         "for c in [1, 9]:\n    print(run(X[:c]))\n"),
    ],
)  # fmt: skip
def test_a_loop_over_settings_is_a_search(expected: str, about: str, code: str) -> None:
    assert verdict(SEARCHED, work(code)) == expected, about


def test_the_reason_says_what_judges_the_settings() -> None:
    assert "one split" in finding(SEARCHED, work(SPLIT)).reason
    assert "one split" in finding(SEARCHED, work(FROM_DICT)).reason
    alone = finding(SEARCHED, work(ONE_SET))
    assert "by hand" not in alone.reason
    assert "only the result" in alone.reason


@pytest.mark.parametrize(
    ("expected", "code"),
    [("partly", FOLDS), ("partly", SPLIT), ("not_met", ONE_SET), ("not_met", FOLDS.replace("C=c", ""))],
)
def test_one_kind_is_tuned_by_a_loop_as_by_a_search(expected: str, code: str) -> None:
    assert verdict(SEVERAL, work(code)) == expected


def test_the_settings_of_a_network_are_where_it_is_trained() -> None:
    found = finding(SEARCHED, work(TRAINED))
    assert "torch.optim.Adam" in found.evidence[0].text
