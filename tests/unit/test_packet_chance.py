"""Hidden rows that equal published ones by chance: a few in the training table are let pass, elsewhere none."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest
from small_assignment import Rows, make_small, rewrite, settle, told_apart, whole, without, write, write_tables
from small_pictures import write_pictures
from typer.testing import CliRunner

from grader.assignment import load_assignment
from grader.assignment.pixels import write_pixels
from grader.authoring.checks_published import nothing_hidden_published
from grader.authoring.pack import pack
from grader.authoring.result import Finding
from grader.authoring.subject import read_subject
from grader.cli.app import app
from grader.errors import AssignmentError
from grader.model import Packed

Table = list[dict[str, str]]


@pytest.fixture
def apart(tmp_path: Path) -> Path:
    """Return an assignment whose rows do not repeat themselves."""
    folder = make_small(tmp_path / "small")
    rewrite(folder, told_apart)
    return folder


def packet(folder: Path) -> Packed:
    return pack(load_assignment(folder), "numpy==1\n", folder.parent / "packets")


def looked(folder: Path) -> Finding:
    return nothing_hidden_published(read_subject(load_assignment(folder)))


def refusal(folder: Path) -> str:
    """Return why there is no packet, which the check of the folder must say too."""
    with pytest.raises(AssignmentError) as caught:
        packet(folder)
    assert looked(folder).status == "defect"
    return caught.value.message


def copied_into_training(folder: Path, count: int) -> Rows:
    """Give the first training rows the features of hidden ones, and return these as the training table has them."""
    train, test, hidden = whole(folder)
    copies = [{**row, "customer": own["customer"]} for row, own in zip(hidden[:count], train, strict=False)]
    write_tables(folder, copies + train[count:], [{**row, "paid": ""} for row in test], hidden)
    return copies


def publish(folder: Path, rows: Rows) -> None:
    write(folder / "data" / "public" / "notes.csv", rows)
    settle(folder, 'sample = "sample_submission.csv"', 'sample = "sample_submission.csv"\nother = ["notes.csv"]')


def test_up_to_one_hidden_row_in_a_hundred_may_equal_a_training_row_and_is_told(apart: Path) -> None:
    copied_into_training(apart, 5)
    told = "5 of 500 hidden rows (1.0%) equal a row of the training table"
    assert packet(apart).let_pass.startswith(told)
    found = looked(apart)
    assert (found.status, found.where) == ("warning", "data/public/train.csv")
    assert found.what.startswith(told)
    output = apart.parent / "printed"
    done = CliRunner().invoke(app, ["assignment", "pack", str(apart), "--output", str(output)])
    assert (done.exit_code, f"To look at: {told}" in done.output) == (0, True)


def test_more_than_one_hidden_row_in_a_hundred_in_the_training_table_are_refused(apart: Path) -> None:
    copied_into_training(apart, 6)
    assert "data/train.csv: it holds in row 2 the features of row 2 of data/hidden/features.csv" in refusal(apart)


def test_where_no_hidden_row_is_published_nothing_is_told(apart: Path) -> None:
    assert packet(apart).let_pass == ""
    assert looked(apart).status == "ok"


def test_a_single_hidden_row_in_the_public_test_table_is_refused(apart: Path) -> None:
    train, test, hidden = whole(apart)
    planted = {**hidden[0], "customer": test[0]["customer"]}
    write_tables(apart, train, [planted, *({**row, "paid": ""} for row in test[1:])], hidden)
    assert "the features of row 2 of data/hidden/features.csv" in refusal(apart)


@pytest.mark.parametrize("left_out", [("customer",), ("customer", "paid")], ids=["with its label", "without"])
def test_a_single_hidden_row_in_a_file_beside_the_training_table_is_refused(
    apart: Path, left_out: tuple[str, ...]
) -> None:
    copied_into_training(apart, 3)
    publish(apart, without([whole(apart)[0][50], whole(apart)[2][40]], *left_out))
    assert "data/notes.csv: it holds in row 3 the features of row 42 of data/hidden/features.csv" in refusal(apart)


def test_a_row_that_may_be_in_the_training_table_may_not_stand_elsewhere_with_another_label(apart: Path) -> None:
    (copy,) = copied_into_training(apart, 1)
    publish(apart, without([copy], "customer"))
    packet(apart)
    write(apart / "data" / "public" / "notes.csv", [{**copy, "customer": "", "paid": str(1 - int(copy["paid"]))}])
    assert "data/notes.csv: it holds in row 2" in refusal(apart)


def test_the_label_beside_the_hidden_id_of_such_a_row_is_refused(apart: Path) -> None:
    copied_into_training(apart, 1)
    publish(apart, [{"customer": row["customer"], "paid": row["paid"]} for row in whole(apart)[2][:1]])
    assert "data/notes.csv: it holds rows under hidden ids" in refusal(apart)


def test_a_second_copy_of_the_training_rows_does_not_make_them_repeat_themselves(apart: Path) -> None:
    copied_into_training(apart, 50)
    publish(apart, whole(apart)[0][::-1])
    assert "data/train.csv: it holds in row 2" in refusal(apart)


def test_a_training_row_that_goes_on_where_a_hidden_one_ends_is_another_row(apart: Path) -> None:
    """Tables of counts have such: twelve months where a hidden row has one, and all else alike."""
    train, test, hidden = whole(apart)
    hidden = [{**row, "branch": "the branch in the north", "months": "1"} for row in hidden]
    others = [{**row, "customer": own["customer"], "months": "12"} for row, own in zip(hidden, train, strict=False)]
    test = [{**row, "paid": "", "branch": "north", "months": "3"} for row in test]
    write_tables(apart, others[::-1], test, hidden)
    assert packet(apart).let_pass == ""
    assert looked(apart).status == "ok"


# pictures


def drawn_anew(root: Path, copied: int) -> Path:
    """Return an assignment of 140 hidden pictures, of which some are those of public rows, byte for byte."""
    folder = write_pictures(root)
    names = {"public": [f"P{number}" for number in range(12)], "hidden": [f"P{number}" for number in range(100, 240)]}
    for part, own in names.items():
        with zipfile.ZipFile(folder / "data" / part / "images.zip", "w") as archive:
            for number, name in enumerate(own):
                is_copy = part == "hidden" and number < copied
                seed = number if is_copy or part == "public" else 1000 + number
                archive.writestr(f"pets/{name}.png", one_of_a_kind(seed))
    rows = [f"{name},pets/{name}.png" for name in names["hidden"]]
    (folder / "data" / "hidden" / "features.csv").write_text("\n".join(["id,file", *rows]) + "\n")
    labels = [f"{name},{('cat', 'dog')[number % 3 % 2]}" for number, name in enumerate(names["hidden"])]
    (folder / "data" / "hidden" / "labels.csv").write_text("\n".join(["id,animal", *labels]) + "\n")
    (folder / "README.md").write_text("# Cats and dogs\n")
    return folder


def one_of_a_kind(seed: int) -> bytes:
    return write_pixels(np.random.default_rng(seed).integers(0, 255, (16, 16, 1), dtype=np.uint8))


def test_a_hidden_picture_that_a_training_row_has_too_is_told_and_let_pass(tmp_path: Path) -> None:
    folder = drawn_anew(tmp_path, copied=1)
    told = "1 of 140 hidden rows (0.7%) have the picture of a training row"
    assert packet(folder).let_pass.startswith(told)
    assert looked(folder).what.startswith(told)


def test_more_than_one_in_a_hundred_hidden_pictures_of_training_rows_are_refused(tmp_path: Path) -> None:
    assert "the file data/hidden/images.zip: pets/P10" in refusal(drawn_anew(tmp_path, copied=2))


def test_a_single_hidden_picture_that_no_training_row_has_is_refused(tmp_path: Path) -> None:
    folder = drawn_anew(tmp_path, copied=0)
    (folder / "data" / "public" / "one.png").write_bytes(one_of_a_kind(1000))
    settle(folder, 'target = "animal"', 'target = "animal"\nother = ["one.png"]')
    assert "data/one.png: it holds the file data/hidden/images.zip: pets/P100.png" in refusal(folder)
