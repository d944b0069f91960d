"""Model choice: how settings are found, and whether chance is under control."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader import Call, Evidence, Finding, Span, criterion, met, not_met, partly
from rubrics.chance import random_steps
from rubrics.code_text import place
from rubrics.facts import last, live_calls, named, nothing_seen, spans, unreadable
from rubrics.live import live_searches
from rubrics.models import is_dummy, is_network, models, no_model
from rubrics.networks import training_settings
from rubrics.seeds import seeds_for_all
from rubrics.settings import settings_of
from rubrics.trying import NOT_SETTINGS, Trial, trials

SEARCHES = ("GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "BayesSearchCV",
            "OptunaSearchCV", "optimize")  # fmt: skip
MANY_FITS = 1000
_GRIDS = ("alphas", "Cs", "n_alphas")  # of models that search themselves
_ONE = re.compile(r"\s*(1|[\[(]\s*[^,\[\]()]+,?\s*[\])])\s*$")
_KEY = re.compile(r"(?<!['\"\w])(['\"]?)(\w+)\1\s*\]?\s*[:=](?!=)")
_TASK = frozenset(("objective", "application", "loss_function", "metric", "eval_metric", "num_class", "nthread"))


@criterion("model_choice.hyperparameters_searched", title="Settings are searched on training rows", weight=2)
def hyperparameters_searched(evidence: Evidence) -> Finding:
    """Judge how the model's settings were found: by a search on folds of the training rows is met, a loop over settings
    and a model that searches by itself (LassoCV) included. A search of more than 1,000 fits that was not seen to end,
    or one that judges each setting on one split, is partly met, and so are settings by hand; settings as they come, or
    chosen by the test rows, are not met.
    """
    if problem := unreadable(evidence):
        return problem
    used = [call for call in models(evidence) if not is_dummy(call)]
    if not used:
        return nothing_seen(evidence, no_model(evidence))
    peeked = [span for leak in evidence.code.leaks if leak.settings for span in leak.spans]
    if peeked:
        return not_met(
            "Settings are chosen by their result on the test rows.",
            evidence=peeked,
            advice="Choose by cross-validation on the training rows, and look at the test rows once.",
        )
    if found := [*searches(evidence), *_own_searches(used)]:
        return _of_searches(evidence, found)
    return _of_trials(trials(evidence)) or _without_search(evidence, used)


def _of_searches(evidence: Evidence, found: list[Call]) -> Finding:
    known = [(fact.fits, fact.span) for fact in live_searches(evidence) if fact.fits is not None]
    fits, largest = max(known, key=lambda pair: pair[0], default=(0, found[0].span))
    ended = evidence.run is not None and evidence.run.failure is None
    over = evidence.run is not None and evidence.run.limit_exceeded
    if over or (fits > MANY_FITS and not ended):
        size = f"The search fits {fits:,} models" if fits else "There is a search"
        reason = f"{size}, and the run went over its limits." if over else f"{size}: more than can be waited for."
        advice = "Search the settings that matter at random or by halving, with a number of fits that ends in time."
        return partly(reason, evidence=[largest, *spans(found)], advice=advice)
    studies = [call for call in found if last(call.name) == "optimize"]
    folds = live_calls(evidence, "cross_validate") or [call for call in found if call not in studies]
    if studies and not folds:
        advice = "Let the objective return the mean of cross_val_score on the training rows."
        return partly("Each setting is judged on one split.", evidence=spans(studies), score=0.6, advice=advice)
    count = f" ({fits:,} fits)" if fits else ""
    return met(f"Settings are searched on folds of the training rows{count}.", evidence=spans(found))


def _own_searches(used: list[Call]) -> list[Call]:
    """Return the models that pick a setting by folds of the rows they are fitted on, unless they are given just one."""
    tuning = [call for call in used if call.name.startswith("sklearn.linear_model.") and call.name.endswith("CV")]
    return [call for call in tuning if not any(_ONE.match(call.keywords.get(name, "")) for name in _GRIDS)]


def _of_trials(tried: Sequence[Trial]) -> Finding | None:
    """Return the finding on settings that a loop tries, None where none does."""
    if folded := [trial for trial in tried if trial.on_folds]:
        return met("Settings are varied in a loop and scored on folds.", evidence=_places(folded))
    advice = "Let each setting be judged by cross_val_score on the training rows."
    if judged := [trial for trial in tried if trial.apart]:
        reason = "Settings are varied in a loop, and each is judged on one split."
        return partly(reason, evidence=_places(judged), score=0.6, advice=advice)
    if tried:
        reason = "Settings are varied in a loop; no rows were seen that only the result is taken on."
        return partly(reason, evidence=_places(tried), score=0.4, advice=advice)
    return None


def _places(tried: Sequence[Trial]) -> list[Span]:
    return spans([call for trial in tried for call in (trial.model, *trial.judges)])


def _without_search(evidence: Evidence, used: list[Call]) -> Finding:
    advice = "Search the two or three settings that matter with RandomizedSearchCV on the training rows."
    by_hand = [call for call in used if _is_set(evidence, call)]
    by_hand = [*(training_settings(evidence) if any(map(is_network, by_hand)) else ()), *by_hand]
    if by_hand:
        return partly(
            "Settings are set by hand; the code does not show how they were found.",
            evidence=spans(by_hand),
            score=0.4,
            advice=advice,
            question="Where do these values come from?",
        )
    return not_met(
        "The models run with the settings they come with.",
        evidence=spans(used),
        advice=advice,
        question="Which setting of this model would you tune first, and how?",
    )


def _is_set(evidence: Evidence, call: Call) -> bool:
    """Tell whether a model may be told more than what it is to lessen: by keywords, or in the dict that it is given."""
    if set(call.keywords) - NOT_SETTINGS or is_network(call):
        return True
    settings = settings_of(evidence, call)
    return settings is None or not {key[2] for key in _KEY.finditer(settings)} <= NOT_SETTINGS | _TASK


@criterion("model_choice.seeded", title="Chance is under control")
def seeded(evidence: Evidence) -> Finding:
    """Judge whether everything random (splits, models, networks, clusters, resampling, searches that draw, rows and
    numbers drawn for a model) gets a seed, each its own, in its settings, or one for all; a study's sampler is only
    reached by its own, a network by that of its library, a draw of NumPy, pandas or scikit-learn by that of NumPy.
    """
    if problem := unreadable(evidence):
        return problem
    steps, everywhere = random_steps(evidence), seeds_for_all(evidence)
    if not steps:
        return nothing_seen(evidence, "Nothing random was seen.")
    bare = [call for call, has_seed in steps if not has_seed]
    if not bare:
        return met(
            "Everything random that was seen is seeded.", evidence=spans([call for call, _ in steps] + everywhere)
        )
    advice = "Give every split, model and search the same seed, from one constant; a network takes that of its library."
    if len(bare) == len(steps) and everywhere:
        reason = f"A seed is set that reaches none of the {len(bare)} random steps."
        return partly(reason, evidence=spans([*bare, *everywhere]), advice=advice)
    if len(bare) < len(steps):
        return partly(f"{len(bare)} of {len(steps)} random steps have no seed.", evidence=spans(bare), advice=advice)
    return not_met("No random step has a seed: two runs give two results.", evidence=spans(bare), advice=advice)


def searches(evidence: Evidence) -> list[Call]:
    """Return the live calls that search a model's settings; to try a single setting is no search."""
    single = {fact.span for fact in evidence.code.searches if fact.settings == 1}
    counted = {place(fact.span) for fact in live_searches(evidence)}
    return [
        call
        for call in named(evidence, SEARCHES)
        if call.span not in single and (call.kind == "search" or place(call.span) in counted)
    ]
