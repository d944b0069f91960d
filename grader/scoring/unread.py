"""Whether the code that made the result was read: where it was not, there is no score, and a person has to look.

Else hiding the code would pay: what cannot be judged is left out of the mean, and the result on unseen data stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.model import EntryPoint, Evidence, Span

COMPILED = (".pyc", ".so", ".pyd")
SHOWING = ("load", "fit", "predict", "save")
BY_FUNCTION = ("predict_function", "pipeline_function")


def why_unread(evidence: Evidence) -> str:
    """Return in words what of the code that made the result was not read, "" where all of it was."""
    if evidence.plan is None or evidence.run is None or evidence.failure is not None:
        return ""  # nothing ran to its end, so there is no result that could be owed to what was not read
    if evidence.code.failure:
        return f"The code could not be read: {evidence.code.failure}"
    entry, entries = evidence.plan.entry_point, evidence.plan.entry_points
    unread = next((span for span in evidence.code.unread if _took_part(span, entries, evidence)), None)
    if unread is not None:
        place = f"{unread.path}, line {unread.line}," if unread.line else unread.path
        return f"{place} {unread.text}"
    if path := _imported_unread(evidence):
        return f"{path} is imported and was not read."
    if evidence.hidden and not _shows_how(entry, evidence):
        return "The code that was read does not show how the predictions are made."
    return ""


def _took_part(span: Span, entries: Sequence[EntryPoint], evidence: Evidence) -> bool:
    """Tell whether an unread place may have been run: a line that was read runs more, or a file that is started."""
    if span.line is not None:
        place = PurePosixPath(span.path)
        return place.suffix != ".py" or not place.name.startswith(("test_", "conftest"))
    is_started = any(span.path == entry.path or any(span.path in word for word in entry.argv) for entry in entries)
    return is_started or _is_imported(span.path, evidence)


def _is_imported(path: str, evidence: Evidence) -> bool:
    """Tell whether the code that was read imports a file: by its own name, or by its outermost folder's."""
    own = PurePosixPath(path)
    names = {own.name.partition(".")[0], own.parts[0]} - {"src"}
    return any(name in names for name in evidence.code.imports)


def _imported_unread(evidence: Evidence) -> str:
    read = {source.path for source in evidence.code.sources} | {span.path for span in evidence.code.unread}
    read |= set(evidence.code.copies)
    left = (entry.path for entry in evidence.files if entry.path not in read)
    waiting = (path for path in left if path.endswith((".py", *COMPILED)) and "__pycache__" not in path)
    return next((path for path in waiting if _is_imported(path, evidence)), "")


def _shows_how(entry: EntryPoint, evidence: Evidence) -> bool:
    return entry.kind in BY_FUNCTION or any(call.kind in SHOWING for call in evidence.code.calls)
