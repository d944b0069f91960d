"""Do the explanations hold? Answers of a language model, where the operator has one asked: advisory, of no weight
unless an assignment gives them one. These criteria only look at answers that are stored with the evidence.
"""

from __future__ import annotations

from grader import Evidence, Finding, criterion, dimension, met, needs_human, not_applicable, not_met, partly

EXPLANATIONS = dimension("explanations", title="Explanations (advisory)")
BY = "As a language model reads it: {}"


@criterion("explanations.model_choice_follows", title="The reason for the model follows from the numbers shown")
def model_choice_follows(evidence: Evidence) -> Finding:
    """Show what a language model found on whether the stated reason for the model follows from numbers in the text."""
    return _answer(evidence, "explanations.model_choice_follows")


@criterion("explanations.limits_named", title="Limits of the work are named")
def limits_named(evidence: Evidence) -> Finding:
    """Show what a language model found on whether the text names limits that are particular to this work."""
    return _answer(evidence, "explanations.limits_named")


@criterion("explanations.metric_explained", title="It is said why the metric fits")
def metric_explained(evidence: Evidence) -> Finding:
    """Show what a language model found on whether the text says why the metric is right for the use of predictions."""
    return _answer(evidence, "explanations.metric_explained")


def _answer(evidence: Evidence, name: str) -> Finding:
    answer = next((one for one in evidence.asked.answers if one.question == name), None)
    if answer is None:
        return not_applicable("No language model was asked.")
    if answer.failure:
        return needs_human(answer.failure, evidence=answer.spans)
    reason = BY.format(answer.reason)
    if answer.said == "yes":
        return met(reason, evidence=answer.spans)
    if answer.said == "partly":
        return partly(reason, evidence=answer.spans)
    if answer.said == "no":
        return not_met(reason, evidence=answer.spans)
    return needs_human(reason, evidence=answer.spans)
