"""The first stage: what was handed in, without what the assignment had handed out."""

from __future__ import annotations

from grader.assignment import PACKAGES, handed_out, handed_out_data, public_files
from grader.intake import take
from grader.model import Assignment, Submission
from grader.pipeline.records import Grading
from grader.sandbox import package_list


def take_in(grading: Grading) -> Submission:
    """Take the grading's source in, tried again where our side fails. Raises as `take` does."""
    grading.step("intake")
    if grading.taken is not None:
        return grading.taken
    snapshot, parts = grading.scratch / "snapshot", grading.parts

    def attempt(_number: int) -> Submission:
        return take(
            grading.source,
            snapshot,
            parts.intake_limits,
            allow_local_git=parts.allow_local_git,
            handed_out=grading.handed_out,
        )

    return grading.retried("intake", attempt)


def handed_out_with(assignment: Assignment | None) -> dict[str, str]:
    """Return the SHA-256 of each file that candidates got with the assignment, by its path; nothing without one."""
    if assignment is None:
        return {}
    return handed_out(assignment, package_list(PACKAGES)) | handed_out_data(public_files(assignment))
