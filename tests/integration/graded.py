"""Submissions as a worker leaves them behind: handed in over the API, and published with a report made for tests."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Protocol

from rubric_evidence import hidden, work
from serving import Serving
from sqlalchemy import Engine, select
from stored_reports import CODE, report_of

from grader.jobs.collected import packed
from grader.jobs.turns import Made, begin, publish
from grader.model import AssignmentRef, Failure, Report, Span, Weights
from grader.pipeline import Collected, Terms, rescore
from grader.plugins import Rubric, load_rubric
from grader.report import report_json
from grader.scoring import rubric_digest
from grader.settings import Settings
from grader.store.batches import OPEN
from grader.store.blobs import key_of, open_blobs
from grader.store.database import transaction
from grader.store.tables_of_operation import Job


def bearer(token: str) -> dict[str, str]:
    """Return the headers of whoever has this token."""
    return {"Authorization": f"Bearer {token}"}


def invite(api: Serving, author: dict[str, str], name: str = "Ada Lovelace", **more: object) -> dict[str, Any]:
    """Invite somebody to churn and return the invitation with its token."""
    email = f"{name.split()[0].lower()}@example.org"
    given = {"assignment": "churn", "name": name, "email": email, **more}
    answer = api.client.post("/api/v1/invitations", json=given, headers=author)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def hand_in(api: Serving, headers: dict[str, str], code: str = "print('hello')\n") -> str:
    """Hand in a work and return its id."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr(zipfile.ZipInfo("predict.py"), code)  # without the time: the same code is the same bytes
    files = {"file": ("work.zip", made.getvalue(), "application/zip")}
    answer = api.client.post("/api/v1/submissions", data={"assignment": "churn"}, files=files, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def grade(api: Serving, submission_id: str, mark: float = 0.5) -> Report:
    """Publish a report on the submission whose result on unseen data is `mark`, as a worker does."""
    report, collected = _graded(load_rubric(), submission_id, mark)
    _publish(api, submission_id, report, collected)
    return report


class Kept(Protocol):
    """Where submissions and their files are kept."""

    @property
    def engine(self) -> Engine: ...

    @property
    def settings(self) -> Settings: ...


def fail(api: Kept, submission_id: str) -> None:
    """Publish a report that says that our side failed, as a worker does at last."""
    report, collected = _graded(load_rubric(), submission_id, 0.5)
    lost = {"outcome": "infrastructure_failed", "score": None, "low": None, "high": None}
    _publish(api, submission_id, report.model_copy(update=lost), collected)


def fail_work(api: Kept, submission_id: str, failure: Failure, places: tuple[Span, ...]) -> str:
    """Publish a report that says why the work failed, and return the title of a criterion that is short of met at
    these places.
    """
    report, collected = _graded(load_rubric(), submission_id, 0.5)
    dimensions = list(report.dimensions)
    for number, part in enumerate(dimensions):
        short = next((item for item in part.criteria if item.verdict in ("not_met", "partly")), None)
        if short is not None:
            moved = short.model_copy(update={"evidence": places})
            criteria = tuple(moved if item is short else item for item in part.criteria)
            dimensions[number] = part.model_copy(update={"criteria": criteria})
            changed = {"outcome": "submission_failed", "failure": failure, "dimensions": tuple(dimensions)}
            _publish(api, submission_id, report.model_copy(update=changed), collected)
            return short.title
    raise LookupError("nothing is short of met")


def _publish(api: Kept, submission_id: str, report: Report, collected: Collected) -> None:
    blobs = open_blobs(api.settings.service_blobs)
    data = report_json(report).encode()
    made = Made(
        blobs.put(data),
        blobs.put(packed(collected)),
        key_of(data),
        report.outcome,
        report.failure.code if report.failure else None,
        report.score,
        report.low,
        report.high,
    )
    with transaction(api.engine) as session:
        job = session.scalars(select(Job).where(Job.submission_id == submission_id, Job.state.in_(OPEN))).one()
        turn = begin(session, job.id, "a-worker")
        assert turn is not None
    with transaction(api.engine) as session:
        assert publish(session, turn, made)


def report_on(name: str, mark: float) -> Report:
    """Return a report on a work for churn whose result on unseen data is `mark`."""
    return _graded(load_rubric(), name, mark)[0]


def _graded(rubric: Rubric, submission_id: str, mark: float) -> tuple[Report, Collected]:
    evidence = work(CODE, has_hidden_data=True, hidden=(hidden(mark),))
    blank = report_of(f"submission-{submission_id[:8]}", AssignmentRef(slug="churn", version="1", digest=""))
    terms = Terms(rubric, rubric_digest(rubric.criteria), Weights())
    report = rescore(blank.model_copy(update={"hidden": evidence.hidden}), evidence, terms)
    return report, Collected(report.submission, evidence, report.outcome)
