"""Hidden pictures that are pictures of training rows, byte for byte: a few such as blank ones are told and let pass."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from grader.assignment.images import public_pictures
from grader.assignment.tables import read_table
from grader.authoring.members import members_of
from grader.authoring.repeated import MOST_COPIES, places_of_twins, twins_by_chance
from grader.model import Assignment


@dataclass(frozen=True)
class PictureTwins:
    """The SHA-256 of the pictures that are let pass, and in words how many rows have them where chance has fewer."""

    digests: frozenset[str] = frozenset()
    let_pass: str = ""


def picture_twins(assignment: Assignment) -> PictureTwins:
    """Return which hidden pictures are let pass; none where too many hidden rows have one of a training row."""
    images = assignment.data.images
    if images is None:
        return PictureTwins()
    published = public_pictures(assignment, test=False)
    of_name = {name: _digest(data) for name, data in published.items()}
    known = [(of_name[name],) for name in _cells(assignment, "public", assignment.data.train) if name in of_name]
    of_hidden = {member.name: _digest(member.data) for member in members_of(assignment.root / "data" / "hidden")}
    tables = [assignment.data.hidden_features, *(spec.features for spec in assignment.suites if spec.features)]
    rows = [(of_hidden.get(name, ""),) for table in tables for name in _cells(assignment, "hidden", table)]
    twins = places_of_twins(known, rows)
    by_chance = twins_by_chance(known, len(rows))
    if len(twins) > max(by_chance, MOST_COPIES * len(rows)):
        return PictureTwins()
    share = f"{len(twins):,} of {len(rows):,} hidden rows ({len(twins) / len(rows):.1%})"
    told = f"{share} have the picture of a training row, which up to {MOST_COPIES:.0%} may"
    return PictureTwins(frozenset(rows[place][0] for place in twins), told if len(twins) > by_chance else "")


def _cells(assignment: Assignment, part: str, name: str) -> list[str]:
    assert assignment.data.images is not None
    table = read_table(assignment.root / "data" / part / name, name=f"data/{part}/{name}")
    return table.column(assignment.data.images.column)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
