"""Dealing out the hidden data of one run: other ids, another order, and never a label.

The keys come from HMAC-SHA256 (RFC 2104) over the run id, keyed with the hidden tables themselves, so that they can be
made again from the receipt by whoever holds the hidden data, and by nobody else. The stress run of a grading is dealt
as another run: nothing in its ids or its order can be told from the first one's.
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from grader.assignment.messy import make_messy
from grader.assignment.tables import FileStamp, Table, read_table, write_table
from grader.model import Assignment, Deal

ID_DIGITS = 9
STRESS = "stress"  # what the run id of a stress run ends with
OWN = "own"  # the kind of the rows in an author's file


@dataclass(frozen=True)
class _Card:
    """One row to deal: its cells, and either its place in the hidden table or the kind of mess it is."""

    name: str
    cells: tuple[str, ...]
    place: int | None = None
    kind: str = ""


def deal(assignment: Assignment, run_id: str, *, stress: bool = False) -> Deal:
    """Return the files a run is given and, apart from them, its ids with their labels; with `stress` messy rows are
    shuffled in.

    Raises AssignmentError when a table is missing or broken.
    """
    spec, root = assignment.data, assignment.root
    features, labels, key = _hidden(
        FileStamp.of(root / "data" / "hidden" / spec.hidden_features, spec.hidden_features),
        FileStamp.of(root / "data" / "hidden" / spec.hidden_labels, spec.hidden_labels),
    )
    run = f"{run_id}\0{STRESS}" if stress else run_id
    cards = [
        _Card(name, row, place)
        for place, (name, row) in enumerate(zip(features.column(spec.id), features.rows, strict=True))
    ]
    if stress:
        cards += _messy(assignment, features, key)
    fresh = _fresh_ids(key, run, [card.name for card in cards], _published_ids(assignment))
    cards.sort(key=lambda card: _mac(key, run, "order", card.name))
    position = features.columns.index(spec.id)
    rows = tuple((*card.cells[:position], fresh[card.name], *card.cells[position + 1 :]) for card in cards)
    truth = dict(zip(labels.column(spec.id), labels.column(spec.target), strict=True))
    files = {name: (root / "data" / "public" / name).read_bytes() for name in (spec.train, *spec.other)}
    files[spec.test] = write_table(Table(features.columns, rows))
    if spec.sample:
        files[spec.sample] = _sample(assignment, [fresh[card.name] for card in cards])
    known = [(card, card.place) for card in cards if card.place is not None]
    return Deal(
        files=files,
        ids=tuple(fresh[card.name] for card, _ in known),
        labels=tuple(truth[card.name] for card, _ in known),
        rows=tuple(place for _, place in known),
        messy={fresh[card.name]: card.kind for card in cards if card.place is None},
    )


@lru_cache(maxsize=4)
def _hidden(features_file: FileStamp, labels_file: FileStamp) -> tuple[Table, Table, bytes]:
    """Return the hidden tables and the key made from them, kept for the next work of the batch."""
    features, labels = (read_table(Path(file.path), name=file.name) for file in (features_file, labels_file))
    return features, labels, hashlib.sha256(write_table(features) + write_table(labels)).digest()


@lru_cache(maxsize=4)
def _ids_in(table: FileStamp, column: str) -> frozenset[str]:
    return frozenset(read_table(Path(table.path), name=table.name).column(column))


def _messy(assignment: Assignment, features: Table, key: bytes) -> list[_Card]:
    """Return the messy rows, the same ones for every run; their names cannot be those of a row of a table."""
    spec, column = assignment.stress, assignment.data.id
    if spec.messy_file:
        own = read_table(assignment.root / "data" / "hidden" / spec.messy_file, name=spec.messy_file)
        found: Sequence[tuple[tuple[str, ...], str]] = [(row, OWN) for row in own.rows]
    else:

        def draw(purpose: str, below: int) -> int:
            return int.from_bytes(_mac(key, str(assignment.seed), f"messy {purpose}", "")[:8], "big") % below

        found = make_messy(features, column, spec.messy_rows, spec.kinds, draw)
    return [_Card(f"\0messy {number}", row, kind=kind) for number, (row, kind) in enumerate(found)]


def _mac(key: bytes, run_id: str, purpose: str, text: str) -> bytes:
    return hmac.digest(key, f"{run_id}\0{purpose}\0{text}".encode(), "sha256")


def _fresh_ids(key: bytes, run_id: str, old: list[str], taken: frozenset[str]) -> dict[str, str]:
    """Return a new id for every old one, in the form of the public ids: their letters, then digits.

    The digits never begin with 0, and ids that are numbers stay whole ones below 2**31: a work that reads them as
    numbers writes them back unchanged.
    """
    prefix = "" if _is_number(old[0]) else old[0].rstrip("0123456789")
    fresh: dict[str, str] = {}
    used = set(taken).union(old)
    for name in old:
        attempt = 0
        while True:
            least = 10 ** (ID_DIGITS - 1)
            number = least + int.from_bytes(_mac(key, run_id, f"id{attempt}", name)[:8], "big") % (9 * least)
            candidate = f"{prefix}{number}"
            if candidate not in used:
                break
            attempt += 1
        used.add(candidate)
        fresh[name] = candidate
    return fresh


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _published_ids(assignment: Assignment) -> frozenset[str]:
    name = assignment.data.train
    return _ids_in(FileStamp.of(assignment.root / "data" / "public" / name, name), assignment.data.id)


def _sample(assignment: Assignment, ids: list[str]) -> bytes:
    value = "0.5" if assignment.metric.name in ("roc_auc", "average_precision") else "0"
    columns = (assignment.data.id, assignment.contract.prediction_column)
    return write_table(Table(columns, tuple((name, value) for name in ids)))
