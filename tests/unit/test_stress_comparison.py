"""Two runs' predictions side by side: joined by the hidden row, whatever ids and order each run had."""

from __future__ import annotations

import pytest
from example_assignment import example

from grader.errors import SubmissionError
from grader.evidence import compare_runs, evaluate_suites, no_predictions
from grader.model import Deal, StressResult

ROWS = 60
LABELS = tuple(str(number % 2) for number in range(ROWS))
SCORES = tuple(round(0.2 + 0.5 * (number % 2) + 0.004 * (number % 50), 3) for number in range(ROWS))
ASSIGNMENT = example()
FIRST = Deal(files={}, ids=tuple(f"A{n}" for n in range(ROWS)), labels=LABELS, rows=tuple(range(ROWS)))
BACKWARDS = tuple(reversed(range(ROWS)))
AGAIN = Deal(
    files={},
    ids=tuple(f"B{n}" for n in BACKWARDS),
    labels=tuple(LABELS[n] for n in BACKWARDS),
    rows=BACKWARDS,
    messy={"M0": "missing", "M1": "blank", "M2": "missing"},
)
MESSY = {"M0": "0.5", "M1": "0.5", "M2": "0.5"}


def table(cells: dict[str, str]) -> bytes:
    return ("id,prediction\n" + "".join(f"{name},{cell}\n" for name, cell in cells.items())).encode()


def compared(changes: dict[str, str | None]) -> StressResult:
    """Compare a run that gives SCORES with one that gives them again, but for `changes` (None leaves a row out)."""
    before = table({f"A{n}": str(SCORES[n]) for n in range(ROWS)})
    cells: dict[str, str | None] = {f"B{n}": str(SCORES[n]) for n in range(ROWS)} | MESSY | changes
    after = table({name: cell for name, cell in cells.items() if cell is not None})
    hidden = evaluate_suites(before, FIRST, ASSIGNMENT).suites[0]
    return compare_runs((before, FIRST), (after, AGAIN), hidden, ASSIGNMENT)


def test_the_same_predictions_under_other_ids_and_in_another_order_are_identical() -> None:
    found = compared({})
    assert (found.rows, found.predicted, found.identical) == (ROWS, ROWS, ROWS)
    assert (found.mean_difference, found.max_difference) == (0, 0)
    assert found.hidden is not None
    assert found.hidden.suite == "repeat"
    assert (found.messy_rows, found.messy_valid) == (3, 3)


def test_the_last_digits_of_a_sum_are_no_other_prediction() -> None:
    assert compared({"B7": str(SCORES[7] + 1e-12)}).identical == ROWS


def test_other_predictions_are_counted_and_the_metric_is_taken_again() -> None:
    found = compared({f"B{n}": str(round(SCORES[n] + 0.1 * (n % 3 == 0), 3)) for n in range(ROWS)})
    assert found.identical == 40
    assert found.max_difference == pytest.approx(0.1)
    assert found.mean_difference == pytest.approx(0.1 / 3)
    worse = compared({f"B{n}": str(1 - SCORES[n]) for n in range(ROWS)})
    assert worse.hidden is not None
    assert worse.hidden.value < 0.5


@pytest.mark.parametrize("cell", [None, "", "nan", "inf", "often", "-3e200"])
def test_a_repeated_row_without_a_valid_prediction_is_missing_and_spoils_no_other(cell: str | None) -> None:
    found = compared({"B3": cell})
    assert (found.predicted, found.identical) == (ROWS - 1, ROWS - 1)
    assert found.hidden is not None
    assert (found.hidden.missing, found.hidden.rows) == (1, ROWS - 1)


def test_messy_rows_are_counted_by_kind() -> None:
    counts = {item.kind: (item.rows, item.valid) for item in compared({"M1": "nan", "M2": None}).messy}
    assert counts == {"blank": (1, 0), "missing": (2, 1)}


def test_where_one_class_alone_was_predicted_there_is_no_metric() -> None:
    found = compared({f"B{n}": "nan" for n in range(1, ROWS, 2)})
    assert found.hidden is None
    assert found.predicted == ROWS // 2


def test_a_file_that_is_no_table_is_refused() -> None:
    hidden = evaluate_suites(table({f"A{n}": str(SCORES[n]) for n in range(ROWS)}), FIRST, ASSIGNMENT).suites[0]
    before = table({f"A{n}": str(SCORES[n]) for n in range(ROWS)})
    with pytest.raises(SubmissionError):
        compare_runs((before, FIRST), (b"what,ever\n1,2\n", AGAIN), hidden, ASSIGNMENT)


def test_a_run_without_predictions_has_none_valid() -> None:
    found = no_predictions(AGAIN)
    assert (found.rows, found.predicted, found.messy_rows, found.messy_valid) == (ROWS, 0, 3, 0)
