"""Dealing out the hidden data of one run: other ids, another order, and never a label.

The keys come from HMAC-SHA256 (RFC 2104) over the run id, keyed with the hidden tables themselves, so that they can be
made again from the receipt by whoever holds the hidden data, and by nobody else.
"""

from __future__ import annotations

import hashlib
import hmac
import math

from grader.assignment.tables import Table, read_table, write_table
from grader.model import Assignment, Deal

ID_DIGITS = 9


def deal(assignment: Assignment, run_id: str) -> Deal:
    """Return the files a run is given and, apart from them, its ids with their labels.

    Raises AssignmentError when a table is missing or broken.
    """
    spec, root = assignment.data, assignment.root
    features = read_table(root / "data" / "hidden" / spec.hidden_features, name=spec.hidden_features)
    labels = read_table(root / "data" / "hidden" / spec.hidden_labels, name=spec.hidden_labels)
    key = hashlib.sha256(write_table(features) + write_table(labels)).digest()
    fresh = _fresh_ids(key, run_id, features.column(spec.id), _published_ids(assignment))
    shuffled = sorted(features.rows, key=lambda row: _mac(key, run_id, "order", row[features.columns.index(spec.id)]))
    position = features.columns.index(spec.id)
    rekeyed = tuple((*row[:position], fresh[row[position]], *row[position + 1 :]) for row in shuffled)
    truth = dict(zip(labels.column(spec.id), labels.column(spec.target), strict=True))
    ids = tuple(row[position] for row in shuffled)
    files = {name: (root / "data" / "public" / name).read_bytes() for name in (spec.train, *spec.other)}
    files[spec.test] = write_table(Table(features.columns, rekeyed))
    if spec.sample:
        files[spec.sample] = _sample(assignment, [fresh[old] for old in ids])
    return Deal(files=files, ids=tuple(fresh[old] for old in ids), labels=tuple(truth[old] for old in ids))


def _mac(key: bytes, run_id: str, purpose: str, text: str) -> bytes:
    return hmac.digest(key, f"{run_id}\0{purpose}\0{text}".encode(), "sha256")


def _fresh_ids(key: bytes, run_id: str, old: list[str], taken: set[str]) -> dict[str, str]:
    """Return a new id for every old one, in the form of the public ids: their letters, then digits.

    The digits never begin with 0, and ids that are numbers stay whole ones below 2**31: a work that reads them as
    numbers writes them back unchanged.
    """
    prefix = "" if _is_number(old[0]) else old[0].rstrip("0123456789")
    fresh: dict[str, str] = {}
    used = taken | set(old)
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


def _published_ids(assignment: Assignment) -> set[str]:
    path = assignment.root / "data" / "public" / assignment.data.train
    return set(read_table(path, name=assignment.data.train).column(assignment.data.id))


def _sample(assignment: Assignment, ids: list[str]) -> bytes:
    value = "0.5" if assignment.metric.name in ("roc_auc", "average_precision") else "0"
    columns = (assignment.data.id, assignment.contract.prediction_column)
    return write_table(Table(columns, tuple((name, value) for name in ids)))
