"""Pictures that the rows of an assignment name: PNG files in one archive for the public part and one for the hidden.

The public ones are dealt as they are, but for those of the public test sample, which the hidden ones replace; the
hidden ones under names made of the rows' fresh ids. An archive is read once and kept for the next work of a batch.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath

from grader.assignment.pixels import why_no_pixels
from grader.assignment.png import METADATA_SAID, wrong_with_png
from grader.assignment.tables import FileStamp, read_kept
from grader.errors import AssignmentError
from grader.model import Assignment

MEMBER = re.compile(r"([A-Za-z0-9_][A-Za-z0-9_-]{0,99}/){0,3}[A-Za-z0-9_][A-Za-z0-9_-]{0,99}\.png")
MOST_PICTURES = 15_000  # a sandbox holds 20,000 files by default
PICTURE_BYTES = 2_000_000
ALL_BYTES = 200_000_000
UNREADABLE = (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError)

Pictures = Mapping[str, bytes]


def check_images(assignment: Assignment) -> None:
    """Raise AssignmentError where tables and archives do not fit: each picture that a row names is there, a PNG of
    bounded size under a plain name, none is there for no row, and no hidden one says anything beside its pixels.
    """
    if assignment.data.images is None:
        return
    _check_settings(assignment)
    for part in ("public", "hidden"):
        pictures = _archive(assignment, part)
        where = f"data/{part}/{assignment.data.images.archive}"
        named = _named(assignment, part, _tables(assignment, part), pictures)
        broken = set(_cells(assignment, "hidden", assignment.stress.messy_file)) - named if part == "hidden" else set()
        for name, data in pictures.items():
            wrong = "" if name in broken else wrong_with_png(data, silent=part == "hidden")
            if name not in named | broken:
                wrong = "no row names it"
            if wrong:
                hint = "Write it again without text, time or EXIF." if METADATA_SAID in wrong else ""
                raise AssignmentError(f"{name}: {wrong}", path=where, key="data.images", hint=hint)
    if assignment.makes_pictures:
        pictures = _archive(assignment, "hidden")
        for name in _cells(assignment, "hidden", assignment.data.hidden_features):
            if why := why_no_pixels(pictures[name]):
                raise _unreadable(assignment, name, why)


def public_pictures(assignment: Assignment, *, test: bool) -> dict[str, bytes]:
    """Return the public pictures by their name below data/; without `test` only those that training rows name."""
    if assignment.data.images is None:
        return {}
    pictures = _archive(assignment, "public")
    kept = set(pictures if test else _cells(assignment, "public", assignment.data.train))
    return {name: data for name, data in pictures.items() if name in kept}


def made_from(
    assignment: Assignment, columns: Sequence[str], row: Sequence[str], change: Callable[[bytes], bytes]
) -> bytes:
    """Return what `change` makes of the hidden picture that a row names. Raises AssignmentError where it cannot."""
    assert assignment.data.images is not None
    name = row[columns.index(assignment.data.images.column)]
    try:
        return change(_archive(assignment, "hidden")[name])
    except ValueError as error:
        raise _unreadable(assignment, name, str(error)) from error


def renamed(
    assignment: Assignment, columns: Sequence[str], rows: Iterable[Sequence[str]], own: Iterable[bytes | None]
) -> tuple[tuple[tuple[str, ...], ...], dict[str, bytes]]:
    """Return dealt rows with the names that their pictures get, made of the rows' ids, and the pictures by these.

    `own` holds, row by row, the picture that was made for it, or None where it has the one that it names. A cell that
    names no hidden picture, as a messy row's may, is left as it is.
    """
    spec = assignment.data.images
    if spec is None:
        return tuple(tuple(row) for row in rows), {}
    pictures = _archive(assignment, "hidden")
    place, key = columns.index(spec.column), columns.index(assignment.data.id)
    dealt, files = [], {}
    for row, made in zip(rows, own, strict=True):
        cells = list(row)
        if (data := made or pictures.get(cells[place])) is not None:
            cells[place] = str(PurePosixPath(cells[place]).with_name(f"{cells[key]}.png"))
            files[cells[place]] = data
        dealt.append(tuple(cells))
    return tuple(dealt), files


def names_taken(assignment: Assignment) -> frozenset[str]:
    """Return the ids that would give a hidden picture the name of a public one."""
    return frozenset(PurePosixPath(name).stem for name in public_pictures(assignment, test=True))


def _unreadable(assignment: Assignment, name: str, why: str) -> AssignmentError:
    assert assignment.data.images is not None
    return AssignmentError(f"{name}: {why}", path=f"data/hidden/{assignment.data.images.archive}", key="data.images")


def _check_settings(assignment: Assignment) -> None:
    spec = assignment.data
    assert spec.images is not None
    if assignment.twins and spec.images.column in assignment.twins.columns:
        raise AssignmentError("it would alter the pictures' names", path="assignment.toml", key="twins")
    folders = {PurePosixPath(name).parts[0] for name in _archive(assignment, "public")}
    if clash := sorted(folders & {spec.train, spec.test, spec.sample, *spec.other}):
        where = f"data/public/{spec.images.archive}"
        raise AssignmentError(f"{clash[0]!r} is the name of another file too", path=where, key="data.images")


def _tables(assignment: Assignment, part: str) -> tuple[str, ...]:
    spec = assignment.data
    if part == "public":
        return (spec.train, spec.test)
    return (spec.hidden_features, *(suite.features for suite in assignment.suites))


def _named(assignment: Assignment, part: str, tables: Iterable[str], pictures: Pictures) -> set[str]:
    """Return the pictures that the tables' rows name. Raises AssignmentError for one that is not there."""
    named: set[str] = set()
    for table in tables:
        for number, cell in enumerate(_cells(assignment, part, table), start=2):
            if cell not in pictures:
                assert assignment.data.images is not None
                message = f"row {number} names {cell[:80]!r}, which is not in {assignment.data.images.archive}"
                raise AssignmentError(message, path=f"data/{part}/{table}", key="data.images")
            named.add(cell)
    return named


def _cells(assignment: Assignment, part: str, table: str | None) -> tuple[str, ...]:
    """Return what a table's rows say in the pictures' column; nothing where there is no table."""
    if table is None or assignment.data.images is None:
        return ()
    name = f"data/{part}/{table}"
    found, column = read_kept(FileStamp.of(assignment.root / name, name)), assignment.data.images.column
    if column not in found.columns:
        raise AssignmentError(f"there is no column {column!r}", path=name, key="data.images")
    return tuple(found.column(column))


def _archive(assignment: Assignment, part: str) -> Pictures:
    assert assignment.data.images is not None
    name = f"data/{part}/{assignment.data.images.archive}"
    return _read(FileStamp.of(assignment.root / name, name))


@lru_cache(maxsize=4)
def _read(file: FileStamp) -> Pictures:
    """Return the archive's files by their names, in its order, after a look at what it says they are."""
    try:
        with zipfile.ZipFile(file.path) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            _check_entries(entries, file.name)
            return {entry.filename: archive.read(entry) for entry in entries}
    except FileNotFoundError as error:
        raise AssignmentError("the file is missing", path=file.name, key="data.images") from error
    except UNREADABLE as error:
        raise AssignmentError(f"it is no readable zip archive: {error}", path=file.name, key="data.images") from error


def _check_entries(entries: Sequence[zipfile.ZipInfo], where: str) -> None:
    message = ""
    if len(entries) > MOST_PICTURES or sum(entry.file_size for entry in entries) > ALL_BYTES:
        message = f"it holds more than {MOST_PICTURES:,} pictures or {ALL_BYTES // 10**6} MB"
    seen: set[str] = set()
    for entry in entries if not message else ():
        name = entry.filename.lower()  # some file systems take two of these for one
        if not MEMBER.fullmatch(entry.filename):
            message = f"{entry.filename[:80]!r} is no plain relative name ending in .png, such as images/0001.png"
        elif entry.file_size > PICTURE_BYTES:
            message = f"{entry.filename} has more than {PICTURE_BYTES // 10**6} MB"
        elif name in seen:
            message = f"{entry.filename} is there twice"
        seen.add(name)
    if message:
        raise AssignmentError(message, path=where, key="data.images")
