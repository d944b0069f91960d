"""Data preparation: no leakage, kind by kind. The other criteria of the dimension stand in modules of their own."""

from __future__ import annotations

from grader import Evidence, Finding, criterion, needs_human
from rubrics.facts import live_calls, spans
from rubrics.leaks import in_training, leakage
from rubrics.preparing import PREPARING, dated, in_order


@criterion("data_preparation.preprocessing_leakage", title="Nothing is fitted before the split", weight=3)
def preprocessing_leakage(evidence: Evidence) -> Finding:
    """Judge whether a scaler, imputer, encoder or selector learned from rows that are evaluated later; where these are
    only folds of the training part, this is partly met.
    """
    splits = live_calls(evidence, "split", "cross_validate", "search")
    fitted = [call for call in live_calls(evidence, "fit", *PREPARING) if call not in splits]
    return in_training(evidence, "preprocessing") or leakage(
        evidence,
        "preprocessing",
        looked_at=[*splits[:3], *fitted[:3]] if splits and fitted else [],
        clean="No preprocessing step was seen to learn from rows that are evaluated later.",
        nothing="No split into training and evaluation rows was found, so nothing could leak across it.",
        advice="Split first; put scalers, imputers, encoders and selectors into a Pipeline fitted on training rows.",
        question="How much of the measured quality came from this, and how would you find out?",
    )


@criterion("data_preparation.overlap_leakage", title="No row is both trained on and evaluated", weight=3)
def overlap_leakage(evidence: Evidence) -> Finding:
    """Judge whether rows, or copies of them made by resampling, stand on both sides of the split; where that is the
    split of folds in the training part only, this is partly met.
    """
    return in_training(evidence, "overlap") or leakage(
        evidence,
        "overlap",
        looked_at=live_calls(evidence, "split", "cross_validate", "search")[:6],
        clean="No row was seen to stand on both sides of a split.",
        nothing="No split into training and evaluation rows was found, so there are no two sides.",
        advice="Split before resampling or augmenting, and drop duplicates before the split.",
        question="Which rows does the model already know when it is evaluated here?",
    )


@criterion("data_preparation.target_leakage", title="No feature is made from the target", weight=2)
def target_leakage(evidence: Evidence) -> Finding:
    """Judge whether the target, or something computed from it, is among the features a model is fitted on; a target
    encoding is where rows that are evaluated later went into it.
    """
    return leakage(
        evidence,
        "target",
        looked_at=live_calls(evidence, "fit", "cross_validate", "search")[:6],
        clean="No feature was seen to be made from the target.",
        nothing="No model was seen to be fitted.",
        advice="Drop the target from the features; fit target encodings inside the folds only.",
        question="Would this column be known at the moment a prediction is needed?",
    )


@criterion("data_preparation.temporal_leakage", title="The past never learns from the future", weight=2)
def temporal_leakage(evidence: Evidence) -> Finding:
    """Judge whether rows that the work sorted by time are split at random, or features hold values of later rows. Other
    dated rows split at random are left to a person, who knows whether time matters; without dates it does not apply.
    """
    dates = dated(evidence)
    splits = live_calls(evidence, "split", "cross_validate", "search")
    found = any(leak.kind == "temporal" for leak in evidence.code.leaks)
    if dates and splits and not found and not any(in_order(call) for call in splits):
        reason = "The data holds dates and is not split by time; whether it must be depends on the task."
        return needs_human(reason, evidence=spans([*splits[:4], *dates[:4]]))
    return leakage(
        evidence,
        "temporal",
        looked_at=[*splits[:3], *dates[:3]] if dates and splits else [],
        shown_by=[call for call in splits if in_order(call)],
        clean="No use of later rows to predict earlier ones was seen.",
        nothing="No dated rows were seen to be split, so there is no order of time to keep.",
        advice="Split dated rows by time (TimeSeriesSplit), and build lags and windows from the past only.",
        question="What would this model have known on the day it had to predict?",
    )
