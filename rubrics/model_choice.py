"""Model choice: something to compare with, alternatives, a sound search, a model that suits the task, repeatability."""

from __future__ import annotations

from grader import Call, Evidence, Finding, criterion, met, not_applicable, not_met, partly
from rubrics.facts import last, live_calls, named, spans, unreadable
from rubrics.metrics import CLASSIFICATION, REGRESSION, metrics_used
from rubrics.models import (
    families,
    family,
    is_classifier,
    is_dummy,
    is_network,
    is_random,
    is_regressor,
    is_simple,
    models,
    needs_scaling,
    scalers,
)

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "BayesSearchCV",
            "OptunaSearchCV", "optimize")  # fmt: skip
GLOBAL_SEEDS = (
    "numpy.random.seed",
    "random.seed",
    "torch.manual_seed",
    "tensorflow.random.set_seed",
    "keras.utils.set_random_seed",
)
SEED_KEYWORDS = ("random_state", "seed", "random_seed")
SPLITTERS = ("train_test_split", "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit")
NOT_SETTINGS = frozenset(
    (*SEED_KEYWORDS, "n_jobs", "verbose", "verbosity", "max_iter", "eval_metric", "use_label_encoder")
)
NO_MODEL = "No model was seen to be made and used."


@criterion("model_choice.baseline_compared", title="The model is compared with a simple baseline", weight=2)
def baseline_compared(evidence: Evidence) -> Finding:
    """Judge whether a dummy or simple model is fitted beside the chosen one, so that its gain can be told."""
    if problem := unreadable(evidence):
        return problem
    used = models(evidence)
    if not used:
        return not_applicable(NO_MODEL)
    dummies = [call for call in used if is_dummy(call)]
    if dummies and len(families(evidence)) > 1:
        return met("A model without knowledge of the features is scored as the floor.", evidence=spans(dummies))
    simple = [call for call in used if is_simple(call)]
    if simple and len(families(evidence)) > 1:
        names = ", ".join(dict.fromkeys(family(call) for call in simple))
        return met(f"A simple model ({names}) stands beside the others.", evidence=spans(simple))
    return not_met(
        f"Only {families(evidence)[0]} is fitted: nothing says how much it gains over a simple rule."
        if len(families(evidence)) == 1
        else "No dummy or simple model is fitted beside the others.",
        evidence=spans(used),
        advice="Score DummyClassifier or DummyRegressor and a linear model on the same folds, and report the gain.",
        question="How well would the simplest rule you can think of do on the same rows?",
    )


@criterion("model_choice.several_models", title="Alternatives were tried")
def several_models(evidence: Evidence) -> Finding:
    """Judge whether at least two kinds of model, a dummy not counted, are fitted; one that is tuned is partly met."""
    if problem := unreadable(evidence):
        return problem
    used = [call for call in models(evidence) if not is_dummy(call)]
    names = list(dict.fromkeys(family(call) for call in used))
    if not names:
        return not_applicable(NO_MODEL)
    if len(names) > 1:
        return met(f"{len(names)} kinds of model are tried: {', '.join(names[:6])}.", evidence=spans(used))
    advice = "Try one model of another kind on the same folds and say why the chosen one is better."
    if searches(evidence):
        places = spans([*used, *searches(evidence)])
        return partly(f"One kind of model, {names[0]}, is tried and tuned.", evidence=places, advice=advice)
    return not_met(f"One kind of model, {names[0]}, is tried.", evidence=spans(used), advice=advice)


@criterion("model_choice.hyperparameters_searched", title="Settings are searched on training rows", weight=2)
def hyperparameters_searched(evidence: Evidence) -> Finding:
    """Judge how the model's settings were found: by a search on folds of the training rows is met, set by hand is
    partly met, left as they come is not.
    """
    if problem := unreadable(evidence):
        return problem
    used = [call for call in models(evidence) if not is_dummy(call)]
    if not used:
        return not_applicable(NO_MODEL)
    peeked = [span for leak in evidence.code.leaks if leak.kind == "multi_test" for span in leak.spans]
    if peeked:
        return not_met(
            "Settings or models are chosen by their result on the test rows.",
            evidence=peeked,
            advice="Choose by cross-validation on the training rows, and look at the test rows once.",
        )
    if found := searches(evidence):
        return met("Settings are searched on folds of the training rows.", evidence=spans(found))
    by_hand = [call for call in used if set(call.keywords) - NOT_SETTINGS or is_network(call)]
    if by_hand:
        return partly(
            "Settings are set by hand; the code does not show how they were found.",
            evidence=spans(by_hand),
            score=0.4,
            advice="Search the two or three settings that matter with RandomizedSearchCV on the training rows.",
            question="Where do these values come from?",
        )
    return not_met(
        "The models run with the settings they come with.",
        evidence=spans(used),
        advice="Search the two or three settings that matter with RandomizedSearchCV on the training rows.",
        question="Which setting of this model would you tune first, and how?",
    )


@criterion("model_choice.suits_the_task", title="The kind of model suits the task", weight=2)
def suits_the_task(evidence: Evidence) -> Finding:
    """Judge whether models and metrics are of one kind: classifiers with metrics of classes, regressors with those
    of quantities.
    """
    if problem := unreadable(evidence):
        return problem
    used = models(evidence)
    kinds = {name: [call for call in used if test(call)] for name, test in _KINDS.items()}
    measured = metrics_used(evidence)
    wanted = "classifier" if set(measured) & CLASSIFICATION else "regressor" if set(measured) & REGRESSION else ""
    if not used or not wanted or not (kinds["classifier"] or kinds["regressor"]):
        return not_applicable("Too little was seen of models and metrics to say whether they belong together.")
    fitting = kinds[wanted]
    odd = kinds["regressor" if wanted == "classifier" else "classifier"]
    task = "classes" if wanted == "classifier" else "quantities"
    if not fitting:
        return not_met(
            f"The metrics are those of {task}, and {family(odd[0])} is no {wanted}.",
            evidence=spans([*odd, *measured.values()]),
            advice=f"Use a {wanted}, or the metrics that belong to what is predicted.",
            question=f"What does {family(odd[0])} predict here, and what is that compared with?",
        )
    return met(f"A {wanted} is measured with metrics of {task}.", evidence=spans([*fitting, *measured.values()]))


@criterion("model_choice.scaled_where_needed", title="Features are scaled where the model needs it")
def scaled_where_needed(evidence: Evidence) -> Finding:
    """Judge whether models that depend on the units of their features get scaled ones. Trees do not need it."""
    if problem := unreadable(evidence):
        return problem
    needing = [call for call in models(evidence) if needs_scaling(call)]
    if not needing:
        return not_applicable("No model that depends on the units of its features was seen.")
    if found := scalers(evidence):
        return met("A scaler stands before models that need one.", evidence=spans([*found[:4], *needing[:2]]))
    return not_met(
        f"{family(needing[0])} depends on the units of its features, and no scaler was seen.",
        evidence=spans(needing),
        advice="Put a StandardScaler before it in the pipeline.",
        question="Why does this model need features of like size, and which others do not?",
    )


@criterion("model_choice.seeded", title="Chance is under control")
def seeded(evidence: Evidence) -> Finding:
    """Judge whether everything random (splits, models) gets a seed, each its own or one for all."""
    if problem := unreadable(evidence):
        return problem
    random = named(evidence, SPLITTERS) + [call for call in models(evidence) if is_random(call)]
    random += [call for call in live_calls(evidence, "split") if call.keywords.get("shuffle") == "True"]
    random = [call for call in random if not _set_elsewhere(call)]
    if not random:
        return not_applicable("Nothing random was seen.")
    everywhere = [call for call in live_calls(evidence) if call.name in GLOBAL_SEEDS]
    bare = [call for call in random if not _has_seed(call)]
    if not bare or everywhere:
        return met("Splits and models are seeded.", evidence=spans(everywhere or random))
    advice = "Give every split and model the same random_state, from one constant."
    if len(bare) < len(random):
        return partly(f"{len(bare)} of {len(random)} random steps have no seed.", evidence=spans(bare), advice=advice)
    return not_met("No random step has a seed: two runs give two results.", evidence=spans(bare), advice=advice)


def searches(evidence: Evidence) -> list[Call]:
    """Return the live calls that search a model's settings."""
    return [call for call in live_calls(evidence, "search") if last(call.name) in SEARCHES]


def _set_elsewhere(call: Call) -> bool:
    """Tell whether settings come from a dict, in which the seed may stand."""
    return "**" in call.keywords and not any(key in SEED_KEYWORDS for key in call.keywords)


def _has_seed(call: Call) -> bool:
    given = [value for key, value in call.keywords.items() if key in SEED_KEYWORDS]
    return any(value != "None" for value in given) or call.keywords.get("shuffle") == "False"


_KINDS = {"classifier": is_classifier, "regressor": is_regressor}
