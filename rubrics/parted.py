"""Whether rows were parted, and whether a model was fitted, by whatever means: one answer for every criterion."""

from __future__ import annotations

from grader import Call, Evidence, Span
from rubrics.cuts import cut_by_hand, parts_in_time
from rubrics.facts import is_given, live_calls, spans
from rubrics.held_out import held_out
from rubrics.models import TRAINERS, trained
from rubrics.networks import measured_while_training, training_steps

LOADERS = ("flow_from_directory", "flow_from_dataframe", "flow", "image_dataset_from_directory",
           "text_dataset_from_directory", "audio_dataset_from_directory")  # fmt: skip
_BOTH = frozenset(("training", "validation"))


def parted(evidence: Evidence) -> list[Span]:
    """Return where rows are parted: by a splitter or folds, by a library as it loads or fits, or by hand."""
    by_call = [*live_calls(evidence, "split", "cross_validate", "search"), *by_library(evidence)]
    by_hand = [*cut_by_hand(evidence), *parts_in_time(evidence), *(fact.span for fact in held_out(evidence))]
    return [*spans(by_call), *by_hand]


def by_library(evidence: Evidence) -> list[Call]:
    """Return the calls that part rows beside what they are for: `fit(validation_split=0.2)`, a loader's `subset`, a
    trainer's `eval_dataset`.
    """
    fits = [call for call in live_calls(evidence, "fit") if is_watched(call)]
    return [*fits, *subsets(evidence), *measured_while_training(evidence)]


def is_watched(call: Call) -> bool:
    """Tell whether a fit measures itself as it goes on, on rows that it is given, or holds back, for that."""
    return not {"validation_split", "validation_data"}.isdisjoint(call.keywords)


def given_to_watch(evidence: Evidence) -> list[Call]:
    """Return the fits of boosters that are given rows to be measured on: which these are may not be told."""
    calls = [*live_calls(evidence, "fit"), *(call for call in live_calls(evidence) if call.name in TRAINERS)]
    return [call for call in calls if is_given(call, "valid_sets", "evals", "eval_set")]


def kept_apart(evidence: Evidence) -> list[Call]:
    """Return the loaders that surely part the files of one folder: both subsets of the same share are asked for."""
    sides: dict[tuple[str, ...], dict[str, Call]] = {}
    for call in subsets(evidence):
        folder = call.positional[0] if call.positional else call.keywords.get("directory", "")
        share, seed = (call.keywords.get(name, "") for name in ("validation_split", "seed"))
        side = call.keywords["subset"].strip("'\"")
        sides.setdefault((call.span.path, call.receiver, folder, share, seed), {})[side] = call
    return [call for found in sides.values() if set(found) == _BOTH for call in found.values()]


def subsets(evidence: Evidence) -> list[Call]:
    """Return the loaders that are asked for one part of the files of a folder."""
    return [call for call in live_calls(evidence) if "subset" in call.keywords and call.name.endswith(LOADERS)]


def fitted(evidence: Evidence) -> list[Span]:
    """Return where a model is fitted: by a method, a library's function, folds, or a loop of the work's own."""
    return spans([*trained(evidence), *training_steps(evidence)])
