"""Traces as a hostile run may leave them: read whole or not at all, never an error, and counted by what they hold."""

from __future__ import annotations

import json
import random
import time
from typing import Any

import pytest

from grader.evidence import compare_witnesses, read_traces
from grader.evidence.shared_rows import RowCounts
from grader.evidence.traces import CUT, NONE, NOT_OURS
from grader.model import Call, CellRun, CodeFacts, LeakageFact, Source, Span, TraceFacts, TraceTable

LINES = "\n".join(f"line_{number}" for number in range(1, 30))
TEST, TRAIN, ALL = 2, 1, 0


def table(number: int, ids: range, **more: Any) -> dict[str, Any]:
    return {"table": number, "size": len(ids), "unknown": 0, "kept": list(ids), **more}


TABLES = [table(ALL, range(100)), table(TRAIN, range(80)), table(TEST, range(80, 100))]
SPLIT = {"kind": "split", "name": "train_test_split", "rows": ALL, "train": TRAIN, "test": TEST}


def event(number: int, **told: Any) -> dict[str, Any]:
    return {"event": number, "file": "train.py", "line": number + 1, **told}


def scaler(rows: int) -> dict[str, Any]:
    return {"kind": "fit", "name": "StandardScaler.fit_transform", "rows": rows, "transforms": True}


def model(rows: int, **more: Any) -> dict[str, Any]:
    return {"kind": "fit", "name": "LogisticRegression.fit", "rows": rows, "through": [0], "target": True, **more}


def scored(rows: int, fitted: int | None = 2, **more: Any) -> dict[str, Any]:
    return {"kind": "score", "name": "LogisticRegression.score", "rows": rows, "fitted": fitted, "through": [0], **more}


def written(*told: dict[str, Any]) -> bytes:
    events = [event(number, **item) for number, item in enumerate(told)]
    return "".join(json.dumps(line) + "\n" for line in [*TABLES, *events]).encode()


def judged(data: bytes | None, *leaks: LeakageFact) -> TraceFacts:
    code = CodeFacts(sources=(Source(path="train.py", text=LINES, lines=29),), leaks=leaks)
    return compare_witnesses(read_traces(data), code, (), "")


def leak(kind: str, *lines: int) -> LeakageFact:
    spans = tuple(Span(path="train.py", line=line, end_line=line) for line in lines)
    return LeakageFact.model_validate({"kind": kind, "message": "Seen.", "spans": spans})


def counted(*told: dict[str, Any]) -> list[tuple[str, int, int]]:
    return [(found.kind, found.rows, found.evaluated) for found in judged(written(*told)).leaks]


def test_a_scaler_that_saw_the_test_rows_is_counted_and_its_clean_twin_is_not() -> None:
    assert counted(scaler(ALL), SPLIT, model(TRAIN), scored(TEST)) == [("preprocessing", 20, 20)]
    assert counted({**SPLIT}, scaler(TRAIN), model(TRAIN, through=[1]), scored(TEST, through=[1])) == []


def test_what_was_not_handed_on_from_the_scaler_to_the_result_is_not_counted() -> None:
    assert counted(scaler(ALL), SPLIT, model(TRAIN, through=[]), scored(TEST, through=[])) == []


@pytest.mark.parametrize("name", ["PolynomialFeatures.fit_transform", "RandomUnderSampler.fit_resample"])
def test_what_learns_nothing_from_rows_is_not_counted(name: str) -> None:
    kind = "resample" if "resample" in name else "fit"
    assert counted({**scaler(ALL), "name": name, "kind": kind}, SPLIT, model(TRAIN), scored(TEST)) == []


def test_folds_over_rows_that_a_scaler_saw_are_counted_unless_they_lie_in_the_training_part() -> None:
    folds = {"kind": "cross_validate", "name": "cross_val_score", "through": [0]}
    assert counted(scaler(ALL), {**folds, "rows": ALL}) == [("preprocessing", 100, 100)]
    assert counted(scaler(ALL), SPLIT, {**folds, "rows": TRAIN}) == []


def test_resampling_and_training_on_test_rows_is_overlap() -> None:
    resampler = {"kind": "resample", "name": "SMOTE.fit_resample", "rows": ALL}
    assert counted(resampler, SPLIT, model(TRAIN), scored(TEST)) == [("overlap", 20, 20)]
    assert counted(SPLIT, SPLIT, model(ALL, through=[]), scored(TEST, through=[])) == [("overlap", 20, 20)]


def test_a_result_on_the_training_rows_counts_only_where_there_is_no_other() -> None:
    on_training = scored(TRAIN, through=[])
    assert counted(SPLIT, SPLIT, model(TRAIN), on_training) == [("scored_on_training_data", 80, 80)]
    assert counted(SPLIT, SPLIT, model(TRAIN), on_training, scored(TEST, through=[])) == []
    assert counted(SPLIT, SPLIT, model(TRAIN), on_training, {"kind": "metric", "name": "f1_score"}) == []


def test_settings_tried_on_the_test_rows_in_one_place_are_counted_where_they_are_reported_on() -> None:
    tried = [
        part
        for number in range(3)
        for part in (
            model(TRAIN, through=[], settings=str(number)),
            {**scored(TEST, fitted=1 + 2 * number, through=[]), "line": 9},
        )
    ]
    final = scored(TEST, fitted=5, through=[])
    assert counted(SPLIT, *tried, final) == [("multi_test", 20, 20)]
    assert counted(SPLIT, *tried) == []
    assert counted(SPLIT, *tried[:4], {**final, "fitted": 3}) == []


def test_predictions_alone_and_thresholds_are_tries_as_well() -> None:
    fits = [model(TRAIN, through=[], settings=str(number)) for number in range(3)]
    predictions = [
        {**scored(TEST, fitted=n + 1, through=[]), "kind": "predict", "name": "M.predict", "line": 9} for n in range(3)
    ]
    final = scored(TEST, fitted=3, through=[])
    assert counted(SPLIT, *fits, *predictions, final) == [("multi_test", 20, 20)]
    cut = {"kind": "metric", "name": "f1_score", "rows": TEST, "predicted": 2, "altered": True, "line": 9}
    one = (SPLIT, model(TRAIN, through=[]), {**predictions[0], "line": 3})
    assert counted(*one, cut, cut, cut, {**cut, "line": 11}) == [("multi_test", 20, 20)]
    assert counted(*one, cut, cut, {**cut, "line": 11}) == []
    assert counted(*one, *({**cut, "altered": False} for _ in range(3)), {**cut, "line": 11}) == []
    each_of_its_own = [{**cut, "predicted": number} for number in (0, 1, 2)]
    assert counted(*one, *each_of_its_own, {**cut, "line": 11}) == []


def test_the_witnesses_agree_differ_or_one_is_alone() -> None:
    leaky = written(scaler(ALL), SPLIT, model(TRAIN), scored(TEST))
    (both,) = judged(leaky, leak("preprocessing", 1, 4)).witnesses
    assert (both.agreement, both.sentence) == (
        "agree",
        "all 20 rows evaluated by LogisticRegression.score "
        "were among those that StandardScaler.fit_transform saw before.",
    )
    assert [one.agreement for one in judged(leaky).witnesses] == ["run_only"]
    assert [one.agreement for one in judged(None, leak("preprocessing", 1, 4)).witnesses] == ["code_only"]
    clean = written(scaler(TRAIN), SPLIT, model(TRAIN), scored(TEST))
    assert [one.agreement for one in judged(clean, leak("preprocessing", 1, 4)).witnesses] == ["differ"]


def test_rows_evaluated_with_an_unknown_model_never_differ_from_the_code() -> None:
    unknown = written(scaler(TRAIN), SPLIT, model(TRAIN), scored(TEST), {"kind": "metric", "name": "f1_score"})
    assert [one.agreement for one in judged(unknown, leak("preprocessing", 1, 4)).witnesses] == ["code_only"]


def test_an_execution_is_placed_in_the_cell_that_was_executed() -> None:
    lines = [
        *TABLES,
        *(event(number, **told) for number, told in enumerate([scaler(ALL), SPLIT, model(TRAIN), scored(TEST)])),
    ]
    told = [{**line, "file": None, "cell": 2, "line": 3} if "event" in line else line for line in lines]
    data = "".join(json.dumps(line) + "\n" for line in told).encode()
    sources = tuple(Source(path="a.ipynb", cell=cell, text=LINES, lines=29) for cell in (0, 4))
    cells = (CellRun(index=0, status="ok"), CellRun(index=4, status="ok"))
    found = compare_witnesses(read_traces(data), CodeFacts(sources=sources), cells, "a.ipynb")
    assert [(span.path, span.cell, span.line, span.text) for span in found.leaks[0].spans] == [
        ("a.ipynb", 4, 3, "line_3")
    ] * 2
    assert compare_witnesses(read_traces(data), CodeFacts(sources=sources), cells[:1], "a.ipynb").leaks == ()


FORGED = {
    "no JSON": b"hello\n",
    "nested": b"[" * 30_000 + b"\n",
    "another shape": b'{"event": 1}\n',
    "a number that is none": b'{"table": 1, "size": 1e400, "kept": []}\n',
    "negative": b'{"table": -1, "size": 3, "kept": []}\n',
    "markup in a name": b'{"event": 0, "kind": "fit", "name": "<script>alert(1)</script>"}\n',
    "too many ids": json.dumps(table(0, range(2000))).encode() + b"\n",
    "too many lines": b'{"cut": true}\n' * 5000,
    "too long a line": b'{"cut": true' + b" " * 50_000 + b"}\n",
    "too large": b"\n" * 2_100_000,
    "more than asked for": b'{"cut": true, "score": 100}\n',
    "bytes that are no text": b"\xff\xfe\n",
}


@pytest.mark.parametrize("data", FORGED.values(), ids=FORGED)
def test_what_the_runner_would_not_have_written_is_set_aside_whole(data: bytes) -> None:
    found = judged(written(scaler(ALL), SPLIT, model(TRAIN), scored(TEST)) + data)
    assert (found.note, found.leaks, found.events) == (NOT_OURS, (), 0)


def test_none_and_broken_off_traces_are_said() -> None:
    assert (read_traces(None).note, judged(None).note) == (NONE, "")
    fit = Call(name="sklearn.svm.SVC.fit", kind="fit", span=Span(path="train.py", line=3))
    said = compare_witnesses(read_traces(None), CodeFacts(calls=(fit,)), (), "").note
    assert said == "The run left no traces, although its code fits estimators."
    whole = written(scaler(ALL), SPLIT, model(TRAIN), scored(TEST))
    assert judged(whole + b'{"event": 9, "ki').note == CUT
    assert judged(whole + b'{"cut": true}\n').note == CUT
    assert judged(whole + b'{"event": 9, "ki').leaks == judged(whole).leaks


def test_forged_numbers_that_point_nowhere_or_ahead_count_nothing() -> None:
    assert (
        counted({**scaler(77), "through": [5]}, {**SPLIT, "train": 88, "test": 99}, model(66, fitted=3), scored(55))
        == []
    )
    assert counted(scaler(ALL), SPLIT, model(TRAIN), scored(TEST, fitted=3)) == []


def test_the_largest_traces_that_are_read_take_seconds_at_most() -> None:
    ids = sorted(random.Random(0).sample(range(1 << 48), 1024))
    tables = [{"table": number, "size": 10**6, "kept": ids} for number in range(50)]
    events = [
        event(n, **{**(scaler(n % 50) if n % 2 else scored(n % 50, fitted=max(0, n - 1))), "line": n % 28 + 1})
        for n in range(1000)
    ]
    data = "".join(json.dumps(line) + "\n" for line in [*tables, *events]).encode()
    started = time.process_time()
    assert judged(data).events == 1000
    assert time.process_time() - started < 5


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_large_sets_are_counted_on_the_rows_whose_ids_are_smallest(share: float) -> None:
    drawn = random.Random(1).sample(range(1 << 48), 60_000)
    first, second = drawn[:40_000], drawn[40_000 - int(20_000 * share) : 60_000 - int(20_000 * share)]
    kept = [TraceTable(table=n, size=len(ids), kept=tuple(sorted(ids)[:1024])) for n, ids in enumerate((first, second))]
    found = RowCounts(tuple(kept)).shared(1, 0)
    assert found is not None
    assert found.rows == pytest.approx(20_000 * share, rel=0.25)
    assert not found.exact


@pytest.mark.parametrize("gone", [0, 1, 2])
def test_a_line_that_was_taken_out_is_seen(gone: int) -> None:
    lines = written(scaler(ALL), SPLIT, model(TRAIN), scored(TEST)).splitlines(keepends=True)
    kept = [line for line in lines if f'"event": {gone},'.encode() not in line]
    found = judged(b"".join(kept))
    assert (found.note, found.missing) == (NOT_OURS, True)


def test_the_number_of_a_call_that_raised_is_no_gap() -> None:
    lines = written(scaler(ALL), SPLIT, model(TRAIN), scored(TEST)).splitlines(keepends=True)
    told = [b'{"failed": 1}\n' if b'"event": 1,' in line else line for line in lines]
    assert (judged(b"".join(told)).note, judged(b"".join(told)).missing) == ("", False)


def test_traces_that_must_be_there_and_are_not_are_missing() -> None:
    fit = Call(name="sklearn.svm.SVC.fit", kind="fit", span=Span(path="train.py", line=3))
    code = CodeFacts(calls=(fit,))
    assert compare_witnesses(read_traces(None), code, (), "", started="train.py").missing
    assert not compare_witnesses(read_traces(None), code, (), "", started="predict.py").missing
    inside = CodeFacts(calls=(fit.model_copy(update={"function": "train"}),))
    assert not compare_witnesses(read_traces(None), inside, (), "", started="train.py").missing
