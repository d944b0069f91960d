"""From Evidence to a Score: pure, so that rescoring gives the same bytes."""

from grader.scoring.gates import check_rubric
from grader.scoring.overrides import with_overrides
from grader.scoring.score import score
from grader.scoring.version import VERSION_LENGTH, rubric_digest, rubric_version

__all__ = ["VERSION_LENGTH", "check_rubric", "rubric_digest", "rubric_version", "score", "with_overrides"]
