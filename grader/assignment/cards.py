"""The rows of one deal, each with what the host knows of it: hidden rows of every suite, altered copies, messy ones."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grader.assignment.altered_pictures import altered
from grader.assignment.hidden import Hidden
from grader.assignment.images import made_from
from grader.assignment.messy import make_messy
from grader.assignment.messy_pictures import WITHOUT_LABEL, resaved
from grader.assignment.tables import read_table
from grader.assignment.twins import make_twins
from grader.model import Assignment
from grader.model.assignment import PICTURE_KINDS
from grader.model.suites import IID

OWN = "own"  # the kind of the rows in an author's file


@dataclass(frozen=True)
class Card:
    """One row to deal. `name` is its own among all cards, and no cell of a table where the row is no hidden one.

    `place` counts the hidden rows of all suites; `original` is the name of the row an altered copy was made from,
    `kind` the way in which a row is messy. `label` is None where nobody knows it. `picture` is the row's own one where
    it was made for it.
    """

    name: str
    cells: tuple[str, ...]
    label: str | None
    suite: str = ""
    place: int | None = None
    original: str = ""
    kind: str = ""
    picture: bytes | None = None


def cards_of(assignment: Assignment, hidden: Hidden, *, messy: bool) -> list[Card]:
    """Return the rows to deal, the same ones for every run; with `messy` the stress run's messy rows are among them.

    Raises AssignmentError when no messy or altered row can be made as asked.
    """
    cards: list[Card] = []
    id_column, target = assignment.data.id, assignment.data.target
    for table in hidden.tables:
        truth = dict(zip(table.labels.column(id_column), table.labels.column(target), strict=True))
        prefix = "" if table.suite == IID else f"\0{table.suite} "
        for name, row in zip(table.features.column(id_column), table.features.rows, strict=True):
            cards.append(Card(f"{prefix}{name}", row, truth[name], table.suite, len(cards)))
    known = {card.name: card.label for card in cards}
    cards += _twins(assignment, hidden, cards)
    return cards + _messy(assignment, hidden, known) if messy else cards


def mac(key: bytes, run_id: str, purpose: str, text: str) -> bytes:
    """Return the bytes that every choice of a deal is made by."""
    return hmac.digest(key, f"{run_id}\0{purpose}\0{text}".encode(), "sha256")


def drawing(assignment: Assignment, key: bytes, what: str) -> Callable[[str, int], int]:
    """Return `draw(purpose, n)`: a whole number below n, the same for every run of the assignment."""

    def draw(purpose: str, below: int) -> int:
        return int.from_bytes(mac(key, str(assignment.seed), f"{what} {purpose}", "")[:8], "big") % below

    return draw


def _twins(assignment: Assignment, hidden: Hidden, cards: Sequence[Card]) -> list[Card]:
    if assignment.twins is None:
        return []
    draw = drawing(assignment, hidden.key, "twin")
    spec, features = assignment.twins, hidden.iid.features

    def picture(place: int, row: tuple[str, ...]) -> bytes | None:
        if (change := spec.pictures) is None:
            return None
        seed = draw(f"picture {place}", 2**62)
        return made_from(assignment, features.columns, row, lambda data: altered(data, change, seed))

    return [
        Card(f"\0twin {place}", row, cards[place].label, original=cards[place].name, picture=picture(place, row))
        for place, row in make_twins(features, spec, draw)
    ]


def _messy(assignment: Assignment, hidden: Hidden, known: dict[str, str | None]) -> list[Card]:
    spec, features = assignment.stress, hidden.iid.features
    if spec.messy_file:
        own = read_table(assignment.root / "data" / "hidden" / spec.messy_file, name=spec.messy_file)
        found: Sequence[tuple[tuple[str, ...], str]] = [(row, OWN) for row in own.rows]
    else:
        draw = drawing(assignment, hidden.key, "messy")
        found = make_messy(features, assignment.data.id, spec.messy_rows, spec.kinds, draw)
    position = features.columns.index(assignment.data.id)

    def card(number: int, row: tuple[str, ...], kind: str) -> Card:
        says_nothing = kind == WITHOUT_LABEL or not any(
            cell.strip() for cell in (*row[:position], *row[position + 1 :])
        )
        label = None if says_nothing else known.get(row[position])
        picture = None
        if kind in PICTURE_KINDS:
            picture = made_from(assignment, features.columns, row, lambda data: resaved(data, kind))
        return Card(f"\0messy {number}", row, label, kind=kind, picture=picture)

    return [card(number, row, kind) for number, (row, kind) in enumerate(found)]
