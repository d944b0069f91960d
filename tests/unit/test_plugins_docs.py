"""The pages on criteria say what is true: one page a dimension, one section a criterion."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from grader.model import DIMENSIONS
from grader.plugins import Criterion, load_criteria
from grader.report import report_schema

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "reference" / "criteria"
HOW_TO = ROOT / "docs" / "how-to" / "write-a-criterion.md"
PACKAGE = ROOT / "tests" / "plugin_package"


def section(item: Criterion) -> str:
    """Return what the page of its dimension says of one criterion, before its example."""
    definition = " ".join(item.definition.split())
    return f"## `{item.id}`\n\n{item.title}. Weight {item.weight:g}.\n\n{definition}\n"


def page(dimension: str) -> str:
    """Return the whole page of a dimension, examples included."""
    return (PAGES / f"{dimension}.md").read_text()


@pytest.mark.parametrize("item", load_criteria(), ids=lambda item: item.id)
def test_every_criterion_is_in_the_reference_as_it_is_now(item: Criterion) -> None:
    assert section(item) in page(item.dimension)


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_the_reference_holds_no_criterion_that_is_gone(dimension: str) -> None:
    listed = re.findall(r"^## `(.+)`$", page(dimension), flags=re.MULTILINE)
    assert listed == [item.id for item in load_criteria() if item.dimension == dimension]


def test_the_how_to_shows_the_example_plugin_whole() -> None:
    blocks = re.findall(r"```\w+\n(.*?)```", HOW_TO.read_text(), flags=re.DOTALL)
    names = ("calibration_rubric.py", "test_calibration_rubric.py", "pyproject.toml")
    assert blocks == [(PACKAGE / name).read_text() for name in names]
    assert sum(block.count("\n") for block in blocks) < 80


def test_the_published_schema_is_that_of_the_report() -> None:
    assert json.loads((ROOT / "docs" / "report.schema.json").read_text()) == report_schema()
