"""Figures in words and in outputs: what is read as one, and when a claim is borne out, refuted or neither."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.evidence.claims import check_claims, read_claims, read_saved
from grader.evidence.figures import MAX_FIGURES, read_figures
from grader.evidence.notebooks import Notebook, read_notebook
from grader.evidence.outputs import SHARE, read_observed
from grader.model import Claim, Document, SavedText

RF, LR = "random forest", "logistic regression"


def figures(text: str, *, alone: bool = False) -> list[tuple[str, float, str]]:
    return [(item.metric, item.value, item.subject) for item in read_figures(text, "a.md", alone=alone)]


def readme(text: str) -> Document:
    return Document(path="README.md", kind="readme", text=text, words=len(text.split()))


def claims(text: str, printed: str) -> list[Claim]:
    """Return what becomes of a README's claims after a run that printed `printed`."""
    return list(check_claims(*read_claims([readme(text)], []), read_observed("train.py", None, printed)))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("accuracy of 0.87", [("accuracy", 0.87, "")]),
        ("Test AUC: 91.2 %", [("ROC AUC", 0.912, "")]),
        ("We reach 87% accuracy and an F1 of 0.6.", [("accuracy", 0.87, ""), ("F1", 0.6, "")]),
        ("ROC AUC (5-fold): 0.8312 +/- 0.01", [("ROC AUC", 0.8312, "")]),
        ("XGBClassifier: mean AUC = 0.8455 (std 0.012)", [("ROC AUC", 0.8455, "XGBoost")]),
        ("RMSE: 24,500", [("RMSE", 24500, "")]),
        ("XGBoost (80.77% accuracy, 0.85 AUC)", [("accuracy", 0.8077, "XGBoost"), ("ROC AUC", 0.85, "XGBoost")]),
        ("- **Accuracy**: `80.77%`", [("accuracy", 0.8077, "")]),
        ("RMSE on the 5 folds of 2019", []),
        ("The accuracy was good. In 2019 there were 5.5 people", []),
        ("accuracy = 1e999", []),
        ("Accuracy de 91,5 % en test", []),  # a decimal comma is left alone, its last digits are no figure
        ("RMSE: 0,354", []),
        ("We use a macro-averaged approach; 0.5 of rows", []),
        ("LR reaches 0.93 AUC", [("ROC AUC", 0.93, "logistic regression")]),
        ("LR: RMSE 3.1", [("RMSE", 3.1, "linear regression")]),
        ("RF reaches 0.99 AUC on the test set, LR 0.93.", [("ROC AUC", 0.99, RF), ("ROC AUC", 0.93, LR)]),
        ("Logistic regression has an AUC of 0.93, random forest 0.99.", [("ROC AUC", 0.93, LR), ("ROC AUC", 0.99, RF)]),
        ("AUC of 0.99 for RF and 0.93 for LR", [("ROC AUC", 0.99, RF), ("ROC AUC", 0.93, LR)]),
        (
            "RF (0.80 accuracy, 0.85 AUC), LR (0.70 accuracy)",
            [("accuracy", 0.8, RF), ("ROC AUC", 0.85, RF), ("accuracy", 0.7, LR)],
        ),
        ("RF beats LR with 0.99 AUC", [("ROC AUC", 0.99, "")]),  # whose it is, nobody says
        ("RF has an AUC of 0.85 with LR 0.05", [("ROC AUC", 0.85, RF)]),  # a learning rate
        ("RF has an AUC of 0.85 and an F1 of 0.6, LR 0.7", [("ROC AUC", 0.85, RF), ("F1", 0.6, RF)]),
        ("5.5 GB, and a DT index; AUC 0.8", [("ROC AUC", 0.8, "decision tree")]),
    ],
)
def test_a_metric_with_its_number_is_a_figure(text: str, found: list[tuple[str, float, str]]) -> None:
    assert figures(text) == found


def test_a_table_is_read_by_its_header() -> None:
    table = "| Model | Accuracy | AUC |\n|---|---|---|\n| Logistic Regression | 0.80 | 0.84 |\n"
    table += "| XGBoost | **0.82** | 0.86 |"
    assert figures(table) == [
        ("ROC AUC", 0.84, "logistic regression"),
        ("accuracy", 0.80, "logistic regression"),
        ("ROC AUC", 0.86, "XGBoost"),
        ("accuracy", 0.82, "XGBoost"),
    ]


def test_a_printed_frame_and_a_classification_report_are_tables_too() -> None:
    frame = "                 model  accuracy    auc\n0   LogisticRegression    0.8012  0.8421\n"
    assert ("ROC AUC", 0.8421, "logistic regression") in figures(frame)
    report = "           precision    recall  f1-score   support\n\n       1      0.66      0.55      0.60      373\n"
    assert figures(report) == [("F1", 0.6, ""), ("recall", 0.55, ""), ("precision", 0.66, "")]


def test_a_number_alone_counts_in_outputs_only() -> None:
    assert figures("0.8731") == []
    assert figures("0.8731", alone=True) == [("", 0.8731, "")]
    assert figures("RandomForest 0.8731", alone=True) == [("", 0.8731, "random forest")]


def test_a_claim_that_the_run_repeats_agrees() -> None:
    (claim,) = claims("The test accuracy is 0.87.", "accuracy 0.8671")
    assert (claim.agrees, claim.observed, claim.tolerance) == (True, 0.8671, 0.01)


def test_a_claim_that_the_run_refutes_says_by_what() -> None:
    (claim,) = claims("The test accuracy is 0.97.", "train accuracy 0.99\ntest accuracy 0.8671")
    assert (claim.agrees, claim.observed) == (False, 0.8671)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("The training accuracy is 0.97.", "test accuracy 0.81"),
        ("The accuracy is 0.81.", "train accuracy: 0.97"),
        ("5-fold CV accuracy: 0.84", "accuracy 0.81"),
        ("The validation AUC is 0.84.", "AUC 0.81"),
        ("| Model | AUC |\n|---|---|\n| XGBoost | 0.84 |", "Random forest AUC: 0.81"),
        ("| Model | AUC |\n|---|---|\n| XGBoost | 0.84 |", "AUC: 0.81"),
    ],
)
def test_a_figure_of_other_rows_or_of_another_model_refutes_nothing(text: str, printed: str) -> None:
    assert [claim.agrees for claim in claims(text, printed)] == [None]


@pytest.mark.parametrize("printed", ["", "done", "ROC AUC 0.7", "0.5512"])
def test_a_claim_with_nothing_comparable_is_neither(printed: str) -> None:
    (claim,) = claims("The test accuracy is 0.97.", printed)
    assert claim.agrees is None


def test_a_claim_of_a_model_is_held_against_the_figures_of_that_model() -> None:
    printed = "LR AUC 0.9727\nRF AUC 0.9820"
    assert [claim.agrees for claim in claims("LR reaches 0.98 AUC.", "LR AUC 0.9527\nRF AUC 0.9820")] == [False]
    right, wrong = claims("RF reaches 0.98 AUC on the test set, LR 0.80.", printed)
    assert (right.observed, right.agrees) == (0.9820, True)
    assert (wrong.claimed, wrong.observed, wrong.agrees) == ("ROC AUC 0.8 of logistic regression", 0.9727, False)


def test_a_claim_of_a_model_can_be_borne_out_where_the_run_names_none() -> None:
    assert [claim.agrees for claim in claims("LR reaches 0.98 AUC.", "--- LR ---\nAUC 0.9820")] == [True]
    assert [claim.agrees for claim in claims("LR reaches 0.98 AUC.", "LR AUC 0.95\nfinal AUC 0.9820")] == [None]
    assert [claim.agrees for claim in claims("LR reaches 0.98 AUC.", "LR train AUC 0.95\nAUC 0.9820")] == [True]


def test_a_number_that_is_printed_without_a_name_can_bear_a_claim_out() -> None:
    (claim,) = claims("The test accuracy is 0.87.", "0.8671")
    assert claim.agrees


@pytest.mark.parametrize(
    "text",
    [
        "We need an accuracy of at least 0.9.",
        "The baseline has an AUC of 0.73.",
        "If accuracy is 0.9, we ship it.",
        "- Model accuracy > 0.9",
    ],
)
def test_goals_baselines_and_conditions_claim_nothing(text: str) -> None:
    assert claims(text, "accuracy 0.5\nAUC 0.5") == []


def test_the_tolerance_is_half_of_the_last_digit_where_that_is_more() -> None:
    assert claims("RMSE: 100", "RMSE 101.9")[0].agrees
    assert not claims("RMSE: 100", "RMSE 102.6")[0].agrees
    assert claims("F1 of 0.6", "F1 0.645")[0].agrees


def test_a_ranking_is_held_against_the_figures_of_each_model() -> None:
    printed = "Random Forest accuracy: 0.80\nLogistic Regression accuracy: 0.84\n"
    (wrong,) = claims("Random Forest outperforms Logistic Regression.", printed)
    (right,) = claims("Logistic regression performed best.", printed)
    assert (wrong.agrees, right.agrees) == (False, True)


def test_what_a_model_reaches_on_its_training_rows_ranks_nothing() -> None:
    printed = "Random Forest train accuracy: 1.00, test accuracy: 0.80\nLogistic Regression accuracy: 0.84\n"
    printed += "Random Forest accuracy: 0.80\n"
    assert [claim.agrees for claim in claims("Logistic regression performed best.", printed)] == [True]


def test_of_an_error_less_is_better() -> None:
    printed = "Ridge RMSE: 3.1\nLasso RMSE: 2.9\n"
    assert claims("Lasso has the lowest RMSE.", printed)[-1].agrees
    assert not claims("Ridge was the best.", printed)[-1].agrees


def test_a_model_that_is_called_behind_is_held_against_the_others() -> None:
    printed = "Random Forest AUC: 0.80\nLogistic Regression AUC: 0.84\n"
    (right,) = claims("The forest is a bit behind on AUC, but I keep it.", printed)
    (wrong,) = claims("LR was behind RF.", printed)
    assert (right.agrees, wrong.agrees) == (True, False)
    assert claims("With scaling LR performed worse.", printed) == [], "worse than with what, nobody says"


@pytest.mark.parametrize(
    "text",
    ["Random Forest did not perform the best.", "Is random forest the best model?", "XGBoost is the best model."],
)
def test_a_denial_a_question_and_a_model_that_was_not_seen_are_no_false_conclusions(text: str) -> None:
    printed = "Random Forest accuracy: 0.80\nLogistic Regression accuracy: 0.84\n"
    assert [claim.agrees for claim in claims(text, printed) if claim.agrees is not None] == []


def test_a_notebooks_text_is_read_with_its_cell() -> None:
    cells = [{"cell_type": "code", "source": "1"}, {"cell_type": "markdown", "source": "# Result\nAUC: 0.9"}]
    book = read_notebook("a.ipynb", json.dumps({"cells": cells}))
    assert isinstance(book, Notebook)
    ((figure,), _) = read_claims([], [book])
    assert (figure.span.cell, figure.span.line) == (1, 2)


def test_saved_outputs_claim_what_they_name() -> None:
    (figure,) = read_saved([SavedText(path="a.ipynb", cell=3, text="0.5\nAUC: 0.91")])
    assert (figure.value, figure.span.cell) == (0.91, 3)


def executed(*texts: object) -> bytes:
    outputs = [{"output_type": "stream", "name": "stdout", "text": text} for text in texts]
    return json.dumps({"cells": [{"cell_type": "code", "outputs": outputs}]}).encode()


def test_an_executed_notebook_is_read_cell_by_cell() -> None:
    (figure,) = read_observed("a.ipynb", executed(["accuracy ", "0.8\n"]), "accuracy 0.1")
    assert (figure.value, figure.span.cell) == (0.8, 0)
    assert figure.span.line is None, "a line of an output is no line of the cell's code"


def test_the_share_of_the_smallest_class_is_read_from_printed_counts() -> None:
    counts = "churn\n0    4139\n1    1495\nName: count, dtype: int64"
    (share,) = [item for item in read_observed("a.py", None, counts) if item.metric == SHARE]
    assert (share.subject, round(share.value, 3)) == ("churn", 0.265)


@pytest.mark.parametrize(
    "data",
    [b"", b"[", b"[1]", b"{}", b'{"cells": 3}', b'{"cells": [3, {"outputs": 5}, {"outputs": [4, {"text": 7}]}]}',
     b"[" * 100_000],
)  # fmt: skip
def test_a_notebook_out_of_shape_shows_nothing(data: bytes) -> None:
    assert read_observed("a.ipynb", data, "") == ()


def test_a_flood_of_figures_is_cut() -> None:
    assert len(read_observed("a.py", None, "accuracy 0.5\n" * 100_000)) == MAX_FIGURES


@settings(max_examples=200, deadline=20_000)
@given(st.text(alphabet="accuryF1 0.95%|:-\n()[],eE+", max_size=400))
def test_no_text_breaks_the_reader(text: str) -> None:
    for figure in read_figures(text, "a", alone=True):
        assert figure.value == figure.value


@pytest.mark.parametrize(
    "text",
    [
        "El ROC AUC debería ser de 0.91 en producción.",
        "O objetivo era um ROC AUC de 0.91 no teste.",
        "Il faut un ROC AUC d'au moins 0.91 sur le test.",
        "Der ROC AUC soll mindestens 0.91 betragen.",
        "L'obiettivo: ROC AUC 0.91 sul test.",
        "ROC AUC должен быть не менее 0.91 на тесте.",
        "目标是测试集 ROC AUC 至少 0.91。",
    ],
)
def test_a_goal_is_no_claim_in_any_language(text: str) -> None:
    assert claims(text, "ROC AUC 0.71") == []


@pytest.mark.parametrize(
    "text",
    [
        "ROC AUC 0.99 en el conjunto de entrenamiento.",
        "ROC AUC 0.99 no conjunto de treino.",
        "ROC AUC 0.99 sur le jeu d'entraînement.",
        "ROC AUC 0.99 auf den Trainingsdaten.",
        "ROC AUC 0.99 sui dati di addestramento.",
        "ROC AUC 0.99 на обучающей выборке.",
        "训练集 ROC AUC: 0.99",
        "ROC AUC 0.99 con validación cruzada.",
        "交叉验证 ROC AUC: 0.99",
    ],
)
def test_a_figure_of_other_rows_is_not_held_against_the_test_part_in_any_language(text: str) -> None:
    (claim,) = claims(text, "ROC AUC 0.71")
    assert claim.agrees is None
