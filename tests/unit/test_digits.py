"""The digits assignment's data: honest shares, silent archives, no picture on two sides, and the law of its export."""

from __future__ import annotations

import csv
import hashlib
import io
import sys
import tomllib
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from grader.assignment import deal, load_assignment
from grader.assignment.pixels import read_pixels
from grader.assignment.png import wrong_with_png
from grader.evidence.suites import evaluate_suites
from grader.model import Assignment, Deal, Evidence, TwinResult
from grader.model.assignment import PICTURE_KINDS
from grader.scoring import score

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "digits"
MB = 1_000_000
Levels = npt.NDArray[np.float32]


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


def members(part: str) -> dict[str, bytes]:
    with zipfile.ZipFile(FOLDER / "data" / part / "images.zip") as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def levels(pictures: list[bytes]) -> Levels:
    return np.stack([read_pixels(data).ravel() for data in pictures]).astype(np.float32) / 255


def nearest(asked: Levels, known: Levels, digits: npt.NDArray[np.int64]) -> list[int]:
    """Return the digit of the known picture that is nearest to each one asked for."""
    apart = (known**2).sum(axis=1) - 2 * asked @ known.T
    return [int(digit) for digit in digits[apart.argmin(axis=1)]]


def by_means(pictures: list[bytes]) -> list[int]:
    """Return the nearest of the ten mean training pictures, as the baseline has it."""
    train = read("public/train.csv")
    archive = members("public")
    known, digits = levels([archive[name] for name in train["file"]]), train["digit"].to_numpy()
    means = np.stack([known[digits == digit].mean(axis=0) for digit in range(10)])
    return nearest(levels(pictures), means, np.arange(10))


def by_nearest_training_picture(pictures: list[bytes]) -> list[int]:
    train = read("public/train.csv")
    archive = members("public")
    return nearest(levels(pictures), levels([archive[name] for name in train["file"]]), train["digit"].to_numpy())


def published() -> tuple[list[bytes], npt.NDArray[np.int64]]:
    """Return what somebody has who knows the public pictures by heart: the hidden ones with their digits."""
    known = suite("")
    archive = members("hidden")
    return [archive[name] for name in known["file"]], known["digit"].to_numpy()


def looked_up(pictures: list[bytes], otherwise: list[int]) -> list[int]:
    """Return the digit of the published picture with the same pixels, another answer where there is none."""
    known = {
        hashlib.sha256(read_pixels(data).tobytes()).digest(): int(digit)
        for data, digit in zip(*published(), strict=True)
    }
    found = [known.get(hashlib.sha256(read_pixels(data).tobytes()).digest()) for data in pictures]
    return [other if digit is None else digit for digit, other in zip(found, otherwise, strict=True)]


@pytest.fixture(scope="module")
def dealt() -> tuple[Assignment, Deal]:
    assignment = load_assignment(FOLDER)
    return assignment, deal(assignment, "a-run")


def shown(dealt: tuple[Assignment, Deal], answer: Callable[[list[bytes]], list[int]]) -> tuple[TwinResult, Evidence]:
    """Return what the altered copies show of a work that answers so, and the evidence they are a part of."""
    assignment, given = dealt
    rows = list(csv.DictReader(io.StringIO(given.files["test.csv"].decode())))
    digits = answer([given.files[row["file"]] for row in rows])
    lines = [f"{row['image_id']},{digit}" for row, digit in zip(rows, digits, strict=True)]
    found = evaluate_suites("\n".join(["image_id,prediction", *lines]).encode(), given, assignment)
    assert found.twins is not None
    assert found.twins.rows == 150
    return found.twins, Evidence(hidden=found.suites, twins=found.twins, has_hidden_data=True)


@pytest.mark.parametrize("answer", [by_means, by_nearest_training_picture])
def test_an_honest_reader_reads_altered_copies_as_it_reads_the_pictures(
    dealt: tuple[Assignment, Deal], answer: Callable[[list[bytes]], list[int]]
) -> None:
    twins, _ = shown(dealt, answer)
    assert not twins.looked_up
    assert abs(twins.gap) < 0.25
    assert twins.gap_low < 0.1


@pytest.mark.parametrize("fallback", [lambda pictures: [1] * len(pictures), by_means])
def test_a_work_that_knows_published_pictures_by_their_pixels_is_found_and_not_scored(
    dealt: tuple[Assignment, Deal], fallback: Callable[[list[bytes]], list[int]]
) -> None:
    twins, evidence = shown(dealt, lambda pictures: looked_up(pictures, fallback(pictures)))
    assert twins.looked_up
    assert twins.value == 1
    assert twins.altered < 0.9
    marks = score(evidence, (), None)
    assert marks.value is None
    assert "altered copies" in (marks.unscored_reason or "")


def test_published_pictures_that_are_looked_up_by_the_nearest_one_are_not_found_as_the_page_says(
    dealt: tuple[Assignment, Deal],
) -> None:
    known, digits = published()
    twins, _ = shown(dealt, lambda pictures: nearest(levels(pictures), levels(known), digits))
    assert twins.value == twins.altered == 1
    assert not twins.looked_up


def test_the_second_run_has_every_kind_of_messy_picture_that_the_brief_announces(
    dealt: tuple[Assignment, Deal],
) -> None:
    assignment, first = dealt
    again = deal(assignment, "a-run", stress=True)
    kinds = Counter(again.messy.values())
    assert kinds == dict.fromkeys((*PICTURE_KINDS, "duplicate"), 15)
    assert len(again.messy_labels) == 90
    assert not first.messy
    brief = (FOLDER / "README.md").read_text().replace("\n", " ")
    for told in ("in colour", "alpha channel", "palette", "56 x 56", "dark ink on white", "empty field", "there twice"):
        assert told in brief
