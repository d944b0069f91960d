"""From Evidence to a Score: pure, so that rescoring gives the same bytes."""

from grader.scoring.score import score
from grader.scoring.version import rubric_version

__all__ = ["rubric_version", "score"]
