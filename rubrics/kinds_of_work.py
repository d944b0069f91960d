"""What kind of work was handed in, and what it may be asked for: an analysis in a notebook is no service."""

from __future__ import annotations

from collections.abc import Iterable

from grader import Call, Evidence, Finding, not_applicable
from rubrics.facts import test_paths

CALLED_AGAIN = ("command", "predict_function", "pipeline_function")
TWIN = " hold the same code."


def analysis_only(evidence: Evidence, calls: Iterable[Call]) -> Finding | None:
    """Return the finding when `calls`, which a criterion asks about, stand in notebooks alone and no program was asked
    for; None where it has to judge.
    """
    own = frozenset(programs(evidence))
    if any(call.span.path in own for call in calls) or _program_asked_for(evidence):
        return None
    return not_applicable("This is done in notebooks, as an analysis; no program was asked for.")


def programs(evidence: Evidence) -> list[str]:
    """Return the Python files that hold code of the work, without tests and notebooks saved as scripts."""
    twins = twin_scripts(evidence)
    tests = test_paths(evidence)
    return [
        source.path
        for source in evidence.code.sources
        if source.cell is None and source.lines and source.path not in tests
        if source.path not in twins and not source.was_notebook
    ]


def twin_scripts(evidence: Evidence) -> frozenset[str]:
    """Return the scripts that hold the same code as a notebook beside them."""
    notes = [note.removesuffix(TWIN) for note in evidence.code.notes if note.endswith(TWIN)]
    paths = (source.path for source in evidence.code.sources if source.cell is None)
    return frozenset(path for path in paths if any(note.endswith(f" and {path}") for note in notes))


def meant_to_be_operated(evidence: Evidence) -> bool:
    """Tell whether the assignment is about operating a model, not only about making one."""
    return evidence.track == "mlops"


def _program_asked_for(evidence: Evidence) -> bool:
    """Tell whether the track is more than making a model, or the work is run by a command or a function."""
    called_again = evidence.plan is not None and evidence.plan.entry_point.kind in CALLED_AGAIN
    return called_again or evidence.track in ("mlops", "hybrid")
