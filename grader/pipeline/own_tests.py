"""What the run of a work's own tests came to."""

from __future__ import annotations

from grader.evidence import read_own_tests
from grader.model import OwnTests
from grader.pipeline.runs import Run, collected_file
from grader.sandbox.execute import EMPTIED, TESTS


def own_tests_of(run: Run | None) -> OwnTests | None:
    """Return what became of the tests; None where there was no run of them."""
    if run is None:
        return None
    if run.result is None:
        return OwnTests(failure=run.failure, tries=run.tries)
    found = read_own_tests(collected_file(run.result, TESTS), collected_file(run.result, EMPTIED))
    measured = {"wall_s": run.result.sandbox.wall_s, "failure": run.failure, "tries": run.tries}
    return found.model_copy(update=measured)
