"""One more criterion of evaluation, are the probabilities to be believed, and a dimension of its own: fairness."""

from grader import Evidence, Finding, criterion, dimension, met, not_applicable, not_met

CHECKS = ("calibration_curve", "CalibratedClassifierCV", "brier_score_loss")
BY_GROUP = ("MetricFrame", "demographic_parity_difference", "equalized_odds_difference")
FAIRNESS = dimension("fairness", title="Fairness")  # it counts where an assignment gives it a weight


@criterion("evaluation.calibration", title="Probabilities are checked", weight=1)
def calibration(evidence: Evidence) -> Finding:
    """Judge whether the work checks that a predicted 30 % happens in 30 % of the cases."""
    probabilities = [call for call in evidence.code.calls if call.name.endswith(".predict_proba")]
    if not probabilities:
        return not_applicable("No probabilities are predicted.")
    checks = [call for call in evidence.code.calls if call.name.endswith(CHECKS)]
    if checks:
        return met("The probabilities are checked.", evidence=[call.span for call in checks])
    return not_met(
        "Probabilities are predicted and not checked.",
        evidence=[call.span for call in probabilities],
        advice="Draw calibration_curve on held-out rows.",
        question="Of the rows you gave 30 %, how many turned out positive?",
        good_answer="A share near 30 %, counted on rows held out; or how to count it, and what to do if it is not.",
    )


@criterion("fairness.by_group", title="Results are compared between groups")
def by_group(evidence: Evidence) -> Finding:
    """Judge whether a result is computed for each group of people apart."""
    compared = [call.span for call in evidence.code.calls if call.name.endswith(BY_GROUP)]
    return met("It is compared.", evidence=compared) if compared else not_applicable("No groups are compared.")
