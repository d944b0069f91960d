"""Pictures that a work makes of others and writes beside them: where that folder is split later, copies are parted.

Augmentor writes what it makes into a folder within the one that it draws from, and loaders read folders to the bottom.
"""

from __future__ import annotations

import re

from grader import Call, Evidence
from rubrics.facts import last, live_calls
from rubrics.live import before, live_places
from rubrics.parted import subsets

_WRITING = frozenset(("sample", "process", "multi_threaded_sample"))
# `Path("data/train")`, `str(folder / name)`, `f"{folder}/{name}"`: within calls, what the path is or begins with.
_WITHIN = r"(?:[\w.]{1,40}\()*"
_BEGINS_WITH_TEXT = re.compile(_WITHIN + r"r?(['\"])([^'\"{}\n]{1,300})\1")
_TEXT = re.compile(_BEGINS_WITH_TEXT.pattern + r"\)*\s*(?:#.*)?$")
_BEGINS_WITH_NAME = re.compile(_WITHIN + r"(?:f['\"]\{)?([A-Za-z_]\w*)")
_NAME = re.compile(_WITHIN + r"([A-Za-z_]\w*)\)*$")


def copies_split(evidence: Evidence) -> tuple[list[Call], list[Call]]:
    """Return what writes copies of pictures into a folder, and the loaders that part that folder afterwards."""
    pairs = [(write, load) for write, load in _in_turn(evidence) if _holds(evidence, load, write) is True]
    return [write for write, _ in pairs], [load for _, load in pairs]


def may_hold_copies(evidence: Evidence) -> bool:
    """Tell whether a folder that is parted may be one into which copies were written before."""
    return any(_holds(evidence, load, write) is not False for write, load in _in_turn(evidence))


def scored_elsewhere(evidence: Evidence, loads: list[Call]) -> list[Call]:
    """Return the results on rows that come from none of these loaders."""
    names = {name for call in loads for name in call.assigned}
    return [call for call in live_calls(evidence, "score") if call.arguments and names.isdisjoint(call.arguments)]


def _in_turn(evidence: Evidence) -> list[tuple[Call, Call]]:
    """Return each pipeline that writes copies, with each loader of a part that follows it or stands in another file."""
    loads = subsets(evidence)
    writes = _writing(evidence) if loads else []
    return [
        (write, load)
        for write in writes
        for load in loads
        if before(write.span, load.span) or write.span.path != load.span.path
    ]


def _writing(evidence: Evidence) -> list[Call]:
    """Return the calls that make a pipeline of Augmentor which is drawn from, and writes where it reads."""
    drawn = {
        (call.span.path, call.function, call.receiver) for call in live_calls(evidence) if last(call.name) in _WRITING
    }
    made = [call for call in evidence.code.calls if call.name == "Augmentor.Pipeline" and len(call.positional) < 2]
    return [
        call
        for call in made
        if "output_directory" not in call.keywords
        and any((call.span.path, call.function, name) in drawn for name in call.assigned)
    ]


def _holds(evidence: Evidence, load: Call, write: Call) -> bool | None:
    """Tell whether a loader's folder holds the one that copies are written into, None where nobody can tell."""
    read = _folder(evidence, load, _given(load, "directory"), whole=True)
    written = _folder(evidence, write, _given(write, "source_directory"), whole=False)
    if read is None or written is None or read.startswith(written + "/"):
        return None
    if read == written or written.startswith(read + "/"):
        return True if (load.span.path, load.function) == (write.span.path, write.function) else None
    return False


def _given(call: Call, keyword: str) -> str:
    return call.positional[0] if call.positional else call.keywords.get(keyword, "")


def _folder(evidence: Evidence, call: Call, text: str, *, whole: bool) -> str | None:
    """Return the folder that an expression is, or begins with: a text, or a variable that the same file gives one."""
    name = (_NAME if whole else _BEGINS_WITH_NAME).match(text)
    if name is None or _text(text, whole) is not None:
        return _text(text, whole)
    bound = re.compile(rf"^\s*{name[1]}\s*=(?!=)")
    lines = [
        span.text.partition("=")[2].strip() for span in live_places(evidence, bound) if span.path == call.span.path
    ]
    texts = {_text(line, whole) for line in lines}
    return texts.pop() if len(texts) == 1 else None


def _text(text: str, whole: bool) -> str | None:
    found = (_TEXT if whole else _BEGINS_WITH_TEXT).match(text)
    return found[2].removeprefix("./").rstrip("/\\") if found else None
