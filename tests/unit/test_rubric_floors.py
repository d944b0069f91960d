"""What a model is compared with may be no estimator: a mean, or a rule on columns, scored as the model is."""

from __future__ import annotations

import pytest
from rubric_evidence import verdict, work

BASELINE, SIMPLEST = "model_choice.baseline_compared", "model_choice.simplest_good_model"
START = (
    "import numpy as np\nimport pandas as pd\nimport joblib\nfrom sklearn.dummy import DummyClassifier\n"
    "from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor\n"
    "from sklearn.linear_model import LogisticRegression\n"
    "from sklearn.metrics import f1_score, mean_absolute_error\nfrom sklearn.model_selection import train_test_split\n"
    "df = pd.read_csv('a.csv')\na, b, c, d = train_test_split(df[['x', 'state']], df['y'], random_state=0)\n"
)
PRICED = START + "said = RandomForestRegressor().fit(a, c).predict(b)\nprint(mean_absolute_error(d, said))\n"
CLASSED = START + "said = RandomForestClassifier().fit(a, c).predict(b)\nprint(f1_score(d, said))\n"
HELPED = START + (
    "def judge(truth, given):\n    return {'f1': f1_score(truth, given)}\n"
    "print(judge(d, RandomForestClassifier().fit(a, c).predict(b)))\n"
)
RULE = "rule = (b['state'] != 'fine').astype(int)\n"
SWAPPED = (
    "from sklearn.linear_model import LogisticRegression\nfrom sklearn.metrics import f1_score\n"
    "from prepare import load\nrows, more = load('a.csv'), load('b.csv')\ntruth = rows['y']\n"
    "model = LogisticRegression().fit(rows[['x']], truth)\n"
    "said = model.predict(rows[['x']])\nprint(f1_score(said, truth))\nsaid = model.predict(more[['x']])\n"
    "print(f1_score(said, more['y']))\n"
)
BY_HAND = START + (
    "def learn(rows, price):\n    model = RandomForestRegressor().fit(rows, price)\n"
    "    errors = abs(model.predict(rows) - price)\n    print(np.mean(errors))\n"
    "prices = np.array(c)\nfloor = abs(np.mean(prices) - prices)\nprint(np.mean(floor))\nlearn(a, prices)\n"
)

STEPPED = START + (
    "from statsmodels.tsa.arima.model import ARIMA\nfitted = ARIMA(c).fit()\nwhole = fitted.predict(b)\nstep = []\n"
    "seen = list(c)\nfor row in range(len(d)):\n    fitted = ARIMA(seen).fit()\n    day = {0}\n    step.append({0})\n"
    "print(mean_absolute_error(d, whole))\nprint(mean_absolute_error(d, step))\n"
)


@pytest.mark.parametrize(
    ("expected", "about", "code"),
    [
        ("met", "the mean's errors, averaged by hand", PRICED + "print(np.mean(np.abs(c.mean() - d)))\n"),
        ("met", "the squares of them", PRICED + "print(np.sqrt(np.mean((d - c.mean()) ** 2)))\n"),
        ("met", "the median, step by step", PRICED + "off = abs(d - np.median(c))\nprint('floor', off.mean())\n"),
        ("met", "both by hand", BY_HAND),
        ("not_met", "how far a feature is from its mean",
         PRICED + "print(np.mean(np.abs(df['x'] - df['x'].mean())))\n"),
        ("not_met", "errors that are not averaged", PRICED + "print(max(np.abs(d - c.mean())))\n"),
        ("not_met", "a mean that is only printed", PRICED + "print('baseline', c.mean())\n"),
        ("not_met", "it stands in a comment", PRICED + "# print(np.mean(np.abs(c.mean() - d)))\n"),
        ("met", "a rule by the same metric on the same rows", CLASSED + RULE + "print(f1_score(d, rule))\n"),
        ("met", "a rule by the same helper", HELPED + RULE + "print(judge(d, rule))\n"),
        ("met", "a rule in place", HELPED + "print(judge(d, (b['x'] > 3).astype(int)))\n"),
        ("met", "what is called a baseline, by the helper",
         HELPED + "baseline = lookup(b)\nprint(judge(d, baseline))\n"),
        ("met", "the value of the day before, one day after the other", STEPPED.format("seen[-1]")),
        ("met", "the same by a name", STEPPED.format("seen[-1]").replace("append(seen[-1])", "append(day)")),
        ("not_met", "a model's forecasts, one day after the other", STEPPED.format("fitted.forecast()[0]")),
        ("not_met", "the same by a name",
         STEPPED.format("fitted.forecast()[0]").replace("append(fitted.forecast()[0])", "append(day)")),
        ("not_met", "a list of which nobody can tell what is in it", STEPPED.replace("step.append({0})", "fill(step)")),
        ("not_met", "the truth where predictions belong, of tables that were not followed", SWAPPED),
        ("met", "and a rule beside it, in its place",
         SWAPPED + "rule = (rows['state'] != 'fine').astype(int)\nprint(f1_score(truth, rule))\n"
         "print(f1_score(truth, said))\n"),
        ("not_met", "a vote of several models",
         CLASSED + "other = RandomForestClassifier().fit(a, c).predict(b)\n"
         "majority = [max(votes) for votes in zip(said, other)]\nprint(f1_score(d, majority))\n"),
        ("met", "the class of most rows, by its name",
         CLASSED + "majority = [0] * len(d)\nprint(f1_score(d, majority))\n"),
        ("not_met", "a rule on other rows", CLASSED + RULE + "print(f1_score(c, rule))\n"),
        ("not_met", "a rule that is not scored", CLASSED + RULE + "print(rule.mean())\n"),
        ("not_met", "the model's own answers, cut",
         CLASSED + "sure = (said > 0.5).astype(int)\nprint(f1_score(d, sure))\n"),
        ("not_met", "the truth itself", HELPED + "again = (d > 0).astype(int)\nprint(judge(d, again))\n"),
        ("not_met", "the word in a title alone",
         CLASSED + "def show(title, truth, given):\n    print(title, f1_score(truth, given))\n"
         "show('baseline', d, said)\n"),
        ("not_met", "answers that could not be followed", HELPED + "other = load('them')\nprint(judge(d, other))\n"),
        ("not_met", "answers of one model after the other",
         HELPED + "for one in found.values():\n    cut = (one['p'] > 0.5).astype(int)\n    print(judge(d, cut))\n"),
    ],
)  # fmt: skip
def test_a_rule_is_a_baseline_where_it_is_scored_as_the_model_is(expected: str, about: str, code: str) -> None:
    assert verdict(BASELINE, work(code)) == expected, about


SAVED, ASKED = "joblib.dump(m, 'm.joblib')", "print(f1_score(d, m.predict(b)))"
QUICK = START + (
    "def main(quick):\n    if quick:\n        m = DummyClassifier().fit(a, c)\n        joblib.dump(m, 'm.joblib')\n"
    "        return\n    m = LogisticRegression().fit(a, c)\n    print(f1_score(d, m.predict(b)))\nmain(False)\n"
)


@pytest.mark.parametrize(
    ("expected", "simplest", "about", "code"),
    [
        ("partly", "not_applicable", "a stand-in that is saved", QUICK),
        ("met", "met", "a dummy that predicts", QUICK.replace(SAVED, ASKED)),
        ("met", "met", "a dummy among others", QUICK.replace(SAVED, "models.append(m)")),
        ("met", "met", "a dummy in a dict", QUICK.replace(SAVED, "models = {'floor': m}")),
    ],
)  # fmt: skip
def test_a_dummy_that_nothing_asks_is_no_comparison(expected: str, simplest: str, about: str, code: str) -> None:
    assert verdict(BASELINE, work(code)) == expected, about
    assert verdict(SIMPLEST, work(code)) == simplest, about
