"""The interview questions: specific, tied to places, the costliest first."""

from __future__ import annotations

from grader.model import Evidence, Question, Span, Weights
from grader.plugins import Criterion, Finding, met, needs_human, not_applicable, not_met, partly
from grader.scoring import score


def place(line: int) -> list[Span]:
    return [Span(path="churn.ipynb", cell=4, line=line)]


def questions(*findings: tuple[str, float, Finding]) -> list[Question]:
    criteria = [Criterion(name, name, weight, lambda _, found=found: found, "") for name, weight, found in findings]  # type: ignore[misc]
    return list(score(Evidence(), criteria, Weights(evaluation=10, code_quality=10)).questions)


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


def test_no_more_than_six_are_asked() -> None:
    many = [(f"evaluation.c{n}", 1.0, not_met("Seen.", evidence=place(n + 1))) for n in range(9)]
    assert len(questions(*many)) == 6


def test_good_work_is_asked_to_defend_what_it_did_well() -> None:
    good = [(f"evaluation.c{n}", float(n + 1), met("Well done.", evidence=place(n + 1))) for n in range(5)]
    found = questions(*good)
    assert [item.topic for item in found] == ["evaluation.c4", "evaluation.c3", "evaluation.c2"]
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
