"""The worked example of the score's page, computed by the code that scores."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from example_assignment import example

from grader.evidence import evaluate_suites
from grader.model import Deal, Evidence, Failure, HiddenResult, Span, Weights
from grader.plugins import Criterion, Finding, met, needs_human, not_applicable, not_met, partly
from grader.scoring import score

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "score.md").read_text()
PLACE = (Span(path="model.py", line=1),)
FINDINGS: dict[str, Finding] = {
    "met": met("", evidence=PLACE),
    "partly": partly("", evidence=PLACE, score=0.5),
    "not_met": not_met("", evidence=PLACE),
    "not_applicable": not_applicable(""),
    "needs_human": needs_human(""),
}


def hidden_result() -> HiddenResult:
    """Evaluate 60 predictions, 48 of them right."""
    ids = tuple(f"C{number}" for number in range(60))
    labels = tuple(str(number % 2) for number in range(60))
    right = [(label == "1") == (number >= 12) for number, label in enumerate(labels)]
    rows = "".join(f"{name},{0.9 if hit else 0.1}\n" for name, hit in zip(ids, right, strict=True))
    assignment = example("accuracy")
    return evaluate_suites(
        f"id,prediction\n{rows}".encode(), Deal(files={}, ids=ids, labels=labels), assignment
    ).suites[0]


def criteria() -> list[Criterion]:
    """Read the criteria out of the page's table: dimension, verdicts and their weights."""
    found = []
    for title, cell in re.findall(r"^\| ([a-z ]+) \| \d+ \| (`.*?) \|", PAGE, flags=re.MULTILINE):
        for number, (verdict, weight) in enumerate(re.findall(r"`(\w+)`[ \d.]* \((\d)\)", cell)):
            finding = FINDINGS[verdict]
            identifier = f"{title.replace(' ', '_')}.c{number}"
            found.append(Criterion(identifier, "", float(weight), lambda _, finding=finding: finding, ""))
    return found


def test_the_hidden_part_is_as_the_page_says() -> None:
    found = hidden_result()
    for name, value, share in (
        ("measured", found.value, found.normalised),
        ("low end", found.low, found.normalised_low),
        ("high end", found.high, found.normalised_high),
    ):
        assert f"| {name} | {value:.2f} | {share:.2f} | {100 * share:.0f} |" in PAGE


def test_the_whole_score_is_as_the_page_says() -> None:
    marks = score(Evidence(hidden=(hidden_result(),), has_hidden_data=True), criteria(), None)
    points = {item.id: item.score for item in marks.dimensions}
    assert points == {
        "data_preparation": 75,
        "model_choice": 50,
        "evaluation": 100,
        "code_quality": None,
        "production_readiness": 75,
    }
    shown = re.findall(r"^    (score|low|high) .*= ([\d.]+)$", PAGE, flags=re.MULTILINE)
    assert {name: float(value) for name, value in shown} == {
        "score": marks.value,
        "low": marks.low,
        "high": marks.high,
    }


def test_two_suites_come_to_the_mean_that_the_page_reckons() -> None:
    line = r"= \((\d) × (\d+) \+ (\d) × (\d+)\) / \(\d \+ \d\) = (\d+)$"
    weight, points, further, others, mean = map(float, re.findall(line, PAGE, flags=re.MULTILINE)[0])
    suites = [
        hidden_result().model_copy(update={"suite": name, "weight": weight, "normalised": points / 100})
        for name, weight, points in (("iid", weight, points), ("shifted", further, others))
    ]
    marks = score(Evidence(hidden=tuple(suites), has_hidden_data=True), [], None)
    assert marks.hidden_score == mean


def test_a_failed_work_scores_as_the_page_says() -> None:
    failure = Failure(code="run.failed", message="")
    marks = score(Evidence(failure=failure, has_hidden_data=True), criteria(), None)
    assert f"the score {marks.value}." in PAGE


@pytest.mark.parametrize("name", Weights.model_fields)
def test_the_default_weights_are_those_of_the_page(name: str) -> None:
    weight = f"{getattr(Weights(), name):g}"
    title = "for unseen data" if name == "hidden" else name.replace("_", " ")
    assert f"{weight} {title}" in " ".join(PAGE.split())
