"""Networks in PyTorch and Hugging Face: which are made, whether they are trained, and what is measured by hand."""

from __future__ import annotations

import re

from grader import Call, Evidence, Span
from rubrics.code_text import begins_in
from rubrics.detectors import makes_detector, trains_detector
from rubrics.live import live_matches, live_places
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls

_CLASS = re.compile(r"^\s*class\s+(\w+\s*\([^()]{1,200}\))\s*:")
_BASES = frozenset(("Module", "LightningModule", "PreTrainedModel"))
_SPREADING = frozenset(("DataParallel", "DistributedDataParallel"))
_TRAINERS = re.compile(r"(Trainer|SentenceTransformer)$")
_NO_NETWORK = re.compile(r"(Tokenizer|Processor|Config|FeatureExtractor|Pipeline|Scheduler)\w*$")
_LIBRARIES_OF_MODELS = ("torchvision.models.", "timm.create_model", "efficientnet_pytorch.")
_BY_ITSELF = re.compile(r"^\s*\w+\s*=(?!=)")
_KERAS = frozenset(("keras.Model", "keras.models.Model", "keras.engine.training.Model"))
_OPTIMISERS = ("torch.optim.", "keras.optimizers.")
_TRAINING_ARGUMENTS = frozenset(("TrainingArguments", "Seq2SeqTrainingArguments"))
_FITTING = ("keras.", "pytorch_lightning.", "lightning.")
HITS = re.compile(r"(\w*(?:pred|hat|outputs?)\w*\b[^=\n]{0,40}==(?!=)|==[^=\n]{0,40}\b\w*(?:pred|hat|outputs?)\w*)")
_ROWS = (
    r"\b(?:\w*_)?(?:val|valid|validation|test|eval|dev)"
    r"(?:_?(?:loader|iter|dl|data|dataset|set|batches|gen|dataloader))?s?\b"
)
HELD_OUT_ROWS = re.compile(_ROWS)
HELD_OUT_LOOP = re.compile(rf"(\bfor\b.{{1,80}}\bin\b.{{0,40}}{_ROWS})")
_EVALUATING = re.compile(r"^_?(evaluate|eval|validate|test|validation)(_|$)|(_|^)(evaluate|validate|validation)$")


@once_a_work
def network_classes(evidence: Evidence) -> frozenset[str]:
    """Return the work's own classes that are derived from a network, or from another of them."""
    found: set[str] = set()
    classes = [re.findall(r"\w+", text) for _, text in live_matches(evidence, _CLASS, most=500)]
    for _ in range(2):  # one that is derived from another may stand before it
        found |= {name for name, *bases in classes if _BASES.intersection(bases) or found.intersection(bases)}
    return frozenset(found)


@once_a_work
def networks(evidence: Evidence) -> tuple[Call, ...]:
    """Return the live calls that make a network which the work trains; parts of another network are none."""
    if not training_steps(evidence):
        return ()
    own = network_classes(evidence)
    calls = (call for call in live_calls(evidence) if not is_part(call, own))
    predicting = {(call.span.path, call.receiver) for call in live_calls(evidence, "fit") if not _encodes(call)}
    trained = {(call.span.path, call.receiver) for call in live_calls(evidence) if last(call.name) == "parameters"}
    found = [
        call
        for call in calls
        if last(call.name) in own or _is_ready_made(call) or (_is_layer(call) and _names(call) & trained)
    ]
    found = [call for call in found if call.name not in _KERAS or _names(call) & predicting]
    return tuple(_each_once(found, _wrappers(evidence), predicting | trained))


def _each_once(found: list[Call], wrappers: frozenset[str], trained: set[tuple[str, str]]) -> list[Call]:
    """Return the networks without what only trains one that it is given, and without those that are parts of another,
    except where a part is trained by itself.
    """
    pairs = [(outer, inner) for outer in found for inner in found if outer is not inner and _is_given(outer, inner)]
    left_out = [
        outer if last(outer.name) in wrappers else inner
        for outer, inner in pairs
        if last(outer.name) in wrappers or not _names(inner) & trained
    ]
    return [call for call in found if not any(call is other for other in left_out)]


def _is_given(outer: Call, inner: Call) -> bool:
    """Tell whether a network is put together from another: given it by name, or made in place."""
    if outer.span.path != inner.span.path or outer.name == inner.name:
        return False
    texts = " ".join((*outer.positional, *outer.keywords.values()))
    by_name = outer.function == inner.function and set(inner.assigned).intersection(re.findall(r"[\w.]+", texts))
    return bool(by_name) or (begins_in(inner.span, outer.span) and f"{last(inner.name)}(" in texts)


@once_a_work
def _wrappers(evidence: Evidence) -> frozenset[str]:
    """Return the classes that say how the network is trained that they are given."""
    classes = [re.findall(r"\w+", text) for _, text in live_matches(evidence, _CLASS, most=500)]
    return _SPREADING | {name for name, *bases in classes if "LightningModule" in bases}


def _is_layer(call: Call) -> bool:
    """Tell whether a call makes a layer by itself, which is a network where it is trained; a head is part of one."""
    return (
        call.name.startswith("torch.nn.") and last(call.name)[:1].isupper() and bool(_BY_ITSELF.match(call.span.text))
    )


def _names(call: Call) -> set[tuple[str, str]]:
    return {(call.span.path, name) for name in call.assigned}


def _encodes(call: Call) -> bool:
    """Tell whether a network is fitted to give its input back: it predicts nothing."""
    return len(set(call.positional[:2])) < len(call.positional[:2])


def is_part(call: Call, own: frozenset[str]) -> bool:
    """Tell whether a call stands in a network's own class: what it makes is a layer of that."""
    return call.function.partition(".")[0] in own


def _is_ready_made(call: Call) -> bool:
    owner, _, method = call.name.rpartition(".")
    if method == "from_pretrained":
        return not _NO_NETWORK.search(last(owner))
    return call.name.startswith(_LIBRARIES_OF_MODELS) or call.name in _KERAS or makes_detector(call)


def training_steps(evidence: Evidence) -> list[Call]:
    """Return the live calls by which a network learns: a step backwards, a trainer's `train`, a library's `fit`."""
    trainers = {name for call in live_calls(evidence) if _is_trainer(evidence, call) for name in call.assigned}
    return [
        call
        for call in live_calls(evidence)
        if last(call.name) == "backward"
        or trains_detector(call)
        or (last(call.name) == "train" and (call.receiver in trainers or _TRAINERS.search(_owner(call))))
        or (call.kind == "fit" and (call.receiver in trainers or call.name.startswith(_FITTING)))
    ]


def training_settings(evidence: Evidence) -> list[Call]:
    """Return the live calls that say how a network is trained: its optimiser, its rate, its epochs."""
    return [
        call
        for call in live_calls(evidence)
        if call.name.startswith(_OPTIMISERS)
        or last(call.name) in _TRAINING_ARGUMENTS
        or (last(call.name) == "compile" and {"loss", "optimizer"}.intersection(call.keywords))
        or ((call.kind == "fit" or trains_detector(call)) and "epochs" in call.keywords)
    ]


def measured_while_training(evidence: Evidence) -> list[Call]:
    """Return the trainers that are given rows of their own to evaluate on, beside those to train on."""
    trainers = [call for call in live_calls(evidence) if _is_trainer(evidence, call)]
    return [call for call in trainers if call.keywords.get("eval_dataset", "None") != "None"]


def _is_trainer(evidence: Evidence, call: Call) -> bool:
    return bool(_TRAINERS.search(last(call.name))) and last(call.name) not in network_classes(evidence)


def _owner(call: Call) -> str:
    return last(call.name.rpartition(".")[0])


def hits_counted(evidence: Evidence) -> list[Span]:
    """Return where predictions are compared with the truth without a metric's name: `(pred == y).sum()`."""
    return live_places(evidence, HITS)


def may_be_evaluated(evidence: Evidence) -> list[Span]:
    """Return where a network may be evaluated by hand: loops over rows for it, and own functions called after that."""
    loops = live_places(evidence, HELD_OUT_LOOP)
    own = (call for call in live_calls(evidence) if not call.name.startswith("."))
    return loops + [call.span for call in own if _EVALUATING.search(last(call.name))]
