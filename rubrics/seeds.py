"""Which seeds a work sets, and what each of them reaches."""

from __future__ import annotations

from grader import Call, Evidence
from rubrics.reached import live_calls

SEED_KEYWORDS = ("random_state", "seed", "random_seed", "bagging_seed")
# These set what Python, NumPy and their own library draw.
_OF_KERAS_AND_ALL = ("keras.utils.set_random_seed",)
_OF_TORCH_AND_ALL = ("transformers.set_seed", "accelerate.utils.set_seed", "transformers.enable_full_determinism",
                     "pytorch_lightning.seed_everything", "lightning.seed_everything",
                     "lightning.pytorch.seed_everything")  # fmt: skip
_OF_ALL = (*_OF_KERAS_AND_ALL, *_OF_TORCH_AND_ALL)
OF_KERAS = ("tensorflow.random.set_seed", "tensorflow.set_random_seed", "tensorflow.compat.v1.set_random_seed",
            *_OF_KERAS_AND_ALL)  # fmt: skip
OF_TORCH = ("torch.manual_seed", "torch.random.manual_seed", *_OF_TORCH_AND_ALL)
OF_NUMPY = ("numpy.random.seed", *_OF_ALL)  # and so of pandas and scikit-learn
OF_PYTHON = ("random.seed", *_OF_ALL)
GLOBAL_SEEDS = frozenset((*OF_NUMPY, *OF_PYTHON, *OF_KERAS, *OF_TORCH))


def seeds_for_all(evidence: Evidence) -> list[Call]:
    """Return the live calls that set a seed for everything that a library draws."""
    return [call for call in live_calls(evidence) if call.name in GLOBAL_SEEDS]


def is_seeded_by(evidence: Evidence, names: tuple[str, ...]) -> bool:
    """Tell whether one of the seeds `names` is set for all."""
    return any(call.name in names for call in seeds_for_all(evidence))


def has_seed(call: Call) -> bool:
    """Tell whether a call is given a seed of its own, or a split is told to draw nothing."""
    given = [value for key, value in call.keywords.items() if key in SEED_KEYWORDS]
    return any(value != "None" for value in given) or (call.kind == "split" and call.keywords.get("shuffle") == "False")
