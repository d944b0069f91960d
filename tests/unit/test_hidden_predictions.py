"""Group "Scoring" of the abuse cases: what is wrong with a predictions file is said with its code and an example."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from plain_churn import plain_churn

from grader.assignment import deal
from grader.errors import SubmissionError
from grader.evidence.predictions import read_predictions
from grader.evidence.suites import evaluate_suites

CHURN = plain_churn()
DEAL = deal(CHURN, "a-run")
HEAD = "customer_id,prediction\n"


def table(cells: list[str] | None = None, head: str = HEAD) -> bytes:
    values = cells or ["0.5"] * len(DEAL.ids)
    return (head + "".join(f"{name},{cell}\n" for name, cell in zip(DEAL.ids, values, strict=True))).encode()


def refusal(data: bytes) -> SubmissionError:
    with pytest.raises(SubmissionError) as caught:
        read_predictions(data, DEAL, CHURN)
    return caught.value


def first_cell(cell: str) -> SubmissionError:
    return refusal(table([cell] + ["0.5"] * (len(DEAL.ids) - 1)))


@pytest.mark.parametrize("cell", ["nan", "inf", "-inf", "1e999", "", "NA", "None"])
def test_predictions_that_are_not_finite_are_counted_with_an_example(cell: str) -> None:
    error = first_cell(cell)
    assert error.code == "predictions.not_finite"
    assert "1 of 2,343" in error.message
    assert repr(cell) in error.message


@pytest.mark.parametrize(
    "cell", ["Yes", "0.5.1", "9" * 60, "1.2", "-0.1", "0x1", "1_0", "[0.5]", "9" * 500, "\u0660.\u0665", "0\x005"]
)
def test_predictions_of_the_wrong_type_or_range_are_counted_with_an_example(cell: str) -> None:
    error = first_cell(cell)
    assert error.code == "predictions.values"
    assert "1 of 2,343" in error.message
    assert repr(cell[:40]) in error.message


@pytest.mark.parametrize(
    "make",
    [
        lambda ids: [f"{name},{'nan' if number % 9 else 'x'}" for number, name in enumerate(sorted(ids))],
        lambda ids: [f"{name},0.5,0.5" if number % 7 == 0 else f"{name},0.5" for number, name in enumerate(ids)],
        lambda ids: [f"{name},0.5" for name in ids[1:]] + [f"{ids[1]},0.5", "C1,0.5"],
        lambda ids: [f'{ids[0]},"0.5', *(f"{name},0.5" for name in ids[1:])],
        lambda ids: [f"{name},{name}" for name in ids],
    ],
)
def test_what_is_wrong_is_said_in_the_same_words_in_every_run(make: Callable[[tuple[str, ...]], list[str]]) -> None:
    said = set()
    for run_id in ("one", "two", "three"):
        dealt = deal(CHURN, run_id)
        for head in (HEAD, ""):
            with pytest.raises(SubmissionError) as caught:
                read_predictions((head + "\n".join(make(dealt.ids))).encode(), dealt, CHURN)
            assert not any(name in caught.value.message for name in dealt.ids)
            said.add((bool(head), caught.value.message, caught.value.line))
    assert len(said) == 2


@pytest.mark.parametrize("metric", ["roc_auc", "accuracy", "rmse", "mae"])
@pytest.mark.parametrize("cell", ["1e308", "-1e308", "1e101"])
def test_a_number_too_large_to_reckon_with_is_a_wrong_value_whatever_the_metric(metric: str, cell: str) -> None:
    free = CHURN.model_copy(
        update={
            "contract": CHURN.contract.model_copy(update={"minimum": None, "maximum": None}),
            "metric": CHURN.metric.model_copy(update={"name": metric}),
        }
    )
    with pytest.raises(SubmissionError) as caught:
        evaluate_suites(table([cell] + ["1e308"] * (len(DEAL.ids) - 1)), DEAL, free).suites[0]
    assert caught.value.code == "predictions.values"
    largest = evaluate_suites(table(["1e100"] + ["-1e100"] * (len(DEAL.ids) - 1)), DEAL, free).suites[0]
    assert math.isfinite(largest.value)
    assert math.isfinite(largest.high)


@pytest.mark.parametrize("cell", ["0,5", '"0,5"'])
def test_a_decimal_comma_is_recognised(cell: str) -> None:
    error = first_cell(cell)
    assert error.code == "predictions.values"
    assert "comma" in error.hint


def test_a_label_instead_of_a_probability_is_explained() -> None:
    assert "predict_proba" in first_cell("Yes").hint


def test_a_missing_row_is_counted() -> None:
    error = refusal(table()[: -len(f"{DEAL.ids[-1]},0.5\n")])
    assert error.code == "predictions.ids"
    assert "1 of 2,343" in error.message


def test_repeated_and_unknown_ids_are_counted() -> None:
    error = refusal(table() + f"{DEAL.ids[0]},0.5\nC1,0.5\n".encode())
    assert error.code == "predictions.ids"
    assert "1 of 2,343 there more than once" in error.message
    assert "1 unknown" in error.message


@pytest.mark.parametrize("head", ["id,prediction\n", "customer_id,prediction,extra\n", "\n", "customer_id,churn\n"])
def test_other_columns_are_refused_with_what_was_found(head: str) -> None:
    assert refusal(table(head=head)).code == "predictions.columns"


@pytest.mark.parametrize(
    "data",
    [
        HEAD.encode() + b"x" * 50_000_000,
        HEAD.encode() + b"1,1\n" * 2_000_000,
        HEAD.encode() + b'"' + b"a" * 10_000 + b'",1\n',
    ],
)
def test_a_bomb_of_a_table_is_refused_before_it_is_parsed(data: bytes) -> None:
    assert refusal(data).code == "predictions.too_large"


@pytest.mark.parametrize("data", [b"\x80\x04\x95\x00", "\ufefföä".encode("utf-16"), b"\x00" * 100, b"", b'"'])
def test_a_pickle_or_any_other_bytes_are_a_failure_and_never_read_as_code(data: bytes) -> None:
    assert refusal(data).code in ("predictions.values", "predictions.columns")


def test_a_byte_order_mark_windows_newlines_quotes_and_a_forgotten_index_are_forgiven() -> None:
    plain = read_predictions(table(), DEAL, CHURN)
    windows = b"\xef\xbb\xbf" + table().replace(b"\n", b"\r\n")
    indexed = ",customer_id,prediction\n" + "".join(f'{i},"{name}",0.5\n' for i, name in enumerate(DEAL.ids))
    assert (read_predictions(windows, DEAL, CHURN) == plain).all()
    assert (read_predictions(indexed.encode(), DEAL, CHURN) == plain).all()


def test_the_order_of_the_rows_does_not_matter() -> None:
    cells = [str(index / len(DEAL.ids)) for index in range(len(DEAL.ids))]
    lines = table(cells).splitlines(keepends=True)
    turned = lines[0] + b"".join(reversed(lines[1:]))
    assert evaluate_suites(turned, DEAL, CHURN).suites[0] == evaluate_suites(table(cells), DEAL, CHURN).suites[0]


def test_perfect_predictions_reach_the_reference_and_constant_ones_fall_to_the_baseline() -> None:
    perfect = evaluate_suites(table(list(DEAL.labels)), DEAL, CHURN).suites[0]
    assert (perfect.value, perfect.normalised) == (1.0, 1.0)
    assert evaluate_suites(table(), DEAL, CHURN).suites[0].normalised == 0


def test_the_interval_does_not_depend_on_the_order_the_rows_were_dealt_in() -> None:
    other = deal(CHURN, "another-run")
    assert other.labels != DEAL.labels
    one = evaluate_suites(table(_imperfect(DEAL.labels)), DEAL, CHURN).suites[0]
    cells = zip(other.ids, _imperfect(other.labels), strict=True)
    rows = "".join(f"{name},{cell}\n" for name, cell in cells)
    assert evaluate_suites((HEAD + rows).encode(), other, CHURN).suites[0] == one


def _imperfect(labels: tuple[str, ...]) -> list[str]:
    """Return the same predictions for the same labels in whatever order: every fifth of a class is turned."""
    seen = {"0": 0, "1": 0}
    cells = []
    for label in labels:
        seen[label] += 1
        cells.append("0.6" if (label == "1") != (seen[label] % 5 == 0) else "0.4")
    return cells
