"""Hidden rows dealt as a stream: one file a batch under fresh names, broken files among them, and never a label."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pytest
from small_stream import make_stream, small_stream

from grader.assignment import deal, find_public, load_assignment
from grader.authoring.pack import pack
from grader.errors import AssignmentError
from grader.model import Deal

SERVE = Path(__file__).resolve().parents[2] / "assignments" / "serve-the-model"


def tables(dealt: Deal) -> dict[str, list[list[str]]]:
    return {
        name.removeprefix("batches/"): list(csv.reader(io.StringIO(data.decode())))
        for name, data in dealt.files.items()
        if name.startswith("batches/")
    }


def test_every_batch_is_a_file_with_its_own_rows_and_without_its_column(tmp_path: Path) -> None:
    dealt = deal(small_stream(tmp_path), "one")
    files = {name: rows for name, rows in tables(dealt).items() if len(rows) > 3}
    assert len(files) == 6
    assert all(rows[0] == ["part", "heat"] for rows in files.values())
    # whoever put the rows of two batches together would have ten
    assert sorted(len(rows) - 1 for rows in files.values()) == [5, 5, 5, 5, 5, 6]
    assert all({row[1] for row in rows[1:]} == {"0", "10", "20", "30", "warm"} for rows in files.values())


def test_names_ids_and_orders_are_other_ones_in_every_run_and_the_same_for_the_same_run(tmp_path: Path) -> None:
    assignment = small_stream(tmp_path)
    one, again, other = deal(assignment, "one"), deal(assignment, "one"), deal(assignment, "other")
    assert one == again
    assert not tables(one).keys() & tables(other).keys()
    assert not set(one.ids) & set(other.ids)
    hidden = (tmp_path / "data" / "hidden" / "features.csv").read_text()
    for dealt in (one, other):
        assert all(re.fullmatch(r"B\d{6}\.csv", name) and name not in hidden for name in tables(dealt))
        assert all(re.fullmatch(r"P\d{9}", name) for name in dealt.ids)
    assert list(tables(one)) == sorted(tables(one)), "the times of the files say nothing of which is broken"
    orders = [[row[1] for row in rows] for rows in (*tables(one).values(), *tables(other).values())]
    assert len({tuple(order) for order in orders}) > 2


def test_a_row_that_is_there_twice_has_one_id_and_one_label(tmp_path: Path) -> None:
    dealt = deal(small_stream(tmp_path), "one")
    rows = [tuple(row) for table in tables(dealt).values() for row in table[1:]]
    assert len(rows) - len(set(rows)) == 1
    assert len(set(dealt.ids)) == len(dealt.ids) == len(dealt.labels) == 24


def test_the_truths_of_further_tables_are_told_under_the_fresh_keys(tmp_path: Path) -> None:
    dealt = deal(small_stream(tmp_path), "one")
    whole = {name: rows for name, rows in tables(dealt).items() if len(rows) > 3}
    warm = {row[0] for rows in whole.values() for row in rows[1:] if row[1] == "warm"}
    assert {key for key, refused in dealt.truths["refused"].items() if refused} == warm
    assert not warm & set(dealt.ids)
    assert dealt.truths["drift"].keys() == tables(dealt).keys()
    assert sum(dealt.truths["drift"].values()) == 3


def test_nothing_but_its_fault_tells_a_broken_file(tmp_path: Path) -> None:
    dealt = deal(small_stream(tmp_path), "one")
    (broken,) = [data for name, data in dealt.files.items() if "batches/" in name and not data.endswith(b"\n")]
    assert re.fullmatch(rb"part,heat\nP\d{9},20\nP\d{9},2", broken), (
        "its ids are of the others' form, its end is cut off"
    )
    assert b"P9001" not in broken


def test_what_was_no_text_is_dealt_as_it_is(tmp_path: Path) -> None:
    make_stream(tmp_path)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
    (tmp_path / "data" / "hidden" / "broken" / "B99.csv").write_bytes(picture)
    assert picture in deal(load_assignment(tmp_path), "one").files.values()


def test_no_label_and_no_status_is_in_a_file_that_is_dealt(tmp_path: Path) -> None:
    dealt = deal(small_stream(tmp_path), "one")
    given = b"\n".join(dealt.files.values())
    assert b"drifted" not in given
    assert given.count(b"hours") == 1, "in the header of the training file alone"


CASES = {
    "another batch with the same row": (
        "features.csv",
        "B21.csv,P200,0",
        "B21.csv,P200,0\nB21.csv,P100,0",
        "second time",
    ),
    "a batch without a status": ("batches.csv", "B20.csv,ok\n", "", "not those of the hidden files"),
    "no batch that drifted": ("batches.csv", "drifted", "ok", "no positive key"),
    "a label of nobody": ("labels.csv", "P100,0", "P777,0", "not those of the hidden features"),
    "a column that is not there": ("features.csv", "batch,part", "lot,part", "no column 'batch'"),
}


@pytest.mark.parametrize(("file", "old", "new", "says"), CASES.values(), ids=list(CASES))
def test_a_stream_that_does_not_fit_itself_is_refused(tmp_path: Path, file: str, old: str, new: str, says: str) -> None:
    path = make_stream(tmp_path) / "data" / "hidden" / file
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(AssignmentError, match=says):
        load_assignment(tmp_path)


SETTINGS = {
    "partial without fill": ("fill = 5\n", "", "partial and fill need each other"),
    "a stress run too": ("[metric]", "[stress]\nrepeat = true\n[metric]", "exclude"),
    "two suites of one name": ('name = "drift"', 'name = "refused"', "two suites have one name"),
    "a suite of a name that is taken": ('name = "drift"', 'name = "iid"', "the name of another one"),
    "a column without its truth": ('labels = "batches.csv"\n', "", "given together"),
    "a key that nothing has": ('key = "part"', 'key = "heat"', "is not data.id"),
    "a measure that is better when it is worse": ("reference = 10", "reference = 40", "less is better"),
    "a table that is none": ('file = "refused.csv"', 'file = "run.json"', "must end in .csv"),
    "the predictions a second time": ('file = "refused.csv"', 'file = "predictions.csv"', "judged by"),
    "a folder that is not there": ('broken = "broken"', 'broken = "bent"', "cannot be read"),
    "no sample for candidates": ('column = "batch", broken', 'column = "batch", folder = "lots", broken', "no sample"),
}


@pytest.mark.parametrize(("old", "new", "says"), SETTINGS.values(), ids=list(SETTINGS))
def test_settings_of_a_stream_that_cannot_be_are_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    path = make_stream(tmp_path) / "assignment.toml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(AssignmentError, match=says):
        load_assignment(tmp_path)


def test_rows_without_a_label_need_partial_predictions(tmp_path: Path) -> None:
    path = make_stream(tmp_path) / "assignment.toml"
    path.write_text(path.read_text().replace("partial = true\nfill = 5\n", ""))
    with pytest.raises(AssignmentError, match="not those of the hidden features"):
        load_assignment(tmp_path)


def test_candidates_get_the_sample_batches_and_the_table_of_what_is_due_for_them(tmp_path: Path) -> None:
    public, dealt = find_public(str(make_stream(tmp_path)), (), "numpy")
    assert public.data.input == "batches"
    assert set(dealt.files) == {"train.csv", "test.csv", "batches/B1.csv"}
    assert dealt.ids == ("P3",)


def test_hidden_rows_among_the_sample_batches_are_found_before_anything_is_packed(tmp_path: Path) -> None:
    folder = tmp_path / "serve-the-model"
    shutil.copytree(SERVE, folder, ignore=shutil.ignore_patterns("examples"))
    hidden = (folder / "data" / "hidden" / "features.csv").read_text().splitlines()
    sample = folder / "data" / "public" / "batches" / "B1001.csv"
    planted = [f"F{number},{line.split(',', 2)[2]}\n" for number, line in enumerate(hidden[7:67])]
    sample.write_text(sample.read_text() + "".join(planted))
    with pytest.raises(AssignmentError, match=r"the features of row 8 of data/hidden/features\.csv"):
        pack(load_assignment(folder), "numpy", tmp_path / "packets")
    assert not (tmp_path / "packets").exists()
