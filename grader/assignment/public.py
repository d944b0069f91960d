"""The public part of an assignment: what candidates have below data/, and their own data dealt as they are."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import ValidationError

from grader.assignment.batches import public_names
from grader.assignment.consistency import FILE
from grader.assignment.images import public_pictures
from grader.assignment.tables import parse_table
from grader.errors import AssignmentError
from grader.model import PACKET_FILE, Assignment, Deal, PublicAssignment

Files = dict[str, bytes]


def public_files(assignment: Assignment) -> Files:
    """Return what candidates get below data/ (name -> bytes), archives of pictures unpacked.

    Raises AssignmentError when a file is missing, or an archive cannot be read.
    """
    folder, spec = assignment.root / "data" / "public", assignment.data
    names = [spec.train, spec.test, *([spec.sample] if spec.sample else []), *spec.other]
    files = {name: _read(folder / name, f"data/public/{name}") for name in names}
    if spec.batches:
        samples = sorted(public_names(assignment, spec.batches))
        names = [f"{spec.batches.folder}/{name}" for name in samples]
        files |= {name: _read(folder / name, f"data/public/{name}") for name in names}
    return files | public_pictures(assignment, test=True)


def deal_public(public: PublicAssignment, files: Files) -> Deal:
    """Return the public data as they are published: their own ids, and no labels.

    Raises AssignmentError where the test file is no table with ids.
    """
    name = public.data.test
    table = parse_table(files[name], name=f"data/{name}")
    if public.data.id not in table.columns:
        raise AssignmentError(f"there is no column {public.data.id!r}", path=f"data/{name}", key="data.id")
    return Deal(files=files, ids=tuple(table.column(public.data.id)), labels=())


def is_packet(folder: Path) -> bool:
    """Say whether a folder is a candidates' packet, or work that was begun in one."""
    try:
        return (folder / PACKET_FILE).is_file() and not (folder / FILE).is_file()
    except OSError:  # a name too long for a file, a folder that may not be entered
        return False


def load_packet(folder: Path) -> PublicAssignment:
    """Return what the packet in `folder` says of its assignment. Raises AssignmentError naming file and key."""
    try:
        told = json.loads((folder / PACKET_FILE).read_text(encoding="utf-8"))
        return PublicAssignment.model_validate(told).model_copy(update={"root": folder.resolve()})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise AssignmentError(first["msg"].removeprefix("Value error, "), path=PACKET_FILE, key=key) from error
    except (OSError, ValueError, RecursionError) as error:
        hint = "Take it out of the packet again: it is not meant to be edited."
        raise AssignmentError(f"it cannot be read: {error}", path=PACKET_FILE, hint=hint) from error


def packed_files(public: PublicAssignment) -> Files:
    """Return what lies below data/ in a packet (name -> bytes). Raises AssignmentError when a file is missing."""
    data, spec = public.root / "data", public.data
    names = [spec.train, spec.test, *([spec.sample] if spec.sample else []), *spec.other]
    names += [name for folder in spec.folders for name in _below(data, folder)]
    return {name: _read(data / name, f"data/{name}") for name in names}


def _below(data: Path, folder: str) -> list[str]:
    return sorted(path.relative_to(data).as_posix() for path in (data / folder).rglob("*") if path.is_file())


def _read(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise AssignmentError(f"it cannot be read: {error.strerror}", path=name) from error
