"""Boosters that are trained by their library's own function, with their settings in a dict."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work

SPLIT = (
    "import pandas as pd\nimport xgboost as xgb\nfrom sklearn.metrics import mean_absolute_error, precision_score\n"
    "from sklearn.model_selection import train_test_split\nframe = pd.read_csv('data/train.csv')\n"
    "a, b, c, d = train_test_split(frame[['age', 'fee']], frame['left'], random_state=0)\n"
    "rows, others = xgb.DMatrix(a, label=c), xgb.DMatrix(b, label=d)\n"
)
PARAMS = "params = {'eta': 0.3, 'max_depth': 5, 'objective': 'binary:logistic'}\n"
TRAINED = "model = xgb.train(params, rows, 20)\nsaid = model.predict(others)\nprint(precision_score(d, said > 0.5))\n"
AGAIN = (
    "model.save_model('m.json')\nmodel = xgb.Booster()\nmodel.load_model('m.json')\n"
    "print(precision_score(d, model.predict(others) > 0.5))\n"
)
CLASSES = SPLIT + PARAMS + TRAINED
STRATIFIED = CLASSES.replace("random_state", "stratify=frame['left'], random_state")
UNSET = CLASSES.replace("'eta': 0.3, 'max_depth': 5, ", "'seed': 1, ")
QUANTITY = CLASSES.replace("binary:logistic", "reg:squarederror").replace("precision_score(d, said > 0.5)",
                                                                         "mean_absolute_error(d, said)")  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "expected", "code"),
    [
        ("data_preparation.split_fits_data", "not_met", CLASSES),
        ("data_preparation.split_fits_data", "met", STRATIFIED),
        ("data_preparation.split_fits_data", "not_applicable", QUANTITY),
        ("data_preparation.split_fits_data", "not_met",
         CLASSES.replace("(params, rows, 20)", "({'objective': 'binary:logistic'}, rows)")),
        ("data_preparation.split_fits_data", "not_applicable",
         CLASSES.replace("binary:logistic", "reg:logistic")),  # a share
        ("evaluation.decision_threshold", "not_met", CLASSES),
        ("evaluation.decision_threshold", "partly", CLASSES.replace("> 0.5", "> 0.3")),
        ("evaluation.decision_threshold", "not_applicable", QUANTITY),
        ("model_choice.hyperparameters_searched", "partly", CLASSES),
        ("model_choice.hyperparameters_searched", "not_met", UNSET),
        ("data_preparation.target_leakage", "met", CLASSES),
        ("data_preparation.target_leakage", "not_met", CLASSES.replace("frame[['age', 'fee']]", "frame")),
        ("data_preparation.target_leakage", "needs_human", CLASSES.replace(", label=c", "")),
    ],
)  # fmt: skip
def test_what_a_booster_is_told_in_a_dict_is_read(criterion: str, expected: str, code: str) -> None:
    found = finding(criterion, work(code))
    assert found.verdict == expected, found.reason


def test_a_booster_that_is_trained_and_read_back_under_its_name_is_a_model() -> None:
    for criterion in ("model_choice.several_models", "evaluation.held_out_evaluation", "evaluation.fitting_metric"):
        assert verdict(criterion, work(CLASSES + AGAIN)) == verdict(criterion, work(CLASSES)) != "not_applicable"


def test_a_booster_that_is_only_read_is_none() -> None:
    only_read = SPLIT + AGAIN.partition("\n")[2]
    assert verdict("model_choice.several_models", work(only_read)) == "not_applicable"
