"""A small sound assignment of pictures, made as real files: grey blots that are larger on the one class."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np

from grader.assignment.pixels import write_pixels

TOML = """
title = "Cats and dogs"
version = "1"
brief = "Which is it?"
time_budget_hours = 1
modality = "image"
[data]
id = "id"
target = "animal"
classes = ["cat", "dog"]
images = { archive = "images.zip", column = "file" }
[metric]
name = "multiclass_accuracy"
baseline = 0.5
reference = 0.9
"""
PUBLIC, HIDDEN = range(12), range(100, 140)


def hidden_picture(number: int, side: int = 16) -> bytes:
    """Return a grey picture of its own: a blot at a place and of a level that its number says."""
    pixels = np.full((side, side, 1), 20, np.uint8)
    row, column = 2 + number % 5, 2 + number // 5 % 5
    pixels[row : row + 4 + 4 * (number % 2), column : column + 5] = 130 + number % 100
    return write_pixels(pixels)


def write_pictures(root: Path, more: str = "", pictures: dict[str, bytes] | None = None) -> Path:
    """Return the folder of the assignment, written below `root`, with `more` settings and other hidden `pictures`."""
    folder = root / "pets"
    _write_part(folder / "data" / "public", PUBLIC, ("train.csv", "test.csv"), {})
    _write_part(folder / "data" / "hidden", HIDDEN, ("features.csv", "labels.csv"), pictures or {})
    (folder / "assignment.toml").write_text(TOML + more)
    return folder


def _write_part(folder: Path, numbers: range, tables: tuple[str, str], pictures: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rows = [(f"P{number}", f"pets/P{number}.png", ("cat", "dog")[number % 2]) for number in numbers]
    if tables[0] == "train.csv":
        _save(folder / tables[0], "id,file,animal", rows[:8])
        _save(folder / tables[1], "id,file", [row[:2] for row in rows[8:]])
    else:
        _save(folder / tables[0], "id,file", [row[:2] for row in rows])
        _save(folder / tables[1], "id,animal", [(row[0], row[2]) for row in rows])
    with zipfile.ZipFile(folder / "images.zip", "w") as archive:
        for number, (_, name, _) in zip(numbers, rows, strict=True):
            archive.writestr(name, pictures.get(name, hidden_picture(number)))


def _save(path: Path, header: str, rows: list[tuple[str, ...]]) -> None:
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n")
