"""What stands in the code and was not come to when it ran earns nothing: practice is judged by what was done.

The run's word is the submission's own, and can only take away: a work that forges it is judged by its code alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from grader.model import Evidence, Span, UnreachedBlock
from grader.plugins import Criterion, Finding, judge
from grader.scoring.places import extent

# Of the others, much stands in blocks that a good run does not come to: refusals, errors caught, what a server does.
DONE = ("data_preparation", "model_choice", "evaluation")
MOST_SHOWN = 3
Judged = Sequence[tuple[Criterion, Finding]]


def judged_as_run(judged: Judged, evidence: Evidence) -> list[tuple[Criterion, Finding]]:
    """Return the findings; where the code that the run came to fulfils a criterion less, what is found there."""
    if evidence.as_run is None:
        return list(judged)
    left = evidence.model_copy(update={"code": evidence.as_run, "as_run": None})
    return [
        (item, _lesser(finding, judge(item, left), evidence) if item.dimension in DONE and finding.score else finding)
        for item, finding in judged
    ]


def _lesser(of_code: Finding, of_run: Finding, evidence: Evidence) -> Finding:
    if of_run.score is not None and of_run.score >= (of_code.score or 0):
        return of_code
    places = [_span(block, evidence) for block in _concerned(of_code, evidence.unreached)[:MOST_SHOWN]]
    where = " and ".join(sorted({extent(span) for span in places}))
    reason = f"{of_run.reason} What stands in {where} was not reached by the run, and does not count."
    return of_run.model_copy(update={"reason": reason, "evidence": (*places, *of_run.evidence)})


def _concerned(finding: Finding, blocks: Sequence[UnreachedBlock]) -> list[UnreachedBlock]:
    """Return the blocks that hold what the finding rests on, all of them where that is none."""
    held = [
        block
        for block in blocks
        if any(
            (span.path, span.cell) == (block.path, block.cell) and block.at[0] <= (span.line or 0) <= block.at[2]
            for span in finding.evidence
        )
    ]
    return held or list(blocks)


def _span(block: UnreachedBlock, evidence: Evidence) -> Span:
    sources = {(source.path, source.cell): source.text for source in evidence.code.sources}
    lines = sources.get((block.path, block.cell), "").split("\n")
    text = lines[block.at[0] - 1].strip()[:500] if 0 < block.at[0] <= len(lines) else ""
    return Span(path=block.path, cell=block.cell, line=block.at[0], end_line=block.at[2], text=text)
