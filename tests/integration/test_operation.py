"""What who runs the service sees of it: whether it lives, whether it can serve, and its figures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families
from serving import Serving, serving
from sqlalchemy import Engine
from test_database import assignment, submission

from api.app import create_app
from grader.settings import Settings
from grader.store.base import utc_now
from grader.store.database import transaction
from grader.store.tables import StoredReport
from grader.store.tables_of_operation import Event, Job, WorkerSeen

OK = {"database": "ok", "migrations": "ok", "blobs": "ok"}


def test_a_service_says_that_it_is_ready_and_which_part_is_not(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path / "home") as api:
        assert api.client.get("/healthz").json() == {"status": "ok"}
        fine = api.client.get("/readyz")
        assert (fine.status_code, fine.json()) == (200, {"ready": True, "checks": OK})
        (tmp_path / "home" / "blobs").rename(tmp_path / "away")
        (tmp_path / "home" / "blobs").write_text("a file where the folder was")
        broken = api.client.get("/readyz")
        assert broken.status_code == 503
        assert broken.json()["checks"] == OK | {"blobs": broken.json()["checks"]["blobs"]}
        assert broken.json()["checks"]["blobs"].startswith("A file could not be")
        assert str(tmp_path) not in broken.text
        assert api.client.get("/healthz").status_code == 200


def test_a_database_without_tables_or_away_is_told_without_its_address(
    empty_engine: Engine, database_url: str, tmp_path: Path
) -> None:
    away = "postgresql+psycopg://grader:hunter2@127.0.0.1:1/grader"
    told = []
    for url in (database_url, away):
        with TestClient(create_app(Settings(home=tmp_path, database_url=url, blobs=str(tmp_path / "b")))) as client:
            answer = client.get("/readyz")
            assert answer.status_code == 503
            told.append(answer.json()["checks"])
            assert "hunter2" not in answer.text
            assert client.get("/healthz").status_code == 200
    assert told[0] == OK | {"migrations": "The tables are not those of this version: grader db upgrade"}
    assert told[1]["database"].startswith("The database could not be reached")


def figures(api: Serving, headers: dict[str, str]) -> dict[tuple[str, ...], float]:
    answer = api.client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {
        (s.name, *(s.labels[name] for name in sorted(s.labels))): s.value for family in families for s in family.samples
    }


def test_figures_tell_of_the_line_steps_outcomes_and_slots(database_url: str, tmp_path: Path) -> None:
    with serving(database_url, tmp_path / "home") as api:
        fill(api)
        found = figures(api, api.as_("admin", "metrics"))
        refused = [api.client.get("/metrics", headers=headers).status_code for headers in ({}, api.as_("reviewer"))]
    assert refused == [401, 403]
    assert found["grader_jobs", "churn", "run", "interactive", "queued"] == 2
    assert found["grader_jobs", "churn", "score", "bulk", "waiting"] == 1
    assert 3600 <= found["grader_queue_age_seconds", "churn", "run", "interactive"] < 4600
    assert found["grader_step_seconds", "0.95", "sandbox"] == 40
    assert found["grader_step_seconds", "0.5", "sandbox"] == 20
    assert found["grader_steps_recent", "sandbox"] == 2
    assert found["grader_reports_total", "graded", "completed"] == 2
    assert (found[("grader_slots_alive",)], found[("grader_slots_busy",)]) == (2, 1)


def fill(api: Serving) -> None:
    """Put into the database what a service at work has there."""
    now = utc_now()
    with transaction(api.engine) as session:
        session.add(assignment())
        session.flush()
        session.add_all(submission(id=name) for name in ("a", "b"))
        session.flush()
        for number, (kind, state, bulk) in enumerate(
            (("run", "queued", False), ("run", "queued", False), ("score", "waiting", True), ("run", "done", False))
        ):
            queued = now - timedelta(hours=1, seconds=-number)
            job = Job(id=f"j{number}", submission_id="a", assignment="churn", kind=kind, state=state, bulk=bulk)
            job.place, job.queued_at = number, queued - timedelta(seconds=5)
            session.add(job)
        for name, seconds in (("a", 20), ("b", 40)):
            for state, step, after in (("grading", "sandbox", 0), ("published", "", seconds)):
                session.add(Event(submission_id=name, state=state, step=step, at=now + timedelta(seconds=after)))
                session.flush()
            report = StoredReport(submission_id=name, job_id="j3", origin="graded", blob="", digest="")
            report.outcome = "completed"
            session.add(report)
        session.add_all([WorkerSeen(id="w1", host="h", job_id="j0"), WorkerSeen(id="w2", host="h")])
        session.add(WorkerSeen(id="w3", host="h", seen_at=now - timedelta(minutes=5)))
        session.add(WorkerSeen(id="w4", host="h", stopped_at=now))
