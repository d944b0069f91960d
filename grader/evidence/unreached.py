"""Reads which blocks of its code a run did not come to. It is the run's own word, and can only take merit away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import TypeAdapter

from grader.evidence.hostile_lines import read_lines
from grader.evidence.traces import Place, place_of
from grader.model import CodeBlock, CodeFacts, Source, UnreachedBlock
from grader.model.reached import MARKS_BYTES

MOST_BYTES = 2_000_000
MOST_LINES = 5000
MOST_LINE = 1000
# What practice is made of; a block without any of it is not worth reading the code again for.
_TELLING = frozenset(("fit", "predict", "score", "cross_validate", "search", "split", "resample", "plot", "explore"))
_LINE = TypeAdapter(CodeBlock)


@dataclass(frozen=True)
class MarkedRun:
    """What one run has left of its blocks: `executed` are the indices of the `notebook`'s cells in the order of their
    execution.
    """

    blocks: bytes | None
    marks: bytes | None
    executed: Sequence[int] = ()
    notebook: str = ""


def read_unreached(runs: Sequence[MarkedRun], code: CodeFacts) -> tuple[UnreachedBlock, ...]:
    """Return the blocks without a mark in which the code does what criteria look for; none where nothing can be said.

    Of several runs of one work a block counts that none of them reached.
    """
    reached: dict[UnreachedBlock, bool] = {}
    sources = {(source.path, source.cell): source for source in code.sources}
    telling: dict[Place, list[int]] = {}
    for call in code.calls:
        if call.kind in _TELLING and call.span.line is not None:
            telling.setdefault((call.span.path, call.span.cell), []).append(call.span.line)
    for block, mark in (pair for run in runs for pair in _blocks(run)):
        place = block.path, block.cell
        if not _can_be_told(sources.get(place)):
            continue
        if any(block.at[0] <= line <= block.at[2] for line in telling.get(place, ())):
            reached[block] = reached.get(block, False) or mark
    return tuple(block for block, was_reached in reached.items() if not was_reached)


def _blocks(run: MarkedRun) -> Iterator[tuple[UnreachedBlock, bool]]:
    """Yield the blocks of the work that a run has loaded, and whether it came to each."""
    found = read_lines(run.blocks or b"", _LINE, most_bytes=MOST_BYTES, most_lines=MOST_LINES, longest=MOST_LINE)
    if not found or run.marks is None or len(run.marks) != MARKS_BYTES:
        return
    for block in found:
        place = place_of(block, run.executed, run.notebook)
        if place is not None:
            yield UnreachedBlock(path=place[0], cell=place[1], at=block.at), bool(run.marks[block.mark])


def _can_be_told(source: Source | None) -> bool:
    """Tell whether the lines that a run counts are those of the code: a timed cell's begin one later."""
    return source is not None and (source.cell is None or not source.text.lstrip().startswith("%%"))
