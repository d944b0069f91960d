"""A candidate is erased: nothing that names them or is theirs is left, others lose nothing, and it is in the log."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from graded import bearer, grade, hand_in, invite
from grading import service, wait_for
from serving import Serving
from sqlalchemy import select

from grader.jobs.erasing import erase
from grader.jobs.turns import Made, begin, publish, tell
from grader.store.base import Base
from grader.store.blobs import open_blobs
from grader.store.database import reading, transaction
from grader.store.invitations import invite as make_invitation
from grader.store.submissions import Received, add_submission
from grader.store.tables import Invitation, StoredSubmission
from grader.store.tables_of_operation import Job


def everything_stored(api: Serving) -> str:
    with reading(api.engine) as session:
        return repr([session.execute(select(table)).all() for table in Base.metadata.sorted_tables])


def blobs(api: Serving) -> set[str]:
    return {path.name for path in Path(api.settings.service_blobs).rglob("*") if path.is_file()}


def test_nothing_that_names_them_or_is_theirs_is_left_and_the_score_stays(api: Serving) -> None:
    author, admin, reviewer = api.as_("author"), api.as_("admin"), api.as_("reviewer")
    before = blobs(api)
    ada, bea = invite(api, author, "Ada Lovelace"), invite(api, author, "Bea Other")
    submission = hand_in(api, bearer(ada["token"]), "theirs = 1")
    report = grade(api, submission)
    comment = {"kind": "comment", "text": "Ada has met us at the fair."}
    api.client.post(f"/api/v1/submissions/{submission}/reviews", json=comment, headers=reviewer)
    assert "Lovelace" in everything_stored(api)
    assert len(blobs(api)) == len(before) + 3
    assert api.client.delete(f"/api/v1/candidates/{ada['candidate']['id']}", headers=author).status_code == 403
    found = api.client.get("/api/v1/candidates", params={"email": "ADA@example.org"}, headers=admin).json()
    assert found == [{"id": ada["candidate"]["id"], "invitations": [ada["id"]]}]
    erased = api.client.delete(f"/api/v1/candidates/{found[0]['id']}", headers=admin)
    assert erased.json() == {"submissions": 1, "files": 3, "under_way": 0}
    stored = everything_stored(api).lower()
    assert not [word for word in ("lovelace", "ada@", "at the fair", ada["token"]) if word in stored]
    assert blobs(api) == before
    assert api.client.get("/api/v1/invitations", headers=bearer(ada["token"])).status_code == 401
    assert api.client.get("/api/v1/invitations", headers=bearer(bea["token"])).status_code == 200
    row = api.client.get(f"/api/v1/submissions/{submission}", headers=reviewer).json()
    assert (row["state"], row["score"]) == ("erased", report.score)
    for form in ("report", "report.html", "evidence", "result"):
        assert api.client.get(f"/api/v1/submissions/{submission}/{form}", headers=reviewer).status_code == 404
    (entry,) = api.client.get("/api/v1/audit", params={"action": "candidate"}, headers=admin).json()["items"]
    assert entry["object"] == ada["candidate"]["id"]
    again = api.client.delete(f"/api/v1/candidates/{ada['candidate']['id']}", headers=admin)
    assert again.json() == {"submissions": 1, "files": 0, "under_way": 0}
    assert api.client.delete("/api/v1/candidates/none", headers=admin).status_code == 404


def test_of_a_database_in_a_file_no_byte_of_them_is_left(api: Serving) -> None:
    if api.engine.dialect.name != "sqlite":
        pytest.skip("a server writes over what was deleted as it cleans up")
    author, admin = api.as_("author"), api.as_("admin")
    ada = invite(api, author, "Ada Lovelace")
    submission = hand_in(api, bearer(ada["token"]))
    comment = {"kind": "comment", "text": "Has met us at the fair. " * 400}
    api.client.post(f"/api/v1/submissions/{submission}/reviews", json=comment, headers=admin)
    file = Path(str(api.engine.url.database))

    def bytes_kept() -> bytes:
        return b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))

    assert b"Lovelace" in bytes_kept()
    assert api.client.delete(f"/api/v1/candidates/{ada['candidate']['id']}", headers=admin).status_code == 200
    kept = bytes_kept()
    assert not [word for word in (b"Lovelace", b"ada@example.org", b"at the fair") if word in kept]


def test_a_file_that_another_sent_too_stays(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    ada, bea = invite(api, author, "Ada Lovelace"), invite(api, author, "Bea Other")
    for made in (ada, bea):
        hand_in(api, bearer(made["token"]), "copied = 1")
    before = blobs(api)
    api.client.delete(f"/api/v1/candidates/{ada['candidate']['id']}", headers=admin)
    assert blobs(api) == before
    api.client.delete(f"/api/v1/candidates/{bea['candidate']['id']}", headers=admin)
    assert len(blobs(api)) == len(before) - 1


def test_what_is_being_graded_counts_no_more_once_it_is_erased(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    ada = invite(api, author, "Ada Lovelace", attempts=2)
    running, waiting = (hand_in(api, bearer(ada["token"]), f"number = {number}") for number in (1, 2))
    with transaction(api.engine) as session:
        job, queued = (
            session.scalars(select(Job).where(Job.submission_id == submission)).one().id
            for submission in (running, waiting)
        )
        turn = begin(session, job, "a-worker")
        assert turn is not None
        assert tell(session, turn, "sandbox", "ada_lovelace.ipynb, cell 1 of 2")
    erased = api.client.delete(f"/api/v1/candidates/{ada['candidate']['id']}", headers=admin)
    assert erased.json()["under_way"] == 1
    assert "lovelace" not in everything_stored(api).lower()
    with transaction(api.engine) as session:
        assert not tell(session, turn, "sandbox", "cell 1 of 2")
        assert begin(session, queued, "a-worker") is None


def erase_meanwhile(api: Serving, admin: dict[str, str], candidate: str) -> threading.Thread:
    """Begin to erase, and give it time to come to what it has to wait for."""
    path = f"/api/v1/candidates/{candidate}"
    erasing = threading.Thread(target=lambda: api.client.delete(path, headers=admin))
    erasing.start()
    erasing.join(1.0)
    return erasing


def test_what_is_handed_in_while_its_candidate_is_erased_is_erased_too(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    ada = invite(api, author, "Ada Lovelace", attempts=2)
    key = open_blobs(api.settings.service_blobs).put(b"theirs")
    with transaction(api.engine) as session:
        invitation = session.get_one(Invitation, ada["id"], with_for_update=True)
        submission = add_submission(session, "churn", Received("script", 6, key), invitation)
        session.flush()
        erasing = erase_meanwhile(api, admin, ada["candidate"]["id"])
    erasing.join()
    with transaction(api.engine) as session:
        assert session.get_one(StoredSubmission, submission.id).state == "erased"
    assert key not in blobs(api)


def test_what_is_published_while_its_candidate_is_erased_is_erased_too(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    kept, ada = open_blobs(api.settings.service_blobs), invite(api, author, "Ada Lovelace")
    submission = hand_in(api, bearer(ada["token"]))
    with transaction(api.engine) as session:
        turn = begin(session, session.scalars(select(Job.id)).one(), "a-worker")
        assert turn is not None
    report, evidence = kept.put(b"on them"), kept.put(b"of theirs")
    with transaction(api.engine) as session:
        made = Made(report, evidence, report, "infrastructure_failed", None, None, None, None)
        assert publish(session, turn, made)
        erasing = erase_meanwhile(api, admin, ada["candidate"]["id"])
    erasing.join()
    with transaction(api.engine) as session:
        assert session.get_one(StoredSubmission, submission).state == "erased"
    assert not {report, evidence} & blobs(api)


def test_of_a_work_that_a_worker_graded_no_step_leaves_a_file(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    with service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        kept = open_blobs(running.settings.service_blobs)
        submission = running.hand_in()
        with transaction(running.engine) as session:
            made = make_invitation(session, "small", "Ada Lovelace", "ada@example.org", None, 1)
            session.get_one(StoredSubmission, submission).invitation_id = made.invitation.id
        with running.workers(1):
            wait_for(lambda: running.state(submission)[0] == "published")
        (job,) = running.jobs(submission)
        assert len(running.line.kept_by(job.id)) >= 2
        done = erase(running.engine, kept, running.line, made.candidate.id, "test")
        assert done is not None
        assert (done.submissions, done.under_way) == (1, 0)
        assert running.line.kept_by(job.id) == set()
        assert len([path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]) == 1  # the assignment
