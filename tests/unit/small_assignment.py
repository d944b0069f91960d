"""A small sound assignment, made as real files, for tests that plant a defect in it."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

SETTINGS = """\
title = "Who pays back?"
version = "1.0"
brief = "Predict which customers pay back."
time_budget_hours = 3

[data]
id = "customer"
target = "paid"
classes = ["0", "1"]
sample = "sample_submission.csv"

[metric]
name = "roc_auc"
baseline = 0.60
reference = 0.87

[split]
by = "class"
seed = 1

[examples]
order = ["good", "poor"]
clear = [["good", "poor"]]
"""
REFERENCE = """\
import csv
from pathlib import Path

hidden = Path(__file__).resolve().parent / "data" / "hidden"
print(len(list(csv.reader((hidden / "labels.csv").open()))), "rows")
print("baseline 0.60")
print("reference 0.87")
"""
WORK = """\
import csv
import os

with open("data/test.csv") as file:
    rows = list(csv.DictReader(file))
with open(os.path.join(os.environ.get("OUTPUT_DIR", "."), "predictions.csv"), "w") as file:
    print("customer,prediction", file=file)
    for row in rows:
        print(row["customer"], {how}, sep=",", file=file)
"""
GOOD, POOR = 'round(min(1.0, max(0.0, float(row["income"]) / 100)), 4)', '(len(row["branch"]) % 2) / 2 + 0.1'
SIZES = {"train": 600, "test": 100, "hidden": 500}
Rows = list[dict[str, str]]

BRIEF = """\
# Who pays back?

Predict `paid`.

| part | share |
| --- | --- |
| ROC AUC | 40 |
| data preparation | 14 |
| model choice | 12 |
| evaluation | 14 |
| code quality | 10 |
| production readiness | 10 |
"""


def make_small(folder: Path) -> Path:
    """Write the sound assignment and return its folder."""
    rows = draw(sum(SIZES.values()))
    train, test = rows[: SIZES["train"]], rows[SIZES["train"] : -SIZES["hidden"]]
    write_tables(folder, train, test, rows[-SIZES["hidden"] :])
    (folder / "assignment.toml").write_text(SETTINGS)
    (folder / "reference.py").write_text(REFERENCE)
    (folder / "README.md").write_text(BRIEF)
    (folder / "SOURCE.md").write_text("# Source\n\nMade for a test.\n")
    for name, how in (("good", GOOD), ("poor", POOR)):
        (folder / "examples" / name).mkdir(parents=True)
        (folder / "examples" / name / "predict.py").write_text(WORK.replace("{how}", how))
    return folder


def draw(count: int, seed: int = 1) -> Rows:
    """Return customers whose income and age say something, and not all, of whether they pay."""
    random = np.random.default_rng(seed)
    ids = random.permutation(count) + 10_000
    rows = []
    for number in range(count):
        paid = int(random.random() < 0.4)
        rows.append(
            {
                "customer": f"K{ids[number]}",
                "income": f"{random.normal(40 + 25 * paid, 16):.2f}",
                "age": str(random.integers(18, 90)),
                "branch": str(random.choice(["north", "south", "east", "west"])),
                "paid": str(paid),
            }
        )
    return rows


def told_apart(rows: Rows) -> Rows:
    """Return the rows with incomes that no two share: none has another's features by chance, however they are dealt."""
    return [{**row, "income": f"{row['income']}{row['customer'][1:]}"} for row in rows]


def write_tables(folder: Path, train: Rows, test: Rows, hidden: Rows) -> None:
    """Write the five tables."""
    public, secret = folder / "data" / "public", folder / "data" / "hidden"
    write(public / "train.csv", train)
    write(public / "test.csv", without(test, "paid"))
    write(public / "sample_submission.csv", [{"customer": row["customer"], "prediction": "0.5"} for row in test])
    write(secret / "features.csv", without(hidden, "paid"))
    write(secret / "labels.csv", [{"customer": row["customer"], "paid": row["paid"]} for row in hidden])


def without(rows: Rows, *names: str) -> Rows:
    """Return the rows without these columns."""
    return [{name: cell for name, cell in row.items() if name not in names} for row in rows]


def read(path: Path) -> Rows:
    """Return a table's rows."""
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, rows: Rows) -> None:
    """Write a table, its folder too."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def whole(folder: Path) -> tuple[Rows, Rows, Rows]:
    """Return training, test and hidden rows, the hidden ones with their labels."""
    hidden = folder / "data" / "hidden"
    paid = {row["customer"]: row["paid"] for row in read(hidden / "labels.csv")}
    rows = [{**row, "paid": paid[row["customer"]]} for row in read(hidden / "features.csv")]
    return read(folder / "data/public/train.csv"), read(folder / "data/public/test.csv"), rows


def rewrite(folder: Path, change: Callable[[Rows], Rows]) -> None:
    """Write every table anew with `change` made to the rows of each; test rows get a label for it to look at."""
    train, test, hidden = whole(folder)
    told = [{**row, "paid": str(number % 2)} for number, row in enumerate(test)]
    write_tables(folder, change(train), change(told), change(hidden))


def settle(folder: Path, old: str, new: str) -> None:
    """Change the settings."""
    path = folder / "assignment.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def png(note: str = "", shade: int = 0) -> bytes:
    """Return a grey picture of one pixel, with a note beside it where one is given."""
    import struct
    import zlib

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    text = chunk(b"tEXt", f"Comment\0{note}".encode()) if note else b""
    return b"\x89PNG\r\n\x1a\n" + head + text + chunk(b"IDAT", zlib.compress(bytes([0, shade]))) + chunk(b"IEND", b"")


def zipped(files: Sequence[tuple[str, bytes, int]]) -> bytes:
    """Return an archive of (name, bytes, minute of its time)."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data, minute in files:
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, minute, 0)), data)
    return packed.getvalue()


def as_json(rows: Rows) -> bytes:
    """Return rows as a JSON list."""
    return json.dumps(rows).encode()
