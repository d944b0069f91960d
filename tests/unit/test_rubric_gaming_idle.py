"""Calls that work on nothing, and models that are made and put to no use, gain nothing; what is used later stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from rubric_evidence import notebook, verdict, work
from test_rubric_gaming import GOOD, IMPORTS, PLAIN, gained, marks

from grader.evidence import read_facts
from rubrics.reached import live_calls

MORE = (
    IMPORTS + "import numpy as np\nfrom sklearn.preprocessing import OneHotEncoder\n"
    "from sklearn.metrics import brier_score_loss\n"
)
IDLE = {
    "metrics of written numbers": "print(confusion_matrix([1], [1]), roc_auc_score([0, 1], [0, 1]))\n",
    "calibration of written numbers": "print(brier_score_loss([0, 1], [0.1, 0.9]))\n",
    "metrics of named numbers": "truth = [0, 1]\nsaid = np.array(truth)\nprint(confusion_matrix(truth, said))\n",
    "an empty table": "print(pd.DataFrame().duplicated(), pd.Series([1]).quantile(0.9))\n",
    "folds over zeros": "print(np.std(cross_val_score(LogisticRegression(), np.zeros((10, 1)), [0, 1] * 5)))\n",
    "a model of one row": "print(DummyClassifier().fit([[0]], [0]).score([[0]], [0]))\n",
    "a plot of numbers": "import matplotlib.pyplot as plt\npred = 1\nplt.plot(2 - pred)\n",
    "makers as statements": "SimpleImputer()\nmake_pipeline(SimpleImputer(), OneHotEncoder(handle_unknown='ignore'))\n",
    "a pipeline that is never fitted": "p = make_pipeline(SimpleImputer(), StandardScaler(), LogisticRegression())\n",
    "a pipeline that is only printed": "p = make_pipeline(SimpleImputer())\nprint(p, p.get_params())\n",
    "a search that is never fitted": "g = GridSearchCV(LogisticRegression(), {'C': [1, 2, 3]})\n",
    "a model in a list that nothing looks into": "m = [LogisticRegression()]\nm.append(SimpleImputer())\n",
    "an imputer fitted to one number": "SimpleImputer().fit_transform([[1]])\n",
    "looks that nobody is shown": "df.duplicated()\ndf['age'].quantile([0.01, 0.99])\ndf['churn'].value_counts()\n",
    "scores that nobody is shown": "confusion_matrix(df['churn'], model.predict(df))\nmodel.score(df, df['churn'])\n",
    "an attribute that nobody is shown": "model.feature_importances_\nmodel.coef_\n",
    "a search on made-up rows": "from sklearn.datasets import make_classification\nA, b = make_classification(20)\n"
    "g = GridSearchCV(LogisticRegression(), {'C': [1, 2]}, cv=5).fit(A, b)\nprint(g.best_score_)\n"
    "print(confusion_matrix(b, g.predict(A)))\n",
    "a table's own summary": "print(df.summary())\n",
    "metrics by name only": "def confusion_matrix(*a): pass\ndef permutation_importance(*a): pass\n"
    "print(confusion_matrix(df, df), permutation_importance(model, df))\n",
}  # fmt: skip


@pytest.mark.parametrize("code", IDLE.values(), ids=IDLE)
def test_decoration_gains_nothing(code: str) -> None:
    assert gained(marks(work(PLAIN)), marks(work(MORE + PLAIN + code))) == []


def test_a_search_over_one_setting_is_no_search() -> None:
    code = (
        IMPORTS + PLAIN + "g = GridSearchCV(RandomForestClassifier(), {}).fit(df, df['churn'])\nprint(g.best_score_)\n"
    )
    name = "model_choice.hyperparameters_searched"
    assert verdict(name, work(code.replace("{}", "{'max_depth': [3]}"))) == "not_met"
    assert verdict(name, work(code.replace("{}", "{'max_depth': [3, 5]}"))) == "met"


def test_only_the_last_expression_of_a_cell_is_shown() -> None:
    name = "data_preparation.target_looked_at"
    cells = (IMPORTS + PLAIN + "y = df['churn']\n", "y.value_counts()", "df['age'].mean()")
    assert verdict(name, work({"a.ipynb": notebook(*cells)})) == "met"
    assert verdict(name, work({"a.ipynb": notebook(cells[0], "\n".join(cells[1:]))})) != "met"


@pytest.mark.parametrize("mark", ["# %%\n", "# In[1]:\n", "get_ipython().run_line_magic('matplotlib', 'inline')\n"])
def test_a_script_of_cells_shows_its_expressions(mark: str) -> None:
    code = mark + IMPORTS + PLAIN + "y = df['churn']\ny.value_counts()\nmodel.feature_importances_\n"
    assert verdict("data_preparation.target_looked_at", work(code)) == "met"
    assert verdict("evaluation.features_interpreted", work(code)) == "met"


KEPT = {
    "numpy.random.seed": "import numpy as np\nnp.random.seed(0)",
    "pandas.read_csv": "import pandas as pd\ndf = pd.read_csv('a.csv')",
    "logging.info": "import logging\nlogging.info('started')",
    "os.getenv": "import os\npath = os.getenv('DATA')",
    "sklearn.model_selection.KFold": "from sklearn.model_selection import *\nkf = KFold(5)\nprint(kf.split(X))",
    "sklearn.svm.SVC": "from sklearn.svm import SVC\nmodels = [SVC()]\nfor m in models:\n    m.fit(X, y)",
    "sklearn.tree.DecisionTreeClassifier": "from sklearn.tree import DecisionTreeClassifier\n"
    "def make():\n    return DecisionTreeClassifier()\nm = make()",
    "sklearn.preprocessing.StandardScaler": "from sklearn.preprocessing import StandardScaler\n"
    "steps = []\nsteps.append(StandardScaler())\nrun(steps, X)",
    "sklearn.decomposition.PCA": "from sklearn.decomposition import PCA\nclass A:\n    def __init__(self):\n"
    "        self.pca = PCA()\nA()",
    "sklearn.ensemble.RandomForestClassifier": "from sklearn.ensemble import RandomForestClassifier as A\n"
    "from sklearn.pipeline import make_pipeline as b\np = b(A())\np.fit(X, y)",
    "sklearn.impute.SimpleImputer": "from sklearn.impute import SimpleImputer\nA = SimpleImputer().fit_transform(X)",
    "matplotlib.pyplot.show": "import matplotlib.pyplot as plt\nplt.show()",
    "sklearn.metrics.accuracy_score": "from sklearn.metrics import accuracy_score\nprint(accuracy_score(y, [1, 0]))",
    "keras.models.Sequential": "from keras.models import Sequential\nnet = Sequential()\nnet.fit(X, y)",
    "optuna.create_study": "import optuna\nstudy = optuna.create_study()\nstudy.optimize(objective, n_trials=20)",
    "pandas.DataFrame": "import pandas as pd\nrows = []\nfor x in files: rows.append(x)\npd.DataFrame(rows)",
}  # fmt: skip


@pytest.mark.parametrize(("name", "code"), KEPT.items(), ids=KEPT)
def test_what_is_used_is_not_idle(name: str, code: str) -> None:
    assert name in {call.name for call in live_calls(work(code + "\n"))}


def test_a_model_that_another_file_takes_is_used(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("from sklearn.svm import SVC\nmodel = SVC()\n")
    (tmp_path / "run.py").write_text("from model import model\nmodel.fit(X, y)\n")
    calls = read_facts(tmp_path, ["model.py", "run.py"]).calls
    assert not any(call.idle for call in calls)


def test_good_practice_on_the_data_is_not_idle() -> None:
    evidence = work(IMPORTS + "df = pd.read_csv('data/train.csv')\n" + GOOD)
    assert [call.name for call in evidence.code.calls if call.idle] == []


def test_made_up_rows_are_data_where_a_work_has_no_other() -> None:
    code = (
        "from sklearn.datasets import make_moons\nfrom sklearn.model_selection import train_test_split\n"
        "from sklearn.svm import SVC\nX, y = make_moons(500, random_state=0)\n"
        "A, B, a, b = train_test_split(X, y, stratify=y)\nprint(SVC().fit(A, a).score(B, b))\n"
    )
    assert verdict("evaluation.held_out_evaluation", work(code)) == "met"
    beside = "import pandas as pd\nprint(pd.read_csv('data/train.csv').describe())\n"
    assert verdict("evaluation.held_out_evaluation", work(beside + code)) != "met"


GESTURE = """import argparse, os
import pandas as pd
from sklearn.linear_model import LogisticRegression
def main():
    df = pd.read_csv('data/train.csv')
{line}    model = LogisticRegression().fit(df[['a', 'b']], df['churn'])
    pd.Series(model.predict(df[['a', 'b']])).to_csv('predictions.csv')
main()
"""


@pytest.mark.parametrize(
    ("name", "empty", "real"),
    [
        ("input_validated", "assert df is df", "assert 'a' in df.columns, 'a is missing'"),
        ("input_validated", "assert len(df) >= 0", "assert len(df) > 0"),
        ("input_validated", "if len(df) < 0:\n        raise ValueError('no')",
         "if len(df) < 9:\n        raise ValueError('few')"),
        ("configurable", "os.environ.get('SHARE')", "share = os.environ.get('SHARE')\n    print(share)"),
        ("configurable", "argparse.ArgumentParser().parse_args()",
         "args = argparse.ArgumentParser().parse_args()\n    print(args)"),
    ],
)  # fmt: skip
def test_a_gesture_that_comes_to_nothing_is_told_from_what_it_looks_like(name: str, empty: str, real: str) -> None:
    works = [work(GESTURE.replace("{line}", f"    {line}\n")) for line in (empty, real)]
    found = [verdict(f"production_readiness.{name}", each) for each in works]
    assert found == ["not_met", "met"]
