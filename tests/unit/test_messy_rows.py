"""The stress run's deal: the hidden rows again, linked to the first run's by nothing, and messy ones by their law."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from plain_churn import copy_plain_churn, plain_churn

from grader.assignment import deal, load_assignment
from grader.assignment.messy import BLANK, UNSEEN, WORD
from grader.errors import AssignmentError
from grader.model import Assignment, Deal
from grader.model.assignment import MESSY_KINDS

CHURN = Path(__file__).resolve().parents[2] / "assignments" / "churn"
FEATURES = CHURN / "data" / "hidden" / "features.csv"
Row = dict[str, str]


def stressed(**stress: object) -> Assignment:
    found = plain_churn()
    spec = found.stress.model_copy(update={"messy_rows": 60, "kinds": MESSY_KINDS, **stress})
    return found.model_copy(update={"stress": spec})


def given(dealt: Deal) -> dict[str, Row]:
    """Return the rows that the work is given, by id, without their ids."""
    table = csv.DictReader(io.StringIO(dealt.files["test.csv"].decode()))
    return {row.pop("customer_id"): row for row in table}


@pytest.fixture(scope="module")
def messy() -> list[tuple[str, Row]]:
    """Return (kind, row) of a stress run's messy rows."""
    dealt = deal(stressed(), "one", stress=True)
    rows = given(dealt)
    return [(kind, rows[name]) for name, kind in dealt.messy.items()]


@pytest.fixture(scope="module")
def hidden() -> list[Row]:
    with FEATURES.open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        del row["customer_id"]
    return rows


def changed(row: Row, hidden: list[Row]) -> dict[str, str]:
    """Return the cells in which `row` differs from the hidden row that it is nearest to."""
    return min(({key: row[key] for key in row if row[key] != other[key]} for other in hidden), key=len)


def test_both_runs_hold_every_hidden_row_with_its_label_under_ids_and_in_orders_that_nothing_links() -> None:
    assignment = stressed()
    first, again = deal(assignment, "one"), deal(assignment, "one", stress=True)
    names = list(given(again))
    assert not set(first.ids) & set(names)
    assert sorted(first.rows) == sorted(again.rows) == list(range(len(first.ids)))
    truth = dict(zip(first.rows, first.labels, strict=True))
    assert truth == dict(zip(again.rows, again.labels, strict=True))
    # neither the order of the rows nor the order of the ids is kept: about half of all neighbours change places
    before = dict(zip(first.rows, first.ids, strict=True))
    after = dict(zip(again.rows, again.ids, strict=True))
    kept = [(before[n] < before[n + 1]) == (after[n] < after[n + 1]) for n in range(len(before) - 1)]
    assert 0.45 < sum(kept) / len(kept) < 0.55
    place = {name: number for number, name in enumerate(names)}
    following = [place[after[first.rows[n]]] < place[after[first.rows[n + 1]]] for n in range(len(first.rows) - 1)]
    assert 0.45 < sum(following) / len(following) < 0.55


def test_messy_rows_stand_anywhere_among_the_others_and_no_id_tells_them() -> None:
    again = deal(stressed(), "one", stress=True)
    names = list(given(again))
    assert sorted(names) == sorted((*again.ids, *again.messy))
    places = sorted(names.index(name) for name in again.messy)
    assert places[0] < len(names) * 0.2
    assert places[-1] > len(names) * 0.8
    ranks = sorted(sorted(names).index(name) for name in again.messy)
    assert ranks[0] < len(names) * 0.2
    assert ranks[-1] > len(names) * 0.8
    assert {len(name) for name in names} == {len(again.ids[0])}


def test_no_label_and_no_published_id_is_dealt_with_the_messy_rows() -> None:
    again = deal(stressed(), "one", stress=True)
    published = {line.split(",")[0] for line in FEATURES.read_text().splitlines()[1:]}
    assert not published & set(given(again))
    assert len(again.labels) == len(again.ids) == len(published)
    assert all("churn" not in row for row in given(again).values())


def test_messy_rows_are_the_same_in_every_run_and_for_everybody(messy: list[tuple[str, Row]]) -> None:
    other = deal(stressed(), "two", stress=True)
    rows = given(other)
    assert sorted((kind, *row.values()) for kind, row in messy) == sorted(
        (kind, *rows[name].values()) for name, kind in other.messy.items()
    )


def test_each_kind_does_what_the_law_says(messy: list[tuple[str, Row]], hidden: list[Row]) -> None:
    assert {kind: [each for each, _ in messy].count(kind) for kind in MESSY_KINDS} == dict.fromkeys(MESSY_KINDS, 10)
    for kind, row in messy:
        cells = changed(row, hidden)
        if kind == "duplicate":
            assert cells == {}
        elif kind == "missing":
            assert sum(cell == "" for cell in row.values()) >= len(row) // 4
        elif kind == "out_of_range":
            ((column, cell),) = cells.items()
            largest = max(float(other[column] or 0) for other in hidden)
            assert abs(float(cell)) == pytest.approx(1000 * largest)
        else:
            assert list(cells.values()) == [{"unseen_category": UNSEEN, "wrong_type": WORD, "blank": BLANK}[kind]]


def test_whole_numbers_stay_whole_when_they_are_far_out(messy: list[tuple[str, Row]], hidden: list[Row]) -> None:
    whole = [column for column in hidden[0] if all(row[column].lstrip("-").isdigit() for row in hidden)]
    cells = [row[column] for kind, row in messy if kind == "out_of_range" for column in whole]
    assert cells
    assert all(cell.lstrip("-").isdigit() for cell in cells)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return copy_plain_churn(tmp_path / "churn")


def set_stress(folder: Path, text: str) -> None:
    path = folder / "assignment.toml"
    head = path.read_text().partition("[stress]")[0]
    path.write_text(f"{head}\n[stress]\n{text}\n")


def test_an_authors_own_messy_rows_go_in_under_new_ids(folder: Path) -> None:
    set_stress(folder, 'repeat = true\nmessy_file = "messy.csv"')
    lines = FEATURES.read_text().splitlines()
    (folder / "data" / "hidden" / "messy.csv").write_text(f"{lines[0]}\nX1{',?' * lines[0].count(',')}\n")
    dealt = deal(load_assignment(folder), "one", stress=True)
    ((name, kind),) = dealt.messy.items()
    assert kind == "own"
    assert set(given(dealt)[name].values()) == {"?"}
    assert "X1" not in given(dealt)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("messy_rows = 5", "stress"),
        ('repeat = true\nmessy_rows = 5\nmessy_file = "messy.csv"', "stress"),
        ("repeat = true\nmessy_rows = -1", "stress.messy_rows"),
        ('repeat = true\nmessy_rows = 5\nkinds = ["odd"]', "stress.kinds.0"),
        ("repeat = true\nmessy_rows = 5\nkinds = []", "stress.kinds"),
        ('repeat = true\nmessy_file = "../labels.csv"', "stress.messy_file"),
    ],
)
def test_a_stress_table_that_cannot_be_meant_is_refused(folder: Path, text: str, key: str) -> None:
    set_stress(folder, text)
    with pytest.raises(AssignmentError) as caught:
        load_assignment(folder)
    assert caught.value.key == key


def test_a_messy_file_of_other_columns_and_a_kind_without_a_column_are_refused(folder: Path) -> None:
    set_stress(folder, 'repeat = true\nmessy_file = "messy.csv"')
    (folder / "data" / "hidden" / "messy.csv").write_text("customer_id,other\nX1,2\n")
    with pytest.raises(AssignmentError, match=r"messy\.csv"):
        load_assignment(folder)
    set_stress(folder, 'repeat = true\nmessy_rows = 5\nkinds = ["blank"]')
    for path in (folder / "data").rglob("*.csv"):
        with path.open(newline="") as file:
            rows = list(csv.DictReader(file))
        kept = [name for name in rows[0] if name in ("customer_id", "churn", "tenure", "prediction")]
        path.write_text("\n".join([",".join(kept), *(",".join(row[name] for name in kept) for row in rows)]) + "\n")
    with pytest.raises(AssignmentError, match="needs a column of text"):
        load_assignment(folder)
