"""The dicts and lists that calls are given by a name, as they are written where it is bound."""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.reached import last, test_paths

_ONE_NAME = re.compile(r"^(?:[A-Za-z_]\w*\.)*([A-Za-z_]\w*)(?:\[[^\]]{1,60}\])?$")
_MOST_SETTINGS = 3000


def settings_of(evidence: Evidence, call: Call) -> str | None:
    """Return the text of the dict that a model's settings come from, "" where there is none, None for one not known."""
    given = call.keywords.get("**", "")
    if last(call.name) in ("train", "cv"):
        given = call.keywords.get("params") or next((text for text in call.positional if "DMatrix" not in text), "")
    if not given or given.startswith(("{", "dict(")):
        return given
    text = written(evidence, given)
    return None if text and "**" in text else text  # what is merged into it stands elsewhere


def written(evidence: Evidence, given: str) -> str | None:
    """Return the dict or list that a name is bound to, with what is put into it later; None for what is no name."""
    name = _ONE_NAME.match(given)
    if name is None:
        return None
    bound = re.compile(rf"\b{name[1]}\s*(?::[^=\n]{{1,60}})?=\s*(?=[\[{{]|dict\()")
    later = re.compile(rf"\b{name[1]}(?:\[|\.(?:update|append)\().{{1,200}}")
    texts = [source.text for source in evidence.code.sources if source.path not in test_paths(evidence)]
    found = [_balanced(text[match.end() :]) for text in texts for match in bound.finditer(text)]
    return " ".join([*found, *(match[0] for text in texts for match in later.finditer(text))]) if found else None


def _balanced(text: str) -> str:
    depth = 0
    for place, letter in enumerate(text[:_MOST_SETTINGS]):
        depth += (letter in "({[") - (letter in ")}]")
        if letter in ")}]" and not depth:
            return text[: place + 1]
    return text[:_MOST_SETTINGS]
