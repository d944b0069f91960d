"""A run's outputs against what the work claims: README, and what the notebook had printed when it was handed in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rubric_evidence import plan, ran

from grader.evidence import read_facts
from grader.intake import take
from grader.model import Claim, Failure, RunResult
from grader.pipeline.claims import claims_of
from grader.pipeline.runs import Run


def book(printed: str) -> str:
    output = {"output_type": "stream", "name": "stdout", "text": printed}
    cell = {"cell_type": "code", "source": "print(1)", "metadata": {}, "execution_count": 1, "outputs": [output]}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4})


def claims(tmp_path: Path, run: RunResult, files: dict[str, str], entry: str, **rows: bool) -> list[Claim]:
    """Take a work of these files in, and return what becomes of its claims after `run`."""
    for name, text in files.items():
        (tmp_path / "work").mkdir(exist_ok=True)
        (tmp_path / "work" / name).write_text(text)
    submission = take(str(tmp_path / "work"), tmp_path / "store")
    code = read_facts(submission.root, [entry.path for entry in submission.files])
    started = [(plan(entry).entry_point, Run(run, run.failure, (), None))]
    _, found = claims_of(submission, started, code, **rows)
    return list(found)


def executed(tmp_path: Path, printed: str) -> RunResult:
    (tmp_path / "collected").mkdir()
    (tmp_path / "collected" / "executed.ipynb").write_text(book(printed))
    return ran().model_copy(update={"collected": tmp_path / "collected"})


def test_a_notebooks_saved_output_is_held_against_the_one_of_the_run(tmp_path: Path) -> None:
    (claim,) = claims(tmp_path, executed(tmp_path, "accuracy: 0.71"), {"a.ipynb": book("accuracy: 0.93")}, "a.ipynb")
    assert (claim.claimed, claim.observed, claim.agrees) == ("accuracy 0.93", 0.71, False)
    assert (claim.span.path, claim.span.cell) == ("a.ipynb", 0)


def test_a_run_on_other_training_rows_than_the_candidates_refutes_nothing(tmp_path: Path) -> None:
    run, files = executed(tmp_path, "accuracy: 0.71"), {"a.ipynb": book("accuracy: 0.93")}
    (claim,) = claims(tmp_path, run, files, "a.ipynb", same_rows=False)
    assert claim.agrees is None


def test_a_readme_is_held_against_what_a_script_printed(tmp_path: Path) -> None:
    run = ran()
    said = run.model_copy(update={"sandbox": run.sandbox.model_copy(update={"stdout": "test AUC 0.842\n"})})
    (claim,) = claims(tmp_path, said, {"train.py": "print(1)\n", "README.md": "The test AUC is 0.84.\n"}, "train.py")
    assert (claim.observed, claim.agrees) == (0.842, True)


def test_a_run_that_failed_refutes_nothing(tmp_path: Path) -> None:
    run = executed(tmp_path, "accuracy: 0.71").model_copy(update={"failure": Failure(code="run.failed", message="x")})
    (claim,) = claims(tmp_path, run, {"a.ipynb": book("accuracy: 0.93")}, "a.ipynb")
    assert claim.agrees is None


def test_a_figure_that_the_code_only_prints_confirms_nothing(tmp_path: Path) -> None:
    run = ran()
    said = "random forest AUC 0.786\nrandom forest AUC 0.97\n"
    printed = run.model_copy(update={"sandbox": run.sandbox.model_copy(update={"stdout": said})})
    readme = "The random forest reaches a test AUC of 0.97.\n"
    code = 'print("random forest AUC", auc)\nprint("random forest AUC 0.97")\n'
    (claim,) = claims(tmp_path, printed, {"train.py": code, "README.md": readme}, "train.py")
    assert (claim.observed, claim.agrees) == (0.786, False)


def test_a_number_in_the_code_that_is_no_text_says_nothing_of_what_was_printed(tmp_path: Path) -> None:
    run = ran()
    printed = run.model_copy(update={"sandbox": run.sandbox.model_copy(update={"stdout": "test AUC 0.25\n"})})
    files = {"train.py": "split(test_size=0.25)\n", "README.md": "The test AUC is 0.25.\n"}
    (claim,) = claims(tmp_path, printed, files, "train.py")
    assert claim.agrees is True


def claimed(tmp_path: Path, said: str, printed: str) -> list[tuple[float | None, bool | None]]:
    run = ran()
    done = run.model_copy(update={"sandbox": run.sandbox.model_copy(update={"stdout": printed})})
    found = claims(tmp_path, done, {"train.py": "print(1)\n", "README.md": said}, "train.py")
    return [(claim.observed, claim.agrees) for claim in found]


@pytest.mark.parametrize(
    "said",
    [
        "The test accuracy is 0.99 over 143 patients.\n",
        "The test accuracy is 0.99, even if the data set is small.\n",
        "The test accuracy is 0.99. It would be better with more data, if there was any.\n",
    ],
)
def test_a_word_elsewhere_in_the_line_excuses_no_figure(tmp_path: Path, said: str) -> None:
    assert claimed(tmp_path, said, "test accuracy 0.944\n") == [(0.944, False)]


@pytest.mark.parametrize(
    "said",
    [
        "We aim for a test accuracy of 0.99.\n",
        "If the accuracy was 0.99, we would be done.\n",
        "An accuracy of over 0.99 is needed.\n",
    ],
)
def test_a_goal_in_its_own_sentence_claims_nothing(tmp_path: Path, said: str) -> None:
    assert claimed(tmp_path, said, "test accuracy 0.944\n") == []


def test_a_figure_of_the_test_rows_is_held_against_one_that_says_so(tmp_path: Path) -> None:
    printed = "accuracy 0.9742\ntest accuracy 0.944\n"
    assert claimed(tmp_path, "The test accuracy is 0.99.\n", printed) == [(0.944, False)]
