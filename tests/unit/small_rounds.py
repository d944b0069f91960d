"""A toy forecast in three rounds, whose labels and weather are numbers that occur nowhere else."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

FIRST = date(2024, 1, 1)
PUBLIC, HIDDEN, HORIZON = 60, 40, 7
SETTINGS = """
title = "Toy"
version = "1"
brief = "Say what tomorrow brings."
modality = "time-series"
time_budget_hours = 1
[data]
id = "id"
target = "sold"
sample = "sample_submission.csv"
[metric]
name = "mase"
scale = 2.0
baseline = 1.0
reference = 0.2
[rounds]
column = "date"
horizon = 7
observed = ["rain"]
cutoffs = ["2024-03-04", "2024-03-14", "2024-03-24"]
[[suites]]
name = "late"
law = "The last weeks of the hidden part, months after the public one."
cutoffs = ["2024-03-24"]
[[slices]]
name = "weekdays"
column = "day"
values = ["0", "1", "2", "3", "4"]
"""


def make(root: Path) -> Path:
    """Write the assignment below `root` and return its folder."""
    days = [FIRST + timedelta(days=number) for number in range(PUBLIC + HIDDEN)]
    rows = [(f"R{number}", day.isoformat(), str(day.weekday()), f"7{number:03d}.5") for number, day in enumerate(days)]
    labels = [f"3{number:03d}.25" for number in range(len(rows))]
    head = ["id", "date", "day", "rain"]
    told = [[*row, label] for row, label in zip(rows, labels, strict=True)]
    _write(root / "data/public/train.csv", [*head, "sold"], told[:PUBLIC])
    _write(root / "data/public/test.csv", head[:3], [["T1", *rows[PUBLIC][1:3]]])
    _write(root / "data/public/sample_submission.csv", ["id", "prediction"], [["T1", "0"]])
    _write(root / "data/hidden/features.csv", head, [list(row) for row in reversed(rows[PUBLIC:])])
    _write(root / "data/hidden/labels.csv", ["id", "sold"], [[row[0], row[-1]] for row in told[PUBLIC:]])
    (root / "assignment.toml").write_text(SETTINGS)
    return root


def _write(path: Path, head: list[str], rows: list[list[str]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(",".join(row) for row in [head, *rows]) + "\n")
