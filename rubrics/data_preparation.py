"""Data preparation: no leakage, kind by kind. The other criteria of the dimension stand in modules of their own."""

from __future__ import annotations

from grader import Evidence, Finding, criterion, needs_human, not_met, partly
from rubrics.augmented import copies_split, may_hold_copies, scored_elsewhere
from rubrics.cuts import parts_in_time
from rubrics.facts import live_calls, spans
from rubrics.features_apart import features_apart
from rubrics.held_out import cut_in_time
from rubrics.leaks import IN_TRAINING, UNTOUCHED, in_training, leakage
from rubrics.parted import fitted, kept_apart, parted
from rubrics.preparing import PREPARING, dated, in_order

SPLIT_FIRST = "Split before resampling or augmenting, and drop duplicates before the split."
KNOWN_ROWS = "Which rows does the model already know when it is evaluated here?"


@criterion("data_preparation.preprocessing_leakage", title="Nothing is fitted before the split", weight=3)
def preprocessing_leakage(evidence: Evidence) -> Finding:
    """Judge whether a scaler, imputer, encoder or selector learned from rows that are evaluated later; where these are
    only folds of the training part, this is partly met.
    """
    rows_parted = parted(evidence)
    learning = [span for span in spans(live_calls(evidence, "fit", *PREPARING)) if span not in rows_parted]
    return in_training(evidence, "preprocessing") or leakage(
        evidence,
        "preprocessing",
        looked_at=[*rows_parted[:3], *learning[:3]] if rows_parted and learning else [],
        clean="No preprocessing step was seen to learn from rows that are evaluated later.",
        nothing="Rows are held out, and no preprocessing step was seen to learn from any."
        if rows_parted
        else "No split into training and evaluation rows was found, so nothing could leak across it.",
        advice="Split first; put scalers, imputers, encoders and selectors into a Pipeline fitted on training rows.",
        question="How much of the measured quality came from this, and how would you find out?",
    )


@criterion("data_preparation.overlap_leakage", title="No row is both trained on and evaluated", weight=3)
def overlap_leakage(evidence: Evidence) -> Finding:
    """Judge whether rows, or copies of them made by resampling, stand on both sides of the split; where that is the
    split of folds in the training part only, this is partly met. Pictures that are made of others and written into
    the folder that is split later are copies.
    """
    return (
        in_training(evidence, "overlap")
        or _copies_of_pictures(evidence)
        or leakage(
            evidence,
            "overlap",
            looked_at=parted(evidence)[:6],
            shown_by=[] if may_hold_copies(evidence) else spans(kept_apart(evidence)),
            clean="No row was seen to stand on both sides of a split.",
            nothing="No split into training and evaluation rows was found, so there are no two sides.",
            advice=SPLIT_FIRST,
            question=KNOWN_ROWS,
        )
    )


def _copies_of_pictures(evidence: Evidence) -> Finding | None:
    """Judge pictures made of others in a folder that is split afterwards, None where there are none."""
    writes, loads = copies_split(evidence)
    if not writes:
        return None
    reason = "Pictures made of others are written into the folder that is split later: copies stand on both sides."
    places = spans([*writes, *loads])
    if elsewhere := scored_elsewhere(evidence, loads):
        places += spans(elsewhere)
        return partly(reason + UNTOUCHED, evidence=places, score=IN_TRAINING, advice=SPLIT_FIRST, question=KNOWN_ROWS)
    return not_met(reason, evidence=places, advice=SPLIT_FIRST, question=KNOWN_ROWS)


@criterion("data_preparation.target_leakage", title="No feature is made from the target", weight=2)
def target_leakage(evidence: Evidence) -> Finding:
    """Judge whether the target, or something computed from it, is among the features a model is fitted on; a target
    encoding is where rows that are evaluated later went into it. An imputer that fills gaps by all columns makes
    features from the target where that is one of them. Pictures in folders of their classes, the words of texts and a
    series by itself hold no such feature.
    """
    return leakage(
        evidence,
        "target",
        looked_at=fitted(evidence)[:6],
        shown_by=features_apart(evidence),
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
    # Two parts of a table may be there to be looked at: they say how rows are held out where nothing else does that.
    by_hand = parts_in_time(evidence) if fitted(evidence) and not splits else []
    cut = [*by_hand, *cut_in_time(evidence)]
    found = any(leak.kind == "temporal" for leak in evidence.code.leaks)
    if dates and splits and not found and not any(in_order(call) for call in splits):
        reason = "The data holds dates and is not split by time; whether it must be depends on the task."
        return needs_human(reason, evidence=spans([*splits[:4], *dates[:4]]))
    return leakage(
        evidence,
        "temporal",
        looked_at=spans([*splits[:3], *dates[:3]]) if dates and splits else [],
        shown_by=[*spans([call for call in splits if in_order(call)]), *cut],
        clean="No use of later rows to predict earlier ones was seen.",
        nothing="No dated rows were seen to be split, so there is no order of time to keep.",
        advice="Split dated rows by time (TimeSeriesSplit), and build lags and windows from the past only.",
        question="What would this model have known on the day it had to predict?",
    )
