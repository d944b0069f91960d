"""What the reading of a work without an assignment cannot say, and why."""

from __future__ import annotations

from typing import Literal

from grader.model.base import Record

OTHER_LANGUAGES = {".r": "R", ".rmd": "R", ".jl": "Julia", ".scala": "Scala", ".java": "Java", ".sas": "SAS",
                   ".m": "MATLAB", ".do": "Stata"}  # fmt: skip
UnjudgedKind = Literal[
    "unseen_data", "brief", "not_run", "stopped", "missing_data", "between_notebooks", "history", "needs_human",
    "not_applicable",
]  # fmt: skip


class Unjudged(Record):
    """One thing that was not judged: what, why in a sentence, and the files or criteria that it is about."""

    kind: UnjudgedKind
    what: str
    why: str
    paths: tuple[str, ...] = ()
    criteria: tuple[str, ...] = ()
