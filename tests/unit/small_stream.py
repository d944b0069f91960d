"""A small stream of batches with further tables, made as real files."""

from __future__ import annotations

from pathlib import Path

from grader.assignment import load_assignment
from grader.model import Assignment

SETTINGS = """\
title = "Keep the line"
version = "1.0"
brief = "Predict each part's hours, batch by batch."
track = "mlops"
time_budget_hours = 3

[data]
id = "part"
target = "hours"
batches = {column = "batch", broken = "broken"}

[contract]
partial = true
fill = 5

[metric]
name = "mae"
baseline = 4
reference = 0
weight = 2

[[outputs]]
name = "refused"
law = "Parts whose heat is no number."
file = "refused.csv"
key = "part"

[[outputs]]
name = "drift"
law = "Batches of the hot line."
file = "batches.csv"
key = "batch"
column = "status"
positive = "drifted"
labels = "batches.csv"
weight = 3

[[measures]]
name = "time"
measure = "wall_s"
baseline = 30
reference = 10
"""
BATCHES, ROWS = 6, 5
HALF = b"part,heat\nP9001,20\nP9002,2"


def make_stream(folder: Path) -> Path:
    """Write a sound assignment of six batches of five parts, the last part of each to be refused, one part twice, and
    a file that was cut off.
    """
    public, hidden = folder / "data" / "public", folder / "data" / "hidden"
    for path in (public / "batches", hidden / "broken"):
        path.mkdir(parents=True)
    (folder / "assignment.toml").write_text(SETTINGS)
    (public / "train.csv").write_text("part,heat,hours\nP1,20,2\nP2,30,3\n")
    (public / "test.csv").write_text("part,prediction\nP3,2\n")
    (public / "batches" / "B1.csv").write_text("part,heat\nP3,20\n")
    features, labels, statuses = ["batch,part,heat"], ["part,hours"], ["batch,status"]
    for batch in range(BATCHES):
        name = f"B{20 + batch}.csv"
        statuses.append(f"{name},{'drifted' if batch % 2 else 'ok'}")
        for row in range(ROWS):
            part = f"P{100 * batch + row + 100}"
            features.append(f"{name},{part},{'warm' if row == ROWS - 1 else 10 * row}")
            labels += [f"{part},{row}"] if row < ROWS - 1 else []
    features.append(features[1])
    (hidden / "features.csv").write_text("\n".join(features) + "\n")
    (hidden / "labels.csv").write_text("\n".join(labels) + "\n")
    (hidden / "batches.csv").write_text("\n".join([*statuses, "B99.csv,broken"]) + "\n")
    (hidden / "broken" / "B99.csv").write_bytes(HALF)
    return folder


def small_stream(folder: Path) -> Assignment:
    """Return the same, loaded."""
    return load_assignment(make_stream(folder))
