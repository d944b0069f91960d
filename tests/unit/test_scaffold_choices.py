"""What a scaffold makes of an author's table: which class is positive, how commas are read, and names as code."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from grader.assignment.tables import Table
from grader.authoring.decimal_commas import with_points
from grader.authoring.starter_code import as_code
from grader.authoring.task import Task, task_of
from grader.errors import UsageError


def task(common: str, rare: str, positive: str | None = None) -> Task:
    return task_of([common] * 70 + [rare] * 40, "left", None, positive)


def is_guess(found: Task) -> bool:
    assert found.positive is not None
    assert found.positive.name == found.classes[1]
    return found.positive.is_guess


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("1", "0"), ("1.0", "0.0"), ("1", "-1"), ("True", "False"), ("yes", "no"), ("Ja", "Nein"), ("oui", "non"),
        ("sí", "no"), ("TAK", "nie"), ("да", "нет"), ("예", "아니요"), ("J", "N"), ("churned", "active"),
        ("left", "stayed"),
        ("spam", "ham"), ("churn", "no churn"), ("fraud", "non-fraud"),
    ],
)  # fmt: skip
def test_the_class_that_says_yes_is_positive_though_it_is_the_commoner_one(yes: str, no: str) -> None:
    for found in (task(yes, no), task(no, yes)):
        assert found.classes == (no, yes)
        assert not is_guess(found)


@pytest.mark.parametrize(("common", "rare"), [("1", "2"), ("keeps", "won't keep"), ("a", "b"), ("right", "left")])
def test_where_nothing_tells_the_rarer_class_is_positive_and_that_is_said_to_be_a_guess(common: str, rare: str) -> None:
    found = task(common, rare)
    assert found.classes == (common, rare)
    assert is_guess(found)


def test_zero_is_never_positive_against_another_number() -> None:
    assert task("5", "0").classes == ("0", "5")
    assert is_guess(task("5", "0"))


def test_the_author_names_the_positive_class_in_the_tables_form_or_as_a_number() -> None:
    assert task("1", "2", "1").classes == ("2", "1")
    assert not is_guess(task("1", "2", "1"))
    assert task("1.0", "0.0", "0").classes == ("1.0", "0.0")
    with pytest.raises(UsageError, match="no such class"):
        task("1", "2", "3")
    with pytest.raises(UsageError, match="two classes"):
        task_of([str(number % 3) for number in range(200)], "kind", None, "1")


def read(cells: list[str], delimiter: str = ",", *others: str) -> tuple[list[str], list[str]]:
    columns = ("id", "x", *(f"y{place}" for place in range(len(others))))
    rows = tuple((str(place), cell, *others) for place, cell in enumerate(cells))
    table, changed = with_points(Table(columns, rows), Path("table.csv"), delimiter, {"id"})
    return table.column("x"), changed


def test_decimal_commas_are_read_where_the_whole_column_has_them() -> None:
    assert read(["0,1257", "-1,3", "", "2", "1.234,5"], ";") == (["0.1257", "-1.3", "", "2", "1234.5"], ["x"])
    assert read(["1,234.50", "12", "3.5"]) == (["1234.50", "12", "3.5"], ["x"])
    assert read(["1,234", "12,345"], ";") == (["1.234", "12.345"], ["x"])
    assert read(["1,234", "12,345"], "\t", "0,5") == (["1.234", "12.345"], ["x", "y0"])


def test_a_comma_that_could_be_either_is_refused_in_a_sentence() -> None:
    with pytest.raises(UsageError, match="two ways") as caught:
        read(["1,234", "12,345", "7"])
    assert "--without 'x'" in str(caught.value.hint)


@pytest.mark.parametrize(
    "cells", [["red, blue", "1,5"], ["1,2,3", "1,2"], ["1.5", "2.25"], ["12", "7"], ["A-1,5", "2,5"], ["1.5", "1,5,2"]]
)
def test_texts_lists_and_plain_numbers_stay_as_they_are(cells: list[str]) -> None:
    assert read(cells) == (cells, [])


@pytest.mark.parametrize("name", ["won't", 'q"', "{y}", "a\\n", '"""', "line\nend", "\x85", "\x00", "%(prog)s", "né😀"])
def test_any_name_is_the_same_name_in_generated_code(name: str) -> None:
    assert ast.literal_eval(as_code(name)) == name
    assert ast.literal_eval(as_code([name])) == [name]
