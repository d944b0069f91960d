"""From a SOURCE to a content-addressed snapshot and a plan."""

from grader.intake.limits import IntakeLimits
from grader.intake.plan import make_plan
from grader.intake.take import take

__all__ = ["IntakeLimits", "make_plan", "take"]
