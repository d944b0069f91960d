"""`split.near_duplicates` finds hidden rows that are training rows with little changed, beyond what chance has."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_assignment import Rows, make_small, rewrite, settle, whole, write_tables

from grader.assignment import load_assignment
from grader.authoring.checks_near import no_near_copies_across, no_near_copies_in_suite
from grader.authoring.checks_split import no_copies_across
from grader.authoring.result import Finding
from grader.authoring.subject import read_subject

Change = Callable[[dict[str, str], np.random.Generator], dict[str, str]]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return make_small(tmp_path / "small")


@pytest.fixture
def wide(small: Path) -> Path:
    """Return an assignment with measurements and codes enough to tell every row from every other."""
    random = np.random.default_rng(8)

    def widened(rows: Rows) -> Rows:
        measured = [{f"m{number}": f"{random.normal(10, 4):.3f}" for number in range(6)} for _ in rows]
        codes = [{f"c{number}": str(random.choice(list("abcd"))) for number in range(4)} for _ in rows]
        return [row | some | others for row, some, others in zip(rows, measured, codes, strict=True)]

    rewrite(small, widened)
    return small


def looked(folder: Path) -> Finding:
    return no_near_copies_across(read_subject(load_assignment(folder)))


def planted(folder: Path, change: Change, count: int = 40) -> None:
    """Give the first training rows the features and labels of hidden ones, with a change."""
    random = np.random.default_rng(9)
    train, test, hidden = whole(folder)
    copies = [
        {**change(row, random), "customer": own["customer"]} for row, own in zip(hidden[:count], train, strict=False)
    ]
    write_tables(folder, copies + train[count:], [{**row, "paid": ""} for row in test], hidden)


def one_number_rounded(row: dict[str, str], random: np.random.Generator) -> dict[str, str]:
    return {**row, "m2": f"{float(row['m2']):.1f}"}


def any_one_cell_changed(row: dict[str, str], random: np.random.Generator) -> dict[str, str]:
    name = str(random.choice([name for name in row if name not in ("customer", "paid")]))
    return {**row, name: "7.5"}


def all_numbers_rounded(row: dict[str, str], random: np.random.Generator) -> dict[str, str]:
    return {name: f"{float(cell):.1f}" if "." in cell else cell for name, cell in row.items()}


def all_numbers_to_three_digits(row: dict[str, str], random: np.random.Generator) -> dict[str, str]:
    return {name: f"{float(cell):.3g}" if "." in cell else cell for name, cell in row.items()}


def numbers_written_otherwise(row: dict[str, str], random: np.random.Generator) -> dict[str, str]:
    return {name: f"{float(cell):.6f}" if "." in cell else cell for name, cell in row.items()}


PLANTS: dict[Change, str] = {
    one_number_rounded: "but for the cell of 'm2'",
    any_one_cell_changed: "but for one cell",
    all_numbers_rounded: "once numbers are rounded (",
    all_numbers_to_three_digits: "once numbers are rounded (",
    numbers_written_otherwise: "equal a training row ",
}


@pytest.mark.parametrize("change", PLANTS, ids=lambda change: change.__name__)
def test_copies_with_little_changed_are_found(wide: Path, change: Change) -> None:
    planted(wide, change)
    found = looked(wide)
    assert (found.status, found.where) == ("defect", "data/hidden/features.csv")
    assert PLANTS[change] in found.what
    assert int(found.what.split()[0]) >= 36, "nearly all of the 40 that were planted"
    assert no_copies_across(read_subject(load_assignment(wide))).status == "ok", "no row is equal to the letter"


def test_rows_of_many_measurements_that_were_dealt_by_lot_pass(wide: Path) -> None:
    assert looked(wide).status == "ok"


def test_exact_copies_are_left_to_the_check_of_copies(wide: Path) -> None:
    planted(wide, lambda row, random: row)
    assert looked(wide).status == "ok"
    assert no_copies_across(read_subject(load_assignment(wide))).status == "defect"


@pytest.mark.parametrize("values", [2, 3, 5, 8])
def test_tables_of_few_coarse_columns_repeat_themselves_in_all_honesty(small: Path, values: int) -> None:
    random = np.random.default_rng(values)
    rewrite(
        small,
        lambda rows: [
            {"customer": row["customer"]}
            | {f"q{number}": str(random.integers(1, values + 1)) for number in range(5)}
            | {"amount": str(random.integers(1, 9) * 100), "paid": row["paid"]}
            for row in rows
        ],
    )
    assert looked(small).status == "ok"


@pytest.mark.parametrize("seed", [12, 13, 14, 15])
def test_rows_that_repeat_each_other_may_all_lie_on_one_side(small: Path, seed: int) -> None:
    """So a scaffold deals them: the rows that are there often are then near to many, and equal to none."""
    random = np.random.default_rng(seed)
    often = random.dirichlet(np.full(5, 0.1), size=10)
    rows = [
        {"customer": row["customer"]}
        | {f"q{number}": str(random.choice(5, p=often[number])) for number in range(10)}
        | {"paid": row["paid"]}
        for table in whole(small)
        for row in [{**row, "paid": row.get("paid", "0")} for row in table]
    ]
    is_hidden: dict[tuple[str, ...], bool] = {}
    dealt = [is_hidden.setdefault(tuple(row.values())[1:-1], bool(random.random() < 0.4)) for row in rows]
    known, hidden = ([row for row, side in zip(rows, dealt, strict=True) if side is wanted] for wanted in (False, True))
    write_tables(small, known[50:], unlabelled(known[:50]), hidden)
    assert looked(small).status == "ok"
    assert no_copies_across(read_subject(load_assignment(small))).status == "ok"


def visits(count: int) -> Callable[[Rows], Rows]:
    """Make rows of patients, whose visits are alike but for one measurement; tables get other patients."""
    random = np.random.default_rng(10)

    def made(rows: Rows) -> Rows:
        start = int(random.integers(1_000_000))
        found = []
        for place, row in enumerate(rows):
            if place % count == 0:
                own = {f"m{number}": f"{random.normal(10, 4):.3f}" for number in range(4)}
            found.append({**row, "age": "40", **own, "pulse": str(random.integers(50, 120)), "patient": f"P{start}"})
            start += place % count == count - 1
        return [{**row, "income": row["m0"], "branch": "north"} for row in found]

    return made


def test_rows_of_one_group_may_be_alike_where_whole_groups_are_hidden(small: Path) -> None:
    settle(small, 'by = "class"', 'by = "group"\ncolumn = "patient"')
    rewrite(small, visits(5))
    assert looked(small).status == "ok"
    train, test, hidden = whole(small)
    copies = [{**row, "customer": f"K8{place}"} for place, row in enumerate(hidden[::5])]
    copies = [{**row, "pulse": "200", "patient": f"R{place}"} for place, row in enumerate(copies)]
    write_tables(small, train + [{**row, "patient": hidden[0]["patient"]} for row in copies], unlabelled(test), hidden)
    assert looked(small).status == "defect", "patients are seldom alike, whatever their visits are"


def unlabelled(rows: Rows) -> Rows:
    return [{**row, "paid": ""} for row in rows]


def test_later_rows_may_lie_closer_together_so_that_is_a_warning(wide: Path) -> None:
    planted(wide, one_number_rounded)
    settle(wide, 'by = "class"\nseed = 1', 'by = "time"\ncolumn = "age"')
    assert looked(wide).status == "warning"


def test_a_further_suite_that_lies_closer_to_the_training_rows_is_a_warning(wide: Path) -> None:
    planted(wide, one_number_rounded)
    assert no_near_copies_in_suite(read_subject(load_assignment(wide))).status == "warning"


# texts

WORDS = [f"word{chr(97 + one)}{chr(97 + other)}" for one in range(20) for other in range(20)]


def with_texts(folder: Path, repeated: float = 0.0) -> None:
    """Give each row a text; a share of them are of few campaigns that come back with another number."""
    random = np.random.default_rng(11)
    campaigns = [" ".join(random.choice(WORDS, 9)) for _ in range(30)]

    def written() -> str:
        if random.random() < repeated:
            return f"{random.choice(campaigns)} call {random.integers(10_000, 99_999)}"
        return " ".join(random.choice(WORDS, 9))

    rewrite(
        folder,
        lambda rows: [{"customer": row["customer"], "text": written(), "paid": row["paid"]} for row in rows],
    )


def test_texts_that_come_back_in_other_letters_figures_and_marks_are_found(small: Path) -> None:
    with_texts(small)
    assert looked(small).status == "ok"
    train, test, hidden = whole(small)
    noted = [{**row, "text": f"{row['text']} 0700 {place:05d}"} for place, row in enumerate(hidden)]
    copies = [
        {**row, "customer": own["customer"], "text": row["text"].capitalize().replace(" 0", ", 9") + "!"}
        for row, own in zip(noted[:40], train, strict=False)
    ]
    write_tables(small, copies + train[40:], unlabelled(test), noted)
    found = looked(small)
    assert (found.status, "40 of 500" in found.what, "in the words of 'text'" in found.what) == ("defect", True, True)


def test_campaigns_that_come_back_on_both_sides_are_as_the_training_texts_are(small: Path) -> None:
    with_texts(small, repeated=0.3)
    assert looked(small).status == "ok"
