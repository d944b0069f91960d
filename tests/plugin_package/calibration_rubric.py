"""One more criterion of evaluation: are the probabilities to be believed?"""

from grader import Evidence, Finding, criterion, met, not_applicable, not_met

CHECKS = ("calibration_curve", "CalibratedClassifierCV", "brier_score_loss")


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
    )
