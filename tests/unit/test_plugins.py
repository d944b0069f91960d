"""Rubric plugins: found through real entry points, checked when registered, and never able to cost a report."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import ValidationError

from grader.errors import UsageError
from grader.model import DIMENSIONS, Evidence, Span
from grader.plugins import Criterion, Finding, criteria_of, criterion, judge, load_criteria, met, not_met, partly
from grader.scoring import score

PACKAGE = Path(__file__).parents[1] / "plugin_package"
PLACE = [Span(path="a.py", line=1)]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Install the example plugin as an installer does: its metadata, with its entry point, on the path."""
    metadata = tmp_path / "calibration_rubric-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: calibration-rubric\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[grader.rubrics]\ncalibration = calibration_rubric\n")
    monkeypatch.syspath_prepend(str(PACKAGE))
    monkeypatch.syspath_prepend(str(tmp_path))


def point(folder: Path, name: str, code: str, monkeypatch: pytest.MonkeyPatch) -> EntryPoint:
    """Return an entry point to a module written on the spot."""
    (folder / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(str(folder))
    return EntryPoint(name=name, value=name, group="grader.rubrics")


def test_an_installed_plugin_joins_the_built_in_criteria(installed: None) -> None:
    found = {item.id: item for item in load_criteria()}
    assert found["evaluation.calibration"].title == "Probabilities are checked"
    assert found["evaluation.calibration"].definition.startswith("Judge whether")
    assert "evaluation.held_out_evaluation" in found


def test_a_plugin_counts_in_the_score(installed: None) -> None:
    results = [item for part in score(Evidence(), load_criteria(), None).dimensions for item in part.criteria]
    assert "evaluation.calibration" in [item.id for item in results]


def test_every_dimension_has_at_least_four_built_in_criteria() -> None:
    found = [item.dimension for item in load_criteria()]
    assert min(found.count(dimension) for dimension in DIMENSIONS) >= 4


def test_the_leakage_criteria_have_the_ids_that_other_tools_rely_on() -> None:
    leakage = {item.id for item in load_criteria() if "leak" in item.id or "scored_on" in item.id}
    assert leakage == {
        "data_preparation.preprocessing_leakage",
        "data_preparation.overlap_leakage",
        "data_preparation.target_leakage",
        "data_preparation.temporal_leakage",
        "evaluation.multi_test_leakage",
        "evaluation.scored_on_training_data",
    }


def test_every_built_in_criterion_says_what_it_judges() -> None:
    assert [item.id for item in load_criteria() if len(item.definition) < 40 or not item.title] == []


def test_two_criteria_with_one_id_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (PACKAGE / "calibration_rubric.py").read_text()
    points = [point(tmp_path, name, code, monkeypatch) for name in ("first_copy", "second_copy")]
    with pytest.raises(UsageError, match=r"evaluation\.calibration is defined twice.*second_copy"):
        load_criteria(points)


@pytest.mark.parametrize("code", ["import not_there_at_all", "1 / 0", "def ("])
def test_a_plugin_that_cannot_be_imported_is_named(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    name = f"broken_{abs(hash(request.node.name))}"
    with pytest.raises(UsageError, match=name):
        load_criteria([point(tmp_path, name, code, monkeypatch)])


def test_an_imported_criterion_is_not_registered_again() -> None:
    borrowed = ModuleType("borrower")
    vars(borrowed).update(vars(__import__("rubrics.evaluation", fromlist=["x"])))
    borrowed.__name__ = "borrower"
    assert criteria_of(borrowed) == []


@pytest.mark.parametrize(
    ("id", "weight"), [("style.names", 1), ("evaluation.", 1), ("evaluation.a b", 1), ("evaluation.a", 0)]
)
def test_a_criterion_with_a_wrong_id_or_weight_is_refused(id: str, weight: float) -> None:
    with pytest.raises(UsageError):
        criterion(id, title="x", weight=weight)(lambda evidence: met("x", evidence=PLACE))


def test_a_criterion_must_take_the_evidence_alone() -> None:
    with pytest.raises(UsageError, match="exactly one argument"):
        criterion("evaluation.a", title="x")(lambda evidence, more: met("x", evidence=PLACE))  # type: ignore[arg-type, misc]


def judged(answer: object) -> Finding:
    return judge(Criterion("evaluation.a", "a", 1, lambda evidence: answer, ""), Evidence())  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("found", [met("Good.", evidence=[]), not_met("Bad.", evidence=[]), partly("So.", evidence=[])])
def test_a_verdict_without_a_place_is_left_to_a_person(found: Finding) -> None:
    assert judged(found).verdict == "needs_human"
    assert judged(found).score is None
    assert found.reason in judged(found).reason


def test_what_is_no_finding_is_left_to_a_person() -> None:
    assert judged(None).verdict == "needs_human"
    assert judged("met").verdict == "needs_human"


@pytest.mark.parametrize(
    ("verdict", "mark"), [("met", 0.5), ("not_met", 1), ("partly", 2), ("met", None), ("needs_human", 1)]
)
def test_a_finding_cannot_have_a_score_that_contradicts_its_verdict(verdict: str, mark: float | None) -> None:
    with pytest.raises(ValidationError):
        Finding.model_validate({"verdict": verdict, "score": mark, "reason": "x"})


def test_a_finding_keeps_a_bounded_number_of_places() -> None:
    assert len(met("x", evidence=[Span(path="a.py", line=n) for n in range(1, 500)]).evidence) == 12
