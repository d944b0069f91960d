"""Pictures of altered copies: moved as far as stated, faintly noisy, under fresh names, and refused if unfit."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest
from small_pictures import hidden_picture, write_pictures

from grader.assignment import deal, load_assignment
from grader.assignment.altered_pictures import altered
from grader.assignment.pixels import Pixels, read_pixels, write_pixels
from grader.errors import AssignmentError
from grader.model import Deal
from grader.model.suites import PictureChange

TWINS = "[twins]\nrows = 20\npictures = { move = 0.5, noise = 4 }\n"


def centre(pixels: Pixels) -> Pixels:
    levels = pixels[..., 0].astype(float)
    return np.array([(np.indices(levels.shape)[axis] * levels).sum() / levels.sum() for axis in (0, 1)])


@pytest.fixture
def blot() -> Pixels:
    pixels = np.zeros((28, 28, 1), np.uint8)
    pixels[9:19, 11:17] = 200
    return pixels


def test_a_picture_is_moved_as_far_as_asked_in_a_direction_of_its_own(blot: Pixels) -> None:
    # so faint a noise is rounded away on neither side: the centre of the blot tells the move
    ways = np.array(
        [
            centre(
                np.where(
                    (found := read_pixels(altered(write_pixels(blot), PictureChange(noise=1), seed))) > 5, found, 0
                )
            )
            - centre(blot)
            for seed in range(60)
        ]
    )
    assert np.hypot(*ways.T) == pytest.approx(np.full(60, 0.5), abs=0.03)
    assert (ways > 0.1).any(axis=0).all()
    assert (ways < -0.1).any(axis=0).all()


def test_the_noise_is_no_stronger_than_asked_and_differs_from_picture_to_picture() -> None:
    paper = np.full((28, 28, 1), 100, np.uint8)
    found = [read_pixels(altered(write_pixels(paper), PictureChange(move=2, noise=3), seed)) for seed in range(5)]
    assert {int(level) for pixels in found for level in np.unique(pixels)} == set(range(97, 104))
    assert len({pixels.tobytes() for pixels in found}) == 5


def test_the_same_draw_makes_the_same_picture(blot: Pixels) -> None:
    assert altered(write_pixels(blot), PictureChange(), 7) == altered(write_pixels(blot), PictureChange(), 7)


def test_what_is_see_through_gets_no_noise() -> None:
    pixels = np.dstack([np.full((9, 9), level, np.uint8) for level in (90, 120, 150, 255)])
    found = read_pixels(altered(write_pixels(pixels), PictureChange(), 1))
    assert (found[..., 3] == 255).all()
    assert (found[..., :3] != pixels[..., :3]).any()


def given(dealt: Deal) -> dict[str, str]:
    return {row["id"]: row["file"] for row in csv.DictReader(io.StringIO(dealt.files["test.csv"].decode()))}


def test_each_copy_lies_beside_its_original_under_a_name_of_its_own(tmp_path: Path) -> None:
    dealt = deal(load_assignment(write_pictures(tmp_path, TWINS)), "a-run")
    files = given(dealt)
    assert len(dealt.twins) == 20
    assert len(set(files.values())) == len(files) == len(dealt.ids) + 20
    for copy, original in dealt.twins.items():
        assert files[copy] == f"pets/{copy}.png"
        before, after = (read_pixels(dealt.files[files[name]]).astype(int) for name in (original, copy))
        assert (before != after).any()
        assert np.abs(before - after).mean() < 8
    assert not set(dealt.twins) & set(dealt.ids)


def test_copies_are_the_same_in_every_run(tmp_path: Path) -> None:
    assignment = load_assignment(write_pictures(tmp_path, TWINS))
    one, other = (deal(assignment, name) for name in ("one", "other"))
    pictures = [sorted(dealt.files[given(dealt)[copy]] for copy in dealt.twins) for dealt in (one, other)]
    assert pictures[0] == pictures[1]
    assert not set(one.twins) & set(other.twins)


def test_a_hidden_picture_that_cannot_be_altered_is_named_before_anything_is_run(tmp_path: Path) -> None:
    root = write_pictures(tmp_path, TWINS, {"pets/P103.png": hidden_picture(3, side=700)})
    with pytest.raises(AssignmentError) as caught:
        load_assignment(root)
    assert "pets/P103.png: it has more than 400,000 bytes of pixels" in caught.value.message
    assert "data/hidden/images.zip" in caught.value.message
    load_assignment(write_pictures(tmp_path / "plain", "", {"pets/P103.png": hidden_picture(3, side=700)}))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[twins]\nrows = 20\n", "twins need something to alter"),
        (TWINS.replace("0.5", "4"), "less than or equal to 3"),
        (TWINS.replace("noise = 4", "noise = 0"), "greater than or equal to 1"),
        (TWINS.replace("rows = 20", "rows = 41"), "only 40 hidden rows can be altered"),
    ],
)
def test_an_alteration_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(AssignmentError, match=said):
        load_assignment(write_pictures(tmp_path, text))


def test_pictures_are_altered_only_where_there_are_some(tmp_path: Path) -> None:
    root = write_pictures(tmp_path, TWINS)
    settings = root / "assignment.toml"
    settings.write_text("\n".join(line for line in settings.read_text().splitlines() if not line.startswith("images")))
    with pytest.raises(AssignmentError, match=r"make pictures: they need data\.images"):
        load_assignment(root)
