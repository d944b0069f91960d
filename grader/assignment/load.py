"""Reading an assignment folder; whatever is wrong with it is said with file and key."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from grader.assignment.consistency import FILE, check_metric, check_tables
from grader.errors import AssignmentError, UsageError
from grader.model import Assignment

OURS = frozenset({"slug", "root", "digest", "data_digest"})
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def find_assignment(slug_or_path: str, roots: Sequence[Path]) -> Assignment:
    """Return the assignment in the folder given, or of that slug below the first of `roots` that has it.

    Raises UsageError naming the slugs there are, AssignmentError when the folder is wrong.
    """
    return load_assignment(find_folder(slug_or_path, roots))


def find_folder(slug_or_path: str, roots: Sequence[Path]) -> Path:
    """Return where that assignment lies, right or wrong. Raises UsageError naming the slugs there are."""
    folder = Path(slug_or_path)
    if slug_or_path and _holds_one(folder):
        return folder
    if SLUG.fullmatch(slug_or_path):
        for root in roots:
            if _holds_one(root / slug_or_path):
                return root / slug_or_path
    known = sorted({path.parent.name for root in roots for path in root.glob(f"*/{FILE}")})
    raise UsageError(
        f"there is no assignment {slug_or_path!r}; there are: {', '.join(known) or 'none'}",
        hint="Give one of these, or the path of an assignment's folder.",
    )


def _holds_one(folder: Path) -> bool:
    try:
        return (folder / FILE).is_file()
    except OSError:  # a name too long for a file, a folder that may not be entered
        return False


def load_assignment(folder: Path) -> Assignment:
    """Return the validated assignment in `folder`. Raises AssignmentError naming file and key."""
    settings = _parse(folder / FILE)
    for key in sorted(OURS & settings.keys()):
        raise AssignmentError("it follows from the folder and cannot be set", path=FILE, key=key)
    try:
        assignment = Assignment.model_validate(
            {
                **settings,
                "slug": folder.resolve().name,
                "root": folder.resolve(),
                "digest": _digest(folder / FILE, *_files(folder / "data" / "public")),
                "data_digest": _digest(*_files(folder / "data" / "hidden")),
            }
        )
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise AssignmentError(first["msg"].removeprefix("Value error, "), path=FILE, key=key) from error
    check_metric(assignment)
    check_tables(assignment)
    _check_examples(assignment)
    return assignment


def _parse(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError(f"it cannot be read: {error}", path=FILE) from error
    except RecursionError as error:
        raise AssignmentError("it is nested too deep", path=FILE) from error
    except tomllib.TOMLDecodeError as error:
        raise AssignmentError(f"it is not valid TOML: {error}", path=FILE) from error


def _check_examples(assignment: Assignment) -> None:
    # candidates' packets and test copies come without the folder: then there is nothing to be wrong
    folder = assignment.root / "examples"
    for key in ("order", "unscored") if folder.is_dir() else ():
        for name in getattr(assignment.examples, key):
            if not (folder / name).is_dir():
                raise AssignmentError(f"there is no folder examples/{name}", path=FILE, key=f"examples.{key}")


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digest(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            data = path.read_bytes()
            digest.update(f"{path.name}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
