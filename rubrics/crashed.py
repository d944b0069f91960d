"""What a notebook's run did not get to: the grader's own run stopped before it, so nothing was seen of it there."""

from __future__ import annotations

import re

from grader import Evidence, Span
from rubrics.live import statement_at

_SHOWS = re.compile(r"\b(?:print|display|show|\w*plot\w*|barh?|hist|imshow|heatmap)\(")


def not_reached(evidence: Evidence, places: list[Span]) -> bool:
    """Tell whether the run came to none of these places: their cells did not run, or failed before they showed it."""
    return bool(places) and all(_is_missed(evidence, span) for span in places)


def _is_missed(evidence: Evidence, span: Span) -> bool:
    if span.cell is None or span.path not in evidence.started:
        return False
    alone = evidence.started[0]
    cells = (cell for cell in evidence.cells if (cell.path or alone) == span.path)
    run = next((cell for cell in cells if cell.index == span.cell), None)
    if run is None or run.status == "ok":
        return False
    before = run.line is not None and (span.line or 0) < run.line
    return run.status == "not_run" or not before or not _SHOWS.search(statement_at(evidence, span))
