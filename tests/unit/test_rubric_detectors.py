"""Networks of Ultralytics: weights come by a name or a file, and training measures itself as it goes on."""

from __future__ import annotations

import pytest
from rubric_evidence import finding, verdict, work

MADE = "from ultralytics import YOLO\nmodel = YOLO('yolo11n.pt')\n"
TRAINED = MADE + "model.train(data='boxes.yaml', epochs=90)\n"
MEASURED = TRAINED + "found = model.val()\nprint(found.box.map)\n"
ASKED = "import sys\nfrom ultralytics import YOLO\nmodel = YOLO('boxes.pt')\nprint(model.predict(sys.argv[1]))\n"
TABLE = "import pandas as pd\nprint(pd.read_csv('runs/results.csv'))\n"


@pytest.mark.parametrize(
    ("criterion", "expected", "code"),
    [
        ("model_choice.several_models", "not_met", TRAINED),
        ("model_choice.several_models", "not_applicable", MADE + "print(model.predict('one.jpg'))\n"),
        ("model_choice.suits_the_task", "met", TRAINED),
        ("model_choice.hyperparameters_searched", "partly", TRAINED),
        ("model_choice.seeded", "not_applicable", TRAINED),  # it seeds its training by itself
        ("data_preparation.missing_values", "not_applicable", TRAINED + TABLE),
        ("evaluation.held_out_evaluation", "met", MEASURED),
        ("evaluation.held_out_evaluation", "met", TRAINED),
        ("evaluation.held_out_evaluation", "not_met", TRAINED.replace("epochs=90", "val=False")),
        ("evaluation.fitting_metric", "met", MEASURED),
        ("evaluation.fitting_metric", "partly", MEASURED.replace("yolo11n", "yolo11n-cls")),  # hits alone
        ("evaluation.error_analysis", "met", MEASURED),
        ("evaluation.error_analysis", "met", TRAINED + "model.val()\n"),  # it prints by itself
        ("evaluation.error_analysis", "needs_human", TRAINED),
        ("evaluation.scored_on_training_data", "needs_human", MEASURED),
        ("data_preparation.overlap_leakage", "not_applicable", MEASURED),  # the data's own file parts the rows
        ("production_readiness.model_kept", "partly", TRAINED),
    ],
)
def test_training_a_detector_is_read(criterion: str, expected: str, code: str) -> None:
    found = finding(criterion, work(code))
    assert found.verdict == expected, found.reason


def test_weights_that_another_program_reads_are_kept() -> None:
    kept = "production_readiness.model_kept"
    assert verdict(kept, work({"train.py": TRAINED, "ask.py": ASKED})) == "met"
    assert verdict(kept, work({"train.py": TRAINED, "ask.py": ASKED.replace("boxes.pt", "yolo11n.pt")})) == "partly"
    assert verdict(kept, work({"train.py": TRAINED + ASKED})) == "partly"
    assert verdict(kept, work(ASKED)) == "not_applicable"


def test_a_detector_that_is_only_loaded_is_no_model_beside_another() -> None:
    tuned = "from sklearn.linear_model import LogisticRegression\nfrom data import rows, truth\n"
    tuned += "model = LogisticRegression().fit(rows, truth)\nmodel.predict(rows)\n"
    found = finding("model_choice.several_models", work({"train.py": tuned, "ask.py": ASKED}))
    assert found.reason.startswith("One kind of model, LogisticRegression")
