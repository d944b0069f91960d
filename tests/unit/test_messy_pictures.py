"""Messy pictures: each kind does what its law says, the label stays, and the stress run alone has them."""

from __future__ import annotations

import csv
import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from small_pictures import hidden_picture, write_pictures

from grader.assignment import deal, load_assignment
from grader.assignment.messy_pictures import resaved
from grader.assignment.pixels import PALETTE, Pixels, read_pixels, write_pixels
from grader.assignment.png import chunks_of, wrong_with_png
from grader.errors import AssignmentError
from grader.evidence.stress import compare_runs
from grader.evidence.suites import evaluate_suites
from grader.model import Deal
from grader.model.assignment import PICTURE_KINDS

STRESS = """
[stress]
repeat = true
messy_rows = 35
kinds = ["colour", "alpha", "palette", "enlarged", "negative", "empty_picture", "duplicate"]
"""
COLOURFUL = np.random.default_rng(0).integers(0, 256, (6, 5, 3), dtype=np.uint8)
ON_LIGHT = np.full((6, 5, 1), 240, np.uint8)
ON_LIGHT[2:4, 2:4] = 30


def made(pixels: Pixels, kind: str) -> Pixels:
    return read_pixels(resaved(write_pixels(pixels), kind))


def indexed(data: bytes) -> tuple[Pixels, Pixels]:
    """Return the places of a PNG file with a palette, and the palette."""
    chunks = dict(chunks_of(data))
    width, height, depth, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    assert (depth, kind) == (8, PALETTE)
    lines = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    return lines[:, 1:], np.frombuffer(chunks[b"PLTE"], np.uint8).reshape(-1, 3)


@pytest.mark.parametrize("kind", PICTURE_KINDS)
@pytest.mark.parametrize("channels", [1, 2, 3, 4])
def test_every_kind_gives_a_plain_png_of_every_picture(kind: str, channels: int) -> None:
    data = write_pixels(np.full((4, 4, channels), 9, np.uint8))
    assert wrong_with_png(resaved(data, kind), silent=True) == ""
    assert resaved(data, kind) != data or kind == "empty_picture"


def test_a_grey_picture_in_colour_looks_the_same_and_one_in_colour_becomes_grey() -> None:
    assert (made(ON_LIGHT, "colour") == ON_LIGHT.repeat(3, axis=2)).all()
    assert made(COLOURFUL, "colour").shape == (6, 5, 1)
    assert made(np.array([[[255, 0, 0], [0, 255, 0]]], np.uint8), "colour").ravel().tolist() == [76, 150]


def test_an_alpha_channel_hides_nothing_and_one_that_was_there_goes() -> None:
    found = made(COLOURFUL, "alpha")
    assert (found[..., :3] == COLOURFUL).all()
    assert (found[..., 3] == 255).all()
    assert (made(found, "alpha") == COLOURFUL).all()


def test_a_palette_gives_the_levels_back_and_its_places_do_not_tell_them() -> None:
    places, palette = indexed(resaved(write_pixels(ON_LIGHT), "palette"))
    assert (palette[places] == ON_LIGHT.repeat(3, axis=2)).all()
    assert palette[0].tolist() == [240, 240, 240], "the commonest level comes first"
    assert places.max() == 1


def test_an_enlarged_picture_has_each_pixel_four_times() -> None:
    found = made(COLOURFUL, "enlarged")
    assert found.shape == (12, 10, 3)
    assert all((found[row::2, column::2] == COLOURFUL).all() for row in (0, 1) for column in (0, 1))


def test_a_negative_is_undone_by_another_and_an_empty_picture_is_the_paper_alone() -> None:
    assert (made(ON_LIGHT, "negative") == 255 - ON_LIGHT).all()
    assert (made(made(COLOURFUL, "negative"), "negative") == COLOURFUL).all()
    assert (made(ON_LIGHT, "empty_picture") == 240).all()


def given(dealt: Deal) -> dict[str, str]:
    return {row["id"]: row["file"] for row in csv.DictReader(io.StringIO(dealt.files["test.csv"].decode()))}


def test_the_stress_run_alone_has_messy_pictures_each_under_its_own_fresh_name(tmp_path: Path) -> None:
    assignment = load_assignment(write_pictures(tmp_path, STRESS))
    dealt = deal(assignment, "a-run", stress=True)
    files = given(dealt)
    assert len(dealt.messy) == 35
    assert {kind: list(dealt.messy.values()).count(kind) for kind in dealt.messy.values()} == dict.fromkeys(
        (*PICTURE_KINDS, "duplicate"), 5
    )
    assert all(files[name] == f"pets/{name}.png" and files[name] in dealt.files for name in dealt.messy)
    plain = {hidden_picture(number) for number in range(100, 140)}
    assert {dealt.files[files[name]] in plain for name in dealt.ids} == {True}
    for name, kind in dealt.messy.items():
        assert (dealt.files[files[name]] in plain) == (kind == "duplicate"), kind
    assert not deal(assignment, "a-run").messy


def test_the_label_stays_but_for_an_empty_picture_which_has_none(tmp_path: Path) -> None:
    assignment = load_assignment(write_pictures(tmp_path, STRESS))
    dealt = deal(assignment, "a-run", stress=True)
    assert {kind for name, kind in dealt.messy.items() if name not in dealt.messy_labels} == {"empty_picture"}
    assert set(dealt.messy_labels.values()) == {"cat", "dog"}


def answers(dealt: Deal, told: dict[str, str]) -> bytes:
    return "\n".join(
        ["id,prediction", *(f"{name},{label}" for name, label in told.items() if name in given(dealt))]
    ).encode()


def test_the_suite_messy_is_over_the_pictures_that_show_something(tmp_path: Path) -> None:
    assignment = load_assignment(write_pictures(tmp_path, STRESS))
    first, again = deal(assignment, "a-run"), deal(assignment, "a-run", stress=True)
    right = answers(first, dict(zip(first.ids, first.labels, strict=True)))
    truth = {**dict(zip(again.ids, again.labels, strict=True)), **again.messy_labels}
    wrong = {
        name: {"cat": "dog", "dog": "cat"}[truth[name]] for name, kind in again.messy.items() if kind == "negative"
    }
    told = {**dict.fromkeys(again.messy, "cat"), **truth, **wrong}
    found = compare_runs(
        (right, first), (answers(again, told), again), evaluate_suites(right, first, assignment).suites[0], assignment
    )
    assert found.on_messy is not None
    assert (found.on_messy.suite, found.on_messy.rows, found.on_messy.missing) == ("messy", 30, 0)
    assert found.on_messy.value == pytest.approx(25 / 30, abs=1e-6)
    assert found.messy_valid == found.messy_rows == 35
    assert found.identical == found.rows


def test_a_picture_that_cannot_be_made_messy_is_named_before_anything_is_run(tmp_path: Path) -> None:
    pictures = {"pets/P103.png": hidden_picture(3, side=700)}
    with pytest.raises(AssignmentError, match=r"pets/P103\.png: it has more than 400,000 bytes of pixels"):
        load_assignment(write_pictures(tmp_path, STRESS, pictures))
    load_assignment(write_pictures(tmp_path, STRESS.replace("messy_rows = 35", "messy_rows = 0"), pictures))


def test_messy_pictures_are_made_only_where_there_are_some(tmp_path: Path) -> None:
    root = write_pictures(tmp_path, STRESS)
    settings = root / "assignment.toml"
    settings.write_text("\n".join(line for line in settings.read_text().splitlines() if not line.startswith("images")))
    with pytest.raises(AssignmentError, match=r"make pictures: they need data\.images"):
        load_assignment(root)
