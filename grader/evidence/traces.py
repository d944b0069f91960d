"""Reads the traces that a run has left, which are hostile: bounded, each line checked, and all of them or none."""

from __future__ import annotations

from collections.abc import Sequence, Set

from pydantic import TypeAdapter

from grader.evidence.hostile_lines import read_lines
from grader.model import CodeBlock, TraceAgain, TraceCut, TraceEvent, TraceFailed, Traces, TraceTable

Place = tuple[str, int | None]
MOST_BYTES = 2_000_000
MOST_LINES = 4000
MOST_LINE = 40_000
NONE = "The run left no traces."
NOT_OURS = "What the run left as its traces is not what the grader writes, so it was set aside."
CUT = "The traces end before the run does."
_LINE: TypeAdapter[TraceTable | TraceEvent | TraceAgain | TraceFailed | TraceCut] = TypeAdapter(
    TraceTable | TraceEvent | TraceAgain | TraceFailed | TraceCut
)


def read_traces(data: bytes | None) -> Traces:
    """Return the traces; without any, and with a note, where there are none or they are not as our runner writes them.

    A last line that breaks off is what a run that was killed leaves.
    """
    if data is None:
        return Traces(note=NONE)
    found = read_lines(data, _LINE, most_bytes=MOST_BYTES, most_lines=MOST_LINES, longest=MOST_LINE)
    if found is None:
        return Traces(note=NOT_OURS)
    tables = {item.table: item for item in found if isinstance(item, TraceTable)}
    events = {item.event: item for item in found if isinstance(item, TraceEvent)}
    failed = {item.failed for item in found if isinstance(item, TraceFailed)}
    if not _is_whole(tables.keys()) or not _is_whole(events.keys() | failed):
        return Traces(note=NOT_OURS)
    is_cut = data[-1:] not in (b"", b"\n") or any(isinstance(item, TraceCut) for item in found)
    return Traces(
        tables=tuple(tables.values()),
        events=tuple(event for _, event in sorted(events.items())),
        again=tuple(item for item in found if isinstance(item, TraceAgain)),
        note=CUT if is_cut else "",
    )


def place_of(told: TraceEvent | CodeBlock, executed: Sequence[int], notebook: str) -> Place | None:
    """Return the file, and the cell, that the runner means, None where that is no place of the work.

    `executed` are the indices of the `notebook`'s cells in the order of their execution, which are counted from 1.
    """
    if told.cell is not None:
        is_known = notebook and 0 < told.cell <= len(executed)
        return (notebook, executed[told.cell - 1]) if is_known else None
    return (told.file, None) if told.file is not None else None


def _is_whole(numbers: Set[int]) -> bool:
    """Tell whether no line was taken out: the runner counts from 0 and leaves no number out."""
    return not numbers or max(numbers) == len(numbers) - 1
