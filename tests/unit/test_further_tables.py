"""Suites on further tables that a work writes, on what the sandbox measured, and predictions of a part of the rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_stream import small_stream

from grader.assignment import deal
from grader.errors import SubmissionError
from grader.evidence import evaluate_beside, evaluate_suites
from grader.evidence.written_tables import read_written
from grader.model import Assignment, Deal, HiddenResult, SandboxResult


@pytest.fixture
def stream(tmp_path: Path) -> tuple[Assignment, Deal]:
    assignment = small_stream(tmp_path)
    return assignment, deal(assignment, "one")


def measured(**changes: object) -> SandboxResult:
    figures = {"wall_s": 20.0, "cpu_s": 3.0, "peak_memory_bytes": 10**8, **changes}
    return SandboxResult.model_validate(
        {
            "ended": "exited",
            "exit_code": 0,
            "stdout": "",
            "stderr": "",
            "enforcement": "enforced",
            "backend": "fake",
            **figures,
        }
    )


def judged(stream: tuple[Assignment, Deal], **tables: str | bytes) -> dict[str, HiddenResult]:
    assignment, dealt = stream
    files = {f"{name}.csv": data.encode() if isinstance(data, str) else data for name, data in tables.items()}
    return {result.suite: result for result in evaluate_beside(files.get, dealt, measured(), assignment)}


def refusals(keys: list[str]) -> str:
    return "".join(f"{line}\n" for line in ["part,reason", *(f"{key},it is warm" for key in keys)])


def statuses(cells: dict[str, str]) -> str:
    return "".join(f"{key},{cell}\n" for key, cell in {"batch": "status", **cells}.items())


def test_tables_that_are_right_have_everything_with_their_weights(stream: tuple[Assignment, Deal]) -> None:
    truths = stream[1].truths
    refused = refusals([key for key, is_one in truths["refused"].items() if is_one])
    said = statuses({key: "Drifted " if is_one else "ok" for key, is_one in truths["drift"].items()})
    found = judged(stream, refused=refused, batches=said)
    assert [(found[name].value, found[name].normalised) for name in ("refused", "drift")] == [(1, 1), (1, 1)]
    assert (found["refused"].weight, found["drift"].weight) == (1, 3)
    assert (found["refused"].rows, found["drift"].rows) == (30, 7)
    assert found["drift"].law == "Batches of the hot line."


def test_f1_counts_what_was_missed_and_what_was_called_wrongly_and_has_an_interval(
    stream: tuple[Assignment, Deal],
) -> None:
    truth = stream[1].truths["refused"]
    warm = [key for key, is_one in truth.items() if is_one]
    cold = [key for key, is_one in truth.items() if not is_one]
    found = judged(stream, refused=refusals([*warm[:4], *cold[:2]]))["refused"]
    assert found.value == pytest.approx(2 * 4 / (6 + 6), abs=1e-6)
    assert found.low < found.value < found.high


def test_the_result_does_not_depend_on_the_keys_of_the_run(tmp_path: Path) -> None:
    assignment = small_stream(tmp_path)
    results = []
    for run in ("one", "other"):
        dealt = deal(assignment, run)
        warm = [key for key, is_one in dealt.truths["refused"].items() if is_one]
        results.append(judged((assignment, dealt), refused=refusals(warm[:3]))["refused"])
    assert results[0] == results[1]


def test_a_table_that_is_missing_costs_its_suite_and_says_so(stream: tuple[Assignment, Deal]) -> None:
    found = judged(stream)["drift"]
    assert (found.value, found.normalised, found.normalised_high, found.missing) == (0, 0, 0, 7)
    assert "batches.csv" in found.reason


def test_batches_that_are_left_out_are_counted_and_called_nothing(stream: tuple[Assignment, Deal]) -> None:
    drifted = [key for key, is_one in stream[1].truths["drift"].items() if is_one]
    found = judged(stream, batches=statuses(dict.fromkeys(drifted, "drifted")))["drift"]
    assert (found.value, found.missing) == (1, 4)


def test_a_batch_of_which_two_things_are_told_is_told_nothing_of(stream: tuple[Assignment, Deal]) -> None:
    keys = list(stream[1].truths["drift"])
    both = statuses(dict.fromkeys(keys, "drifted")) + "".join(f"{key},ok\n" for key in keys)
    assert judged(stream, batches=both)["drift"].value == 0


def test_keys_of_nobody_are_passed_over(stream: tuple[Assignment, Deal]) -> None:
    warm = [key for key, is_one in stream[1].truths["refused"].items() if is_one]
    assert judged(stream, refused=refusals([*warm, "P9001", ""]))["refused"].value == 1


HOSTILE = {
    "nothing": (b"", "no header"),
    "no text": (b"part\n\xff\xfe\n", "not UTF-8"),
    "other columns": (b"id,why\nP1,warm\n", "no column part"),
    "ragged rows": (b"part,reason\nP1,it is warm, very\n", "another number of cells"),
    "an endless line": (b"part\n" + b"P" * 5000, "line over"),
    "a flood of rows": (b"part\n" + b"P1\n" * 10_000, "far more than"),
    "a quotation mark that nobody closes": (b'part,reason\n"P1,' + b"x\n" * 50, "another number of cells"),
}


@pytest.mark.parametrize(("data", "says"), HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_table_is_refused_in_a_sentence(data: bytes, says: str) -> None:
    with pytest.raises(SubmissionError, match=f"refused.csv .*{says}"):
        read_written(data, "refused.csv", {"P1", "P2"}, "part", None)


def test_a_cell_that_is_no_key_says_nothing() -> None:
    assert read_written(b"part\nP\0\nP1 \n", "refused.csv", {"P1", "P2"}, "part", None) == {"P1": ""}


def test_a_table_with_an_index_and_further_columns_is_read() -> None:
    data = b"\xef\xbb\xbf,batch,why,status\r\n0, B1.csv ,hot,drifted\r\n"
    assert read_written(data, "batches.csv", {"B1.csv"}, "batch", "status") == {"B1.csv": "drifted"}


@pytest.mark.parametrize(("seconds", "share"), [(5.0, 1.0), (20.0, 0.5), (45.0, 0.0)])
def test_a_measure_is_the_sandboxs_own_and_has_no_interval(
    stream: tuple[Assignment, Deal], seconds: float, share: float
) -> None:
    assignment, dealt = stream
    *_, found = evaluate_beside({}.get, dealt, measured(wall_s=seconds), assignment)
    assert (found.suite, found.metric, found.value, found.low, found.high) == ("time", "wall_s", *[seconds] * 3)
    assert (found.normalised, found.normalised_low, found.normalised_high) == (share, share, share)


def test_what_the_sandbox_could_not_measure_is_left_out(stream: tuple[Assignment, Deal]) -> None:
    assignment, dealt = stream
    (spec,) = assignment.measures
    unmeasured = assignment.model_copy(update={"measures": (spec.model_copy(update={"measure": "cpu_s"}),)})
    found = evaluate_beside({}.get, dealt, measured(cpu_s=None), unmeasured)
    assert [result.suite for result in found] == ["refused", "drift"]


def test_a_row_without_a_prediction_counts_as_filled_in_and_is_told(stream: tuple[Assignment, Deal]) -> None:
    assignment, dealt = stream
    rows = [f"{key},{label}" for key, label in zip(dealt.ids, dealt.labels, strict=True)]
    left_out = [float(row.split(",")[1]) for row in rows[:3]]
    text = "\n".join(["part,prediction", *rows[3:], "P9001,7"])
    (found,) = evaluate_suites(text.encode(), dealt, assignment).suites
    assert (found.rows, found.missing, found.weight) == (24, 3, 2)
    assert found.value == pytest.approx(sum(abs(5 - label) for label in left_out) / 24, abs=1e-6)


def test_a_row_with_two_predictions_or_none_that_can_be_read_is_missing(stream: tuple[Assignment, Deal]) -> None:
    assignment, dealt = stream
    rows = [f"{key},{label}" for key, label in zip(dealt.ids, dealt.labels, strict=True)]
    rows[0] = rows[0].split(",")[0] + ",soon"
    text = "\n".join(["part,prediction", *rows, rows[1]])
    (found,) = evaluate_suites(text.encode(), dealt, assignment).suites
    assert found.missing == 2


def test_predictions_for_none_of_the_rows_are_a_failure(stream: tuple[Assignment, Deal]) -> None:
    assignment, dealt = stream
    with pytest.raises(SubmissionError, match="no valid prediction for any"):
        evaluate_suites(b"part,prediction\nP1,2\n", dealt, assignment)
