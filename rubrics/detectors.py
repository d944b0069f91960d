"""Networks of Ultralytics (YOLO): a name or a file brings the weights, `train` fits them and measures them as it goes
on, by the rows that the data's own file sets apart, and `val` measures them by those again.
"""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.once import once_a_work
from rubrics.reached import last, live_calls

_MADE = re.compile(r"^ultralytics\.(?:\w+\.)*(?:YOLO\w*|RTDETR)$")
_ASKED = re.compile(r"^ultralytics\.(?:\w+\.)*(?:YOLO\w*|RTDETR)\.(train|val)$")
# The weights that the library brings: work begins with them.
_OF_THE_LIBRARY = re.compile(r"(?i)^['\"](?:yolo(?:v?\d+|e|_nas)|rtdetr)[\w-]*\.(?:pt|yaml)['\"]$")


def makes_detector(call: Call) -> bool:
    """Tell whether a call makes such a network."""
    return bool(_MADE.match(call.name))


def trains_detector(call: Call) -> bool:
    """Tell whether a call fits one."""
    return _is_asked(call) == "train"


def validations(evidence: Evidence) -> list[Call]:
    """Return the live calls that measure one, and show how it does by class."""
    return [call for call in live_calls(evidence) if _is_asked(call) == "val"]


def trainings(evidence: Evidence) -> list[Call]:
    """Return the live calls that fit one; the weights are kept in a folder by itself."""
    return [call for call in live_calls(evidence) if trains_detector(call)]


def detectors_loaded(evidence: Evidence) -> list[Call]:
    """Return the live calls that read weights from a file, and not those of the library, where the work trains some."""
    if not trainings(evidence):
        return []
    made = [call for call in live_calls(evidence) if makes_detector(call) and (call.positional or call.keywords)]
    return [call for call in made if not _OF_THE_LIBRARY.match(_weights(call))]


def measures_of(evidence: Evidence, call: Call) -> list[str]:
    """Return what training or validating such a network measures, nothing for other calls."""
    if not _is_asked(call) or call.keywords.get("val") == "False":
        return []
    return ["accuracy"] if _classifies(evidence) else ["average precision"]


@once_a_work
def _classifies(evidence: Evidence) -> bool:
    """Tell whether whole pictures are told apart, and nothing is found on them: "yolo11n-cls.pt"."""
    return any(makes_detector(call) and "-cls" in _weights(call) for call in live_calls(evidence))


def _is_asked(call: Call) -> str:
    return last(call.name) if _ASKED.match(call.name) else ""


def _weights(call: Call) -> str:
    return call.keywords.get("model") or (call.positional[0] if call.positional else "")
