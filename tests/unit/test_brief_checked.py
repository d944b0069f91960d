"""`texts.brief` warns where the brief says otherwise than settings and tables, names the line, and guesses nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_assignment import make_small, settle

from grader.assignment import load_assignment
from grader.authoring.checks import check_folder
from grader.authoring.checks_brief import brief_agrees
from grader.authoring.result import Finding, is_sound
from grader.authoring.subject import read_subject

SHIPPED = sorted(path.parent for path in (Path(__file__).parents[2] / "assignments").glob("*/assignment.toml"))
BRIEF = """\
# Who pays back?

**Time budget: 3 hours.** Stop when the time is over.

| file | rows | what it is |
| --- | --- | --- |
| `data/train.csv` | 600 | customers with `paid` |
| `data/test.csv` | 100 | the same without it |

| column | what it is |
| --- | --- |
| `customer` | names the row |
| `income` | in thousands |
| `age`, `branch` | what they say |

The file `data/sample_submission.csv` has 100 rows. The work is measured by ROC AUC, and the column `branch` may
be unknown.

| part | share |
| --- | --- |
| ROC AUC on customers nobody has seen | 40 |
| code quality | 10 |
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    folder = make_small(tmp_path / "small")
    (folder / "README.md").write_text(BRIEF)
    return folder


def looked(folder: Path) -> Finding:
    return brief_agrees(read_subject(load_assignment(folder)))


def told(folder: Path, old: str, new: str) -> Finding:
    assert old in BRIEF
    (folder / "README.md").write_text(BRIEF.replace(old, new))
    return looked(folder)


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("budget: 3 hours", "budget: 9 hours", 3, "a time budget of 9 hours, time_budget_hours is 3"),
        ("budget: 3 hours", "budget is four to\nfive hours", 3, "four to five hours, time_budget_hours is 3"),
        ("budget: 3 hours", "budget: 90 minutes", 3, "a time budget of 90 minutes, time_budget_hours is 3"),
        ("| 600 |", "| 4,200 |", 7, "`data/train.csv` with 4,200 rows, it has 600"),
        ("| 600 |", "| 6 000 |", 7, "`data/train.csv` with 6,000 rows, it has 600"),
        ("has 100 rows", "has 120 rows", 16, "`data/sample_submission.csv` with 120 rows, it has 100"),
        ("measured by ROC AUC", "measured by average precision", 16, "average precision as the metric"),
        ("| ROC AUC on", "| Accuracy on", 21, "Accuracy as the metric, metric.name is roc_auc"),
        ("| ROC AUC on", "| PR AUC on", 21, "PR AUC as the metric, metric.name is roc_auc"),
        ("| `income` |", "| `salary` |", 13, "a column `salary`, which no table has"),
        ("the column `branch`", "the column `region`", 16, "a column `region`, which no table has"),
        ("customers with `paid`", "`Custmer` with `paid`", 7, "a column `Custmer`, which no table has"),
        ("customers with `paid`", "customers with `Paid`", 7, "a column `Paid`, which no table has"),
    ],
)
def test_what_the_brief_says_otherwise_is_named_with_its_line(
    small: Path, old: str, new: str, line: int, what: str
) -> None:
    found = told(small, old, new)
    assert (found.status, found.where) == ("warning", f"README.md: line {line}")
    assert what in found.what


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("budget: 3 hours", "budget: three hours"),
        ("budget: 3 hours", "budget: 2.5 to 4 hours"),
        ("budget: 3 hours", "budget: 180 minutes"),
        ("Stop when", "A run of 24 hours ends by itself. Stop when"),
        ("| 600 |", "| about 650 |"),
        ("| 600 |", "| |"),
        ("has 100 rows", "has other rows at grading, 500 rows"),
        ("has 100 rows", "has about 90 rows"),
        ("measured by ROC AUC", "measured by the area under the ROC curve"),
        ("measured by ROC AUC", "measured by ROC AUC and not by accuracy"),
        ("measured by ROC AUC", "held against your own metric, such as accuracy"),
        ("| ROC AUC on", "| what it says of"),
        ("the column `branch`", "a column `segment` of your own"),
        ("the column `branch`", "what `predict` writes to `OUTPUT_DIR`"),
        ("The file", "```\nthe column `other` of `Income`\n```\n\nThe file"),
        ("| `age`, `branch` |", "| `age` … `branch` |"),
    ],
)
def test_what_is_said_in_other_words_or_of_other_things_is_no_find(small: Path, old: str, new: str) -> None:
    assert told(small, old, new).status == "ok"


def test_a_brief_that_agrees_is_fine_and_one_that_does_not_leaves_the_assignment_sound(small: Path) -> None:
    assert looked(small).status == "ok"
    settle(small, "time_budget_hours = 3", "time_budget_hours = 8")
    (small / "README.md").write_text(BRIEF.replace("| 600 |", "| 601 |"))
    _, checks = check_folder(small)
    (found,) = [item for item in checks if item.id == "texts.brief"]
    assert "line 3: a time budget of 3 hours, time_budget_hours is 8; line 7: " in found.what
    assert is_sound(tuple(checks))


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_the_shipped_briefs_agree_with_their_settings(folder: Path) -> None:
    assert looked(folder).status == "ok"
