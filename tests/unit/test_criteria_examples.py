"""The examples on the criteria's pages are judged as the pages say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rubric_evidence import CRITERIA, finding, work

from grader.model import DIMENSIONS

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "criteria"
VERDICTS = {"Met": "met", "Partly met": "partly", "Not met": "not_met", "Not applicable": "not_applicable"}
EXAMPLE = re.compile(r"^(Met|Partly met|Not met|Not applicable):\n\n?```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sections(dimension: str) -> dict[str, str]:
    """Return what the page of a dimension says of each criterion."""
    parts = re.split(r"^## `(.+)`$", (PAGES / f"{dimension}.md").read_text(), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def examples() -> Iterator[tuple[str, str, str]]:
    """Yield (criterion, verdict, code) of every example in Python."""
    for dimension in DIMENSIONS:
        for name, text in sections(dimension).items():
            for label, language, code in EXAMPLE.findall(text):
                if language == "python":
                    yield name, VERDICTS[label], code


@pytest.mark.parametrize(("name", "verdict", "code"), list(examples()))
def test_an_example_is_judged_as_the_page_says(name: str, verdict: str, code: str) -> None:
    found = finding(name, work(code))
    assert found.verdict == verdict, found.reason


@pytest.mark.parametrize("name", CRITERIA)
def test_every_criterion_has_an_example_of_what_costs_points(name: str) -> None:
    labels = [label for label, *_ in EXAMPLE.findall(sections(name.split(".")[0])[name])]
    assert {"Not met", "Partly met"} & set(labels)
