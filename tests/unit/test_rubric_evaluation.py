"""What the criteria of evaluation say of small works."""

from __future__ import annotations

import cases_claims
import cases_decisions
import cases_errors
import cases_evaluation
import pytest
from cases_claims import BEST, CLAIMED
from cases_evaluation import ON_TRAINING, SCORED
from rubric_evidence import Case, claiming, finding, hidden, leaking, missing_verdicts, notebook, plan, ran, work

from grader.model import CellRun, EntryPoint

CASES = [*cases_evaluation.CASES, *cases_decisions.CASES, *cases_claims.CASES, *cases_errors.CASES]


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


def test_every_result_is_said_to_be_held_out_only_where_all_were_followed() -> None:
    other = "import joblib\nold = joblib.load('old.joblib')\nprint(roc_auc_score(y, old.predict(X)))\n"
    all_of_them = finding("evaluation.scored_on_training_data", work(SCORED))
    some = finding("evaluation.scored_on_training_data", work(SCORED + other))
    assert (all_of_them.verdict, some.verdict) == ("met", "met")
    assert all_of_them.reason == "Every result seen rests on rows that were held out."
    assert some.reason == (
        "The results that were followed rest on rows that were held out; one more could not be followed."
    )


@pytest.mark.parametrize("name", ["multi_test_leakage", "scored_on_training_data"])
def test_how_well_groups_are_told_apart_is_no_result_on_rows(name: str) -> None:
    start = "import pandas as pd\nfrom sklearn.cluster import KMeans\nfrom sklearn.metrics import f1_score, "
    groups = "silhouette_score\nX = pd.read_csv('a.csv')\ngroups = KMeans(3).fit(X)\n"
    told = "print(silhouette_score(X, groups.labels_))\n"
    assert finding(f"evaluation.{name}", work(start + groups + told)).verdict == "not_applicable"
    unknown = told + "import inhouse\nprint(f1_score(inhouse.truth(), inhouse.answers()))\n"
    assert finding(f"evaluation.{name}", work(start + groups + unknown)).verdict == "needs_human"


def test_a_metric_is_named_in_words() -> None:
    assert "ROC AUC" in finding("evaluation.fitting_metric", work(SCORED)).reason


def test_a_limit_is_cited_at_its_line_and_in_its_cell() -> None:
    text = cases_claims.LIMITED.replace("\n\n", "\n\n```python\nprint(1)\n```\n\n")
    book = notebook("# %% md\n# Churn", SCORED + "print(frame['tenure'].max())", "# %% md\n## Limits\n\n" + text)
    found = finding("evaluation.limits_written", work({"a.ipynb": book, "README.md": f"# Churn\n\n{text}"}))
    places = [(span.path, span.cell, span.line) for span in found.evidence]
    assert places == [("README.md", None, 3), ("README.md", None, 9), ("a.ipynb", 2, 3), ("a.ipynb", 2, 9)]


LEANING = "imp = pd.Series(model.feature_importances_)\nimp.iteritems()"


@pytest.mark.parametrize(
    ("cell", "run", "expected"),
    [
        (LEANING, CellRun(index=1, status="error", line=2), "needs_human"),  # nobody was shown them
        (LEANING, CellRun(index=1, status="not_run"), "needs_human"),
        (LEANING, CellRun(index=1, status="ok"), "met"),
        ("print(model.feature_importances_)\n1 / 0", CellRun(index=1, status="error", line=2), "met"),
    ],
)
def test_what_the_run_did_not_get_to_show_is_left_to_a_person(cell: str, run: CellRun, expected: str) -> None:
    evidence = work({"a.ipynb": notebook(cases_evaluation.FITTED, cell)}, plan=plan("a.ipynb"))
    done = ran().model_copy(update={"cells": (CellRun(index=0, status="ok"), run)})
    assert finding("evaluation.features_interpreted", evidence.model_copy(update={"run": done})).verdict == expected


def test_of_several_notebooks_only_the_one_that_failed_showed_nothing() -> None:
    books = {"a.ipynb": notebook("x = 1", "y = 2"), "b.ipynb": notebook(cases_evaluation.FITTED, LEANING)}
    both = plan("a.ipynb").model_copy(update={"then": (EntryPoint(kind="notebook", path="b.ipynb", reason=""),)})
    cells = [CellRun(path=path, index=index, status="ok") for path in books for index in (0, 1)]
    for failed, expected in ((1, "met"), (3, "needs_human")):
        ended = [
            cell.model_copy(update={"status": "error", "line": 2}) if n == failed else cell
            for n, cell in enumerate(cells)
        ]
        evidence = work(books, plan=both, run=ran().model_copy(update={"cells": tuple(ended)}))
        assert finding("evaluation.features_interpreted", evidence).verdict == expected


def test_a_metric_on_held_out_rows_is_cited_before_the_same_on_training_rows() -> None:
    both = "print(f1_score(c, model.predict(a)))\nprint(f1_score(d, model.predict(b)))\n"
    (place,) = finding("evaluation.fitting_metric", work(cases_evaluation.FITTED + both)).evidence
    assert place.text == "print(f1_score(d, model.predict(b)))"


def test_where_rows_are_ranked_it_is_said_that_no_threshold_is_asked_for() -> None:
    found = finding("evaluation.decision_threshold", work(cases_evaluation.BOTH, hidden=(hidden(metric="roc_auc"),)))
    assert found.reason == "The assignment's metric ranks rows, so no threshold is asked for."


def test_the_loop_over_thresholds_is_cited_and_not_the_curves_beside_it() -> None:
    curve = "fpr, tpr, _ = roc_curve(d, q)\n"
    (place,) = finding("evaluation.decision_threshold", work(cases_decisions.SWEPT + curve)).evidence
    assert "said = " in place.text


def test_a_figure_that_did_not_come_out_again_is_told_with_both_values_and_the_tolerance() -> None:
    found = finding("evaluation.claims_hold", claiming(CLAIMED, "ROC AUC 0.71"))
    assert found.reason == "Claimed: ROC AUC 0.91; the run came to 0.71 (tolerance 0.01)."
    assert (found.evidence[0].path, found.evidence[0].line) == ("README.md", 1)


def test_it_is_said_what_was_compared_with_what() -> None:
    said = {**CLAIMED, "README.md": "RF has a ROC AUC of 0.91, LR 0.84. The F1 is 0.5.\n"}
    found = finding("evaluation.claims_hold", claiming(said, "LR ROC AUC 0.8412\nRF ROC AUC 0.9071"))
    assert found.reason == (
        "2 of 3 claims came out again: ROC AUC 0.91 of random forest (the run: 0.9071); ROC AUC 0.84 of logistic "
        "regression (the run: 0.8412). The other 1 could not be compared."
    )


def test_a_conclusion_that_the_table_refutes_is_told_beside_a_wrong_figure() -> None:
    said = {**BEST, "README.md": "The random forest's ROC AUC is 0.95.\n\n" + BEST["README.md"]}
    found = finding("evaluation.claims_hold", claiming(said, "Random forest AUC: 0.8\nLogistic regression AUC: 0.9"))
    assert "ROC AUC 0.95 of random forest" in found.reason
    assert "random forest better than logistic regression; the figures of the run say otherwise" in found.reason
