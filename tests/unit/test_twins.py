"""Altered copies: in the form of their columns, each row with draws of its own, and no rule that undoes them all."""

from __future__ import annotations

import zlib
from fractions import Fraction

import pytest

from grader.assignment.tables import Table
from grader.assignment.twins import make_twins
from grader.errors import AssignmentError
from grader.model import TwinSpec

TEXT = "Shall we meet tomorrow evening at the station instead of the corner?"
TABLE = Table(
    ("id", "charge", "months", "plan", "paper", "text"),
    tuple(
        (
            f"R{number}",
            f"{20 + number * 0.35:.2f}",
            str(number % 60 + 1),
            ("basic", "plus", "full")[number % 3],
            ("yes", "no")[number % 2],
            TEXT,
        )
        for number in range(200)
    ),
)


def draw(purpose: str, below: int) -> int:
    return zlib.crc32(purpose.encode()) % below


def twins(**spec: object) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return pairs of a row and its altered copy."""
    made = make_twins(TABLE, TwinSpec.model_validate({"rows": 100, **spec}), draw)
    return [(TABLE.rows[place], row) for place, row in made]


def test_numbers_stay_on_the_grid_and_in_the_form_of_their_column() -> None:
    for before, after in twins(by={"charge": 0.01, "months": 0.02}):
        assert Fraction(after[1]) % Fraction(5, 100) == 0
        assert len(after[1].partition(".")[2]) == 2
        assert after[2] == str(int(after[2]))
        assert before[1] != after[1]
        assert before[2] != after[2]
        assert abs(Fraction(before[1]) - Fraction(after[1])) <= max(Fraction(1, 20), Fraction(before[1]) / 50)


def test_numbers_go_up_in_some_rows_and_down_in_others() -> None:
    up = [Fraction(after[1]) > Fraction(before[1]) for before, after in twins(by={"charge": 0.01})]
    assert 20 < sum(up) < 80


def test_as_many_cells_as_asked_get_another_value_of_their_column() -> None:
    changed = [
        {TABLE.columns[n] for n in range(6) if before[n] != after[n]} for before, after in twins(swap=["plan", "paper"])
    ]
    assert {frozenset(names) for names in changed} == {frozenset({"plan"}), frozenset({"paper"})}
    both = twins(swap=["plan", "paper"], swaps=2)
    assert all(after[3] in ("basic", "plus", "full") and after[3] != before[3] for before, after in both)
    assert all({after[4], before[4]} == {"yes", "no"} for before, after in both)


def test_words_are_mistyped_in_ways_that_no_sorting_and_no_suffix_undoes() -> None:
    texts = [after[5] for _, after in twins(typos={"text": 2})]
    assert TEXT not in texts
    assert len(set(texts)) > 80
    kept = [text for text in texts if sorted(text.lower()) == sorted(TEXT.lower())]
    assert len(kept) < 30
    assert all(abs(len(text) - len(TEXT)) <= 2 for text in texts)


def test_rows_in_which_nothing_can_be_altered_are_passed_over_and_too_few_is_said() -> None:
    short = Table(("id", "text"), tuple((f"R{n}", "ok" if n % 2 else TEXT) for n in range(60)))
    made = make_twins(short, TwinSpec(rows=25, typos={"text": 1}), draw)
    assert {short.rows[place][1] for place, _ in made} == {TEXT}
    with pytest.raises(AssignmentError, match="only 30 hidden rows can be altered"):
        make_twins(short, TwinSpec(rows=40, typos={"text": 1}), draw)
