"""The service as one command: served, handed in to from the command line, graded, ended."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from grading import QUICK, Service, service
from served import GRADER, served
from sqlalchemy import select

from grader.store.database import transaction
from grader.store.invitations import invite
from grader.store.people import add_user
from grader.store.secrets_shown import new_token
from grader.store.tables import StoredReport


@pytest.fixture
def ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None) -> Iterator[Service]:
    with service(f"sqlite:///{tmp_path / 'grader.db'}", str(tmp_path / "blobs"), tmp_path, monkeypatch) as running:
        yield running


def test_a_folder_is_handed_in_followed_and_graded(ready: Service, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "predict.py").write_text(QUICK)
    with transaction(ready.engine) as session:
        user = add_user(session, "author@example.org", "author")
        token, _ = new_token(session, "api", user_id=user.id, scopes=("read", "submit"))
    with served() as address:
        command = [GRADER, "submit", str(work), "--to", address, "--assignment", "small", "--wait", "--json"]
        environment = {**os.environ, "GRADER_TOKEN": token}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["state"], told["outcome"]) == ("published", "completed")
    assert told["score"] > 0
    assert "running predict.py" in done.stderr


def test_a_work_that_fails_is_told_with_the_score_that_it_has_all_the_same(ready: Service, tmp_path: Path) -> None:
    (tmp_path / "predict.py").write_text("raise ValueError('no')\n")
    with transaction(ready.engine) as session:
        user = add_user(session, "author@example.org", "author")
        token, _ = new_token(session, "api", user_id=user.id, scopes=("read", "submit"))
    with served() as address:
        command = [GRADER, "submit", str(tmp_path / "predict.py"), "--to", address, "--assignment", "small", "--wait"]
        environment = {**os.environ, "GRADER_TOKEN": token, "COLUMNS": "200"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)
    assert done.returncode == 0, done.stderr
    assert "It is through: submission failed (run.failed). The script or command ended with an error." in done.stdout


def test_a_candidate_hands_in_with_the_link_of_the_invitation(ready: Service, tmp_path: Path) -> None:
    (tmp_path / "predict.py").write_text(QUICK)
    with transaction(ready.engine) as session:
        token = invite(session, "small", "Ada", "ada@example.org", None, 1).token
    environment = {name: value for name, value in os.environ.items() if name != "GRADER_TOKEN"}

    def hand_in_with(to: str) -> subprocess.CompletedProcess[str]:
        command = [GRADER, "submit", str(tmp_path / "predict.py"), "--to", to]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=900, check=False)

    with served(slots=0) as address:
        assert hand_in_with(f"{address}/i/{token}").returncode == 0
        again, nobody = hand_in_with(f"{address}/i/{token}"), hand_in_with(address)
    assert again.stderr.startswith("grader: All attempts of the invitation are used.\n  Ask whoever invited you")
    assert (nobody.returncode, nobody.stderr.startswith("grader: nothing says who hands in")) == (2, True)


def test_a_wrong_token_and_a_service_that_is_away_are_one_sentence(ready: Service, tmp_path: Path) -> None:
    (tmp_path / "work.py").write_text(QUICK)
    with served(slots=0) as address:
        refused = hand_in(tmp_path / "work.py", address)
    away = hand_in(tmp_path / "work.py", "http://127.0.0.1:9")
    assert (refused.returncode, away.returncode) == (2, 3)
    assert refused.stderr.startswith("grader: Nobody is signed in")
    assert "what stands behind /i/ in it in GRADER_TOKEN" in refused.stderr
    assert away.stderr.startswith("grader: The service could not be reached")


def hand_in(work: Path, address: str) -> subprocess.CompletedProcess[str]:
    command = [GRADER, "submit", str(work), "--to", address, "--token", "thg_api_wrong"]
    return subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)


def test_a_report_made_elsewhere_is_posted_signed_and_marked(ready: Service, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "predict.py").write_text(QUICK)
    with transaction(ready.engine) as session:
        author = add_user(session, "author@example.org", "author")
        token = new_token(session, "api", user_id=author.id, scopes=("post",))[0]
    grading = [GRADER, "grade", str(work), "--assignment", str(tmp_path / "small"), "--sandbox", "bubblewrap"]
    environment = os.environ | {"GRADER_TOKEN": token}
    with served(slots=0) as address:
        command = [*grading, "--output", str(tmp_path / "graded"), "--post", address]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert "is posted" in done.stderr
    with transaction(ready.engine) as session:
        (row,) = session.scalars(select(StoredReport))
        assert (row.origin, row.score) == (
            "posted",
            json.loads((tmp_path / "graded" / "report.json").read_text())["score"],
        )
    wrong = subprocess.run(
        [*grading, "--post", "http://example.org"], env=environment, capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "https://" in wrong.stderr


def test_a_worker_without_the_environment_says_so_before_a_work_fails_on_it(tmp_path: Path) -> None:
    home = {"GRADER_HOME": str(tmp_path), "GRADER_DATABASE_URL": f"sqlite:///{tmp_path / 'grader.db'}"}
    with subprocess.Popen(
        [GRADER, "worker"],
        env={**os.environ, **home, "GRADER_SANDBOX": "bubblewrap"},
        stderr=subprocess.PIPE,
        text=True,
    ) as worker:
        assert worker.stderr is not None
        warned = next(line for line in worker.stderr if line.startswith(("Warning", "{")))
        worker.terminate()
    assert warned.startswith("Warning: The locked scientific environment is not built in")
    assert "grader sandbox build" in warned
