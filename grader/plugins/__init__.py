"""Rubric plugins: criteria are small pure functions from Evidence to a Finding, registered by decorator and found
through the entry-point group `grader.rubrics`. What lies in which file is nobody's business outside.
"""

from grader.plugins.apart import PluginProcess, Times
from grader.plugins.code import code_digest
from grader.plugins.criteria import Criterion, Dimension, all_dimensions, criteria_of, criterion, dimension
from grader.plugins.findings import Finding, met, needs_human, not_applicable, not_met, partly
from grader.plugins.judging import PluginError, judge
from grader.plugins.rubric import Declared, Rubric, built_in_criteria, declared_by, load_criteria, load_rubric

__all__ = [
    "Criterion",
    "Declared",
    "Dimension",
    "Finding",
    "PluginError",
    "PluginProcess",
    "Rubric",
    "Times",
    "all_dimensions",
    "built_in_criteria",
    "code_digest",
    "criteria_of",
    "criterion",
    "declared_by",
    "dimension",
    "judge",
    "load_criteria",
    "load_rubric",
    "met",
    "needs_human",
    "not_applicable",
    "not_met",
    "partly",
]
