"""The sms-triage assignment's data: nothing known on both sides, honest shares, and a law that marks no class."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import nbformat
import numpy as np
import pandas as pd
import pytest

from grader.assignment import deal, load_assignment
from grader.evidence import evaluate_suites

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "sms-triage"
LOOK_ALIKE = r"(?i)[@€!$](?=[a-z])"
SET_APART = r"\b[A-Za-z](?:[._ -][A-Za-z]\b){3,}"
CUT_UP = r"\d[-. ]\d|\d[Ol]|[Ol]\d"


def read(name: str) -> pd.DataFrame:
    return pd.read_csv(FOLDER / "data" / name, keep_default_na=False)


def suite(prefix: str) -> pd.DataFrame:
    return read(f"hidden/{prefix}features.csv").merge(read(f"hidden/{prefix}labels.csv"), validate="one_to_one")


@pytest.fixture
def scripts(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, ModuleType]]:
    names = ("near_duplicates", "obfuscation", "export")
    monkeypatch.syspath_prepend(str(FOLDER))
    yield {name: import_module(name) for name in names}
    for name in names:
        sys.modules.pop(name, None)


def test_no_message_or_near_duplicate_is_on_two_sides(scripts: dict[str, ModuleType]) -> None:
    hidden = pd.concat([suite(""), suite("shifted_")])
    parts = {"train": read("public/train.csv"), "test": read("public/test.csv"), "hidden": hidden}
    messages = pd.concat([table.assign(part=name) for name, table in parts.items()], ignore_index=True)
    groups = scripts["near_duplicates"].group_of_each(messages["text"])
    assert messages.groupby(groups)["part"].nunique().max() == 1


def test_no_two_hidden_messages_are_near_duplicates_be_they_of_one_suite_or_of_both(
    scripts: dict[str, ModuleType],
) -> None:
    dealt_together = pd.concat([suite(""), suite("shifted_")], ignore_index=True)
    assert scripts["near_duplicates"].group_of_each(dealt_together["text"]).is_unique


def test_messages_of_the_other_suite_that_share_words_tell_little(scripts: dict[str, ModuleType]) -> None:
    average_precision = pytest.importorskip("sklearn.metrics").average_precision_score
    hidden, shifted = suite(""), suite("shifted_")
    sets = [[scripts["near_duplicates"].words(text) for text in table["text"]] for table in (shifted, hidden)]
    known = sorted(set().union(*sets[0], *sets[1]))
    here, there = (np.array([[word in own for word in known] for own in texts], dtype=np.float32) for texts in sets)
    common = here @ there.T
    overlap = (common / (here.sum(1)[:, None] + there.sum(1) - common)).max(axis=1)
    assert average_precision(shifted["spam"], overlap) < 0.2
    assert average_precision(shifted["spam"], -overlap) < 0.2


def test_a_campaign_with_another_number_and_a_longer_chain_letter_are_near_duplicates(
    scripts: dict[str, ModuleType],
) -> None:
    texts = ["You won £1000! Call 09061", "you WON £2000 - call 08712", "Call me later", "...", "..."]
    first, second, third, dots, again = scripts["near_duplicates"].group_of_each(texts)
    assert first == second != third
    assert dots == again != third


def test_each_part_has_its_share_of_spam() -> None:
    train, hidden = read("public/train.csv"), suite("")
    assert train["spam"].mean() == pytest.approx(0.139, abs=0.001)
    for table in (hidden, suite("shifted_")):
        assert table["spam"].mean() == pytest.approx(0.088, abs=0.001)
    assert train["text"].duplicated().sum() > 200


def test_the_two_suites_are_halves_under_ids_of_their_own() -> None:
    hidden, shifted = suite(""), suite("shifted_")
    assert abs(len(hidden) - len(shifted)) <= 1
    assert abs(hidden["spam"].sum() - shifted["spam"].sum()) <= 1
    ids = pd.concat([read("public/train.csv")["message_id"], hidden["message_id"], shifted["message_id"]])
    assert ids.is_unique


def test_the_marks_of_disguise_alone_tell_little() -> None:
    average_precision = pytest.importorskip("sklearn.metrics").average_precision_score
    shifted = suite("shifted_")
    marks = sum((shifted["text"].str.count(mark) for mark in (LOOK_ALIKE, SET_APART)), start=0)
    assert (marks[shifted["spam"] == 1] > 0).mean() > 0.6
    assert (marks[shifted["spam"] == 0] > 0).mean() > 0.3
    for ranking in (marks, marks > 0, marks / shifted["text"].str.len()):
        assert average_precision(shifted["spam"], ranking) < 0.25


def test_numbers_that_are_cut_up_tell_less_than_that_there_are_numbers() -> None:
    average_precision = pytest.importorskip("sklearn.metrics").average_precision_score
    spam, texts = suite("shifted_")["spam"], suite("shifted_")["text"]
    cut_up, digits = (average_precision(spam, texts.str.count(pattern)) for pattern in (CUT_UP, r"\d"))
    assert cut_up < digits - 0.2


def test_disguised_spam_is_no_easier_to_tell_by_its_digits() -> None:
    average_precision = pytest.importorskip("sklearn.metrics").average_precision_score
    by_digits = {
        name: average_precision(table["spam"], table["text"].str.count(r"\d"))
        for name, table in (("iid", suite("")), ("shifted", suite("shifted_")))
    }
    assert by_digits["shifted"] <= by_digits["iid"]


def test_genuine_messages_are_disguised_as_strongly_as_spam_and_less_often(scripts: dict[str, ModuleType]) -> None:
    text = "Remember the meeting tomorrow morning, number 08712345678, please bring sandwiches " * 20
    random = np.random.default_rng(0)
    share, strength = {}, {}
    for spam in (False, True):
        written = [scripts["obfuscation"].obfuscate(text, spam, random) for _ in range(200)]
        marks = np.array([len(re.findall(LOOK_ALIKE, message)) for message in written])
        assert text not in written
        share[spam], strength[spam] = (marks > 0).mean(), marks[marks > 0].mean()
        assert all("08712345678" in message for message, found in zip(written, marks, strict=True) if not found)
    assert share[False] == pytest.approx(0.5, abs=0.1)
    assert share[True] == pytest.approx(0.8, abs=0.1)
    assert strength[False] == pytest.approx(strength[True], rel=0.05)


def test_honest_rules_are_not_taken_for_a_work_that_looks_messages_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(FOLDER / "examples" / "rules"))
    score = import_module("sms_rules.rules").score
    assignment = load_assignment(FOLDER)
    dealt = deal(assignment, "run")
    rows = csv.DictReader(io.StringIO(dealt.files["test.csv"].decode()))
    answers = [f"{row['message_id']},{score(row['text'])}" for row in rows]
    twins = evaluate_suites("\n".join(["message_id,prediction", *answers]).encode(), dealt, assignment).twins
    assert twins is not None
    assert twins.gap_low < 0.15
    assert not twins.looked_up


def test_the_swallowed_messages_are_taken_apart(scripts: dict[str, ModuleType]) -> None:
    table = pd.DataFrame({"spam": [0, 1], "text": ["first\nspam\tsecond\nham\tthird", "fourth"]})
    found = scripts["export"].recovered(table)
    assert list(found.itertuples(index=False, name=None)) == [("first", 0), ("second", 1), ("third", 0), ("fourth", 1)]


@pytest.mark.parametrize("path", sorted(FOLDER.glob("examples/*/*.ipynb")), ids=lambda path: path.parent.name)
def test_an_example_notebook_was_run_where_its_author_sat(path: Path) -> None:
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code)
    assert any(cell.outputs for cell in code)
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_the_folder_is_small() -> None:
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.suffix != ".pyc") < 1_000_000
