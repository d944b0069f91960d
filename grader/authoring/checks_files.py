"""Whether files that rows name give the target away by their times, places, names, or notes beside the pixels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from grader.assignment.tables import Table
from grader.authoring.association import by_chance, encoded, strength
from grader.authoring.checks_order import what_ids_tell
from grader.authoring.members import Member, members_of, written_beside
from grader.authoring.result import Finding, defect, not_checked, ok, warning
from grader.authoring.subject import Floats, Subject

LEAST_LINKED = 0.9


def files_are_silent(subject: Subject) -> Finding:
    """Find file names, times, places in an archive, or notes in pictures and archives that go with the target."""
    looked, differing = 0, ""
    for folder, table, targets in _sides(subject):
        linked = _linked(table, list(members_of(folder)))
        if not linked:
            continue
        looked += len(linked)
        rows = [row for row, _ in linked]
        members = [member for _, member in linked]
        said = _told(members, [target[rows] for target in targets])
        if said:
            return defect(
                f"{said} goes with the target",
                where=f"data/{folder.name}/{members[0].where}",
                mend="Name files afresh in the order of a shuffle, give all one time, strip what is beside the pixels.",
            )
        if len({written_beside(member.data) + member.noted for member in members}) > 1:
            differing = f"data/{folder.name}/{members[0].where}"
    if differing:
        what = "files carry notes (texts, times, comments) that differ from one to the next"
        return warning(what, where=differing, mend="Write them again without anything beside the pixels.")
    return ok(f"{looked:,} files") if looked else not_checked("no row names a file")


def _sides(subject: Subject) -> Iterator[tuple[Path, Table, list[Floats]]]:
    yield subject.public, subject.train, subject.train_targets
    yield subject.hidden, subject.features, subject.targets


def _linked(table: Table, members: Sequence[Member]) -> list[tuple[int, Member]]:
    """Return (row, the file it names) by the column whose cells are files' names; empty where there is none."""
    by_name = {member.name: member for member in members}
    for column in table.columns if by_name else ():
        cells = table.column(column)
        found = [(row, by_name[cell]) for row, cell in enumerate(cells) if cell in by_name]
        if len(found) >= LEAST_LINKED * len(cells):
            return found
    return []


def _told(members: Sequence[Member], targets: Sequence[Floats]) -> str:
    names = what_ids_tell([Path(member.name).stem for member in members], targets)
    if names:
        return f"the files' names: {names}, so it"
    columns = {
        "the files' time": np.array([member.time for member in members]),
        "the files' place in the archive": np.array([float(member.place) for member in members]),
        "the length of what is noted beside the pixels": _lengths(members),
    }
    for what, column in columns.items():
        if any(strength(column, target) > by_chance(target) for target in targets):
            return what
    notes = [hashlib.sha256(written_beside(member.data) + member.noted).hexdigest() for member in members]
    for target in targets:
        if strength(encoded(notes[::2], target[::2], notes[1::2]), target[1::2]) > by_chance(target[1::2]):
            return "what is noted beside the pixels"
    return ""


def _lengths(members: Sequence[Member]) -> Floats:
    return np.array([float(len(written_beside(member.data) + member.noted)) for member in members])
