"""The environment of a grading: nothing to do for the fixed one, else what the work asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from grader.errors import InfrastructureError
from grader.model import RunPlan
from grader.pipeline.records import Grading
from grader.sandbox import GivenEnvironment


@contextmanager
def environment_of(grading: Grading, plan: RunPlan) -> Iterator[GivenEnvironment | None]:
    """Yield what the plan's environment is, None for the fixed one; it stays until the block ends.

    Raises SubmissionError or LimitError with an "environment." code, InfrastructureError where our side fails.
    """
    if plan.environment == "fixed" or plan.wanted is None:
        yield None
        return
    environments = grading.parts.environments
    if environments is None:
        raise InfrastructureError("infrastructure.no_environment", "This grader was not told where packages come from.")
    wanted = plan.wanted
    grading.step("plan", f"packages of {wanted.files[0]}" if wanted.files else "no list of packages")
    with ExitStack() as stack:

        def attempt(_number: int) -> GivenEnvironment:
            given = environments.given(wanted, grading.scratch, grading.cpu_ids, grading.cancel)
            return stack.enter_context(given)

        yield grading.retried("plan", attempt)
