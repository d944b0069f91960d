"""Dealing the rounds of a forecast: everything up to a cut-off with its labels, and the rows after it without."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.assignment.altered_history import multiplied
from grader.assignment.cards import drawing
from grader.assignment.fresh_ids import fresh_ids, letters_of
from grader.assignment.hidden import Hidden, hidden_of
from grader.assignment.messy_history import spoilt
from grader.assignment.published import published_ids, sample_file
from grader.assignment.tables import FileStamp, Table, read_kept, write_table
from grader.model import Assignment, Deal, RoundsSpec
from grader.model.suites import IID, MESSY, OF_HISTORY

ALTERED = "altered"  # what the run id of the run with the altered history ends with
BLOCK_ROWS = 7  # errors of neighbouring days go together, so they are drawn together

History = Callable[[Table], Table]


@dataclass(frozen=True)
class _Row:
    name: str
    cells: dict[str, str]
    label: str
    place: int


def deal_round(
    assignment: Assignment, spec: RoundsSpec, run_id: str, number: int, history: History = lambda table: table
) -> Deal:
    """Return what the run at the cut-off of that number is given, and the labels of the rows it predicts.

    The training file is the public one and the hidden rows up to the cut-off with their labels, the test file the next
    `horizon` rows; both in the order of time, which their dates tell anyway. No later row is in either.
    `history` says what becomes of the training table before it is dealt. Raises AssignmentError when a table is missing
    or broken.
    """
    hidden = hidden_of(assignment)
    known, ahead = _parted(_rows(assignment, spec, hidden), spec, number)
    taken = published_ids(assignment).union(hidden.iid.features.column(assignment.data.id))
    names = [row.name for row in (*known, *ahead)]
    fresh = fresh_ids(hidden.key, f"{run_id}\0round {number}", names, taken, letters_of(names[0]))
    suite = suite_of(assignment, spec.cutoffs[number])
    return Deal(
        files=_files(assignment, spec, known, ahead, fresh, history),
        ids=tuple(fresh[row.name] for row in ahead),
        labels=tuple(row.label for row in ahead),
        rows=tuple(row.place for row in ahead),
        suites={
            name: tuple(range(len(ahead))) if name == suite else ()
            for name in (IID, *(other.name for other in assignment.suites))
        },
        slices={
            part.name: tuple(
                place for place, row in enumerate(ahead) if suite == IID and part.holds(row.cells[part.column])
            )
            for part in assignment.slices
        },
        blocks=tuple(place // BLOCK_ROWS for place in range(len(ahead))),
    )


def deal_altered(assignment: Assignment, spec: RoundsSpec, run_id: str) -> Deal:
    """Return what the run with the altered history is given: the round of its cut-off under other ids, every target of
    the training file multiplied by the factor. The labels are the true ones. Raises as `deal_round` does.
    """
    altered = spec.altered
    if altered is None:
        raise ValueError("the assignment asks for no altered round")
    target, number = assignment.data.target, spec.cutoffs.index(altered.cutoff)
    return deal_round(
        assignment, spec, f"{run_id}\0{ALTERED}", number, lambda table: multiplied(table, target, altered.factor)
    )


def deal_messy(assignment: Assignment, spec: RoundsSpec, run_id: str) -> Deal:
    """Return what the run with the messy history is given: the round of its cut-off under other ids. All rows to
    forecast are told as messy ones, in the order of time. Raises as `deal_round` does.
    """
    messy = spec.messy
    if messy is None:
        raise ValueError("the assignment asks for no messy round")
    target, draw = assignment.data.target, drawing(assignment, hidden_of(assignment).key, "messy history")
    dealt = deal_round(
        assignment,
        spec,
        f"{run_id}\0{MESSY}",
        spec.cutoffs.index(messy.cutoff),
        lambda table: spoilt(table, target, messy, draw),
    )
    return Deal(
        files=dealt.files,
        ids=(),
        labels=(),
        messy=dict.fromkeys(dealt.ids, OF_HISTORY),
        messy_labels=dict(zip(dealt.ids, dealt.labels, strict=True)),
        blocks=dealt.blocks,
    )


def suite_of(assignment: Assignment, cutoff: str) -> str:
    """Return the suite that the round at this cut-off belongs to."""
    return next((suite.name for suite in assignment.suites if cutoff in suite.cutoffs), IID)


def forecast_rows(spec: RoundsSpec, features: Table, cutoff: str) -> list[int]:
    """Return the places in `features` of the rows to predict at a cut-off, in the order of time."""
    moments = [datetime.fromisoformat(cell) for cell in features.column(spec.column)]
    order = sorted(range(len(moments)), key=moments.__getitem__)
    return [place for place in order if moments[place] > datetime.fromisoformat(cutoff)][: spec.horizon]


def judged_rows(assignment: Assignment, features: Table) -> frozenset[int]:
    """Return the places in `features` of the first suite's rows: all, or those that one of its rounds predicts."""
    rounds = assignment.rounds
    if rounds is None:
        return frozenset(range(len(features.rows)))
    cutoffs = [cutoff for cutoff in rounds.cutoffs if suite_of(assignment, cutoff) == IID]
    return frozenset(place for cutoff in cutoffs for place in forecast_rows(rounds, features, cutoff))


def _rows(assignment: Assignment, spec: RoundsSpec, hidden: Hidden) -> list[_Row]:
    """Return the hidden rows in the order of time."""
    table, data = hidden.iid, assignment.data
    truth = dict(zip(table.labels.column(data.id), table.labels.column(data.target), strict=True))
    position = table.features.columns.index(data.id)
    found = [
        _Row(row[position], dict(zip(table.features.columns, row, strict=True)), truth[row[position]], place)
        for place, row in enumerate(table.features.rows)
    ]
    return sorted(found, key=lambda row: datetime.fromisoformat(row.cells[spec.column]))


def _parted(rows: Sequence[_Row], spec: RoundsSpec, number: int) -> tuple[list[_Row], list[_Row]]:
    cutoff = datetime.fromisoformat(spec.cutoffs[number])
    known = [row for row in rows if datetime.fromisoformat(row.cells[spec.column]) <= cutoff]
    return known, list(rows[len(known) : len(known) + spec.horizon])


def _files(
    assignment: Assignment,
    spec: RoundsSpec,
    known: Sequence[_Row],
    ahead: Sequence[_Row],
    fresh: dict[str, str],
    history: History,
) -> dict[str, bytes]:
    data, public = assignment.data, assignment.root / "data" / "public"
    train = read_kept(FileStamp.of(public / data.train, data.train))
    told = [{**row.cells, data.id: fresh[row.name], data.target: row.label} for row in known]
    asked = [{**row.cells, data.id: fresh[row.name]} for row in ahead]
    columns = tuple(name for name in ahead[0].cells if name not in spec.observed)
    files = {name: (public / name).read_bytes() for name in data.other}
    later = tuple(tuple(cells[column] for column in train.columns) for cells in told)
    grown = Table(train.columns, (*train.rows, *later)) if later else train
    dealt = history(grown)
    files[data.train] = (public / data.train).read_bytes() if dealt is train else write_table(dealt)
    files[data.test] = write_table(Table(columns, tuple(tuple(cells[name] for name in columns) for cells in asked)))
    if data.sample:
        files[data.sample] = sample_file(assignment, [fresh[row.name] for row in ahead])
    return files
