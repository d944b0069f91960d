"""Erasing a candidate: out of the tables, out of the line, and then out of the store of blobs."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from grader.jobs.line import Line
from grader.store.audit import note
from grader.store.blobs import Blobs
from grader.store.database import empty_log, transaction
from grader.store.erasing import erase_rows, forget_blobs, traces_of
from grader.store.holding import delete_unneeded
from grader.store.tables import Candidate


@dataclass(frozen=True)
class Erased:
    """What was erased. `under_way` counts gradings that were at work: what those may yet leave, erasing again takes."""

    submissions: int
    files: int
    under_way: int


def erase(engine: Engine, blobs: Blobs, line: Line, candidate_id: str, actor: str) -> Erased | None:
    """Erase a candidate and return what was there; None where there is no such candidate.

    Nothing can be read any more once the first transaction is kept. Where the store of blobs is away then, erasing
    again goes on: their keys are in the rows until they are gone. Raises InfrastructureError.
    """
    with transaction(engine) as session:
        candidate = session.get(Candidate, candidate_id, with_for_update=True)
        if candidate is None:
            return None
        traces = traces_of(session, candidate_id)
        erase_rows(session, candidate, traces)
    keys = traces.keys | {key for job in traces.jobs for key in line.kept_by(job)}
    gone = delete_unneeded(engine, blobs, keys, traces.submissions)
    line.forget(traces.jobs, traces.at_work)
    found = Erased(len(traces.submissions), gone, len(traces.at_work))
    with transaction(engine) as session:
        forget_blobs(session, traces.submissions)
        told = {"submissions": found.submissions, "files": found.files, "under_way": found.under_way}
        note(session, actor, "candidate.erase", candidate_id, **told)
    empty_log(engine)
    return found
