"""Suites, subgroups and altered copies: dealt in one table nobody can tell apart, and judged apart."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.assignment import deal, load_assignment
from grader.errors import AssignmentError
from grader.evidence import compare_runs, evaluate_suites
from grader.evidence.suites import Evaluated
from grader.model import Assignment, Deal, Evidence, HiddenResult
from grader.scoring import score

ROWS = 200
SETTINGS = """
title = "Example"
version = "1"
brief = "A toy."
time_budget_hours = 1

[data]
id = "id"
target = "y"
classes = ["0", "1"]
sample = "sample.csv"

[metric]
name = "roc_auc"
baseline = 0.6
reference = 0.9
weight = 2

[[suites]]
name = "shifted"
law = "Rows whose x was moved by 100, as from another meter."
features = "shifted_features.csv"
labels = "shifted_labels.csv"
baseline = 0.5
reference = 0.8

[[slices]]
name = "north"
column = "place"
values = ["north"]

[[slices]]
name = "large"
column = "x"
least = 50

[twins]
rows = 100
by = { x = 0.02 }

[stress]
repeat = true
messy_rows = 12
kinds = ["missing", "duplicate", "blank"]
"""
Cells = dict[str, str]
Model = Callable[[Cells], float]


def rows_of(first: int, moved: int = 0) -> list[tuple[str, int, str, int, int]]:
    """Return (id, x, place, z, y): the larger x in its table, the likelier y is 1; z tells a row from all others."""
    return [
        (f"R{first + n}", moved + n % 100 + 1, "north" if n % 3 else "south", n, int((n * 7) % 100 < n % 100))
        for n in range(ROWS)
    ]


def write(path: Path, head: str, rows: list[tuple[object, ...]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "toy"
    data = root / "data"
    write(data / "public/train.csv", "id,x,place,z,y", [*rows_of(1000)])
    write(data / "public/test.csv", "id,x,place,z", [row[:4] for row in rows_of(2000)])
    write(data / "public/sample.csv", "id,prediction", [(row[0], 0.5) for row in rows_of(2000)])
    for prefix, first, moved in (("", 3000, 0), ("shifted_", 3000, 100)):
        write(data / f"hidden/{prefix}features.csv", "id,x,place,z", [row[:4] for row in rows_of(first, moved)])
        write(data / f"hidden/{prefix}labels.csv", "id,y", [(row[0], row[4]) for row in rows_of(first)])
    (root / "assignment.toml").write_text(SETTINGS)
    return root


@pytest.fixture
def assignment(folder: Path) -> Assignment:
    return load_assignment(folder)


def dealt_rows(dealt: Deal) -> list[Cells]:
    return list(csv.DictReader(io.StringIO(dealt.files["test.csv"].decode())))


def answers(dealt: Deal, model: Model) -> bytes:
    return ("id,prediction\n" + "".join(f"{row['id']},{model(row)}\n" for row in dealt_rows(dealt))).encode()


def evaluated(assignment: Assignment, model: Model, run: str = "run") -> Evaluated:
    dealt = deal(assignment, run)
    return evaluate_suites(answers(dealt, model), dealt, assignment)


def by_x(row: Cells) -> float:
    return float(row["x"] or 0) / 1000


def test_the_rows_of_all_suites_and_the_copies_are_dealt_in_one_table(assignment: Assignment) -> None:
    dealt = deal(assignment, "run")
    names = [row["id"] for row in dealt_rows(dealt)]
    assert len(set(names)) == len(names) == ROWS * 2 + 100
    assert set(names) == {*dealt.ids, *dealt.twins}
    first, second = (set(dealt.places(suite)) for suite in ("iid", "shifted"))
    assert (len(first), len(second), first & second) == (ROWS, ROWS, set())
    assert sorted(dealt.rows) == list(range(ROWS * 2))
    moved = {name for name, place in zip(dealt.ids, range(len(dealt.ids)), strict=True) if place in second}
    order = [name in moved for name in names]
    assert order not in (sorted(order), sorted(order, reverse=True))


def test_no_label_and_no_id_of_the_hidden_tables_is_dealt(assignment: Assignment) -> None:
    dealt = deal(assignment, "run", stress=True)
    assert set(dealt_rows(dealt)[0]) == {"id", "x", "place", "z"}
    hidden = {row[0] for row in rows_of(3000)}
    assert not hidden & {row["id"] for row in dealt_rows(dealt)}
    sample = csv.DictReader(io.StringIO(dealt.files["sample.csv"].decode()))
    assert not hidden & {row["id"] for row in sample}


def test_the_sample_has_every_dealt_row(assignment: Assignment) -> None:
    dealt = deal(assignment, "run")
    sample = list(csv.DictReader(io.StringIO(dealt.files["sample.csv"].decode())))
    assert [row["id"] for row in sample] == [row["id"] for row in dealt_rows(dealt)]


def test_each_suite_has_its_metric_marks_weight_and_law(assignment: Assignment) -> None:
    iid, shifted = evaluated(assignment, lambda row: float(row["x"]) % 100).suites
    assert (iid.suite, iid.baseline, iid.reference, iid.weight, iid.law) == ("iid", 0.6, 0.9, 2, "")
    assert (shifted.suite, shifted.baseline, shifted.reference, shifted.weight) == ("shifted", 0.5, 0.8, 1)
    assert shifted.law.startswith("Rows whose x was moved")
    assert (iid.rows, shifted.rows) == (ROWS, ROWS)


def test_a_work_that_breaks_on_the_shifted_rows_loses_there_alone(assignment: Assignment) -> None:
    sound = evaluated(assignment, by_x).suites
    broken = evaluated(assignment, lambda row: by_x(row) if float(row["x"]) <= 100 else -by_x(row)).suites
    assert broken[0] == sound[0]
    assert broken[1].normalised == 0 < sound[1].normalised


def test_the_hidden_part_is_the_weighted_mean_of_the_suites(assignment: Assignment) -> None:
    suites = evaluated(assignment, lambda row: by_x(row) if float(row["x"]) <= 100 else 0.0).suites
    found = score(Evidence(hidden=suites, has_hidden_data=True), (), None)
    assert suites[0].normalised > suites[1].normalised == 0
    assert found.hidden_score == pytest.approx(100 * suites[0].normalised * 2 / 3, abs=0.01)


def test_subgroups_of_the_first_suite_are_told_with_their_intervals(assignment: Assignment) -> None:
    slices = {part.name: part for part in evaluated(assignment, by_x).suites[0].slices}
    assert slices["north"].rows == sum(row[2] == "north" for row in rows_of(0))
    assert slices["large"].rows == sum(row[1] >= 50 for row in rows_of(0))
    assert all(part.low <= part.value <= part.high for part in slices.values())


NORTH = '[[slices]]\nname = "north"\n'
MARKED = f"{NORTH}baseline = 0.5\nreference = 0.8\n"


def test_a_subgroup_is_normalised_by_marks_of_its_own_and_not_without_them(folder: Path) -> None:
    settle(folder, NORTH, MARKED)
    north, large = evaluated(load_assignment(folder), by_x).suites[0].slices
    assert (north.baseline, north.reference, north.unjudged) == (0.5, 0.8, "")
    assert north.normalised == pytest.approx(min(1, (north.value - 0.5) / 0.3), abs=1e-4)
    assert (large.normalised, large.normalised_low, large.normalised_high) == (None, None, None)
    assert large.unjudged == "It has no baseline and reference of its own."


def test_a_subgroup_with_too_few_rows_of_a_class_is_shown_and_not_judged(folder: Path) -> None:
    settle(folder, NORTH, MARKED)
    settle(folder, 'values = ["north"]', 'values = ["north"]\n\n[[slices]]\nname = "small"\ncolumn = "x"\nbelow = 25'
           "\nbaseline = 0.5\nreference = 0.8")  # fmt: skip
    north, small, _ = evaluated(load_assignment(folder), by_x).suites[0].slices
    positives = sum(row[4] for row in rows_of(0) if row[1] < 25)
    assert 0 < positives < 20
    assert small.unjudged == f"Only {positives} of its {small.rows} rows are of the class 1: to be judged it needs 20."
    assert (small.normalised, north.normalised is None) == (None, False)
    assert small.low <= small.value <= small.high


def test_messy_rows_are_normalised_by_marks_of_their_own_and_not_without_them(folder: Path) -> None:
    settle(folder, "messy_rows = 12", "messy_rows = 150")
    bare = on_messy(load_assignment(folder))
    assert (bare.normalised, bare.unjudged) == (None, "It has no baseline and reference of its own.")
    settle(folder, "[stress]\n", "[stress]\nbaseline = 0.1\nreference = 0.9\n")
    judged = on_messy(load_assignment(folder))
    assert (judged.value, judged.low, judged.high) == (bare.value, bare.low, bare.high)
    assert (judged.baseline, judged.reference, judged.unjudged) == (0.1, 0.9, "")
    assert judged.normalised == pytest.approx(min(1, (judged.value - 0.1) / 0.8), abs=1e-4)
    settle(folder, "messy_rows = 150", "messy_rows = 12")
    few = on_messy(load_assignment(folder))
    assert few.normalised is None
    assert few.unjudged.startswith("Only ")


def test_a_messy_row_of_which_nothing_is_left_has_no_label(folder: Path) -> None:
    for file in folder.glob("data/*/*.csv"):  # x alone is left to predict from
        rows = [line.split(",") for line in file.read_text().splitlines()]
        kept = [place for place, name in enumerate(rows[0]) if name not in ("place", "z")]
        file.write_text("\n".join(",".join(row[place] for place in kept) for row in rows) + "\n")
    settle(folder, f'{NORTH}column = "place"\nvalues = ["north"]\n', "")
    settle(folder, 'kinds = ["missing", "duplicate", "blank"]', 'kinds = ["missing", "duplicate"]')
    again = deal(load_assignment(folder), "run", stress=True)
    assert {again.messy[name] for name in again.messy_labels} == {"duplicate"}
    assert len(again.messy_labels) == 6


def on_messy(assignment: Assignment) -> HiddenResult:
    first, again = deal(assignment, "run"), deal(assignment, "run", stress=True)
    before = answers(first, by_x)
    hidden = evaluate_suites(before, first, assignment).suites[0]
    found = compare_runs((before, first), (answers(again, by_x), again), hidden, assignment).on_messy
    assert found is not None
    return found


def settle(folder: Path, old: str, new: str) -> None:
    file = folder / "assignment.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))


def test_a_result_is_the_same_whatever_ids_and_order_the_run_had(assignment: Assignment) -> None:
    assert evaluated(assignment, by_x, "run") == evaluated(assignment, by_x, "another")


def test_a_model_predicts_altered_copies_as_it_predicts_the_rows(assignment: Assignment) -> None:
    twins = evaluated(assignment, by_x).twins
    assert twins is not None
    assert twins.rows == 100
    assert not twins.looked_up
    assert "nothing speaks for" in twins.sentence


def test_a_work_that_looks_answers_up_by_content_is_found_and_not_scored(assignment: Assignment) -> None:
    known = {(str(x), place, str(z)): y for _, x, place, z, y in rows_of(3000)}

    def looked_up(row: Cells) -> float:
        return known.get((row["x"], row["place"], row["z"]), by_x(row))

    found = evaluated(assignment, looked_up)
    assert found.twins is not None
    assert found.twins.looked_up
    assert found.twins.value == 1
    marks = score(Evidence(hidden=found.suites, twins=found.twins, has_hidden_data=True), (), None)
    assert marks.value is None
    assert marks.unscored_reason is not None
    assert "altered copies" in marks.unscored_reason


def test_the_stress_run_tells_how_well_messy_rows_are_predicted(assignment: Assignment) -> None:
    first, again = deal(assignment, "run"), deal(assignment, "run", stress=True)
    assert set(again.messy_labels) == set(again.messy)
    before = answers(first, by_x)
    after = answers(again, by_x)
    hidden = evaluate_suites(before, first, assignment).suites[0]
    found = compare_runs((before, first), (after, again), hidden, assignment)
    assert found.identical == found.rows == ROWS * 2
    assert found.on_messy is not None
    assert (found.on_messy.suite, found.on_messy.rows, found.on_messy.weight) == ("messy", 12, 0)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('name = "shifted"', 'name = "iid"', "cannot be called 'iid'"),
        ('features = "shifted_features.csv"', 'features = "none.csv"', "the file is missing"),
        ("baseline = 0.5\nreference = 0.8", "baseline = 0.8\nreference = 0.5", "must lie above baseline"),
        ("baseline = 0.5\nreference = 0.8", "baseline = 0.5", "both or neither"),
        ('values = ["north"]', 'values = ["east"]', "holds 0 hidden rows"),
        ('column = "place"', 'column = "colour"', "there is no column 'colour'"),
        ('name = "north"', 'name = "north"\nbaseline = 0.8\nreference = 0.5', "must lie above baseline"),
        ('name = "north"', 'name = "north"\nreference = 0.5', "both or neither"),
        ("[stress]", "[stress]\nbaseline = 0.8\nreference = 0.5", "must lie above baseline"),
        ("messy_rows = 12", "baseline = 0.5\nreference = 0.8", "marks of messy rows, and there are none"),
        ("by = { x = 0.02 }", "by = { w = 0.02 }", "there is no column 'w'"),
        ("by = { x = 0.02 }", "", "need something to alter"),
        ("rows = 100", "rows = 4000", "only 200 hidden rows can be altered"),
        ('values = ["north"]', 'values = ["north"]\npattern = "n"', "either values, or a pattern"),
        ('name = "large"', 'name = "north"', "two slices have one name"),
    ],
)
def test_what_is_wrong_with_them_is_said_with_its_key(folder: Path, old: str, new: str, said: str) -> None:
    file = folder / "assignment.toml"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new, 1))
    with pytest.raises(AssignmentError, match=said):
        load_assignment(folder)


def test_labels_of_a_suite_in_the_public_part_are_refused(folder: Path) -> None:
    labels = (folder / "data/hidden/shifted_labels.csv").read_bytes()
    (folder / "data/public/shifted_labels.csv").write_bytes(labels)
    with pytest.raises(AssignmentError, match="lies in the public part"):
        load_assignment(folder)
