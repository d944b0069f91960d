"""`grader assignment check` of what comes beyond the first suite and of texts: tables, streams and rounds too."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import small_stream
from small_assignment import Rows, make_small, rewrite, settle, without, write
from small_rounds import make as make_rounds
from test_assignment_check import defects_of, hash_of, others, png, proof_of, with_pictures, with_suite, zipped

from grader.assignment import load_assignment
from grader.authoring.checks_suites import suites_are_sound
from grader.authoring.result import Finding
from grader.authoring.subject import read_subject

WORDS = [f"{letter}ing" for letter in "bdfghjklmnprstvw"]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return make_small(tmp_path / "small")


def found_in(folder: Path) -> Finding:
    return suites_are_sound(read_subject(load_assignment(folder)))


def numbered(rows: Rows) -> Rows:
    return [{**row, "customer": f"K{place + 70_000}"} for place, row in enumerate(rows)]


# tables


def by_income(rows: Rows) -> Rows:
    return [{**row, "income": f"{float(row['income']) + 500 * int(row['paid']):.2f}"} for row in rows]


def by_branch(rows: Rows) -> Rows:
    return [{**row, "branch": "north" if row["paid"] == "1" else "south"} for row in rows]


@pytest.mark.parametrize(
    ("change", "check", "named"),
    [
        (by_branch, "labels.in_features", "'branch'"),
        (by_income, "giveaway.feature", "'income'"),
        (lambda rows: numbered(sorted(rows, key=lambda row: row["paid"])), "giveaway.id", "rank"),
        (lambda rows: sorted(rows, key=lambda row: row["paid"]), "giveaway.order", "place in the file"),
    ],
    ids=["a column of labels", "a telling column", "ids in the order of labels", "rows in the order of labels"],
)
def test_what_gives_the_labels_of_a_further_suite_away_is_found(
    small: Path, change: Callable[[Rows], Rows], check: str, named: str
) -> None:
    with_suite(small, change(others(400)))
    found = defects_of(small)
    assert list(found) == ["suites"]
    assert found["suites"]["what"].startswith(f"suite 'shifted', {check}: ")
    assert named in found["suites"]["what"]
    assert "data/hidden/shifted.csv" in found["suites"]["where"]


def test_pictures_of_a_further_suite_whose_times_tell_the_label_are_found(small: Path) -> None:
    with_pictures(small, lambda row: "", lambda row: 0)
    rows = [{"file": f"images/s{hash_of(row):06d}.png", **row} for row in others(400)]
    with_suite(small, rows)
    files = [(row["file"], png("", hash_of(row) % 256), 10 + int(row["paid"])) for row in rows]
    (small / "data/hidden/shifted.zip").write_bytes(zipped(sorted(files)))
    assert defects_of(small)["suites"]["what"].startswith("suite 'shifted', giveaway.files: the files' time")


def test_a_group_of_a_further_suite_that_is_public_too_is_found(small: Path) -> None:
    settle(small, 'by = "class"', 'by = "group"\ncolumn = "shop"')
    part = iter("abc")

    def with_shop(rows: Rows) -> Rows:
        name = next(part)
        return [{**row, "shop": f"{name}{place % 40}"} for place, row in enumerate(rows)]

    rewrite(small, with_shop)
    with_suite(small, [{**row, "shop": f"d{place % 40}"} for place, row in enumerate(others(400))])
    assert found_in(small).status == "ok"
    write(small / "data/hidden/shifted.csv", [{**without([row], "paid")[0], "shop": "a1"} for row in others(400)])
    assert found_in(small).what.startswith(
        "suite 'shifted', split.groups: groups of 'shop' with public and hidden rows: a1"
    )


def test_suites_that_are_small_by_their_weight_are_found_with_the_rows_that_it_takes(small: Path) -> None:
    with_suite(small, others(60))
    settle(small, 'name = "shifted"', 'name = "shifted"\nweight = 4')
    found = defects_of(small)["suites"]
    assert "hidden.size" in found["what"]
    assert "60 hidden rows" in found["what"]
    assert "Hide about" in found["mend"]
    settle(small, "weight = 4", "weight = 0.5")
    _, checks = proof_of(small, "--no-examples")
    assert checks["suites"]["status"] == "ok"
    assert "by itself 0.5 would take about" in checks["suites"]["what"]


def test_marks_of_a_further_suite_that_are_apart_by_noise_alone_are_found_in_their_place(small: Path) -> None:
    with_suite(small, others(400))
    settle(small, 'law = "Customers of another year."', 'law = "Of another year."\nbaseline = 0.86\nreference = 0.87')
    found = defects_of(small)["suites"]
    assert found["what"].startswith("suite 'shifted', metric.marks: ")
    assert found["where"] == "assignment.toml: suites, shifted"


def test_what_is_not_looked_at_is_said_with_its_reason(small: Path) -> None:
    with_suite(small, others(400))
    assert "but for giveaway.files (no row names a file) and split.groups (the split is not by group)" in (
        found_in(small).what
    )


# texts


def with_texts(folder: Path, text: Callable[[dict[str, str]], str]) -> None:
    rewrite(folder, lambda rows: [{**row, "note": text(row)} for row in rows])


def plain(row: dict[str, str]) -> str:
    """Return a text of its own that says nothing."""
    number = hash_of(row)
    return " ".join(WORDS[number // 3**place % len(WORDS)] for place in range(4 + number % 5)) + f" {number}"


def test_texts_that_say_nothing_pass(small: Path) -> None:
    with_texts(small, plain)
    assert defects_of(small) == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (lambda row: plain(row).replace(" ", f" {'x7' if row['paid'] == '1' else 'y7'} ", 1), "7' stands in"),
        (lambda row: f"{plain(row)} {'!' if row['paid'] == '1' else '?'}", "stands in"),
        (lambda row: plain(row).ljust(80 if row["paid"] == "1" else 90, "_"), "the length of 'note'"),
    ],
    ids=["a marker", "the last mark", "the length"],
)
def test_what_tells_a_text_at_a_glance_is_a_giveaway(
    small: Path, text: Callable[[dict[str, str]], str], says: str
) -> None:
    with_texts(small, text)
    found = defects_of(small)
    assert list(found) == ["giveaway.feature"]
    assert says in found["giveaway.feature"]["what"]
    assert "'note'" in found["giveaway.feature"]["what"]


# streams


def make_long_stream(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Write a stream of sixteen batches, half of them drifted: more than chance would tell apart."""
    monkeypatch.setattr(small_stream, "BATCHES", 16)
    return small_stream.make_stream(folder)


def test_batches_that_are_too_few_for_their_marks_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_long_stream(tmp_path / "stream", monkeypatch)
    assert found_in(folder).status == "ok"
    settle(folder, 'positive = "drifted"', 'positive = "drifted"\nbaseline = 0.8\nreference = 0.9')
    finding = found_in(folder)
    assert finding.status == "defect"
    assert "of 'drift' 17 keys (8 positive)" in finding.what
    assert "keys there" in finding.mend


def test_batches_whose_size_tells_their_status_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = make_long_stream(tmp_path / "stream", monkeypatch)
    features = folder / "data/hidden/features.csv"
    drifted = [f"B{20 + batch}.csv,Q{batch},20" for batch in range(16) if batch % 2]
    features.write_text(features.read_text() + "\n".join([*drifted, *(f"{line[:-3]}9,30" for line in drifted)]) + "\n")
    finding = found_in(folder)
    assert finding.status == "defect"
    assert finding.what.startswith("suite 'drift', giveaway.feature: the number of rows")
    assert finding.where == "data/hidden/features.csv: batch"


def test_of_further_tables_and_measures_it_is_said_what_does_not_apply(tmp_path: Path) -> None:
    told = found_in(small_stream.make_stream(tmp_path / "stream")).what
    assert "refused: 30 keys (6 positive)" in told
    assert (
        "ids, order and features are not looked at, for what is asked is to be found in rows, under fresh keys" in told
    )
    assert told.endswith("measures of the run have no rows to look at: time")


# rounds


def test_rounds_of_a_further_suite_are_looked_at_by_their_own_marks(tmp_path: Path) -> None:
    folder = make_rounds(tmp_path)
    for name in ("public/train.csv", "hidden/labels.csv"):  # targets that go up and down, as marks near each other need
        path = folder / "data" / name
        lines = path.read_text().splitlines()
        cut = [line.rpartition(",") for line in lines[1:]]
        path.write_text("\n".join([lines[0], *(f"{one[0]},{20 + place % 5}" for place, one in enumerate(cut))]) + "\n")
    finding = found_in(folder)
    assert "late: 7 hidden rows give an interval" in finding.what
    settle(folder, "months after the public one.", "months after it.")
    settle(
        folder,
        'cutoffs = ["2024-03-24"]\n[[slices]]',
        'cutoffs = ["2024-03-24"]\nbaseline = 1\nreference = 0.98\n[[slices]]',
    )
    finding = found_in(folder)
    assert finding.what.startswith("suite 'late', metric.marks: ")
    assert finding.where == "assignment.toml: suites, late"
