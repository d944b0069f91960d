"""The examples on the criteria's pages are judged as the pages say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from rubric_evidence import CRITERIA, can_give, finding, work

from grader.model import DIMENSIONS

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "criteria"
VERDICTS = {"Met": "met", "Partly met": "partly", "Not met": "not_met", "Not applicable": "not_applicable"}
# Runs, a history, claims and a language model's answers: a lone program shows nothing of them.
NOT_OF_ONE_FILE = {
    "code_quality.committed_in_steps",
    "evaluation.hidden_result",
    "evaluation.claims_hold",
    "production_readiness.runs_end_to_end",
    "production_readiness.reproducible_predictions",
    "production_readiness.survives_messy_rows",
    *(name for name in CRITERIA if name.startswith("explanations.")),
}
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
def test_every_criterion_has_an_example_of_each_verdict_that_it_can_give(name: str) -> None:
    text = sections(name.split(".")[0])[name]
    shown = [VERDICTS[label] for label, *_ in EXAMPLE.findall(text)]
    assert set(shown) == can_give(CRITERIA[name].judge)
    assert shown == sorted(shown, key=[*VERDICTS.values()].index)
    assert text.count("```") == 2 * len(shown), "an example whose label is none of the four"


def test_every_criterion_that_one_file_says_something_of_has_an_example_that_is_judged() -> None:
    assert set(CRITERIA) - {name for name, *_ in examples()} == NOT_OF_ONE_FILE
