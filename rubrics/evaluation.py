"""Evaluation: on rows the model has not seen, with the spread of the result, and what unseen data said of it."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, Span, criterion, met, needs_human, not_applicable, not_met, partly
from rubrics.code_text import begins_in
from rubrics.comparing import OWN_FOLDS
from rubrics.cuts import cut_by_hand, parting_functions
from rubrics.detectors import measures_of
from rubrics.facts import absent, last, live_calls, named, nothing_seen, own_functions, spans, start, unreadable
from rubrics.held_out import HOW, held_out
from rubrics.leaks import leakage
from rubrics.live import live_places
from rubrics.metrics import OF_ITS_OWN, own_figures, own_scores
from rubrics.models import NO_MODEL, predictors
from rubrics.networks import hits_counted, may_be_evaluated, measured_while_training, networks
from rubrics.own_folds import beside_folds, own_folds
from rubrics.parted import by_library, given_to_watch, is_watched
from rubrics.spreads import each_fold, resampled, spread

FOLDS = ("KFold", "RepeatedKFold", "StratifiedKFold", "RepeatedStratifiedKFold", "StratifiedShuffleSplit",
         "StratifiedGroupKFold", "GroupKFold", "GroupShuffleSplit", "TimeSeriesSplit", "LeaveOneGroupOut")  # fmt: skip
BEST = re.compile(r"(\.(?:best_score_|cv_results_)\b)")
WATCHED = "A model is given rows to be measured on while it is fitted; which these are could not be followed."
OPTIMISTIC = "scored_on_training_data"


@criterion("evaluation.multi_test_leakage", title="The test rows are looked at once", weight=2)
def multi_test_leakage(evidence: Evidence) -> Finding:
    """Judge whether several models, settings or epochs are tried on the same test rows, with no rows kept for the one
    that is chosen.
    """
    scores = _of_predictions(evidence, "score")
    return leakage(
        evidence,
        "multi_test",
        looked_at=spans([*live_calls(evidence, "split")[:2], *scores[:4]]) if scores else [],
        clean="No choice was seen to be made by results on the test rows.",
        nothing="No result on test rows was seen, so none could be used to choose.",
        advice="Choose by cross-validation on the training rows; score the one chosen model on the test rows, once.",
        question="After this choice, what is the test result still an estimate of?",
    )


@criterion("evaluation.scored_on_training_data", title="No score is taken on the rows of the fit")
def scored_on_training_data(evidence: Evidence) -> Finding:
    """Judge whether a model is scored on the very rows it was fitted on. Whether one on held-out rows stands beside it
    is said; that there is one at all is judged by itself.
    """
    return leakage(
        evidence,
        "scored_on_training_data",
        looked_at=spans([*_of_predictions(evidence, "score", "cross_validate", "search"), *by_library(evidence)])[:6],
        clean=_clean(evidence),
        nothing="No result was seen to be computed.",
        advice="Report the score on held-out rows; one on the training rows shows overfitting at best.",
        question="What does this figure say about a new row?",
    )


def _clean(evidence: Evidence) -> str:
    """Return what is said where no score on training rows was seen; of every result only where all were followed."""
    facts = (fact for fact in evidence.code.followed if fact.kind == OPTIMISTIC)
    followed = {(fact.span.path, fact.span.cell, fact.span.line) for fact in facts}
    scores = (call.span for call in _of_predictions(evidence, "score"))
    lost = {place for span in scores if (place := (span.path, span.cell, span.line)) not in followed}
    if not lost:
        return "Every result seen rests on rows that were held out."
    others = "one more" if len(lost) == 1 else f"{len(lost)} more"
    return f"The results that were followed rest on rows that were held out; {others} could not be followed."


@criterion("evaluation.held_out_evaluation", title="A result on held-out rows is computed", weight=3)
def held_out_evaluation(evidence: Evidence) -> Finding:
    """Judge whether rows are set aside and a result on them is really computed: by cross-validation, by a split
    and a score after it, or on rows that are surely not those of the fit: another file's, or cut off from them by hand.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return nothing_seen(evidence, NO_MODEL)
    if validated := _validated(evidence):
        return met("Results are computed on folds that were held out.", evidence=spans(validated))
    if apart := held_out(evidence):
        how = ", and on rows ".join(dict.fromkeys(HOW[fact.by] for fact in apart))
        return met(f"Results are computed on rows {how}.", evidence=[fact.span for fact in apart])
    splits, scores = live_calls(evidence, "split"), _scores(evidence)
    if scores and not _on_other_rows(evidence):
        return not_met(
            "Every result is computed on the rows the model was trained on.",
            evidence=spans(scores),
            advice="Hold rows out with train_test_split, or use cross_val_score, and report the result on those.",
        )
    if splits and scores:
        return met("Rows are held out and a result is computed.", evidence=spans([*splits[:3], *scores[:3]]))
    if watched := _watched(evidence):
        return met("A part of the rows is held out and measured while the model is fitted.", evidence=spans(watched))
    if scores:
        reason = "Results are computed; whether on rows the model has not seen could not be followed."
        return needs_human(reason, evidence=spans(scores))
    return _without_metric(evidence, spans(splits) or cut_by_hand(evidence))


def _without_metric(evidence: Evidence, splits: list[Span]) -> Finding:
    """Judge a work that computes no metric on held-out rows: by hand, in a search, or not at all."""
    if networks(evidence) and (by_hand := [*hits_counted(evidence), *may_be_evaluated(evidence)]):
        reason = "A network may be measured by hand on held-out rows; what is computed could not be followed."
        return needs_human(reason, evidence=by_hand)
    if figures := own_figures(evidence):
        return needs_human(OF_ITS_OWN, evidence=spans(figures))
    if searched := _searched(evidence):
        return _of_search(evidence, searched)
    if not splits and (watching := given_to_watch(evidence)):
        return needs_human(WATCHED, evidence=spans(watching))
    if splits:
        return partly(
            "Rows are held out, but no result on them was seen to be computed.",
            evidence=splits,
            score=0.3,
            advice="Compute the metric on the held-out rows and say what it is.",
        )
    if own := parting_functions(evidence):
        reason = f"{last(own[0].name)} may hold rows out by hand; which these are could not be followed."
        return needs_human(reason, evidence=spans(own))
    return absent(
        evidence,
        "No rows are held out: nothing says how well the model does on new ones.",
        "Hold rows out with train_test_split, or use cross_val_score, before anything is fitted.",
        question="How do you know how well this works on rows it has not seen?",
    )


def _of_search(evidence: Evidence, searched: list[Call]) -> Finding:
    """Judge folds that a search of settings holds out, where nothing else is: their result has to be asked for."""
    if read := live_places(evidence, BEST):
        return met("Results are computed on folds that a search holds out.", evidence=[*spans(searched), *read])
    reason = "A search of settings holds folds out, but their result is not asked for."
    advice = "Print best_score_, or score the model that was found on rows that the search has not seen."
    return partly(reason, evidence=spans(searched), score=0.5, advice=advice)


@criterion("evaluation.spread_shown", title="The result comes with its spread")
def spread_shown(evidence: Evidence) -> Finding:
    """Judge whether results come from several folds or resamples and their spread is computed or printed (deviation,
    interval, every fold); folds without their spread are partly met, and so is one split, for less.
    """
    if problem := unreadable(evidence):
        return problem
    if not predictors(evidence):
        return nothing_seen(evidence, NO_MODEL)
    validated, searched = _validated(evidence), _searched(evidence)
    folds = [*validated, *named(evidence, FOLDS), *searched]
    by_loops = [] if folds else own_folds(evidence)
    shown = spread(evidence)
    of_folds = shown if folds else beside_folds(shown, by_loops)
    folds += by_loops
    if written := [*each_fold(evidence), *resampled(evidence)]:
        return met("Results come with their spread.", evidence=spans([*written, *folds]))
    drawn = any("bootstrap" in last(call.name) for call in shown) or (shown and named(evidence, ("resample",)))
    if of_folds or drawn:
        return met("Results come with their spread.", evidence=spans([*(of_folds or shown), *folds]))
    advice = "Use cross_val_score with five folds and report mean and spread."
    by_hand = may_be_evaluated(evidence) if networks(evidence) else hits_counted(evidence)
    places = spans(_on_other_rows(evidence)) + by_hand
    if not (places or held_out(evidence) or validated or searched or _watched(evidence)):
        if figures := own_figures(evidence):
            return needs_human(OF_ITS_OWN, evidence=spans(figures))
        if watching := given_to_watch(evidence):
            return needs_human(WATCHED, evidence=spans(watching))
        return absent(evidence, "No result on held-out rows is computed, so none has a spread.", advice)
    if folds:
        return partly("Results come from several folds, their spread is not shown.", evidence=spans(folds), score=0.6,
                      advice=advice)  # fmt: skip
    if single := live_calls(evidence, "split") or _watched(evidence):
        return partly("Results come from one split.", evidence=spans(single), score=0.3, advice=advice)
    places = places or [fact.span for fact in held_out(evidence)]
    return partly("Results come from one set of rows.", evidence=places, score=0.3, advice=advice)


@criterion("evaluation.hidden_result", title="The work beats the baseline on unseen data")
def hidden_result(evidence: Evidence) -> Finding:
    """Judge whether the result on the hidden rows lies above the assignment's baseline with its whole 95 % interval;
    with its value alone is partly met. How far above is no matter here: the score has a part of its own for that. Where
    altered copies of hidden rows are predicted far worse than the rows themselves, answers may be known by content, and
    a person has to look; so where a forecast does not go with the altered history that it was given.
    """
    if not evidence.hidden:
        return not_applicable("There is no result on hidden rows.")
    suite, place = evidence.hidden[0], start(evidence)
    if evidence.twins and evidence.twins.looked_up:
        return needs_human(evidence.twins.sentence, evidence=place)
    said = f"{suite.metric} {suite.value:.4g} [{suite.low:.4g}, {suite.high:.4g}], baseline {suite.baseline:.4g}"
    if (suite.normalised_low or 0) > 0:
        return met(f"The whole interval lies above the baseline: {said}.", evidence=place)
    advice = "Compare with the simplest rule on held-out rows before handing in; look for leaks where yours was better."
    if (suite.normalised or 0) > 0:
        return partly(f"Better than the baseline, but it may be chance: {said}.", evidence=place, advice=advice)
    return not_met(f"No better than the baseline: {said}.", evidence=place, advice=advice)


def _validated(evidence: Evidence) -> list[Call]:
    """Return the live calls that compute results on folds: of sklearn, or of a booster's own library."""
    own = [call for call in live_calls(evidence) if call.name in OWN_FOLDS]
    return [*live_calls(evidence, "cross_validate"), *own]


def _searched(evidence: Evidence) -> list[Call]:
    """Return the live searches that judge each setting on folds."""
    return [call for call in live_calls(evidence, "search") if last(call.name).endswith("CV")]


def _on_other_rows(evidence: Evidence) -> list[Call]:
    """Return the live calls that compute a result, but for those on rows that the model was trained on."""
    on_training_rows = [span for leak in evidence.code.leaks if leak.kind == OPTIMISTIC for span in leak.spans]
    inside = {fact.name: fact.span for fact in own_functions(evidence)}
    scores = ((call, inside.get(last(call.name), call.span)) for call in _scores(evidence))
    return [call for call, place in scores if not any(begins_in(span, place) for span in on_training_rows)]


def _of_predictions(evidence: Evidence, *kinds: str) -> list[Call]:
    """Return the live calls that compute a result, but for how well groups of rows are told apart: nothing is predicted
    there, so that no row is held out.
    """
    return [call for call in live_calls(evidence, *kinds) if not last(call.name).startswith("silhouette")]


def _scores(evidence: Evidence) -> list[Call]:
    """Return the live calls that compute a result, by a metric of a library or of the work's own."""
    return [*live_calls(evidence, "score"), *own_scores(evidence)]


def _watched(evidence: Evidence) -> list[Call]:
    """Return the fits that hold rows out by themselves: `validation_split`, `validation_data`, a trainer's own."""
    told = [call for call in live_calls(evidence) if measures_of(evidence, call)]  # by the file that names its data
    return [call for call in live_calls(evidence, "fit") if is_watched(call)] + (
        [*measured_while_training(evidence), *told] if networks(evidence) else []
    )
