"""What the criteria of evaluation say of small works."""

from __future__ import annotations

import pytest
from rubric_evidence import Case, cases_of, finding, hidden, leaking, missing_verdicts, notebook, work

case = cases_of("evaluation")

START = (
    "import pandas as pd\nfrom sklearn.model_selection import *\nfrom sklearn.metrics import *\n"
    "from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor\n"
    "frame = pd.read_csv('data/train.csv')\nX, y = frame.drop(columns='y'), frame['y']\n"
)
SPLIT = START + "a, b, c, d = train_test_split(X, y, random_state=0)\n"
FITTED = SPLIT + "model = RandomForestClassifier()\nmodel.fit(a, c)\n"
SCORED = FITTED + "print(roc_auc_score(d, model.predict_proba(b)[:, 1]))\n"
ACCURACY = FITTED + "print(accuracy_score(d, model.predict(b)))\n"
FOLDS = START + "print(cross_val_score(RandomForestClassifier(), X, y, scoring='roc_auc'))\n"
UNSPLIT = START + "model = RandomForestClassifier()\nmodel.fit(X, y)\n"
ON_TRAINING = START + "model = RandomForestClassifier().fit(X, y); print(roc_auc_score(y, model.predict(X)))\n"
LOOKING = "import pandas as pd\nprint(pd.read_csv('data/train.csv').describe())\n"
# As in public notebooks: a heading for everything, metrics imported and not used.
HEADINGS = notebook(
    "# %% md\n# Evaluation\n## Cross-validation\n## Confusion matrix\nThe ROC AUC is 0.97 on held-out data.",
    "import pandas as pd\nfrom sklearn.metrics import roc_auc_score, confusion_matrix\n"
    "from sklearn.model_selection import train_test_split, cross_val_score, StratifiedKFold",
    "from xgboost import XGBClassifier\ndf = pd.read_csv('/content/a.csv')\nclf = XGBClassifier()\nclf.fit(df, df.y)",
    "# cross_val_score(clf, df, df.y, scoring='roc_auc')\ndef report():\n    confusion_matrix(df.y, clf.predict(df))",
)

CASES = [
    case("multi_test_leakage", "not_met", "a leak was found", leaking("multi_test", SCORED)),
    case("multi_test_leakage", "met", "one score on the test rows", SCORED),
    case("multi_test_leakage", "not_applicable", "nothing is scored", FITTED),
    case("scored_on_training_data", "not_met", "a leak was found", leaking("scored_on_training_data", UNSPLIT)),
    case("scored_on_training_data", "met", "scored on held-out rows", SCORED),
    case("scored_on_training_data", "not_applicable", "nothing is scored", UNSPLIT),
    case("held_out_evaluation", "met", "split and scored", SCORED),
    case("held_out_evaluation", "met", "folds", FOLDS),
    case("held_out_evaluation", "partly", "split, but never scored", FITTED),
    case("held_out_evaluation", "not_met", "no split", UNSPLIT),
    case("held_out_evaluation", "not_met", "only claimed under a heading", {"solution.ipynb": HEADINGS}),
    case("held_out_evaluation", "not_applicable", "no model", LOOKING),
    case("cross_validated", "met", "folds", FOLDS),
    case("cross_validated", "partly", "one split", SCORED),
    case("cross_validated", "not_met", "no split", UNSPLIT),
    case("cross_validated", "not_met", "commented out", {"solution.ipynb": HEADINGS}),
    case("cross_validated", "not_applicable", "no model", LOOKING),
    case("fitting_metric", "met", "ROC AUC", SCORED),
    case("fitting_metric", "met", "the assignment's own", SCORED, hidden=(hidden(metric="roc_auc"),)),
    case("fitting_metric", "met", "accuracy, where the assignment asks for it", ACCURACY,
         hidden=(hidden(metric="accuracy"),)),
    case("fitting_metric", "partly", "another than the assignment's", FITTED + "f1_score(d, model.predict(b))\n",
         hidden=(hidden(metric="roc_auc"),)),
    case("fitting_metric", "partly", "accuracy alone", ACCURACY),
    case("fitting_metric", "partly", "the model's own score", FITTED + "print(model.score(b, d))\n"),
    case("fitting_metric", "not_met", "nothing is measured", UNSPLIT),
    case("fitting_metric", "not_met", "metrics are imported and not used", {"solution.ipynb": HEADINGS}),
    case("fitting_metric", "not_applicable", "no model", LOOKING),
    case("error_analysis", "met", "a confusion matrix", FITTED + "print(confusion_matrix(d, model.predict(b)))\n"),
    case("error_analysis", "met", "a display", FITTED + "RocCurveDisplay.from_estimator(model, b, d)\n"),
    case("error_analysis", "not_met", "one number", SCORED),
    case("error_analysis", "not_met", "in a function that nobody calls", {"solution.ipynb": HEADINGS}),
    case("error_analysis", "not_applicable", "no model", LOOKING),
    case("split_keeps_shares", "met", "stratified",
         START + "a, b = train_test_split(X, stratify=y)\nRandomForestClassifier().fit(a, b)\n"),
    case("split_keeps_shares", "met", "folds of a classifier", FOLDS),
    case("split_keeps_shares", "not_met", "left to chance", SCORED),
    case("split_keeps_shares", "not_applicable", "a quantity is predicted",
         SPLIT + "RandomForestRegressor().fit(a, c)\n"),
]  # fmt: skip


@pytest.mark.parametrize("given", CASES, ids=str)
def test_verdict(given: Case) -> None:
    found = finding(given.criterion, given.evidence())
    assert found.verdict == given.verdict, found.reason


def test_every_verdict_that_a_criterion_can_give_is_shown() -> None:
    assert missing_verdicts("evaluation", CASES) == {}


def test_results_on_training_rows_alone_are_no_held_out_evaluation() -> None:
    evidence = work(ON_TRAINING)
    (score,) = [call for call in evidence.code.calls if call.name.endswith("roc_auc_score")]
    leak = leaking("scored_on_training_data", ON_TRAINING).code.leaks[0].model_copy(update={"spans": (score.span,)})
    code = evidence.code.model_copy(update={"leaks": (leak,)})
    found = finding("evaluation.held_out_evaluation", evidence.model_copy(update={"code": code}))
    assert found.verdict == "not_met"
    assert "trained on" in found.reason


def test_a_metric_is_named_in_words() -> None:
    assert "ROC AUC" in finding("evaluation.fitting_metric", work(SCORED)).reason
