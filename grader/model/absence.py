"""What a work without an assignment needed as it ran, and was not given here."""

from __future__ import annotations

from typing import Literal

from grader.model.base import Record

# What works call modules of their own: where such a one is not found it was not handed in, and nobody could declare it.
OWN_BY_NAME = frozenset(("src", "utils", "util", "config", "helpers", "data", "model", "models", "features", "settings",
                         "preprocessing", "constants", "core", "common", "lib"))  # fmt: skip
AbsenceKind = Literal["package", "data", "download", "environment", "earlier", "language"]


class Absence(Record):
    """One thing that ended a run and is no failing of the work: a package that this machine lacks, data that it names
    as to be had elsewhere, a download, what an earlier notebook would have written had it had these, or its language.

    `path` is where the run ended, `name` the package or file; `why` and `advice` are sentences.
    """

    kind: AbsenceKind
    path: str = ""
    name: str = ""
    why: str
    advice: str
