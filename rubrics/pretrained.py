"""Models of Hugging Face that are kept in a folder, and loaded from it; those of the hub are where work begins."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.facts import last, live_calls
from rubrics.networks import training_steps

_NO_MODEL = re.compile(r"(?i)(token|process|config|extractor|schedul|dataset)")
_NO_NAME = re.compile(r"(?i)(?:^|[._])(?:tok|tokeni[sz]er|processor|config|cfg|feature_extractor|extractor)\w*$")


def saved_folders(evidence: Evidence) -> list[Call]:
    """Return the live calls that write a model to a folder, and not what prepares its input alone."""
    made = {name for call in _from_pretrained(evidence) if _NO_MODEL.search(call.name) for name in call.assigned}
    calls = (call for call in live_calls(evidence) if last(call.name) == "save_pretrained")
    return [
        call
        for call in calls
        if call.receiver not in made and not _NO_NAME.search(call.receiver) and not _NO_MODEL.search(call.name)
    ]


def loaded_folders(evidence: Evidence) -> list[Call]:
    """Return the live calls that load a model out of a folder that the work has written.

    It is known by the words that name it. Under a name that may hold anything, it counts in a file that trains nothing:
    where a model is trained, it is loaded to begin with.
    """
    written = [call for call in live_calls(evidence) if last(call.name) in ("save_pretrained", "save_model")]
    folders = {(call.span.path if not _is_text(said) else "", said) for call in written if (said := _folder(call))}
    training = {call.span.path for call in training_steps(evidence)}
    return [
        call
        for call in [*_from_pretrained(evidence), *_pipelines(evidence)]
        if written and not _NO_MODEL.search(call.name) and (said := _folder(call))
        if ((call.span.path if not _is_text(said) else "", said) in folders)
        or (not _is_text(said) and call.span.path not in training)
    ]


def _from_pretrained(evidence: Evidence) -> list[Call]:
    return [call for call in live_calls(evidence) if last(call.name) == "from_pretrained"]


def _pipelines(evidence: Evidence) -> list[Call]:
    return [call for call in live_calls(evidence) if call.name == "transformers.pipeline" and "model" in call.keywords]


def _is_text(said: str) -> bool:
    return said[:1] in ("'", '"')


def _folder(call: Call) -> str:
    """Return how the folder is named that a call writes or loads: a text without its "./" and last "/"."""
    named = call.keywords.get("model") or call.keywords.get("pretrained_model_name_or_path")
    said = named or (call.positional[0] if call.positional else next(iter(call.arguments), ""))
    if not _is_text(said):
        return said
    return f"'{said.strip(chr(39) + chr(34)).removeprefix('./').rstrip('/')}'"
