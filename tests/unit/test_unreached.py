"""What a run did not come to: read with suspicion, left out of what was done, and never a reason for merit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.evidence.facts import read_facts
from grader.evidence.unreached import MarkedRun, read_unreached
from grader.model import CodeFacts, Evidence, UnreachedBlock
from grader.model.reached import MARKS_BYTES
from grader.plugins import load_criteria
from grader.scoring import score

LOAD = """import argparse, os
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split
df = pd.read_csv("data/train.csv")
X, y = df[["age", "fee"]], df["left"]
A, B, a, b = train_test_split(X, y, stratify=y, random_state=0)
"""
TRY = """    for model in (DummyClassifier(), LogisticRegression()):
        print(roc_auc_score(b, model.fit(A, a).predict_proba(B)[:, 1]))
"""
END = "LogisticRegression().fit(X, y)\n"


def block_of(work: str, part: str) -> UnreachedBlock:
    """Return the block that the lines of `part` are in `work`."""
    before = work[: work.index(part)].count("\n")
    lines = part.rstrip("\n").split("\n")
    begin = len(lines[0]) - len(lines[0].lstrip())
    return UnreachedBlock(path="main.py", at=(before + 1, begin, before + len(lines), len(lines[-1])))


def facts(folder: Path, work: str, *unreached: UnreachedBlock) -> CodeFacts:
    (folder / "main.py").write_text(work)
    return read_facts(folder, ["main.py"], unreached=unreached)


@pytest.mark.parametrize(
    ("guard", "counts"),
    [
        ("if os.environ.get('NEVER'):\n", False),
        ("def compare():\n", False),
        ("if len(df) > 10**9:\n", False),
        ("if df.duplicated().sum() > 10**9:\n", False),
        ("options = argparse.ArgumentParser()\nargs = options.parse_args()\nif args.compare:\n", True),
        ("there = os.path.exists('model.pkl')\nif not there:\n", True),
    ],
)
def test_models_that_no_run_compared_are_compared_only_where_an_option_kept_it_off(
    tmp_path: Path, guard: str, counts: bool
) -> None:
    work = LOAD + guard + TRY + END
    left = facts(tmp_path, work, block_of(work, TRY))
    assert any("Dummy" in call.name for call in left.calls) is counts


def test_what_is_called_only_where_an_option_asks_for_it_is_left_in(tmp_path: Path) -> None:
    called = "    compare()\n"
    work = f"{LOAD}def compare():\n{TRY}args = argparse.ArgumentParser().parse_args()\nif args.compare:\n{called}{END}"
    left = facts(tmp_path, work, block_of(work, TRY), block_of(work, called))
    assert any("Dummy" in call.name for call in left.calls)


def test_a_treatment_of_gaps_that_were_not_there_is_left_in(tmp_path: Path) -> None:
    part = "    X = X.fillna(X.median())\n"
    work = LOAD + "if X.isna().any().any():\n" + part + END
    assert any(call.name.endswith("fillna") for call in facts(tmp_path, work, block_of(work, part)).calls)


def test_an_operand_that_was_never_worked_out_is_left_out(tmp_path: Path) -> None:
    work = LOAD + "x = roc_auc_score(b, a) if os.environ.get('N') else None\n" + END
    block = UnreachedBlock(path="main.py", at=(10, 4, 10, 23))
    assert not any("roc_auc" in call.name for call in facts(tmp_path, work, block).calls)
    assert any("roc_auc" in call.name for call in facts(tmp_path, work).calls)


def judged(folder: Path, work: str, *unreached: UnreachedBlock) -> dict[str, tuple[float | None, str]]:
    code = facts(folder, work)
    left = facts(folder, work, *unreached).model_copy(update={"leaks": code.leaks}) if unreached else None
    found = score(Evidence(code=code, unreached=unreached, as_run=left), load_criteria(), None)
    return {item.id: (item.score, item.reason) for part in found.dimensions for item in part.criteria}


def test_a_comparison_that_the_run_never_made_earns_what_its_absence_earns_and_the_reason_says_so(
    tmp_path: Path,
) -> None:
    work = LOAD + "if os.environ.get('NEVER'):\n" + TRY + END
    plain, as_code, as_run = (
        judged(tmp_path, LOAD + END),
        judged(tmp_path, work),
        judged(tmp_path, work, block_of(work, TRY)),
    )
    for name in ("model_choice.baseline_compared", "evaluation.spread_shown", "evaluation.held_out_evaluation"):
        assert (as_code[name][0] or 0) > (as_run[name][0] or 0)
        assert as_run[name][0] == plain[name][0]
        assert "main.py, lines 11 to 12 was not reached by the run" in as_run[name][1]


def test_what_the_run_says_takes_no_fault_away(tmp_path: Path) -> None:
    leak = "    X[:] = X.fillna(X.mean())\n"
    work = LOAD.replace("A, B, a, b", "if os.environ.get('N'):\n" + leak + "A, B, a, b") + TRY.replace("    for", "for")
    work = work.replace("        print", "    print")
    as_code, as_run = judged(tmp_path, work), judged(tmp_path, work, block_of(work, leak))
    assert as_run["data_preparation.preprocessing_leakage"] == as_code["data_preparation.preprocessing_leakage"]
    assert as_code["data_preparation.preprocessing_leakage"][0] == 0
    assert as_run["data_preparation.missing_values"][0] == 0 < (as_code["data_preparation.missing_values"][0] or 0)


@pytest.mark.parametrize(
    ("blocks", "marks"),
    [
        (None, b"\0" * MARKS_BYTES),
        (b"[" * 100_000, b"\0" * MARKS_BYTES),
        (b'{"file": "main.py", "at": [11, 4, 12, 9], "mark": -1}\n', b"\0" * MARKS_BYTES),
        (b'{"file": "main.py", "at": [11, 4, 12, 9], "mark": 3}\n', b"\0" * 12),
        (b'{"file": "main.py", "at": [11, 4, 12, 9], "mark": 3}\n', None),
        (b'{"file": "../other.py", "at": [11, 4, 12, 9], "mark": 3}\n', b"\0" * MARKS_BYTES),
        (b'{"cell": 7, "at": [11, 4, 12, 9], "mark": 3}\n', b"\0" * MARKS_BYTES),
        (b'{"file": "main.py", "at": [11, 4, 12, 9], "mark": 3}\n', b"\1" * MARKS_BYTES),
        (b'{"file": "main.py", "at": [1, 4, 2, 9], "mark": 3}\n', b"\0" * MARKS_BYTES),
    ],
)
def test_what_the_runner_would_not_have_written_and_what_matters_little_says_nothing(
    tmp_path: Path, blocks: bytes | None, marks: bytes | None
) -> None:
    code = facts(tmp_path, LOAD + "if os.environ.get('NEVER'):\n" + TRY)
    assert read_unreached([MarkedRun(blocks, marks, [0, 2])], code) == ()


def test_a_block_in_which_a_model_is_scored_is_told(tmp_path: Path) -> None:
    code = facts(tmp_path, LOAD + "if os.environ.get('NEVER'):\n" + TRY)
    line = json.dumps({"file": "main.py", "at": [11, 4, 12, 9], "mark": 3}).encode() + b"\n"
    never = MarkedRun(line, b"\0" * MARKS_BYTES)
    assert [block.at for block in read_unreached([never], code)] == [(11, 4, 12, 9)]
    assert read_unreached([never, MarkedRun(line, b"\1" * MARKS_BYTES), never], code) == ()  # another run came to it
