"""Words for a missing value, in an author's table of numbers: read as empty, and what no model is given is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.assignment.tables import Table
from grader.authoring.kinds import kinds_of
from grader.authoring.left_out import left_out_told
from grader.authoring.missing_words import without_missing_words
from grader.authoring.source import Roles, read_source
from grader.errors import UsageError


def read(*cells: str) -> tuple[list[str], list[str]]:
    table = Table(("id", "x"), tuple((str(place), cell) for place, cell in enumerate(cells)))
    found, told = without_missing_words(table, {"id"})
    return found.column("x"), told


@pytest.mark.parametrize("word", ["NA", "NaN", "N/A", "null", "None", "?", "-", "unknown", " na "])
def test_a_word_for_a_missing_value_among_numbers_is_an_empty_cell(word: str) -> None:
    assert read("1.5", word, "-3", "", "2e5") == (["1.5", "", "-3", "", "2e5"], [f"x ({word!r})"])
    assert read("1,5", word, "1.234,5")[0] == ["1,5", "", "1.234,5"]


@pytest.mark.parametrize(
    "cells",
    [
        ("red", "NA", "blue"), ("None", "Some"), ("NA", "null"), ("1", "2", "three"), ("1", "2"), ("?", "!"), ("", ""),
        ("12%", "NA"), ("2026-01-01", "NA"), ("inf", "1", "NA"),
    ],
)  # fmt: skip
def test_where_other_cells_are_no_numbers_the_word_may_be_a_class_and_stays(cells: tuple[str, ...]) -> None:
    assert read(*cells) == (list(cells), [])


def table(path: Path, target: list[str], *, when: str = "2026-01-01") -> Path:
    lines = [f"K{place},{place % 7},{when},{cell}" for place, cell in enumerate(target)]
    path.write_text("\n".join(["id,x,when,paid", *lines]) + "\n")
    return path


def test_a_target_of_numbers_without_one_is_refused_by_its_row(tmp_path: Path) -> None:
    path = table(tmp_path / "table.csv", [*(f"{place}.5" for place in range(299)), "NaN"])
    with pytest.raises(UsageError, match="row 301 has 'NaN' in 'paid'"):
        read_source(path, Roles("id", "paid"))


def test_a_target_of_words_may_have_a_class_that_is_called_none(tmp_path: Path) -> None:
    path = table(tmp_path / "table.csv", ["full", "part", "none"] * 100)
    assert set(read_source(path, Roles("id", "paid")).table.column("paid")) == {"full", "part", "none"}


def test_a_cell_that_is_no_time_is_named_with_its_row(tmp_path: Path) -> None:
    path = table(tmp_path / "table.csv", ["1", "0"] * 150, when="31/12/2026")
    with pytest.raises(UsageError, match="row 2 has '31/12/2026' in 'when'") as caught:
        read_source(path, Roles("id", "paid", time="when"))
    assert "2026-01-31" in str(caught.value.hint)


def told_of(**columns: list[str]) -> str:
    train = Table(tuple(columns), tuple(zip(*columns.values(), strict=True)))
    return left_out_told(train, kinds_of(train, list(columns), apart=["shop"]), apart=["shop"])


def test_columns_that_no_model_is_given_are_told_with_the_cell_that_shows_why() -> None:
    numbers = [f"{place / 7:.3f}" for place in range(900)]
    told = told_of(
        x=numbers, rate=[f"{number}%" for number in numbers], weight=["5 kg", *numbers[1:]], same=["a"] * 900,
        shop=[f"S{place}" for place in range(900)],
    )  # fmt: skip
    assert "'rate', which is neither numbers nor few categories, such as '0.000%'" in told
    assert "'weight', which would be numbers but for '5 kg'" in told
    assert "'same', which is the same in every training row" in told
    assert "'x'" not in told
    assert "shop" not in told


def test_where_every_column_is_used_nothing_is_told() -> None:
    assert told_of(x=[str(place) for place in range(900)], colour=["red", "blue"] * 450) == ""
