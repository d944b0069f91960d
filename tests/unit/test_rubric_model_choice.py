"""What the criteria of model choice say of small works."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, leaking, missing_verdicts, notebook, work

case = cases_of("model_choice")

START = (
    "import pandas as pd\nfrom sklearn.model_selection import *\nfrom sklearn.linear_model import LogisticRegression\n"
    "from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor\n"
    "from sklearn.dummy import DummyClassifier\nfrom sklearn.metrics import roc_auc_score, mean_squared_error\n"
    "from sklearn.preprocessing import StandardScaler\nfrom sklearn.pipeline import make_pipeline\n"
    "frame = pd.read_csv('data/train.csv')\nX, y = frame.drop(columns='y'), frame['y']\n"
)
FOREST = START + "forest = RandomForestClassifier()\nforest.fit(X, y)\n"
LOGISTIC = START + "model = LogisticRegression()\nmodel.fit(X, y)\n"
LOOP = START + (
    "models = {'dummy': DummyClassifier(), 'forest': RandomForestClassifier(random_state=0)}\n"
    "for name, model in models.items():\n    print(name, cross_val_score(model, X, y, scoring='roc_auc').mean())\n"
)
SEARCH = START + (
    "search = GridSearchCV(RandomForestClassifier(random_state=0), {'max_depth': [3, 5]}, cv=5)\nsearch.fit(X, y)\n"
)
NO_MODEL = "import pandas as pd\nprint(pd.read_csv('data/train.csv').describe())\n"
# As in public notebooks: many imports, one model, and markdown that claims a comparison.
CLAIMS = notebook(
    "# %% md\n## Model comparison\nI compared DummyClassifier, LogisticRegression and XGBoost with GridSearchCV.",
    "import pandas as pd, numpy as np\nfrom sklearn.dummy import DummyClassifier\n"
    "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import GridSearchCV",
    "df = pd.read_csv('train.csv')\ndummy = DummyClassifier()  # baseline",
    "rf = RandomForestClassifier(n_estimators=500)\nrf.fit(df.drop('y', axis=1), df.y)",
)

CASES = [
    case("baseline_compared", "met", "a dummy in the same loop", LOOP),
    case("baseline_compared", "met", "a simple model beside the forest", FOREST + "LogisticRegression().fit(X, y)\n"),
    case("baseline_compared", "not_met", "one model", FOREST),
    case("baseline_compared", "not_met", "the dummy is made and forgotten", {"solution.ipynb": CLAIMS}),
    case("baseline_compared", "not_applicable", "no model", NO_MODEL),
    case("several_models", "met", "two kinds", FOREST + "LogisticRegression().fit(X, y)\n"),
    case("several_models", "partly", "one kind, tuned", SEARCH),
    case("several_models", "not_met", "one kind", FOREST),
    case("several_models", "not_met", "a dummy is no alternative", LOOP),
    case("several_models", "not_met", "a comparison that is only claimed", {"solution.ipynb": CLAIMS}),
    case("several_models", "not_applicable", "no model", NO_MODEL),
    case("hyperparameters_searched", "met", "a grid on folds", SEARCH),
    case("hyperparameters_searched", "partly", "set by hand", {"solution.ipynb": CLAIMS}),
    case("hyperparameters_searched", "not_met", "as they come", FOREST),
    case("hyperparameters_searched", "not_met", "a seed alone is no setting",
         START + "RandomForestClassifier(random_state=0, n_jobs=-1).fit(X, y)\n"),
    case("hyperparameters_searched", "not_met", "chosen on the test rows", leaking("multi_test", SEARCH)),
    case("hyperparameters_searched", "not_applicable", "no model", NO_MODEL),
    case("suits_the_task", "met", "a classifier by ROC AUC", FOREST + "roc_auc_score(y, forest.predict(X))\n"),
    case("suits_the_task", "not_met", "a regressor by ROC AUC",
         START + "m = RandomForestRegressor().fit(X, y)\nroc_auc_score(y, m.predict(X))\n"),
    case("suits_the_task", "met", "a regressor by its squared error",
         START + "m = RandomForestRegressor().fit(X, y)\nmean_squared_error(y, m.predict(X))\n"),
    case("suits_the_task", "not_applicable", "nothing is measured", FOREST),
    case("scaled_where_needed", "met", "a scaler before a linear model",
         START + "make_pipeline(StandardScaler(), LogisticRegression()).fit(X, y)\n"),
    case("scaled_where_needed", "not_met", "a linear model on raw features", LOGISTIC),
    case("scaled_where_needed", "not_applicable", "trees only", FOREST),
    case("seeded", "met", "a seed each", LOOP),
    case("seeded", "met", "one seed for all", "import numpy as np\nnp.random.seed(0)\n" + FOREST),
    case("seeded", "partly", "the split is seeded, the forest is not",
         FOREST + "a, b = train_test_split(X, random_state=0)\n"),
    case("seeded", "not_met", "no seed", FOREST),
    case("seeded", "not_met", "the seed is None", START + "RandomForestClassifier(random_state=None).fit(X, y)\n"),
    case("seeded", "not_applicable", "nothing random", LOGISTIC),
]  # fmt: skip


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("model_choice", CASES) == {}


def test_models_are_named_so_that_a_reviewer_can_check() -> None:
    found = finding("model_choice.several_models", work(FOREST))
    assert "RandomForestClassifier" in found.reason
    assert found.evidence[0].line == FOREST.count("\n") - 1


def test_models_in_a_function_that_nobody_calls_do_not_count() -> None:
    unused = "def compare():\n    LogisticRegression().fit(X, y)\n    DummyClassifier().fit(X, y)\n"
    assert finding("model_choice.several_models", work(FOREST + unused)).verdict == "not_met"
    assert finding("model_choice.several_models", work(FOREST + unused + "compare()\n")).verdict == "met"
