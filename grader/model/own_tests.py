"""What became of the tests that came with a work: hints, for the submission can forge them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from grader.model.base import Failure, Record
from grader.model.run import FailedTry

# From best to worst: what is said of a test with several cases is the worst that became of one of them.
TestOutcome = Literal["passed", "skipped", "failed", "error"]
Place = Annotated[int, Field(ge=1, le=10_000_000)]


class OwnTest(Record):
    """One test function with all its cases, or a file that could not be collected (`name` is "").

    `line` is that of the assertion or error where there is one, else the test's own. `hollow` is one that passes, and
    passed again when every function of the work returned nothing.
    """

    path: str = Field(max_length=300)
    name: str = Field(max_length=300)
    line: Place | None = None
    outcome: TestOutcome
    message: str = Field(default="", max_length=600)
    cases: Annotated[int, Field(ge=1, le=100_000)] = 1
    hollow: bool = False


class OwnTests(Record):
    """The tests' run: `passed`, `failed`, `errors` and `skipped` count functions. The submission can forge all of it.

    `finished` says that pytest came to its end. `failure` says why it did not start, or what stopped it; `tries` are
    those in which our side failed.
    """

    self_reported: Literal[True] = True
    finished: bool = False
    passed: int = 0
    failed: int = 0
    errors: int = 0
    skipped: int = 0
    results: tuple[OwnTest, ...] = ()
    note: str = ""
    wall_s: FiniteFloat | None = None
    failure: Failure | None = None
    tries: tuple[FailedTry, ...] = ()

    @property
    def were_run(self) -> bool:
        """Whether anything became of them that could be noted."""
        return bool(self.results) or self.finished
