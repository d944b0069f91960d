"""Tests of the picture checks, of the law of the other scanners, and of the model's contract."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from sklearn.neighbors import KNeighborsClassifier

from digit_reader.evaluate import share_for_a_person
from digit_reader.model import WithCopies
from digit_reader.pictures import load_picture, load_table
from digit_reader.scanner import as_other_scanner


@pytest.fixture
def bars() -> tuple[np.ndarray, np.ndarray]:
    """Return upright and lying bars, which are told apart even when turned a little."""
    pictures = np.zeros((40, 28, 28))
    pictures[:20, 4:24, 12:16] = 1
    pictures[20:, 12:16, 4:24] = 1
    return pictures.reshape(40, -1), np.repeat([0, 1], 20)


def test_missing_columns_are_named(tmp_path: Path) -> None:
    pd.DataFrame({"image_id": ["D1"]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match="file"):
        load_table(tmp_path / "a.csv")


def test_labels_that_are_no_digits_are_refused(tmp_path: Path) -> None:
    pd.DataFrame({"image_id": ["D1"], "file": ["a.png"], "digit": [11]}).to_csv(tmp_path / "a.csv", index=False)
    with pytest.raises(ValueError, match="no digits"):
        load_table(tmp_path / "a.csv", labelled=True)


def test_a_picture_is_read_alike_however_it_was_saved(bars: tuple[np.ndarray, np.ndarray], tmp_path: Path) -> None:
    plain = Image.fromarray((bars[0][0].reshape(28, 28) * 255).astype(np.uint8))
    negative = Image.eval(plain, lambda level: 255 - level)
    saved = [plain, plain.convert("RGB"), plain.convert("RGBA"), plain.convert("P"), plain.resize((56, 56), 0), negative]
    for number, picture in enumerate(saved):
        picture.save(tmp_path / f"{number}.png")
        assert np.allclose(load_picture(tmp_path / f"{number}.png"), bars[0][0]), picture.mode


def test_a_broken_picture_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(ValueError, match=r"a\.png"):
        load_picture(tmp_path / "a.png")


def test_changed_pictures_stay_within_bounds_and_keep_most_of_their_ink(bars: tuple[np.ndarray, np.ndarray]) -> None:
    changed = as_other_scanner(bars[0], np.random.default_rng(0))
    assert changed.min() >= 0
    assert changed.max() <= 1
    assert changed.sum() > 0.7 * bars[0].sum()
    assert not np.allclose(changed[0], changed[1])


def test_the_same_seed_gives_the_same_predictions(bars: tuple[np.ndarray, np.ndarray]) -> None:
    asked = as_other_scanner(bars[0], np.random.default_rng(1))
    first, second = (WithCopies(KNeighborsClassifier(3), copies=1).fit(*bars).predict(asked) for _ in range(2))
    assert (first == second).all()
    assert (first == bars[1]).mean() > 0.9


def test_the_share_for_a_person_leaves_out_the_least_sure() -> None:
    margins = np.array([0.9, 0.8, 0.7, 0.1])
    is_right = np.array([True, True, True, False])
    assert share_for_a_person(margins, is_right) == pytest.approx(0.25)
    assert share_for_a_person(margins, np.zeros(4, dtype=bool)) == 1.0
