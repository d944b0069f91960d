"""What is read from the code that a run came to, beside what is read from all of it."""

from __future__ import annotations

from typing import Any

from grader.evidence import read_unreached
from grader.model import CodeFacts, RunPlan, Submission
from grader.pipeline.runs import Run, collected_file
from grader.ports import CodeReader
from grader.sandbox.execute import BLOCKS, MARKS

WHOLE = ("notebook", "script")  # of what a contract starts, much is for other times: a program may train, or predict


def as_run(run: Run, plan: RunPlan, code: CodeFacts, submission: Submission, reader: CodeReader) -> dict[str, Any]:
    """Return what the evidence holds of blocks that were not reached; nothing where the run did not come to its end.

    A leak that was seen in the code stays one.
    """
    entry, result = plan.entry_point, run.result
    if result is None or run.failure is not None or entry.kind not in WHOLE or code.failure:
        return {}
    executed = [cell.index for cell in result.cells]
    notebook = entry.path if entry.kind == "notebook" else ""
    blocks, marks = collected_file(result, BLOCKS), collected_file(result, MARKS)
    unreached = read_unreached(blocks, marks, code, executed, notebook)
    if not unreached:
        return {}
    left = reader.read(submission, unreached)
    if left.failure:
        return {}
    return {"unreached": unreached, "as_run": left.model_copy(update={"leaks": code.leaks})}
