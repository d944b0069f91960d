"""The durable workflow of a grading: a finished step is not repeated by whoever goes on with it after a crash."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Any

from dbos import DBOS, DBOSConfig

from grader.errors import InfrastructureError
from grader.jobs.names import APPLICATION, QUEUE, VERSION, WORKFLOW
from grader.jobs.serializer import PlainJson
from grader.jobs.steps import MOST_TURNS, Steps
from grader.jobs.turns import Made, Turn
from grader.model import Failure
from grader.pipeline import defect_of_ours, failure_of

POLL_S = 0.2  # a waiting slot looks for work so often
FAILED = "infrastructure_failed"
MOST_RECOVERIES = 100  # never reached: MOST_TURNS ends a job before, with a report

log = logging.getLogger(__name__)


def migrate(url: str) -> None:
    """Bring the durable workflows' own tables in the database at `url` up to date."""
    DBOS.migrate(url)


class Executor:
    """This process as one that takes jobs from the line, one at a time, under an id that nobody else has."""

    def __init__(self, url: str, worker_id: str) -> None:
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": url,
            "executor_id": worker_id,
            "application_version": VERSION,
            "serializer": PlainJson(),
            "enable_otlp": False,
            "console_log_level": "WARNING",
            "run_migrations": False,
        }
        DBOS(config=config)

    def start(self, steps: Steps, begun: Callable[[str | None], None]) -> None:
        """Begin to take jobs; `begun` is told the id of each, and None when it is through."""

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_RECOVERIES)
        def grade(job_id: str) -> str:
            begun(job_id)
            try:
                return _grade(steps, job_id)
            finally:
                begun(None)

        DBOS.launch()
        DBOS.register_queue(QUEUE, worker_concurrency=1, polling_interval_sec=POLL_S)

    @staticmethod
    def stop() -> None:
        """Take no more jobs and let the database go; what is at work can keep nothing any more."""
        DBOS.destroy(workflow_completion_timeout_sec=0)


def _grade(steps: Steps, job_id: str) -> str:
    """Return what became of the job. What is not a step is done by each process that goes on with it: whether it counts
    is told by the turn, so giving up and trying again need none.
    """
    turn = steps.begin(job_id)
    if turn is None:
        return "dropped"
    with steps.spans.span("grading", _about(turn)) as span:
        became = _graded(steps, turn)
        span.tell({"grader.became": became})
        return became


def _about(turn: Turn) -> dict[str, str | int]:
    return {
        "grader.submission": turn.submission_id,
        "grader.job": turn.job_id,
        "grader.kind": turn.kind,
        "grader.turn": turn.number,
        "grader.failures": turn.failures,
    }


def _graded(steps: Steps, turn: Turn) -> str:
    if turn.number > MOST_TURNS:
        return _given_up(steps, turn, defect_of_ours(f"{turn.number - 1} workers ended while they graded it."))
    try:
        made = Made(**_step(steps, "score", partial(_scored, steps, turn, _collected(steps, turn))))
        _tell(steps, made.outcome, made.failure_code)
        if made.outcome == FAILED and steps.may_be_tried_again(turn):
            return str(_step(steps, "try_again", partial(steps.try_again, turn)) or "to be tried again")
        return "published" if _step(steps, "publish", partial(steps.publish, turn, made)) else "late"
    except InfrastructureError as error:
        log.error("job %s: %s %s", turn.job_id, error.code, error.message)
        return _given_up(steps, turn, failure_of(error))
    except Exception:  # the worker loop: a defect of ours costs one try, not the worker
        log.exception("job %s stopped on a defect of the grader", turn.job_id)
        trace = traceback.format_exc()
        return _given_up(steps, turn, defect_of_ours("The grader stopped on a defect of its own.", trace), trace)


def _collected(steps: Steps, turn: Turn) -> str:
    if turn.kind == "score":
        return str(_step(steps, "collect", partial(steps.evidence_of, turn)))
    source = _step(steps, "fetch", partial(steps.fetch, turn))
    return str(_step(steps, "run", partial(steps.run, turn, source)))


def _scored(steps: Steps, turn: Turn, collected_key: str) -> dict[str, Any]:
    return asdict(steps.score(turn, collected_key))


def _given_up(steps: Steps, turn: Turn, failure: Failure, trace: str = "") -> str:
    _tell(steps, FAILED, failure.code)
    if turn.number <= MOST_TURNS and steps.may_be_tried_again(turn):
        steps.try_again(turn)
        return "to be tried again"
    return "published" if steps.publish(turn, steps.give_up(turn, failure, trace)) else "late"


def _tell(steps: Steps, outcome: str, failure_code: str | None) -> None:
    """Tell the grading's span what it came to. That a work fails is no failure of the grading."""
    span = steps.spans.current()
    span.tell({"grader.outcome": outcome} | ({"grader.failure": failure_code} if failure_code else {}))
    if outcome == FAILED:
        span.fail(failure_code or outcome)


def _step(steps: Steps, name: str, act: Callable[[], Any]) -> Any:
    def traced() -> Any:
        with steps.spans.span(name):
            return act()

    return DBOS.run_step({"name": name}, traced)  # one that was finished before is not done, and has no span
