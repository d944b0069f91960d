"""What is read from the code that a run came to, beside what is read from all of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grader.evidence import MarkedRun, read_unreached
from grader.model import CodeFacts, EntryPoint, Submission
from grader.pipeline.runs import Run, collected_file
from grader.ports import CodeReader
from grader.sandbox.execute import BLOCKS, MARKS

WHOLE = ("notebook", "script")  # of what a contract starts, much is for other times: a program may train, or predict


def as_run(
    each: Sequence[tuple[EntryPoint, Run]], code: CodeFacts, submission: Submission, reader: CodeReader
) -> dict[str, Any]:
    """Return what the evidence holds of blocks that were not reached; nothing where a run did not come to its end.

    A leak that was seen in the code stays one.
    """
    if code.failure or any(run.failure is not None or entry.kind not in WHOLE for entry, run in each):
        return {}
    marked = [_marked(entry, run) for entry, run in each]
    unreached = read_unreached([one for one in marked if one is not None], code)
    if not unreached:
        return {}
    left = reader.read(submission, unreached)
    if left.failure:
        return {}
    return {"unreached": unreached, "as_run": left.model_copy(update={"leaks": code.leaks})}


def _marked(entry: EntryPoint, run: Run) -> MarkedRun | None:
    if run.result is None:
        return None
    return MarkedRun(
        blocks=collected_file(run.result, BLOCKS),
        marks=collected_file(run.result, MARKS),
        executed=tuple(cell.index for cell in run.result.cells),
        notebook=entry.path if entry.kind == "notebook" else "",
    )
