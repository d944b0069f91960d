"""The rubric's version changes with everything that can change a verdict, and with nothing else."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rubric_evidence import CRITERIA

from grader.plugins import Criterion, criteria_of
from grader.scoring import rubric_version

CODE = '''
from grader import Evidence, Finding, criterion, not_applicable


@criterion("evaluation.example", title="An example")
def example(evidence: Evidence) -> Finding:
    """Say nothing."""
    return not_applicable("nothing")
'''


def plugin(folder: Path, code: str) -> list[Criterion]:
    path = folder / "example_rubric.py"
    path.write_text(code)
    spec = importlib.util.spec_from_file_location("example_rubric", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["example_rubric"] = module
    spec.loader.exec_module(module)
    return criteria_of(module)


def test_it_does_not_depend_on_the_order() -> None:
    criteria = list(CRITERIA.values())
    assert rubric_version(criteria) == rubric_version(criteria[::-1])


@pytest.mark.parametrize(
    "change", [{"weight": 9.0}, {"title": "Another"}, {"definition": "Another."}, {"id": "evaluation.x"}]
)
def test_it_changes_with_what_a_criterion_says_of_itself(change: dict[str, object]) -> None:
    first, *others = CRITERIA.values()
    assert rubric_version([replace(first, **change), *others]) != rubric_version([first, *others])  # type: ignore[arg-type]


def test_it_changes_with_the_code_that_judges(tmp_path: Path) -> None:
    before = rubric_version(plugin(tmp_path, CODE))
    assert rubric_version(plugin(tmp_path, CODE)) == before
    assert rubric_version(plugin(tmp_path, CODE.replace('"nothing"', '"something"'))) != before


def test_it_is_short_enough_to_read_out() -> None:
    assert len(rubric_version(list(CRITERIA.values()))) == 12
