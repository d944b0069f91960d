"""Proving that no table of a packet holds hidden rows, but for a few that equal rows of the training table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from grader.assignment.tables import Table
from grader.authoring.hidden_part import HiddenPart
from grader.authoring.needles import Needles
from grader.authoring.repeated import MOST_COPIES, Row, features_of, places_of_twins, twins_by_chance


@dataclass(frozen=True)
class GivenRows:
    """Hidden rows that were found in a table: its place, and what to say of them."""

    place: str
    what: str


class RowProof:
    """The hidden rows beside those of the packet's tables (place -> table), of which `training` is the training table:
    no other table, whatever it holds beside its rows, says which of them chance may have published.
    """

    def __init__(self, part: HiddenPart, tables: Mapping[str, Table], training: str, target: str) -> None:
        complete = {place: table for place, table in tables.items() if part.is_row_of(table)}
        trained = complete.pop(training, None)
        self._part, self._training = part, training
        self._known = features_of(trained, part.columns) if trained else []
        self._others = {place: _rows_beside(trained, table, part.columns, target) for place, table in complete.items()}
        self._copies = places_of_twins(self._known, part.rows)
        self._by_chance = twins_by_chance(self._known, len(part.rows))

    @property
    def given(self) -> GivenRows | None:
        """The hidden rows that were given away, None where there are none."""
        if len(self._copies) > max(self._by_chance, MOST_COPIES * len(self._part.rows)):
            return self._first_of(self._copies, {self._training: self._known})
        everywhere = [row for rows in self._others.values() for row in rows]
        twins = places_of_twins(everywhere, self._part.rows)
        allowed = twins_by_chance(self._known or everywhere, len(self._part.rows))
        return self._first_of(twins, self._others) if len(twins) > allowed else None

    @property
    def let_pass(self) -> str:
        """Which rows are let pass although chance does not explain them, in words; nothing where there are none."""
        count, rows = len(self._copies), len(self._part.rows)
        if count <= self._by_chance:
            return ""
        share = f"{count:,} of {rows:,} hidden rows ({count / rows:.1%})"
        return f"{share} equal a row of the training table, which up to {MOST_COPIES:.0%} may"

    def needles(self) -> Needles:
        """Return the hidden rows as texts, but for those that are published as well."""
        published = {*self._known, *(row for rows in self._others.values() for row in rows)}
        needles = Needles()
        for row, (name, line) in zip(self._part.rows, self._part.places, strict=True):
            if row not in published:
                needles.add(" ".join(row).encode(), f"the features of row {line} of {name}")
        return needles

    def _first_of(self, given: Sequence[int], published: Mapping[str, Sequence[Row]]) -> GivenRows:
        first, (name, line) = self._part.rows[given[0]], self._part.places[given[0]]
        place = next(place for place, rows in published.items() if first in rows)
        more = f", and {len(given) - 1:,} more such rows" if len(given) > 1 else ""
        row = published[place].index(first) + 2
        return GivenRows(place, f"in row {row} the features of row {line} of {name}{more}")


def _rows_beside(training: Table | None, table: Table, columns: Sequence[str], target: str) -> list[Row]:
    """Return the features of each row of a table, none of a row that the training table has with the same target."""
    rows = features_of(table, columns)
    if training is None:
        return rows
    compared = [*columns, target] if target in table.columns and target in training.columns else columns
    known = set(features_of(training, compared))
    told = features_of(table, compared)
    return [() if whole in known else row for row, whole in zip(rows, told, strict=True)]
