"""The pages on criteria say what is true. Run this file to write the list of criteria anew."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from grader.model import DIMENSIONS
from grader.plugins import Criterion, load_criteria

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "docs" / "reference" / "criteria.md"
HOW_TO = ROOT / "docs" / "how-to" / "write-a-criterion.md"
PACKAGE = ROOT / "tests" / "plugin_package"
INTRODUCTION = """# Criteria

What the built-in rubric judges. A dimension's score is the weighted mean of its scored criteria; `not_applicable` and
`needs_human` count neither for nor against. Every verdict names the lines it rests on. Practice counts where running
the work can reach it: comments, tests and functions that nothing calls do not.

An assignment weighs the dimensions against each other and against the result on unseen data, in `[weights]` of its
`assignment.toml`. To add a criterion of your own, see [Write a criterion](../how-to/write-a-criterion.md).
"""


def section(item: Criterion) -> str:
    """Return what the page says of one criterion."""
    definition = " ".join(item.definition.split())
    return f"### `{item.id}`\n\n{item.title}. Weight {item.weight:g}.\n\n{definition}\n"


def page() -> str:
    """Return the whole page."""
    criteria = load_criteria()
    parts = [INTRODUCTION]
    for key, title in DIMENSIONS.items():
        parts += [f"## {title}\n", *(section(item) for item in criteria if item.dimension == key)]
    return "\n".join(parts)


@pytest.mark.parametrize("item", load_criteria(), ids=lambda item: item.id)
def test_every_criterion_is_in_the_reference_as_it_is_now(item: Criterion) -> None:
    assert section(item) in LIST.read_text()


def test_the_reference_holds_no_criterion_that_is_gone() -> None:
    listed = re.findall(r"^### `(.+)`$", LIST.read_text(), flags=re.MULTILINE)
    assert listed == [item.id for item in load_criteria()]


def test_the_how_to_shows_the_example_plugin_whole() -> None:
    blocks = re.findall(r"```\w+\n(.*?)```", HOW_TO.read_text(), flags=re.DOTALL)
    names = ("calibration_rubric.py", "test_calibration_rubric.py", "pyproject.toml")
    assert blocks == [(PACKAGE / name).read_text() for name in names]
    assert sum(block.count("\n") for block in blocks) < 60


if __name__ == "__main__":
    LIST.write_text(page())
