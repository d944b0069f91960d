"""Model choice: something to compare with, alternatives on the same rows, a reason, and no more than is needed."""

from __future__ import annotations

from grader import Call, Evidence, Finding, criterion, met, needs_human, not_applicable, not_met, partly
from rubrics.averages import errors_by_hand
from rubrics.choosing import taken
from rubrics.comparing import SIMPLE_NAMES, best_by_model, class_of, expanded, final_model, shared_measure
from rubrics.ensembles import ENSEMBLES, apart, joined
from rubrics.facts import last, live_calls, named, nothing_seen, spans, unreadable
from rubrics.floors import rules_scored, unasked
from rubrics.hits import hits_alike
from rubrics.metrics import OF_ITS_OWN, own_figures
from rubrics.models import families, family, is_classifier, is_dummy, is_regressor, is_simple, kinds, models, no_model
from rubrics.reasons import against_results, nicknames, said
from rubrics.trying import trials

GAIN = 0.01  # of a ratio; 2 % of what is no ratio


@criterion("model_choice.baseline_compared", title="The model is compared with a simple baseline", weight=2)
def baseline_compared(evidence: Evidence) -> Finding:
    """Judge whether a dummy, a simple model or a rule without a model is scored beside the chosen one, so that its gain
    can be told; one that is fitted where nothing is scored is partly met.
    """
    if problem := unreadable(evidence):
        return problem
    used = models(evidence)
    if not used:
        return nothing_seen(evidence, no_model(evidence))
    scored = live_calls(evidence, "score", "cross_validate", "search") or errors_by_hand(evidence)
    ruled, idle = rules_scored(evidence), unasked(evidence) if scored else []
    several = len(kinds(call for call in used if call not in idle)) > 1
    dummies = [call for call in used if several and is_dummy(call) and call not in idle]
    simple = _alike([call for call in apart(evidence) if several and is_simple(call)], used) or expanded(evidence)
    floor = [*dummies, *ruled] or simple
    if floor and scored:
        return met(_beside_what(dummies, ruled, simple), evidence=spans([*floor, *scored[:3]]))
    advice = "Score DummyClassifier or DummyRegressor and a linear model on the same folds, and report the gain."
    if floor or idle:
        reason = "A baseline is fitted, but nothing was seen to score it."
        return partly(reason, evidence=spans([*floor, *idle]), advice=advice)
    if figures := own_figures(evidence):
        return needs_human(OF_ITS_OWN, evidence=spans(figures))
    return not_met(
        f"Only {families(evidence)[0]} is fitted: nothing says how much it gains over a simple rule."
        if len(families(evidence)) == 1
        else "No dummy or simple model is fitted beside the others.",
        evidence=spans(used),
        advice=advice,
        question="How well would the simplest rule you can think of do on the same rows?",
    )


def _alike(simple: list[Call], used: list[Call]) -> list[Call]:
    """Return the simple models that tell classes where the others do; all of them where none does."""
    others = [call for call in used if call not in simple]
    classes = [call for call in simple if not is_regressor(call)]
    return classes if classes and others and all(map(is_classifier, others)) else simple


def _beside_what(dummies: list[Call], ruled: list[Call], simple: list[Call]) -> str:
    """Return in words what floor was found; a dummy is told before a rule, and a rule before a simple model."""
    if dummies:
        return f"{family(dummies[0])}, which ignores the features, is scored beside the other models."
    if ruled:
        return "A rule without a model is scored beside the models, as a floor."
    return f"A simple model ({family(simple[0])}) is scored beside the others."


@criterion("model_choice.several_models", title="Alternatives are compared on the same rows")
def several_models(evidence: Evidence) -> Finding:
    """Judge whether at least two kinds of model, a dummy not counted, are measured by the same metric on the same rows
    or folds; several without a common measure are partly met, and so is one that is tuned.
    """
    if problem := unreadable(evidence):
        return problem
    used = _real(evidence)
    names = kinds(used)
    if not names:
        return nothing_seen(evidence, no_model(evidence))
    advice = "Try one model of another kind on the same folds and say why the chosen one is better."
    alternatives = _alternatives(evidence, used)
    if len(names) > 1 and len(alternatives) < 2:
        reason = f"{len(names)} kinds of model are put together into one, and none is measured apart."
        return partly(reason, evidence=spans(used), advice=advice)
    if len(names) > 1:
        names = alternatives
        told = f"{len(names)} kinds of model"
        listed = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
        if common := shared_measure(evidence) or hits_alike(evidence):
            reason = f"{told} are measured by the same metric: {listed}."
            return met(reason, evidence=spans([*common[:6], *used]))
        reason = f"There are {told}: {listed}; no measure was seen that is taken of them alike."
        return partly(reason, evidence=spans(used), advice=advice)
    searched = [
        call for call in live_calls(evidence, "search") if "CV" in last(call.name) or last(call.name) == "optimize"
    ]
    searched += [call for trial in trials(evidence) if trial.on_folds or trial.apart for call in trial.judges]
    if searched:
        places = spans([*used, *searched])
        return partly(f"One kind of model, {names[0]}, is tried and tuned.", evidence=places, advice=advice)
    if figures := own_figures(evidence):
        return needs_human(OF_ITS_OWN, evidence=spans(figures))
    return not_met(f"One kind of model, {names[0]}, is tried.", evidence=spans(used), advice=advice)


@criterion("model_choice.choice_justified", title="The choice between models rests on their results")
def choice_justified(evidence: Evidence) -> Finding:
    """Judge whether, of several kinds of model that are measured, one is chosen by its result: by code that takes the
    best, or by a sentence that names a model of the work and why, which counts only beside such a measure; a choice
    against the result needs a reason such as simplicity, speed or robustness. Measured and not chosen, or only sorted,
    is partly met, not measured is not met.
    """
    if problem := unreadable(evidence):
        return problem
    names = _alternatives(evidence, _real(evidence))
    if len(names) < 2:
        return nothing_seen(evidence, "Fewer than two kinds of model were seen, so there is no choice to justify.")
    measured = live_calls(evidence, "score", "cross_validate", "search") or hits_alike(evidence)
    if not measured:
        reason = f"{len(names)} kinds of model are fitted, and no result is computed to choose by."
        return not_met(reason, evidence=spans(_real(evidence)), advice="Score them alike, and take the best.")
    if best := taken(evidence, nicknames(names)):
        return met("The code takes the best by its result.", evidence=[*best, *spans(measured[:3])])
    if reasons := said(evidence, names):
        reason = "The text says which model is chosen and why, beside results."
        return met(reason, evidence=[*reasons, *spans(measured[:3])])
    against = against_results(evidence, names)
    follows = "what follows from it is neither coded nor said"
    if against:
        follows = "the text chooses one against its result, and gives no reason of another kind"
    return partly(
        f"Several models are measured; {follows}.",
        evidence=[*against, *spans(measured)],
        advice="Say which one you chose, by which result, and what else spoke for it.",
        question="Why this model and not the runner-up?",
    )


@criterion("model_choice.simplest_good_model", title="The model is no more complex than it has to be")
def simplest_good_model(evidence: Evidence) -> Finding:
    """Judge whether the final model is a simple one, or beats the best simple one by more than 0.01 (2 % of what is no
    ratio) in the figures that the run printed by the models' names. Without such figures it does not apply, nor where
    classes and quantities are both predicted.
    """
    if problem := unreadable(evidence):
        return problem
    final, idle = final_model(evidence), unasked(evidence)
    if len(kinds(call for call in models(evidence) if call not in idle)) < 2:
        return nothing_seen(evidence, "Fewer than two kinds of model were seen.")
    if any(map(is_classifier, models(evidence))) and any(map(is_regressor, models(evidence))):
        return not_applicable("Classes and quantities are both predicted: no single model has the last word.")
    if final is None:
        return not_applicable("Which of the models predicts in the end could not be followed.")
    if is_simple(final):
        return met(f"A simple model, {family(final)}, predicts in the end.", evidence=[final.span])
    for metric, best in best_by_model(evidence).items():
        own = [figure for name, figure in best.items() if class_of(evidence, name) == family(final)]
        simple = [figure for name, figure in best.items() if name in SIMPLE_NAMES]
        if own and simple:
            rival = max(simple, key=lambda figure: figure.merit)
            enough = 2 * GAIN * abs(rival.value) if rival.is_error else GAIN
            gain = own[0].merit - rival.merit
            places = [final.span, own[0].span, rival.span]
            said = f"{family(final)} {own[0].value:.4g}, {rival.subject} {rival.value:.4g} ({metric})"
            if gain > enough:
                return met(f"The final model gains enough over a simpler one: {said}.", evidence=places)
            advice = "Where the gain is within the noise, take the simpler model: it is easier to explain and to keep."
            how = "is worse than" if gain < 0 else "hardly gains over"
            return not_met(f"The final model {how} a simpler one: {said}.", evidence=places, advice=advice)
    return not_applicable("No printed figures were seen that name a metric, the final model and a simpler one.")


def _alternatives(evidence: Evidence, used: list[Call]) -> list[str]:
    """Return the kinds of model that stand by themselves, and the one that others are put together into."""
    together = [last(call.name) for call in named(evidence, ENSEMBLES)] if joined(evidence) else []
    return [*kinds(call for call in used if call not in joined(evidence)), *dict.fromkeys(together)]


def _real(evidence: Evidence) -> list[Call]:
    """Return the models that are alternatives to each other: the classifiers, or the regressors if they are more."""
    used = [call for call in models(evidence) if not is_dummy(call)]
    classes = [call for call in used if is_classifier(call)]
    quantities = [call for call in used if is_regressor(call)]
    fewer = quantities if len({*map(family, classes)}) >= len({*map(family, quantities)}) else classes
    return [call for call in used if call not in fewer] if classes and quantities else used
