"""What a work says it needs, and the environment it was given."""

from __future__ import annotations

from typing import Literal

from grader.model.base import Record

EnvironmentKind = Literal["fixed", "requirements"]
Rung = Literal["exact", "as_of", "relaxed", "base"]


class Requirement(Record):
    """One package that a work asks for, and the place where it does: `line` is 1-based.

    `name` is normalised (PEP 503), `asked` the requirement as written and `relaxed` the same without a version, both as
    PEP 508 has them; `pinned` says that exactly one version fits.
    """

    name: str
    asked: str
    relaxed: str
    pinned: bool
    path: str
    line: int


class Wanted(Record):
    """All that a work asks for: the packages, the files that say so, what was left out and why.

    `newest` is when the work was last changed (UTC, ISO 8601), None where nothing says so.
    """

    requirements: tuple[Requirement, ...] = ()
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    newest: str | None = None


class EnvironmentRef(Record):
    """The environment the work ran in.

    For an assignment with `environment = "requirements"`: `rung` says how the packages were chosen and `reason` why not
    in a stricter way, `asked_in` which files were read, `as_of` the time nothing is newer than (UTC, ISO 8601), and
    `lock` where, beside the report, the versions stand.
    """

    name: str
    digest: str
    rung: Rung | None = None
    reason: str = ""
    as_of: str | None = None
    asked_in: tuple[str, ...] = ()
    lock: str | None = None
