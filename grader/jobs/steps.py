"""The steps of one durable grading, with the concrete parts: each takes and gives keys of blobs, which are kept."""

from __future__ import annotations

import logging
import secrets
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from grader.errors import SubmissionError, host_shortage
from grader.jobs.assignments import LocalAssignments
from grader.jobs.collected import packed, unpacked
from grader.jobs.differences import difference, report_before
from grader.jobs.line import Line
from grader.jobs.patience import patiently
from grader.jobs.snapshots import packed_snapshot, unpacked_snapshot
from grader.jobs.spans import Spans
from grader.jobs.turns import Made, Turn, begin, drop, held, keep_files, publish, tell
from grader.model import Assignment, Failure, Submission
from grader.pipeline import (
    Collected,
    Graded,
    Grading,
    Parts,
    collect,
    defect_of_ours,
    failed_on_our_side,
    finish,
    handed_out_with,
    start_ahead,
    stopped_on_a_defect,
)
from grader.pipeline.intake import take_in
from grader.ports import Step
from grader.report import report_json
from grader.store.batches import end_item, is_cancelled
from grader.store.blobs import Blobs, key_of
from grader.store.database import transaction
from grader.store.holding import expect_blob, hold_blob
from grader.store.tables import StoredAssignment, StoredReport, StoredSubmission

T = TypeVar("T")
MOST_TURNS = 5  # after so many workers died on a job, it is the job
MOST_FAILURES = 3
FIRST_RETRY_S = 15.0
SUFFIXES = {"archive": ".zip", "tar": ".tar.gz", "notebook": ".ipynb", "script": ".py"}

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Handed:
    """What was handed in, and against what it is graded."""

    name: str
    kind: str
    blob: str | None
    address: str | None
    slug: str
    assignment_blob: str


@dataclass
class Steps:
    """Grades what the database says was handed in, as `worker_id`, on `cpu_ids`.

    `cancel` stops the run. It is set when the turn is over; then `abandon` ends the process in the middle of the step,
    which has neither a result nor an error that would be kept.
    """

    engine: Engine
    blobs: Blobs
    line: Line
    parts: Parts
    assignments: LocalAssignments
    worker_id: str
    cpu_ids: tuple[int, ...]
    cancel: threading.Event
    abandon: Callable[[], NoReturn]
    spans: Spans

    def begin(self, job_id: str) -> Turn | None:
        """Take a turn at the job; None where nobody wants it graded any more."""
        return self._stored(lambda session: begin(session, job_id, self.worker_id))

    def fetch(self, turn: Turn) -> str | None:
        """Return the key of what was handed in; of a git address that of its files, fetched the first time and kept.
        None where it cannot be fetched: the run will say why.
        """
        handed = self._handed(turn)
        if handed.address is None or handed.blob is not None:
            return handed.blob
        grading = self._grading(turn, handed, handed.address)
        try:
            data = packed_snapshot(take_in(grading))
            key = self._kept(turn, data)

            def keep(session: Session) -> None:
                hold_blob(session, self.blobs, key, lambda: self.blobs.put(data))
                keep_files(session, turn, key)

            self._stored(keep)
            return key
        except SubmissionError:
            return None
        finally:
            shutil.rmtree(grading.scratch, ignore_errors=True)

    def run(self, turn: Turn, source: str | None) -> str:
        """Run the work and return the key of all that was collected."""
        handed = self._handed(turn)
        place = self.parts.scratch / f"handed-{secrets.token_hex(8)}"
        try:
            with host_shortage():
                grading = self._with_source(turn, handed, source, place)
            collected = self._collect(grading)
        finally:
            shutil.rmtree(place, ignore_errors=True)
        self._still_counts(turn)
        return self._kept(turn, packed(collected))

    def score(self, turn: Turn, collected_key: str) -> Made:
        """Score what was collected and return the report, which lies among the blobs."""
        handed = self._handed(turn)
        collected = unpacked(patiently(lambda: self.blobs.get(collected_key)))
        grading = self._grading(turn, handed, handed.address or handed.name)
        return self._made(turn, finish(grading, collected), collected_key)

    def evidence_of(self, turn: Turn) -> str | None:
        """Return the key of what was collected for the submission's current report, which is scored again."""

        def current(session: Session) -> str | None:
            submission = session.get_one(StoredSubmission, turn.submission_id)
            report = session.get(StoredReport, submission.report_id) if submission.report_id else None
            return report.evidence_blob if report else None

        return self._stored(current)

    def give_up(self, turn: Turn, failure: Failure, trace: str = "") -> Made:
        """Return a report that says how our side failed."""
        handed = self._handed(turn)
        assignment = self._assignment(handed)
        graded = failed_on_our_side(handed.address or "", handed.name, assignment, self.parts, failure, trace)
        return self._made(turn, graded, self._kept(turn, packed(_as_collected(graded))))

    def publish(self, turn: Turn, made: Made) -> bool:
        """Publish the report and return whether it counted: what comes late does not."""
        changes = self._changes(turn, made)
        report_id = self._stored(lambda session: publish(session, turn, made, changes))
        if report_id is None:
            log.warning("job %s: a report came late and was refused", turn.job_id)
        return report_id is not None

    def try_again(self, turn: Turn) -> None:
        """Put the submission in line once more, after a wait that doubles with each failure of ours.

        Of a batch that was cancelled meanwhile nothing more is begun.
        """

        def again(session: Session) -> None:
            job = drop(session, turn)
            if job is not None and job.batch_id is not None and is_cancelled(session, job.batch_id):
                end_item(session, job.batch_id, job.submission_id, "dropped", problem="The batch was cancelled.")
            elif job is not None:
                submission = session.get_one(StoredSubmission, job.submission_id)
                wait = FIRST_RETRY_S * 2**job.failures
                self.line.join(
                    session,
                    submission,
                    kind=job.kind,
                    batch_id=job.batch_id,
                    failures=job.failures + 1,
                    delay_s=wait,
                )

        self._stored(again)

    def rescue(self, job_id: str) -> None:
        """End a job that would never end: it is tried again where our side may yet do better, else given up."""
        turn = self.begin(job_id)
        if turn is None:
            return
        if self.may_be_tried_again(turn):
            self.try_again(turn)
        else:
            failure = defect_of_ours("It was not through in the time that a grading has.")
            self.publish(turn, self.give_up(turn, failure))
        self.line.leave(job_id)

    @staticmethod
    def may_be_tried_again(turn: Turn) -> bool:
        """Return whether our side, should it fail in this turn, may yet do better."""
        return turn.failures + 1 < MOST_FAILURES

    def _changes(self, turn: Turn, made: Made) -> dict[str, Any] | None:
        batch_id = turn.batch_id
        if batch_id is None or made.outcome == "infrastructure_failed":
            return None
        before = self._stored(lambda session: report_before(session, batch_id, turn.submission_id))
        return difference(self.blobs, before, made.blob)

    def _collect(self, grading: Grading) -> Collected:
        try:
            return collect(grading)
        except Exception as error:  # noqa: BLE001 - the worker loop: a defect of ours costs one report, not the worker
            return _as_collected(
                stopped_on_a_defect(grading.source, grading.name, grading.assignment, self.parts, error)
            )

    def _with_source(self, turn: Turn, handed: Handed, source: str | None, place: Path) -> Grading:
        if source is None:  # a commit that could not be fetched: the report says why
            return self._grading(turn, handed, handed.address or "")
        data = patiently(lambda: self.blobs.get(source))
        if handed.address is not None:
            return self._grading(turn, handed, handed.address, unpacked_snapshot(data, place / "snapshot"))
        place.mkdir(parents=True)
        file = place / f"work{SUFFIXES[handed.kind]}"
        file.write_bytes(data)
        return self._grading(turn, handed, str(file))

    def _grading(self, turn: Turn, handed: Handed, source: str, taken: Submission | None = None) -> Grading:
        assignment = self._assignment(handed)
        span = self.spans.current()

        def note(step: Step, detail: str) -> None:
            span.step(step)  # and not the detail: it may be the name of a file of theirs
            self._tell(turn, step, detail)

        return Grading(
            source,
            handed.name,
            assignment,
            replace(self.parts, listener=Told(note)),
            secrets.token_hex(8),
            self.cpu_ids,
            self.cancel,
            lambda: start_ahead(assignment, self.parts, self.cpu_ids),
            handed_out=handed_out_with(assignment),
            taken=taken,
        )

    def _assignment(self, handed: Handed) -> Assignment:
        return patiently(lambda: self.assignments.get(handed.slug, handed.assignment_blob))

    def _handed(self, turn: Turn) -> Handed:
        def read(session: Session) -> Handed:
            submission = session.get_one(StoredSubmission, turn.submission_id)
            assignment = session.get_one(StoredAssignment, submission.assignment)
            return Handed(
                submission.name,
                submission.kind,
                submission.blob,
                submission.address,
                assignment.slug,
                assignment.blob,
            )

        return self._stored(read)

    def _made(self, turn: Turn, graded: Graded, evidence_blob: str) -> Made:
        data = report_json(graded.report).encode()
        failure = graded.report.failure
        return Made(
            blob=self._kept(turn, data),
            evidence_blob=evidence_blob,
            digest=key_of(data),
            outcome=graded.report.outcome,
            failure_code=failure.code if failure else None,
            score=graded.report.score,
            low=graded.report.low,
            high=graded.report.high,
        )

    def _tell(self, turn: Turn, step: Step, detail: str) -> None:
        with transaction(self.engine) as session:
            counts = tell(session, turn, step, detail)
        if not counts:
            self.cancel.set()

    def _still_counts(self, turn: Turn) -> None:
        if self._stored(lambda session: held(session, turn)) is None:
            self.abandon()

    def _kept(self, turn: Turn, data: bytes) -> str:
        self._stored(lambda session: expect_blob(session, key_of(data), turn.submission_id))
        return patiently(lambda: self.blobs.put(data))

    def _stored(self, act: Callable[[Session], T]) -> T:
        def attempt() -> T:
            with transaction(self.engine) as session:
                return act(session)

        return patiently(attempt)


def _as_collected(graded: Graded) -> Collected:
    return Collected(graded.report.submission, graded.evidence, graded.report.outcome, logs=graded.logs)


class Told:
    """A ProgressListener that hands each step on; that a step could not be noted never stops a grading."""

    def __init__(self, tell_it: Callable[[Step, str], None]) -> None:
        self._tell = tell_it

    def step(self, source: str, step: Step, detail: str = "") -> None:  # noqa: ARG002 - it hears of one source alone
        """Note that the work has reached `step`."""
        try:
            self._tell(step, detail)
        except Exception as error:  # noqa: BLE001 - progress is told, the work is what counts
            log.warning("a step could not be noted: %s", type(error).__name__)
