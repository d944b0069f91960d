"""What of a work is left to chance, and whether each of it gets a seed: its own, in its settings, or one for all."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.code_text import strings
from rubrics.detectors import makes_detector
from rubrics.drawing import drawn_by_hand
from rubrics.facts import last, live_calls, named
from rubrics.models import draws, family, is_boosted, is_network, is_random, models
from rubrics.results import NAME
from rubrics.seeds import OF_KERAS, OF_NUMPY, OF_TORCH, SEED_KEYWORDS, has_seed, is_seeded_by, seeds_for_all
from rubrics.settings import settings_of

SPLITTERS = ("train_test_split", "ShuffleSplit", "StratifiedShuffleSplit", "GroupShuffleSplit")
DRAWN_SEARCHES = ("RandomizedSearchCV", "HalvingRandomSearchCV")
FOLDERS = ("flow_from_directory", "flow_from_dataframe", "image_dataset_from_directory")
_SEEDED = re.compile(rf"\b(?:{'|'.join(SEED_KEYWORDS)})['\"]?\s*\]?\s*[:=]\s*(?!None|=)\S")
_NEW_HEAD = re.compile(r"Classification$|MultipleChoice$|QuestionAnswering$")
_LIBRARIES = ("sklearn.", "imblearn.", "surprise.")
# What is no model and draws while it groups, reduces or resamples; PCA does where it is told to.
_GROUPING = re.compile(
    r"^(MiniBatchKMeans|KMeans|BisectingKMeans|SpectralClustering|(Bayesian)?GaussianMixture|LatentDirichletAllocation"
    r"|IsolationForest|TruncatedSVD)$"
)
_RESAMPLING = re.compile(r"^(\w*SMOTE\w*|ADASYN|RandomOverSampler|RandomUnderSampler)$")
# Models of the hub that leave out units at random while they are trained, as their names tell.
_WITH_DROPOUT = re.compile(r"(?i)bert|minilm|mpnet|electra|xlnet|\bt5|flan|bart\b|gpt-?2|\b(?:e5|bge|gte)-")
MOST_OF_A_NAME = 120  # characters
_OF_UTILS = ("sklearn.utils.resample", "sklearn.utils.shuffle")


def random_steps(evidence: Evidence) -> list[tuple[Call, bool]]:
    """Return the live calls that draw at random, each with whether it gets a seed; where its settings come from a dict
    that is not written out, it is left out.
    """
    everywhere = bool(seeds_for_all(evidence))
    of_numpy = is_seeded_by(evidence, OF_NUMPY)
    steps = [(call, has_seed(call) or everywhere) for call in _read_in_any_order(evidence)]
    steps += [(call, has_seed(call) or of_numpy) for call in (*_splitting(evidence), *_preparing(evidence))]
    steps += [(call, "generator" in call.keywords or is_seeded_by(evidence, OF_TORCH)) for call in _of_torch(evidence)]
    steps += [(call, _is_seeded_study(evidence, call)) for call in named(evidence, ("create_study",))]
    steps += [(call, has_seed(call) or of_numpy) for call in _projecting(evidence)]
    for call in models(evidence):
        settings = settings_of(evidence, call)
        if is_network(call) and (_begins_at_random(call) or _drops_out(evidence, call)):
            seeds = OF_KERAS if call.name.startswith(("keras.", "tensorflow.")) else OF_TORCH
            steps.append((call, is_seeded_by(evidence, seeds)))
        elif not is_network(call) and settings is not None and (has_seed(call) or _is_random(call, settings)):
            reached = of_numpy if call.name.startswith(_LIBRARIES) else everywhere
            steps.append((call, has_seed(call) or bool(_SEEDED.search(settings)) or reached))
    return [*steps, *drawn_by_hand(evidence)]


def _read_in_any_order(evidence: Evidence) -> list[Call]:
    found = [call for call in named(evidence, FOLDERS) if call.keywords.get("shuffle") != "False"]
    return [call for call in found if "**" not in call.keywords]


def _of_torch(evidence: Evidence) -> list[Call]:
    return [call for call in named(evidence, ("random_split",)) if call.name.startswith("torch.")]


def _splitting(evidence: Evidence) -> list[Call]:
    """Return the splits and searches that draw."""
    found = named(evidence, (*SPLITTERS, *DRAWN_SEARCHES))
    shuffled = [call for call in live_calls(evidence, "split") if call.keywords.get("shuffle") == "True"]
    found += [call for call in shuffled if call not in found]
    return [call for call in found if "**" not in call.keywords]


def _preparing(evidence: Evidence) -> list[Call]:
    """Return what groups, reduces or resamples by chance, and what of that kind is given a seed, as if it did."""
    made = [call for call in live_calls(evidence) if call.name.startswith(_LIBRARIES) and "**" not in call.keywords]
    return [call for call in made if _groups_by_chance(call)]


def _groups_by_chance(call: Call) -> bool:
    name = last(call.name)
    if name == "TruncatedSVD" and "arpack" in call.keywords.get("algorithm", ""):
        return False
    if name == "PCA":
        return has_seed(call) or "randomized" in call.keywords.get("svd_solver", "")
    return call.name in _OF_UTILS or bool(_GROUPING.match(name) or _RESAMPLING.match(name))


def _begins_at_random(call: Call) -> bool:
    """Tell whether a network begins with weights of its own, or with a new head on those that were learned before; one
    of Ultralytics seeds its training by itself.
    """
    if makes_detector(call):
        return False
    return last(call.name) != "from_pretrained" or bool(_NEW_HEAD.search(family(call))) or "num_labels" in call.keywords


def _drops_out(evidence: Evidence, call: Call) -> bool:
    """Tell whether a network that was learned before is put to training by hand, and leaves out units in it."""
    names = {*call.assigned, *NAME.findall(call.span.text.partition("=")[0])}
    trained = any(
        last(other.name) == "train" and other.receiver in names and other.span.path == call.span.path
        for other in live_calls(evidence)
    )
    return trained and bool(_WITH_DROPOUT.search(f"{family(call)} {_texts(evidence, call.span.path)}"))


def _texts(evidence: Evidence, path: str) -> str:
    """Return the texts of a file that may name a model of the hub."""
    found = (text for source in evidence.code.sources if source.path == path for text, _ in strings(source))
    return " ".join(text for text in found if len(text) < MOST_OF_A_NAME)


def _projecting(evidence: Evidence) -> list[Call]:
    """Return what lays rows out by UMAP: BERTopic does where it is given nothing else for that."""
    calls = [call for call in live_calls(evidence) if "**" not in call.keywords]
    return [
        call
        for call in calls
        if call.name in ("umap.UMAP", "umap.umap_.UMAP")
        or (call.name == "bertopic.BERTopic" and "umap_model" not in call.keywords)
    ]


def _is_random(call: Call, settings: str) -> bool:
    return draws(settings) if is_boosted(call) and settings else is_random(call)


def _is_seeded_study(evidence: Evidence, call: Call) -> bool:
    """Tell whether the sampler of a study has a seed, or draws nothing; a seed for all does not reach it."""
    sampler = call.keywords.get("sampler", "")
    made = [other for other in live_calls(evidence) if sampler in other.assigned]
    return "seed" in sampler or "Grid" in sampler or any(has_seed(other) or "Grid" in other.name for other in made)
