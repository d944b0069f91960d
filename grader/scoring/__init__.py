"""From Evidence to a Score: pure, so that rescoring gives the same bytes."""

from grader.scoring.gates import check_rubric
from grader.scoring.score import score
from grader.scoring.version import rubric_version

__all__ = ["check_rubric", "rubric_version", "score"]
