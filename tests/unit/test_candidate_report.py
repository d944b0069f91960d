"""What a candidate reads of their result tells nothing of the hidden rows that another candidate could use."""

from __future__ import annotations

import pytest
from rubric_evidence import hidden, plan, work
from stored_reports import report_of

from grader.model import (
    AssignmentRef,
    CriterionResult,
    DimensionResult,
    Evidence,
    MessyCount,
    Span,
    StressResult,
    Weights,
)
from grader.pipeline import Terms, rescore
from grader.plugins import built_in_criteria, load_rubric
from grader.report.candidate import for_candidate
from grader.scoring import rubric_digest

CODE = """
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.metrics import accuracy_score
data = pd.read_csv("data/train.csv")
X_train, X_val, y_train, y_val = train_test_split(data.drop(columns="y"), data["y"], random_state=0)
model = LogisticRegression().fit(X_train, y_train)
print(accuracy_score(y_val, model.predict(X_val)))
pd.Series(model.predict(pd.read_csv("data/test.csv"))).to_csv("predictions.csv")
"""


def evidence(value: float, rare: int, rows: int, other: int, messy: int, valid: int) -> Evidence:
    """Return the evidence of a run with these figures of hidden rows, `other` of them predicted otherwise later."""
    result = hidden(value, metric="accuracy").model_copy(
        update={"rows": rows, "histogram": ((0.0, rows - rare, 0), (1.0, 0, rare))}
    )
    second = StressResult(
        rows=rows, predicted=rows, identical=rows - other, messy=(MessyCount(kind="missing", rows=messy, valid=valid),)
    )
    return work(CODE, plan=plan(), has_hidden_data=True, hidden=(result,), stress=second)


ONE = evidence(0.8137, 171, 2347, 1213, 61, 23)
OTHER = evidence(0.7911, 299, 3011, 1602, 73, 31)


def reasons(given: Evidence) -> list[str]:
    rubric = load_rubric()
    terms = Terms(rubric, rubric_digest(rubric.criteria), Weights())
    report = rescore(report_of("a", AssignmentRef(slug="churn", version="1", digest="")), given, terms)
    return [item.model_dump_json() for part in report.dimensions for item in part.criteria]


def told(given: Evidence) -> str:
    rubric = load_rubric()
    terms = Terms(rubric, rubric_digest(rubric.criteria), Weights())
    report = rescore(report_of("a", AssignmentRef(slug="churn", version="1", digest="")), given, terms)
    parts = for_candidate(report, built_in_criteria()).dimensions
    return "\n".join(item.model_dump_json() for part in parts for item in part.criteria)


@pytest.mark.parametrize("figure", ["0.8137", "7%", "2,347", "1213", "61 messy"])
def test_no_reason_tells_a_figure_of_hidden_rows(figure: str) -> None:
    assert figure in "\n".join(reasons(ONE)), "reviewers are told it"
    assert figure not in told(ONE)


def test_other_hidden_rows_are_told_in_the_same_words() -> None:
    assert reasons(ONE) != reasons(OTHER)
    assert told(ONE) == told(OTHER)
    assert "random_state" in told(ONE), "what to do about it is told all the same"


@pytest.mark.parametrize("dimension", ["fairness", "evaluation"])
def test_of_what_a_plugin_judges_the_verdict_and_the_file_alone_are_told(dimension: str) -> None:
    place = Span(path="train.py", line=3, text="AUC of women on hidden rows: 0.71")
    judged = CriterionResult(
        id=f"{dimension}.women", title="It serves women too", weight=1, verdict="not_met", score=0,
        reason="On hidden rows: 0.71.", advice="It was 0.71.", evidence=(place,),
    )  # fmt: skip
    part = DimensionResult(id=dimension, title="A dimension", weight=0, score=0, criteria=(judged,))
    blank = report_of("a", AssignmentRef(slug="churn", version="1", digest=""))
    (shown,) = for_candidate(blank.model_copy(update={"dimensions": (part,)}), built_in_criteria()).dimensions
    assert "0.71" not in shown.model_dump_json()
    assert (shown.criteria[0].verdict, shown.criteria[0].evidence[0].line) == ("not_met", 3)
