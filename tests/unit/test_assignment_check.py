"""`grader assignment check`: each planted defect is found by its id, with how to mend it, and a sound one passes."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from small_assignment import (
    Rows,
    as_json,
    draw,
    make_small,
    png,
    read,
    rewrite,
    settle,
    whole,
    without,
    write,
    write_tables,
    zipped,
)
from typer.testing import CliRunner

from grader.authoring.checks_examples import left_to_a_person
from grader.authoring.result import ExampleGrade
from grader.cli.app import app

Found = dict[str, dict[str, Any]]


def proof_of(folder: Path, *options: str) -> tuple[int, Found]:
    """Return the exit status and what was found, by id."""
    done = CliRunner().invoke(app, ["assignment", "check", str(folder), "--json", *options])
    return done.exit_code, {item["id"]: item for item in json.loads(done.stdout)["checks"]}


def defects_of(folder: Path) -> Found:
    """Return the defects, by id; what an author is told must hold where and how to mend it."""
    status, found = proof_of(folder, "--no-examples")
    defects = {name: item for name, item in found.items() if item["status"] == "defect"}
    assert status == (2 if defects else 0)
    assert all(item["where"] and item["mend"] and item["what"] for item in defects.values())
    return defects


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return make_small(tmp_path / "small")


def test_the_sound_one_passes_with_nothing_to_look_at(small: Path) -> None:
    status, found = proof_of(small, "--no-examples")
    assert status == 0
    assert {item["status"] for item in found.values()} == {"ok", "not_checked"}


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
def test_the_sound_one_passes_with_its_examples_graded_and_swapped_they_are_found(small: Path) -> None:
    status, found = proof_of(small, "--sandbox", "bubblewrap")
    assert status == 0
    assert (found["examples.order"]["status"], found["examples.clear"]["status"]) == ("ok", "ok")
    assert found["metric.reproduced"]["status"] == "ok"
    settle(small, 'order = ["good", "poor"]', 'order = ["poor", "good"]')
    settle(small, 'clear = [["good", "poor"]]', 'clear = [["poor", "good"]]')
    settle(small, "reference = 0.87", "reference = 0.88")
    status, found = proof_of(small, "--sandbox", "bubblewrap")
    assert status == 2
    assert "good" in found["examples.order"]["what"]
    assert "meet" in found["examples.clear"]["what"]
    assert "reference is 0.88, it prints 0.87" in found["metric.reproduced"]["what"]


def test_an_example_that_no_list_names_is_told_and_what_tools_leave_beside_them_is_not(small: Path) -> None:
    for name in ("forgotten", "__pycache__", ".ipynb_checkpoints"):
        (small / "examples" / name).mkdir()
    status, found = proof_of(small, "--no-examples")
    assert status == 0
    assert found["examples.named"]["status"] == "warning"
    assert found["examples.named"]["what"].endswith(": forgotten")


# labels


def test_a_label_column_left_in_the_features_under_another_name_is_found(small: Path) -> None:
    rewrite(small, lambda rows: [{**row, "status": {"0": "open", "1": "closed"}[row["paid"]]} for row in rows])
    found = defects_of(small)
    assert "'status'" in found["labels.in_features"]["what"]
    assert "'status'" in found["labels.in_features"]["mend"]


def copied(folder: Path) -> bytes:
    return (folder / "data" / "hidden" / "labels.csv").read_bytes()


def in_a_tar(folder: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        entry = tarfile.TarInfo("notes/old.csv")
        entry.size = len(copied(folder))
        archive.addfile(entry, io.BytesIO(copied(folder)))
    return packed.getvalue()


def as_array(folder: Path) -> bytes:
    packed = io.BytesIO()
    np.save(packed, np.array([int(row["paid"]) for row in whole(folder)[2]]))
    return packed.getvalue()


PUBLISHED: dict[str, Callable[[Path], bytes]] = {
    "answers.csv": copied,
    "answers.txt": lambda folder: "\n".join(row["paid"] for row in whole(folder)[2]).encode(),
    "columns.csv": lambda folder: "\n".join(f"{n};{row['paid']}" for n, row in enumerate(whole(folder)[2])).encode(),
    "answers.json": lambda folder: as_json(whole(folder)[2]),
    "packed.zip": lambda folder: zipped([("deep/answers.csv", copied(folder), 0)]),
    "packed.tar.gz": in_a_tar,
    "packed.gz": lambda folder: gzip.compress(copied(folder)),
    "answers.npy": as_array,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_labels_that_candidates_would_get_are_found_whatever_the_file_is_called(small: Path, name: str) -> None:
    (small / "data" / "public" / name).write_bytes(PUBLISHED[name](small))
    found = defects_of(small)
    assert list(found) == ["labels.in_public"]
    assert found["labels.in_public"]["where"].startswith(f"data/public/{name}")


def test_labels_in_the_brief_are_found(small: Path) -> None:
    lines = [f"| {row['customer']} | {row['age']} | {row['paid']} |" for row in whole(small)[2][:30]]
    (small / "README.md").write_text("# Who pays back?\n\n" + "\n".join(lines) + "\n")
    assert defects_of(small)["labels.in_public"]["where"] == "README.md"


# what gives the target away


SERVED = Path(__file__).resolve().parents[2] / "assignments" / "serve-the-model"


def served_with(folder: Path, notes: str) -> Path:
    """Return serve-the-model with one public file more."""
    shutil.copytree(SERVED, folder, ignore=shutil.ignore_patterns("examples"))
    (folder / "data" / "public" / "notes.csv").write_text(notes)
    settle(folder, 'other = ["model.joblib"', 'other = ["notes.csv", "model.joblib"')
    text = (folder / "assignment.toml").read_text()
    (folder / "assignment.toml").write_text(text.partition("[examples]")[0])
    return folder


def hidden_cells(name: str, *columns: str) -> list[list[str]]:
    with (SERVED / "data" / "hidden" / name).open(newline="") as file:
        return [[row[column] for column in columns] for row in csv.DictReader(file)]


def lines_of(*rows: list[str]) -> str:
    return "".join(",".join(row) + "\n" for row in rows)


def statuses_of_hidden_batches() -> str:
    return lines_of(["batch", "status"], *hidden_cells("batches.csv", "batch", "status"))


def statuses_in_another_order_among_other_cells() -> str:
    pairs = sorted(hidden_cells("batches.csv", "batch", "status"), key=lambda pair: pair[0][::-1])
    return lines_of(["what", "x", "file"], *([status, "7", batch] for batch, status in pairs))


def refused_ids() -> str:
    return lines_of(["row"], *hidden_cells("refused.csv", "flight_id"))


def ids_marked_as_refused_or_not() -> str:
    refused = {name for (name,) in hidden_cells("refused.csv", "flight_id")}
    ids = sorted({name for (name,) in hidden_cells("features.csv", "flight_id")})
    return lines_of(["row", "bad"], *([name, str(int(name in refused))] for name in ids))


@pytest.mark.parametrize(
    ("plant", "told_of"),
    [
        (statuses_of_hidden_batches, "34 of data/hidden/batches.csv, beside their keys"),
        (statuses_in_another_order_among_other_cells, "34 of data/hidden/batches.csv, beside their keys"),
        (refused_ids, "122 rows of data/hidden/features.csv without a label"),
        (ids_marked_as_refused_or_not, "122 rows of data/hidden/features.csv without a label"),
    ],
    ids=lambda item: getattr(item, "__name__", ""),
)
def test_what_is_right_in_a_further_table_is_a_label_that_candidates_may_not_get(
    tmp_path: Path, plant: Callable[[], str], told_of: str
) -> None:
    found = defects_of(served_with(tmp_path / "served", plant()))["labels.in_public"]
    assert found["where"] == "data/public/notes.csv"
    assert told_of in found["what"]


def test_statuses_of_other_batches_are_no_find(tmp_path: Path) -> None:
    others = [
        [batch.replace("B2", "B7").replace("B3", "B8"), status]
        for batch, status in hidden_cells("batches.csv", "batch", "status")
    ]
    assert "labels.in_public" not in defects_of(
        served_with(tmp_path / "served", lines_of(["batch", "status"], *others))
    )


def by_label(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: row["paid"])


def test_ids_in_the_order_of_the_labels_are_found(small: Path) -> None:
    def renamed(rows: Rows) -> Rows:
        start = int(min(row["customer"] for row in rows)[1:]) * 1000
        ranks = {row["customer"]: rank for rank, row in enumerate(by_label(rows))}
        return [{**row, "customer": f"K{start + ranks[row['customer']]}"} for row in rows]

    rewrite(small, renamed)
    assert "rank" in defects_of(small)["giveaway.id"]["what"]


def test_ids_whose_letters_tell_the_label_are_found(small: Path) -> None:
    rewrite(small, lambda rows: [{**row, "customer": f"{'NY'[int(row['paid'])]}{row['customer']}"} for row in rows])
    assert "giveaway.id" in defects_of(small)


def test_rows_in_the_order_of_the_labels_are_found(small: Path) -> None:
    rewrite(small, by_label)
    found = defects_of(small)
    assert list(found) == ["giveaway.order"]
    assert "Shuffle" in found["giveaway.order"]["mend"]


def test_rows_that_lie_in_clumps_of_the_label_are_found(small: Path) -> None:
    def clumped(rows: Rows) -> Rows:
        ordered = by_label(rows)
        pieces = [ordered[at : at + 20] for at in range(0, len(ordered), 20)]
        return [row for at in range(len(pieces)) for row in pieces[at * 7 % len(pieces)]]

    rewrite(small, clumped)
    assert "giveaway.order" in defects_of(small)


def test_a_single_feature_that_gives_the_target_away_is_found(small: Path) -> None:
    def told(rows: Rows) -> Rows:
        return [{**row, "fee": f"{int(row['paid']) * 3 + hash_of(row) % 1000 / 300:.3f}"} for row in rows]

    rewrite(small, told)
    found = defects_of(small)
    assert list(found) == ["giveaway.feature"]
    assert "'fee'" in found["giveaway.feature"]["what"]


def hash_of(row: dict[str, str]) -> int:
    return int(row["customer"][1:]) * 7919 % 100_003


def with_pictures(
    folder: Path, noted: Callable[[dict[str, str]], str], minute: Callable[[dict[str, str]], int]
) -> None:
    """Give each row a picture in an archive, with a note beside its pixels and a time."""
    rewrite(folder, lambda rows: [{"file": f"images/{hash_of(row):06d}.png", **row} for row in rows])
    train, test, hidden = whole(folder)
    for name, rows in (("public", [*train, *[{**row, "paid": "0"} for row in test]]), ("hidden", hidden)):
        files = sorted((row["file"], png(noted(row), hash_of(row) % 256), minute(row)) for row in rows)
        (folder / "data" / name / "images.zip").write_bytes(zipped(files))


def test_silent_pictures_pass(small: Path) -> None:
    with_pictures(small, lambda row: "", lambda row: 0)
    _, found = proof_of(small, "--no-examples")
    assert found["giveaway.files"]["status"] == "ok"


@pytest.mark.parametrize(
    ("noted", "minute"),
    [
        (lambda row: "x" * (1 + int(row["paid"])), lambda row: 0),
        (lambda row: f"class {row['paid']}", lambda row: 0),
        (lambda row: "", lambda row: 10 + int(row["paid"])),
    ],
    ids=["length of a note", "words of a note", "time in the archive"],
)
def test_files_whose_metadata_tell_the_label_are_found(
    small: Path, noted: Callable[[dict[str, str]], str], minute: Callable[[dict[str, str]], int]
) -> None:
    with_pictures(small, noted, minute)
    found = defects_of(small)
    assert "giveaway.files" in found
    assert "images.zip" in found["giveaway.files"]["where"]


def test_loose_files_written_in_the_order_of_the_labels_are_found(small: Path) -> None:
    import os

    with_pictures(small, lambda row: "", lambda row: 0)
    hidden = whole(small)[2]
    (small / "data" / "hidden" / "images.zip").unlink()
    (small / "data" / "hidden" / "images").mkdir()
    for row in hidden:
        path = small / "data" / "hidden" / row["file"]
        path.write_bytes(png("", hash_of(row) % 256))
        os.utime(path, (1_700_000_000 + int(row["paid"]), 1_700_000_000 + int(row["paid"])))
    assert "giveaway.files" in defects_of(small)


# the split


def test_duplicate_rows_across_the_split_are_found(small: Path) -> None:
    train, test, hidden = whole(small)
    again = [{**row, "customer": f"K9{number}"} for number, row in enumerate(train[:60])]
    write_tables(small, train, [{**row, "paid": ""} for row in test], again + hidden[60:])
    assert "60 of 500" in defects_of(small)["split.duplicates"]["what"]


def test_the_same_picture_under_another_name_is_a_duplicate(small: Path) -> None:
    with_pictures(small, lambda row: "", lambda row: 0)
    rewrite(small, lambda rows: [{name: row[name] for name in ("customer", "file", "paid")} for row in rows])
    assert "split.duplicates" in defects_of(small)


def test_a_group_on_both_sides_of_the_split_is_found(small: Path) -> None:
    settle(small, 'by = "class"', 'by = "group"\ncolumn = "shop"')
    rewrite(small, lambda rows: [{**row, "shop": f"S{int(row['customer'][1:]) % 40}"} for row in rows])
    found = defects_of(small)
    assert list(found) == ["split.groups"]
    assert "reseed" in found["split.groups"]["mend"]


def test_time_that_goes_backwards_is_found(small: Path) -> None:
    settle(small, 'by = "class"', 'by = "time"\ncolumn = "day"')
    train, test, hidden = whole(small)
    days = [f"2026-{1 + number // 28:02d}-{1 + number % 28:02d}" for number in range(120)]
    told = [
        {**row, "day": days[n * 100 // 1200]}
        for n, row in enumerate([*train, *[{**r, "paid": "0"} for r in test], *hidden])
    ]
    write_tables(small, told[:600], told[600:700], told[700:])
    assert defects_of(small) == {}
    write_tables(small, told[600:], told[500:600], told[:500])
    assert list(defects_of(small)) == ["split.time"]


# the marks and the size


def test_a_reference_on_the_wrong_side_of_the_baseline_is_found(small: Path) -> None:
    settle(small, 'name = "roc_auc"', 'name = "rmse"')
    found = defects_of(small)
    assert list(found) == ["metric.direction"]
    assert "Swap" in found["metric.direction"]["mend"]


def test_a_baseline_that_is_below_the_reference_by_noise_alone_is_found(small: Path) -> None:
    settle(small, "baseline = 0.60", "baseline = 0.865")
    assert "more than noise" in defects_of(small)["metric.marks"]["what"]


def test_a_hidden_set_that_is_too_small_is_found_with_the_rows_that_it_takes(small: Path) -> None:
    train, test, hidden = whole(small)
    write_tables(small, train, [{**row, "paid": ""} for row in test], hidden[:60])
    found = defects_of(small)
    assert list(found) == ["hidden.size"]
    rows = int(found["hidden.size"]["mend"].split(" rows")[0].split()[-1].replace(",", ""))
    assert 60 < rows < 500


def test_the_interval_wanted_is_the_authors_to_state(small: Path) -> None:
    settle(small, "[split]", "[check]\ninterval = 0.05\n\n[split]")
    assert "hidden.size" in defects_of(small)
    settle(small, "interval = 0.05", 'interval = 0.05\naccept = {"hidden.size" = "It is all there is."}')
    status, found = proof_of(small, "--no-examples")
    assert (status, found["hidden.size"]["status"]) == (0, "warning")
    assert "It is all there is." in found["hidden.size"]["what"]


def with_suite(folder: Path, rows: Rows) -> None:
    text = '[[suites]]\nname = "shifted"\nlaw = "Customers of another year."\n'
    settle(folder, "[split]", text + 'features = "shifted.csv"\nlabels = "shifted_labels.csv"\n\n[split]')
    write(folder / "data/hidden/shifted.csv", without(rows, "paid"))
    write(folder / "data/hidden/shifted_labels.csv", [{"customer": r["customer"], "paid": r["paid"]} for r in rows])


def others(count: int) -> Rows:
    return [{**row, "customer": f"K7{row['customer'][1:]}"} for row in draw(count, seed=2)]


def test_a_further_suite_is_looked_at_as_the_first_one_is(small: Path) -> None:
    with_suite(small, others(400))
    _, found = proof_of(small, "--no-examples")
    assert found["suites"]["status"] == "ok"
    copied = [
        {**row, "customer": f"K8{number}"} for number, row in enumerate(read(small / "data/public/train.csv")[:50])
    ]
    write(small / "data/hidden/shifted.csv", without(copied + others(350), "paid"))
    write(
        small / "data/hidden/shifted_labels.csv",
        [{"customer": r["customer"], "paid": r["paid"]} for r in copied + others(350)],
    )
    found = defects_of(small)
    assert list(found) == ["labels.in_public", "suites"], "a packet would give the copied rows away"
    assert "'shifted'" in found["suites"]["what"]


def test_labels_of_a_further_suite_in_what_candidates_get_are_found(small: Path) -> None:
    with_suite(small, others(400))
    (small / "data/public/old.csv").write_bytes((small / "data/hidden/shifted_labels.csv").read_bytes())
    assert defects_of(small)["suites"]["where"] == "data/public/old.csv"


# the folder


def test_a_folder_that_cannot_be_read_is_not_sound_and_says_where(small: Path) -> None:
    (small / "data" / "hidden" / "labels.csv").unlink()
    found = defects_of(small)
    assert list(found) == ["schema"]
    assert "data/hidden/labels.csv" in found["schema"]["where"]


def test_a_finding_that_no_check_has_cannot_be_accepted(small: Path) -> None:
    settle(small, "[split]", '[check]\naccept = {"giveaway.ids" = "They are fine."}\n\n[split]')
    assert "giveaway.ids" in defects_of(small)["schema"]["what"]


def test_an_order_that_names_a_missing_folder_is_found(small: Path) -> None:
    settle(small, '"good", "poor"]\n', '"good", "poor", "none"]\n')
    assert "examples/none" in defects_of(small)["schema"]["what"]


def test_a_work_that_must_get_no_score_and_gets_one_is_found() -> None:
    none = ExampleGrade(name="looks-up", outcome="completed", score=None, low=None, high=None, seconds=1)
    assert left_to_a_person([none]).status == "ok"
    found = left_to_a_person([none.model_copy(update={"score": 71.0})])
    assert (found.status, "looks-up was scored 71.0" in found.what) == ("defect", True)
    assert left_to_a_person([none.model_copy(update={"outcome": "run.failed"})]).status == "defect"


def test_a_work_that_must_get_no_score_has_a_folder_and_no_place_in_the_order(small: Path) -> None:
    settle(small, '"good", "poor"]\n', '"good", "poor"]\nunscored = ["none"]\n')
    assert "examples/none" in defects_of(small)["schema"]["what"]
    settle(small, 'unscored = ["none"]', 'unscored = ["poor"]')
    assert "'poor' is in order and in unscored" in defects_of(small)["schema"]["what"]


def test_numbers_as_targets_are_looked_at_too(small: Path) -> None:
    settle(small, 'classes = ["0", "1"]\n', "")
    settle(small, 'name = "roc_auc"\nbaseline = 0.60\nreference = 0.87', 'name = "rmse"\nbaseline = 20\nreference = 11')
    rewrite(
        small, lambda rows: [{**row, "paid": f"{float(row['income']) + hash_of(row) % 97 - 48:.1f}"} for row in rows]
    )
    assert defects_of(small) == {}
    rewrite(small, lambda rows: [{**row, "net": f"{float(row['paid']) * 0.8 + 3:.3f}"} for row in rows])
    assert {"labels.in_features", "giveaway.feature"} <= set(defects_of(small))


def test_texts_left_to_be_written_are_a_warning(small: Path) -> None:
    write(small / "notes.csv", read(small / "data" / "public" / "test.csv"))
    (small / "SOURCE.md").write_text("EDIT: where the data come from.\n")
    status, found = proof_of(small, "--no-examples")
    assert (status, found["texts"]["status"], found["texts"]["where"]) == (0, "warning", "SOURCE.md")
    (small / "assignment.toml").write_text("# EDIT: a title\n" + (small / "assignment.toml").read_text())
    told = proof_of(small, "--no-examples")[1]["texts"]
    assert told["where"] == "SOURCE.md, assignment.toml"
    assert told["what"].endswith("SOURCE.md: 1, the first in line 1; assignment.toml: 1, the first in line 1")


def test_a_brief_that_tells_another_share_than_is_weighed_is_found_by_its_row(small: Path) -> None:
    brief = (small / "README.md").read_text()
    swapped = brief.replace("| ROC AUC | 40", "| ROC AUC | 14").replace("preparation | 14", "preparation | 40")
    (small / "README.md").write_text(swapped)
    assert "the hidden part weighs 14, but it weighs 40" in defects_of(small)["texts.shares"]["what"]


@pytest.mark.parametrize(("row", "told_of"), [("| model choice | 12 |\n", "model choice 12"), ("| --- | --- |\n", "")])
def test_a_brief_without_a_share_is_a_warning(small: Path, row: str, told_of: str) -> None:
    brief = (small / "README.md").read_text()
    (small / "README.md").write_text(brief.replace(row, ""))
    found = proof_of(small, "--no-examples")[1]["texts.shares"]
    assert (found["status"], found["where"]) == ("warning", "README.md")
    assert told_of in found["what"]


def test_every_check_is_documented_and_no_other(small: Path) -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "write-an-assignment.md").read_text()
    told = set(re.findall(r"^\| `([a-z_.]+)` \|", page, flags=re.MULTILINE))
    assert told == set(proof_of(small, "--no-examples")[1])
