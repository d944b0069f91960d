"""What of a work is left to chance, and whether each of it gets a seed: its own, in its settings, or one for all."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.facts import last, live_calls, named
from rubrics.models import draws, family, is_boosted, is_network, is_random, models
from rubrics.settings import settings_of

SEED_KEYWORDS = ("random_state", "seed", "random_seed", "bagging_seed")
SPLITTERS = ("train_test_split", "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit")
DRAWN_SEARCHES = ("RandomizedSearchCV", "HalvingRandomSearchCV")
FOLDERS = ("flow_from_directory", "flow_from_dataframe", "image_dataset_from_directory")
OF_KERAS = ("tensorflow.random.set_seed", "tensorflow.set_random_seed", "tensorflow.compat.v1.set_random_seed",
            "keras.utils.set_random_seed")  # fmt: skip
OF_TORCH = ("torch.manual_seed", "torch.random.manual_seed", "transformers.set_seed", "accelerate.utils.set_seed",
            "transformers.enable_full_determinism", "pytorch_lightning.seed_everything", "lightning.seed_everything",
            "lightning.pytorch.seed_everything")  # fmt: skip
GLOBAL_SEEDS = ("numpy.random.seed", "random.seed", *OF_KERAS, *OF_TORCH)
_SEEDED = re.compile(rf"\b(?:{'|'.join(SEED_KEYWORDS)})['\"]?\s*\]?\s*[:=]\s*(?!None|=)\S")
_NEW_HEAD = re.compile(r"Classification$|MultipleChoice$|QuestionAnswering$")


def seeds_for_all(evidence: Evidence) -> list[Call]:
    """Return the live calls that set a seed for everything that a library draws."""
    return [call for call in live_calls(evidence) if call.name in GLOBAL_SEEDS]


def random_steps(evidence: Evidence) -> list[tuple[Call, bool]]:
    """Return the live calls that draw at random, each with whether it gets a seed; where its settings come from a dict
    that is not written out, it is left out.
    """
    everywhere = {call.name for call in seeds_for_all(evidence)}
    steps = [(call, _has_seed(call) or bool(everywhere)) for call in _drawing(evidence)]
    steps += [(call, _is_seeded_study(evidence, call)) for call in named(evidence, ("create_study",))]
    for call in models(evidence):
        settings = settings_of(evidence, call)
        if is_network(call) and _begins_at_random(call):
            seeds = OF_KERAS if call.name.startswith(("keras.", "tensorflow.")) else OF_TORCH
            steps.append((call, not everywhere.isdisjoint(seeds)))
        elif not is_network(call) and settings is not None and (_has_seed(call) or _is_random(call, settings)):
            steps.append((call, _has_seed(call) or bool(_SEEDED.search(settings)) or bool(everywhere)))
    return steps


def _drawing(evidence: Evidence) -> list[Call]:
    """Return the splits, searches and readers of folders that draw."""
    found = named(evidence, (*SPLITTERS, *DRAWN_SEARCHES))
    found += [call for call in named(evidence, FOLDERS) if call.keywords.get("shuffle") != "False"]
    shuffled = [call for call in live_calls(evidence, "split") if call.keywords.get("shuffle") == "True"]
    found += [call for call in shuffled if call not in found]
    return [call for call in found if "**" not in call.keywords]


def _begins_at_random(call: Call) -> bool:
    """Tell whether a network begins with weights of its own, or with a new head on those that were learned before."""
    return last(call.name) != "from_pretrained" or bool(_NEW_HEAD.search(family(call))) or "num_labels" in call.keywords


def _is_random(call: Call, settings: str) -> bool:
    return draws(settings) if is_boosted(call) and settings else is_random(call)


def _is_seeded_study(evidence: Evidence, call: Call) -> bool:
    """Tell whether the sampler of a study has a seed, or draws nothing; a seed for all does not reach it."""
    sampler = call.keywords.get("sampler", "")
    made = [other for other in live_calls(evidence) if sampler in other.assigned]
    return "seed" in sampler or "Grid" in sampler or any(_has_seed(other) or "Grid" in other.name for other in made)


def _has_seed(call: Call) -> bool:
    given = [value for key, value in call.keywords.items() if key in SEED_KEYWORDS]
    return any(value != "None" for value in given) or (call.kind == "split" and call.keywords.get("shuffle") == "False")
