"""The interview questions: specific, tied to places, the costliest first."""

from __future__ import annotations

from rubric_evidence import work

from grader.model import Evidence, FileEntry, Question, Span, Weights
from grader.plugins import Criterion, Finding, met, needs_human, not_applicable, not_met, partly
from grader.scoring import score

CODE = """import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
data = pd.read_csv("train.csv")
data = data.fillna(0)
X_train, X_test, y_train, y_test = train_test_split(data, y, stratify=y, random_state=1)
first = LogisticRegression().fit(X_train, y_train)
model = RandomForestClassifier(max_depth=4)
model.fit(X_train, y_train)
print(roc_auc_score(y_test, model.predict_proba(X_test)[:, 1]))
"""


def place(line: int) -> list[Span]:
    return [Span(path="churn.ipynb", cell=4, line=line)]


def questions(*findings: tuple[str, float, Finding]) -> list[Question]:
    return asked_of("", *findings)


def asked_of(code: str, *findings: tuple[str, float, Finding]) -> list[Question]:
    criteria = [Criterion(name, name, weight, lambda _, found=found: found, "") for name, weight, found in findings]  # type: ignore[misc]
    files = (FileEntry(path="churn.ipynb", bytes=9, sha256="0" * 64),)
    evidence = work(code).model_copy(update={"files": files}) if code else Evidence()
    return list(score(evidence, criteria, Weights(evaluation=10, code_quality=10)).questions)


def test_the_costliest_finding_is_asked_about_first_with_its_place() -> None:
    found = questions(
        ("evaluation.small", 1, not_met("A trifle.", evidence=place(1))),
        ("evaluation.large", 5, not_met("The scaler saw the test rows.", evidence=place(2))),
        ("evaluation.half", 5, partly("Half done.", evidence=place(3))),
    )
    assert [item.topic for item in found] == ["evaluation.large", "evaluation.half", "evaluation.small"]
    assert found[0].question.startswith("In churn.ipynb, cell 5, line 2: The scaler saw the test rows.")
    assert found[0].question.endswith("?")
    assert found[0].evidence == tuple(place(2))


def test_a_criterion_may_bring_its_own_question() -> None:
    found = questions(("evaluation.a", 1, not_met("Seen.", evidence=place(1), question="What about new rows?")))
    assert found[0].question.endswith("What about new rows?")


def test_no_more_than_eight_are_asked() -> None:
    many = [(f"evaluation.c{n}", 1.0, not_met("Seen.", evidence=place(n + 1))) for n in range(12)]
    assert len(questions(*many)) == 8
    assert len(asked_of(CODE, *many)) == 8


def test_what_was_chosen_is_asked_about_beside_what_went_wrong() -> None:
    many = [(f"evaluation.c{n}", 1.0, not_met("Seen.", evidence=place(n + 1))) for n in range(12)]
    topics = [item.topic for item in asked_of(CODE, *many)]
    assert topics[:5] == [f"evaluation.c{n}" for n in range(5)]
    assert topics[5:] == ["The model that was chosen", "The split", "The metric"]


def test_each_choice_is_asked_about_where_it_was_made_and_as_it_was_made() -> None:
    found = {item.topic: item for item in asked_of(CODE)}
    assert list(found) == ["The model that was chosen", "The split", "The metric", "Missing values"]
    model = found["The model that was chosen"]
    assert model.question.startswith("In train.py, line 10: The work settles for RandomForestClassifier(max_depth=4).")
    assert "over LogisticRegression" in model.question
    assert "train_test_split(random_state=1, stratify=y)" in found["The split"].question
    assert "fillna(0)" in found["Missing values"].question
    assert "roc_auc_score" in found["The metric"].question
    assert [item.evidence[0].line for item in found.values()] == [10, 8, 12, 7]


def test_a_line_that_a_finding_is_about_is_not_asked_about_again_as_a_choice() -> None:
    split = [Span(path="train.py", line=8)]
    found = asked_of(CODE, ("evaluation.split", 1, not_met("Not in time.", evidence=split)))
    assert "The split" not in [item.topic for item in found]


def test_no_line_is_asked_the_same_twice() -> None:
    found = questions(
        ("evaluation.a", 2, not_met("One.", evidence=place(1))),
        ("evaluation.b", 1, not_met("Another.", evidence=place(1))),
        ("evaluation.c", 1, not_met("Another.", evidence=place(1), question="Something else?")),
    )
    assert [item.topic for item in found] == ["evaluation.a", "evaluation.c"]


def test_every_question_says_what_a_good_answer_holds() -> None:
    own = not_met("Seen.", evidence=place(9), good_answer="That it is wrong.")
    found = asked_of(
        CODE,
        ("evaluation.own", 9, own),
        ("evaluation.scored_on_training_data", 8, not_met("Seen.", evidence=place(2), advice="Hold rows out.")),
        ("code_quality.open", 1, needs_human("Unclear.", evidence=place(3))),
        ("code_quality.good", 1, met("Good.", evidence=place(4))),
    )
    assert all(item.good_answer.endswith(".") for item in found)
    assert found[1].good_answer == "That it is wrong."
    assert "remembered" in found[0].good_answer
    assert found[0].good_answer.endswith("Here: Hold rows out.")


def test_what_is_open_is_asked_without_an_accusation() -> None:
    (found,) = questions(
        ("data_preparation.overlap_leakage", 3, needs_human("Rows could not be followed.", evidence=place(1)))
    )
    assert "learnt from" not in found.good_answer


def test_the_same_work_is_asked_the_same() -> None:
    assert asked_of(CODE) == asked_of(CODE)


def test_good_work_is_asked_to_defend_what_it_did_well() -> None:
    good = [(f"evaluation.c{n}", float(n + 1), met("Well done.", evidence=place(n + 1))) for n in range(5)]
    found = questions(*good)
    assert [item.topic for item in found] == [f"evaluation.c{n}" for n in (4, 3, 2, 1)]
    assert found[0].question.endswith("?")


def test_what_a_person_should_look_at_comes_before_what_was_done_well() -> None:
    found = questions(
        ("evaluation.good", 9, met("Well done.", evidence=place(1))),
        ("code_quality.open", 1, needs_human("Unclear.", evidence=place(2))),
        ("evaluation.bad", 1, not_met("Wrong.", evidence=place(3))),
    )
    assert [item.topic for item in found] == ["evaluation.bad", "code_quality.open", "evaluation.good"]


def test_nothing_is_asked_about_what_names_no_place() -> None:
    assert questions(("evaluation.a", 1, not_applicable("no split")), ("evaluation.b", 1, needs_human("look"))) == []


def test_a_leak_comes_first_and_the_code_s_own_faults_last_whatever_they_cost() -> None:
    found = questions(
        ("code_quality.dependencies_pinned", 9, not_met("Nothing declares them.", evidence=place(1))),
        ("evaluation.spread_shown", 5, not_met("One split.", evidence=place(2))),
        ("evaluation.multi_test_leakage", 1, not_met("Chosen by the test rows.", evidence=place(3))),
    )
    topics = ["evaluation.multi_test_leakage", "evaluation.spread_shown", "code_quality.dependencies_pinned"]
    assert [item.topic for item in found] == topics
