"""What is written to please a grader gains nothing: the work with it is judged no better than the work without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from rubric_evidence import CRITERIA, finding, notebook, unread, work

from grader.model import Evidence

DIMENSIONS = ("code_quality", "production_readiness")
FIT = (
    "import pandas as pd\nfrom sklearn.svm import SVC\nframe = pd.read_csv('data/train.csv')\n"
    "model = SVC().fit(frame[['a']], frame['y'])\nprint(model.predict(frame[['a']]))\n"
)
PLAIN: dict[str, str] = {"train.py": FIT, "helper.py": "def double(x):\n    return 2 * x\n"}
BOOK: dict[str, str] = {"work.ipynb": notebook(FIT), "helper.py": "def double(x):\n    return 2 * x\n"}

STUFFING = (
    "# logging monitoring drift FastAPI argparse config yaml validate raise ValueError\n"
    "# pydantic joblib.dump joblib.load pytest assert unit tests CI pinned reproducible README docstring\n"
)
GOOD_PRACTICE = '''
import argparse, joblib, logging, os, yaml
from evidently import Report
from fastapi import FastAPI
logger = logging.getLogger(__name__)
def run_service():
    """Serve predictions, validated, logged and watched."""
    parser = argparse.ArgumentParser()
    options = parser.parse_args()
    settings = yaml.safe_load(open(options.config))
    app = FastAPI()
    model = joblib.load(settings["model"])
    if settings["rows"] < 1:
        raise ValueError("no rows")
    logger.info("started")
    Report().run(model)
    joblib.dump(model, os.environ["MODEL"])
    return model.predict(app)
'''
FAKE_TESTS = (
    "import pytest\nimport helper\nfrom train import model\n\n"
    + "".join(f"def test_model_is_good_{number}():\n    assert True\n" for number in range(6))
    + "def test_calls_the_work():\n    helper.double(2)\n    assert 'double'\n"
    + "def test_always(capsys):\n    helper.double(1)\n    assert (helper, 'is there')\n"
)
TEMPLATE = (
    "# Project\n\n## Installation\n\n## Usage\n\n## Configuration\n\n## Testing\n\n## Deployment\n\n## Monitoring\n\n"
    "Our robust, scalable, production-ready, state-of-the-art pipeline leverages MLOps best practices.\n" * 20
)
BADGES = "![tests](https://img.shields.io/badge/tests-passing-green) ![coverage](https://img.shields.io/c/100)\n"

ADDITIONS: dict[str, Mapping[str, str]] = {
    "keywords in comments": {"train.py": STUFFING + FIT},
    "keywords in a string": {"train.py": f'"""{STUFFING}"""\n' + FIT},
    "dead code that shows good practice": {"train.py": FIT + GOOD_PRACTICE},
    "a module that nobody imports": {"service.py": GOOD_PRACTICE},
    "tests that cannot fail": {"tests/test_train.py": FAKE_TESTS},
    "a README of headings and jargon": {"README.md": TEMPLATE},
    "badges": {"README.md": BADGES},
    "empty files with good names": {"config.yaml": "", "Dockerfile": "", "requirements.txt": "", "tests/a.py": ""},
    "a list of packages without versions that nobody imports": {"requirements.txt": "fastapi\nevidently\npytest\n"},
}  # fmt: skip


def points(evidence: Evidence) -> dict[str, float | None]:
    """Return the score of each criterion of both dimensions."""
    wanted = [name for name, item in CRITERIA.items() if item.dimension in DIMENSIONS]
    return {name: finding(name, evidence).score for name in wanted}


def gains(plain: Mapping[str, str], added: Mapping[str, str], **more: Any) -> list[str]:
    """Return the criteria on which the work scores better, or now scores at all, with what was added."""
    before, after = points(work(plain, **more)), points(work({**plain, **added}, **more))
    return [name for name, score in after.items() if score is not None and score > (before[name] or 0)]


@pytest.mark.parametrize("about", ADDITIONS)
@pytest.mark.parametrize("track", ["", "mlops"])
def test_show_gains_nothing(about: str, track: str) -> None:
    assert gains(PLAIN, ADDITIONS[about], track=track) == []


@pytest.mark.parametrize(
    "cell",
    ["# %% md\n" + TEMPLATE, "# %% md\n# Conclusion\n## Production\n## Monitoring", STUFFING, GOOD_PRACTICE],
    ids=["jargon", "headings", "keywords", "dead code"],
)
def test_show_in_a_notebook_gains_nothing(cell: str) -> None:
    assert gains(BOOK, {"work.ipynb": notebook(FIT, cell, counts=[1, 2])}) == []


def test_the_readme_of_another_work_is_told_by_what_it_starts() -> None:
    copied = {"README.md": "pip install -r requirements.txt\nstreamlit run app.py\npython app.py\n"}
    assert finding("code_quality.how_to_run_documented", work({**PLAIN, **copied})).verdict == "not_met"


def test_what_is_really_done_does_gain() -> None:
    tests = "import helper\n" + "".join(
        f"def test_{n}():\n    assert helper.double({n}) == {2 * n}\n" for n in range(3)
    )
    added = {"tests/test_helper.py": tests, "README.md": "pip install -r requirements.txt\npython train.py\n"}
    assert gains(PLAIN, added) == ["code_quality.how_to_run_documented", "code_quality.tests_check_the_work"]


@pytest.mark.parametrize("name", [name for name, item in CRITERIA.items() if item.dimension in DIMENSIONS])
def test_nothing_is_said_of_code_that_was_not_read(name: str) -> None:
    assert finding(name, unread()).verdict in ("needs_human", "not_applicable")


def test_code_that_was_not_linted_is_left_to_a_person() -> None:
    evidence = work(PLAIN)
    bare = evidence.model_copy(update={"code": evidence.code.model_copy(update={"lint": None})})
    assert finding("code_quality.no_real_faults", bare).verdict == "needs_human"
