"""The digits assignment's data: honest shares, silent archives, no picture on two sides, and the law of its export."""

from __future__ import annotations

import sys
import tomllib
import zipfile
import zlib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest

from grader.assignment import load_assignment
from grader.assignment.png import wrong_with_png

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "digits"
MB = 1_000_000


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / "data" / name)


def suite(prefix: str) -> pd.DataFrame:
    return read(f"hidden/{prefix}features.csv").merge(read(f"hidden/{prefix}labels.csv"), validate="one_to_one")


@pytest.fixture
def export(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    monkeypatch.syspath_prepend(str(FOLDER))
    yield import_module("export")
    sys.modules.pop("export", None)


@pytest.mark.parametrize("table", ["train", "", "shifted_"])
def test_each_part_has_each_digit_equally_often(table: str) -> None:
    digits = read("public/train.csv") if table == "train" else suite(table)
    assert digits["digit"].value_counts().nunique() == 1
    assert digits["digit"].nunique() == 10


def test_the_folder_can_be_loaded_and_no_picture_is_there_twice() -> None:
    assert load_assignment(FOLDER).modality == "image"
    contents: list[bytes] = []
    for part in ("public", "hidden"):
        with zipfile.ZipFile(FOLDER / "data" / part / "images.zip") as archive:
            contents += [archive.read(name) for name in archive.namelist()]
    assert len(contents) == len(set(contents)) == 5000


@pytest.mark.parametrize("part", ["public", "hidden"])
def test_the_archives_say_nothing_by_order_or_time(part: str) -> None:
    with zipfile.ZipFile(FOLDER / "data" / part / "images.zip") as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {(entry.date_time, entry.external_attr, entry.extra, entry.comment) for entry in entries} == {
        ((1980, 1, 1, 0, 0, 0), 0o644 << 16, b"", b"")
    }


def test_a_shifted_picture_keeps_its_ink_and_stays_within_the_law(export: ModuleType) -> None:
    picture = np.zeros((28, 28), dtype=np.uint8)
    picture[6:22, 12:16] = 255
    changed = [export.shifted(picture, np.random.default_rng(seed)).astype(float) for seed in range(40)]
    clean = [np.where(one > 100, one, 0) for one in changed]
    centres = np.array([[(np.indices((28, 28))[axis] * one).sum() / one.sum() for axis in (0, 1)] for one in clean])
    assert np.abs(centres - 13.5).max() < 2.6
    assert np.abs(centres - 13.5).max() > 1
    assert all(0.7 < one.sum() / picture.sum(dtype=float) < 1.3 for one in clean)
    assert np.mean([one[:3, :3].std() for one in changed]) == pytest.approx(0.58 * 20, rel=0.2)


def test_an_exported_picture_is_read_back_as_it_was(export: ModuleType, tmp_path: Path) -> None:
    picture = np.arange(28 * 28, dtype=np.uint16).reshape(28, 28).astype(np.uint8)
    export.HERE = tmp_path
    export.pack(pd.Series(["images/b.png", "images/a.png"]), np.stack([picture, picture.T]), tmp_path / "one.zip")
    export.pack(pd.Series(["images/a.png", "images/b.png"]), np.stack([picture.T, picture]), tmp_path / "other.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "other.zip").read_bytes()
    with zipfile.ZipFile(tmp_path / "one.zip") as archive:
        data = archive.read("images/b.png")
    assert wrong_with_png(data, silent=True) == ""
    start = data.index(b"IDAT")
    lines = np.frombuffer(zlib.decompress(data[start + 4 :]), dtype=np.uint8).reshape(28, 29)
    assert (lines[:, 0] == 0).all(), "no line is filtered"
    assert (lines[:, 1:] == picture).all()


def test_the_weights_are_shares_of_a_hundred_and_the_folder_is_small() -> None:
    settings = tomllib.loads((FOLDER / "assignment.toml").read_text())
    assert sum(settings["weights"].values()) == 100
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 3 * MB
