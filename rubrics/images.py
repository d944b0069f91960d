"""Whether a model of images sees what is on them: through a network or a descriptor, as bare pixels, or not at all."""

from __future__ import annotations

import re

from grader import Call, Evidence, Finding, Span, met, needs_human, not_met, partly
from rubrics.dependencies import third_party
from rubrics.detectors import trainings, trains_detector
from rubrics.facts import last, live_calls, named, spans, unread_part
from rubrics.following import fitted_on, made_from, same_line, touches
from rubrics.live import live_matches
from rubrics.models import trained
from rubrics.results import Name

LOADERS = frozenset(
    ("imread", "load_img", "decode_jpeg", "decode_png", "decode_image", "read_image", "image_dataset_from_directory",
     "flow_from_directory", "flow_from_dataframe", "ImageFolder", "fetch_olivetti_faces", "fetch_lfw_people")
)  # fmt: skip
SETS = re.compile(r"^(keras\.datasets\.\w*(mnist|cifar)\w*\.load_data|torchvision\.datasets\.\w+|PIL\.Image\.open)$")
OPEN_SETS = re.compile(r"(?i)mnist|cifar")
CONVOLUTIONS = frozenset(
    ("Conv2D", "Conv2d", "Conv3D", "Conv3d", "SeparableConv2D", "DepthwiseConv2D", "Convolution2D", "LazyConv2d")
)
PRETRAINED = re.compile(
    r"^(keras\.applications\.(\w+\.)?[A-Z]\w+|torchvision\.models\.[a-z]\w+|timm\.create_model"
    r"|fastai\.vision\..*learner|efficientnet_pytorch\..*from_\w+"
    r"|transformers\.(ViT|DeiT|Swin|Beit|ConvNext|ResNet|CLIP|AutoModelForImage)\w*\.from_pretrained)$"
)
DESCRIPTORS = frozenset(("hog", "HOGDescriptor", "local_binary_pattern", "SIFT_create", "ORB_create", "calcHist",
                         "graycomatrix", "greycomatrix", "daisy", "haralick"))  # fmt: skip
CLASSIC = ("sklearn.", "xgboost.", "lightgbm.", "catboost.", "imblearn.")
FLATTENING = ("flatten", "ravel", "reshape", "view", "Flatten")
ORDINARY = frozenset(("pandas", "numpy", "sklearn", "xgboost", "lightgbm", "catboost", "matplotlib", "seaborn", "scipy",
                      "PIL", "tqdm", "joblib"))  # fmt: skip
_MEASURED = re.compile(r"\b(\w+)\.(?:size|width|height)\b(?!\()")


def of_images(evidence: Evidence) -> Finding | None:
    """Return what is found where the task is about images, None where it is not or where nothing can be said.

    Only an assignment about images says that a model ought to have seen them.
    """
    asked = evidence.modality == "image"
    read = [call for call in live_calls(evidence) if _loads_images(call)]
    fits = trained(evidence)
    if not fits or not (asked or (read and not evidence.modality)):
        return None
    if seeing := _seeing(evidence, fits):
        what = ", ".join(dict.fromkeys(_shown(call) for call in seeing[:4]))
        return met(f"The images are seen through what is made for them: {what}.", evidence=spans([*seeing, *fits[:3]]))
    advice = "Compare with a small convolutional network, or with features of a pretrained one, on the same rows."
    if flat := _flattened(evidence, read):
        return partly("The model is given pixels in a row: which lies beside which is lost.", evidence=spans(flat),
                      score=0.6, advice=advice)  # fmt: skip
    if not asked:
        return None
    if measured := _only_measured(evidence, read):
        reason = "The model is given sizes of files or pictures, and never a pixel."
        return not_met(reason, evidence=[*measured, *spans(fits[:3])], advice=advice)
    return needs_human("The task is about images; how the model sees them could not be followed.", evidence=spans(fits))


def _loads_images(call: Call) -> bool:
    named = " ".join((*call.positional, *call.keywords.values()))
    listed = last(call.name) == "fetch_openml" and OPEN_SETS.search(named)
    return last(call.name) in LOADERS or trains_detector(call) or bool(SETS.match(call.name) or listed)


def _seeing(evidence: Evidence, fits: list[Call]) -> list[Call]:
    """Return the networks and descriptors of images that a model is fitted with."""
    calls = live_calls(evidence)
    made = (call for call in calls if last(call.name) in CONVOLUTIONS or PRETRAINED.match(call.name))
    networks = [*made, *trainings(evidence)]
    if networks and any(not call.name.startswith(CLASSIC) for call in fits):
        return networks
    features = [*networks, *(call for call in calls if last(call.name) in DESCRIPTORS)]
    return features if features and fitted_on(evidence, features) else []


def _flattened(evidence: Evidence, read: list[Call]) -> list[Call]:
    """Return where pixels are put in a row, and the fits that get them."""
    fits, pixels = fitted_on(evidence, read), made_from(evidence, read)
    rows = [call for call in live_calls(evidence) if _flattens(call)]
    rows = [call for call in rows if last(call.name) == "Flatten" or touches(call, pixels) or same_line(call, read)]
    rows += [call for call in read if last(call.name).startswith("fetch_")]  # tables of pixels as they come
    return [*rows[:6], *fits[:3]] if rows and fits else []


def _flattens(call: Call) -> bool:
    """Tell whether a call makes rows; into three dimensions or more it makes pictures."""
    sides = call.positional if len(call.positional) != 1 else call.positional[0].strip("()").split(",")
    return last(call.name) in FLATTENING and (last(call.name) not in ("reshape", "view") or len(sides) <= 2)


def _only_measured(evidence: Evidence, read: list[Call]) -> list[Span]:
    """Return where sizes are taken, if nothing else is done with files of images and nothing unknown could do it."""
    unseen = unread_part(evidence) or not ORDINARY.issuperset(third_party(evidence))
    if unseen or any(call.name != "PIL.Image.open" for call in read):
        return []
    held = {(call.span.path, name) for call in read for name in call.assigned}
    calls = [call for call in live_calls(evidence) if call not in read]
    arrays = [call for call in calls if call.kind == "load" and not call.name.startswith("pandas.")]
    if arrays or any(_takes_pixels(call, held) or same_line(call, read) for call in calls):
        return []
    sizes = [span for span, name in live_matches(evidence, _MEASURED, most=200) if (span.path, name) in held]
    return [*spans(named(evidence, ("getsize",))), *sizes]


def _takes_pixels(call: Call, held: set[Name]) -> bool:
    """Tell whether a call gets a picture itself, and not its sizes alone."""
    given = _MEASURED.sub("", " ".join((*call.positional, *call.keywords.values())))
    names = {*re.findall(r"[A-Za-z_]\w*", given), call.receiver.partition(".")[0]}
    return any((call.span.path, name) in held for name in names) and last(call.name) != "close"


def _shown(call: Call) -> str:
    method = last(call.name)
    return call.name.split(".")[-2] if method == "from_pretrained" or trains_detector(call) else method
