"""Dealing out the hidden data of one run: other ids, another order, and never a label.

The keys come from HMAC-SHA256 (RFC 2104) over the run id, keyed with the hidden tables themselves, so that they can be
made again from the receipt by whoever holds the hidden data, and by nobody else. The stress run of a grading is dealt
as another run: nothing in its ids or its order can be told from the first one's.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.assignment.cards import Card, cards_of, mac
from grader.assignment.fresh_ids import fresh_ids, letters_of
from grader.assignment.hidden import hidden_of
from grader.assignment.images import names_taken, public_pictures, renamed
from grader.assignment.outputs import truths_of
from grader.assignment.published import published_ids, sample_file
from grader.assignment.rounds import deal_altered, deal_messy, deal_round
from grader.assignment.stream import deal_stream
from grader.assignment.tables import Table, write_table
from grader.model import Assignment, Deal, SliceSpec
from grader.model.suites import IID

STRESS = "stress"  # what the run id of a stress run ends with


def deal(assignment: Assignment, run_id: str, *, stress: bool = False, number: int = 0, altered: bool = False) -> Deal:
    """Return the files a run is given and, apart from them, its ids with their labels; with `stress` messy rows are
    shuffled in.

    The rows of all suites and the altered copies stand in one table, in one order: no id, place or file name tells them
    apart, though their cells may. Where the assignment has rounds, the round of that `number` is dealt, or with
    `altered` or `stress` the one with the altered or the messy history. Raises AssignmentError when a table is missing
    or broken.
    """
    if assignment.rounds is not None:
        if altered:
            return deal_altered(assignment, assignment.rounds, run_id)
        if stress:
            return deal_messy(assignment, assignment.rounds, run_id)
        return deal_round(assignment, assignment.rounds, run_id, number)
    spec, root = assignment.data, assignment.root
    if spec.batches:
        return deal_stream(assignment, spec.batches, run_id)
    hidden = hidden_of(assignment)
    features, key = hidden.iid.features, hidden.key
    run = f"{run_id}\0{STRESS}" if stress else run_id
    cards = cards_of(assignment, hidden, messy=stress)
    old = [name for table in hidden.tables for name in table.features.column(spec.id)]
    taken = published_ids(assignment).union(old, names_taken(assignment))
    fresh = fresh_ids(key, run, [card.name for card in cards], taken, letters_of(old[0]))
    cards.sort(key=lambda card: mac(key, run, "order", card.name))
    position = features.columns.index(spec.id)
    rows = tuple((*card.cells[:position], fresh[card.name], *card.cells[position + 1 :]) for card in cards)
    rows, pictures = renamed(assignment, features.columns, rows, [card.picture for card in cards])
    files = {name: (root / "data" / "public" / name).read_bytes() for name in (spec.train, *spec.other)}
    files |= public_pictures(assignment, test=False) | pictures
    files[spec.test] = write_table(Table(features.columns, rows))
    if spec.sample:
        files[spec.sample] = sample_file(assignment, [fresh[card.name] for card in cards])
    return _known(assignment, features, cards, fresh, files)


def _known(
    assignment: Assignment,
    features: Table,
    cards: Sequence[Card],
    fresh: dict[str, str],
    files: dict[str, bytes],
) -> Deal:
    """Return the deal: the files, and what the host knows of their rows."""
    rows = [card for card in cards if card.place is not None]
    messy = [card for card in cards if card.kind]
    first = {card.name: fresh[card.name] for card in rows if card.suite == IID}
    return Deal(
        files=files,
        ids=tuple(fresh[card.name] for card in rows),
        labels=tuple(card.label or "" for card in rows),
        rows=tuple(card.place for card in rows if card.place is not None),
        suites={
            suite: tuple(place for place, card in enumerate(rows) if card.suite == suite)
            for suite in (IID, *(spec.name for spec in assignment.suites))
        },
        slices={spec.name: _slice(spec, features.columns.index(spec.column), rows) for spec in assignment.slices},
        twins={fresh[card.name]: fresh[card.original] for card in cards if card.original},
        messy={fresh[card.name]: card.kind for card in messy},
        messy_labels={fresh[card.name]: card.label for card in messy if card.label is not None},
        truths=truths_of(assignment, first.keys(), first, {}),
    )


def _slice(spec: SliceSpec, column: int, rows: Sequence[Card]) -> tuple[int, ...]:
    """Return where the rows of a subgroup of the first suite stand."""
    return tuple(place for place, card in enumerate(rows) if card.suite == IID and spec.holds(card.cells[column]))
