"""Predictions that are names of classes: how they are read, measured, compared and shown."""

from __future__ import annotations

import numpy as np
import pytest
from example_assignment import example
from stored_reports import report_of

from grader.assignment.labels import check_labels
from grader.errors import AssignmentError, SubmissionError
from grader.evidence import compare_runs, evaluate_suites
from grader.model import Assignment, AssignmentRef, Deal, HiddenResult
from grader.report import render_html
from grader.report.charts import missed_shares, shown_classes

DIGITS = tuple("0123456789")
ROWS = 200
LABELS = tuple(DIGITS[number % 10] for number in range(ROWS))


def assignment_of(classes: tuple[str, ...] = DIGITS) -> Assignment:
    return example("multiclass_accuracy", classes)


def deal_of(letter: str = "A", order: tuple[int, ...] = tuple(range(ROWS))) -> Deal:
    ids = tuple(f"{letter}{place}" for place in order)
    return Deal(files={}, ids=ids, labels=tuple(LABELS[place] for place in order), rows=order)


def table(cells: list[str], letter: str = "A") -> bytes:
    return ("id,prediction\n" + "".join(f"{letter}{place},{cell}\n" for place, cell in enumerate(cells))).encode()


def judged(cells: list[str]) -> HiddenResult:
    return evaluate_suites(table(cells), deal_of(), assignment_of()).suites[0]


def refusal(cells: list[str]) -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        judged(cells)
    return caught.value


@pytest.mark.parametrize("written", ["{}", "{}.0", "0{}", " {} ", '"{}"', "{}e0"])
def test_a_digit_is_the_same_class_however_it_is_written(written: str) -> None:
    assert judged([written.format(label) for label in LABELS]).value == 1.0


@pytest.mark.parametrize("cell", ["7.5", "10", "-1", "seven", "[7]", "\u0667", "7_0", "1e999", "inf", "0x7", "7" * 500])
def test_anything_else_is_named_with_the_classes_there_are(cell: str) -> None:
    error = refusal([cell, *LABELS[1:]])
    assert error.code == "predictions.values"
    assert "1 of 200" in error.message
    assert "0, 1, 2, 3, 4, 5, 6, 7, 8, 9" in error.message
    assert repr(cell[:40]) in error.message


@pytest.mark.parametrize("cell", ["", "nan", "NaN", "None"])
def test_a_row_without_a_class_is_counted_as_empty(cell: str) -> None:
    error = refusal([cell, *LABELS[1:]])
    assert error.code == "predictions.not_finite"
    assert "are empty" in error.message


def test_a_class_may_have_a_name_that_elsewhere_means_nothing() -> None:
    answers = ("none", "yellow fever", "NA")
    assignment = assignment_of(answers)
    labels = tuple(answers[number % 3] for number in range(ROWS))
    dealt = deal_of().model_copy(update={"labels": labels})
    assert evaluate_suites(table(list(labels)), dealt, assignment).suites[0].value == 1.0


def test_many_classes_do_not_fill_the_message() -> None:
    names = tuple(f"species {number}" for number in range(500))
    dealt = Deal(files={}, ids=("A0", "A1"), labels=names[:2])
    with pytest.raises(SubmissionError) as caught:
        evaluate_suites(table(["species 0", "bird"]), dealt, assignment_of(names)).suites[0]
    assert "and 488 more" in caught.value.message
    assert len(caught.value.message) < 400


def test_each_class_is_told_with_what_it_was_taken_for() -> None:
    cells = ["9" if label == "4" and place % 4 == 0 else label for place, label in enumerate(LABELS)]
    found = judged(cells)
    assert [item.name for item in found.classes] == list(DIGITS)
    four = found.classes[4]
    assert (four.rows, four.recall, four.mistaken_for, four.mistaken) == (20, 0.5, "9", 10)
    assert (found.classes[9].recall, found.classes[9].mistaken_for) == (1.0, "")
    assert found.value == pytest.approx(0.95)
    assert found.low < found.value < found.high
    assert (found.curve, found.histogram) == ((), ())


def test_the_interval_does_not_depend_on_the_order_of_the_rows() -> None:
    random = np.random.default_rng(2)
    cells = [str(random.integers(10)) if random.random() < 0.3 else label for label in LABELS]
    order = tuple(int(place) for place in random.permutation(ROWS))
    assert evaluate_suites(table(cells), deal_of(order=order), assignment_of()).suites[0] == judged(cells)


def test_a_second_run_with_other_classes_is_no_longer_identical_and_has_no_size_of_difference() -> None:
    first = (table(list(LABELS)), deal_of())
    order = tuple(reversed(range(ROWS)))
    cells = list(LABELS)
    cells[7] = "1"
    again = (table(cells, "B"), deal_of("B", order))
    found = compare_runs(first, again, judged(list(LABELS)), assignment_of())
    assert (found.predicted, found.identical) == (ROWS, ROWS - 1)
    assert (found.mean_difference, found.max_difference) == (None, None)
    assert found.hidden is not None
    assert found.hidden.value == pytest.approx(1 - 1 / ROWS)


@pytest.mark.parametrize(
    ("classes", "labels", "said"),
    [
        (("7",), ("7", "7"), "two at least"),
        (("7", "7.0"), ("7", "7"), "the same class"),
        (("7", "7", "8"), ("7", "8"), "the same class"),
        (("7", "8"), ("7", "9"), "none of the classes 7, 8"),
        (("7", "8", "9"), ("7", "7"), "only one of the classes"),
    ],
)
def test_labels_and_classes_that_do_not_fit_are_refused(
    classes: tuple[str, ...], labels: tuple[str, ...], said: str
) -> None:
    with pytest.raises(AssignmentError, match=said):
        check_labels(labels, assignment_of(classes), "data/hidden/labels.csv")


def test_of_many_classes_the_report_shows_those_that_were_missed_most() -> None:
    names = tuple(f"c{number}" for number in range(40))
    labels = tuple(names[number % 40] for number in range(400))
    cells = ["c0" if label == "c33" else label for label in labels]
    dealt = Deal(files={}, ids=tuple(f"A{n}" for n in range(400)), labels=labels)
    shown = shown_classes(evaluate_suites(table(cells), dealt, assignment_of(names)).suites[0].classes)
    assert shown[0].name == "c33"
    assert len(shown) < 40
    assert missed_shares(shown)[0] == (shown[0], 100.0)


def test_the_page_shows_what_a_class_was_taken_for_and_takes_no_markup_from_its_name() -> None:
    assignment = assignment_of(("<b>cat</b>", "dog"))
    labels = tuple(assignment.data.classes[number % 2] for number in range(40))
    dealt = Deal(files={}, ids=tuple(f"A{n}" for n in range(40)), labels=labels)
    hidden = evaluate_suites(table(["dog"] * 40), dealt, assignment).suites[0]
    blank = report_of("work", AssignmentRef(slug="example", version="1", digest=""))
    page = render_html(blank.model_copy(update={"hidden": (hidden,)}))
    assert "dog, 20 times" in page
    assert "&lt;b&gt;cat&lt;/b&gt;" in page
    assert "<b>cat</b>" not in page
