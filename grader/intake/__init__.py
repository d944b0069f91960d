"""From a SOURCE to a content-addressed snapshot and a plan."""

from grader.intake.git import is_git_address
from grader.intake.limits import IntakeLimits
from grader.intake.names import OWN_OUTPUT
from grader.intake.plan import make_plan
from grader.intake.take import take, unpack

__all__ = ["OWN_OUTPUT", "IntakeLimits", "is_git_address", "make_plan", "take", "unpack"]
