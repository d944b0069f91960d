"""The GitHub App as its operator sets it up: asked about, refused in a sentence, answering by itself in a service."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from github_api import APP, SLUG, Github, github_api, installation, key_file
from grading import QUICK, service, wait_for
from issuer import issuer, new_key
from ports import free_port
from runs import OWNER, REPOSITORY, repository, sent, token_of
from served import served

from grader.store.database import transaction
from grader.store.invitations import invite
from grader.store.repositories import Repository, bind

GRADER = str(Path(sys.executable).parent / "grader")
NAMED = f"{REPOSITORY}:{OWNER}"


@pytest.fixture
def github() -> Iterator[Github]:
    with github_api() as running:
        yield running


def asked(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `grader` with these words, and the variables that a test wants."""
    environment = {**os.environ, "GRADER_HOME": str(folder / "home"), **variables}
    return subprocess.run([GRADER, *words], capture_output=True, text=True, timeout=900, env=environment, check=False)


def variables_of(github: Github, folder: Path) -> dict[str, str]:
    return {
        "GRADER_GITHUB_API": github.url,
        "GRADER_GITHUB_APP": APP,
        "GRADER_GITHUB_APP_KEY": str(key_file(github, folder)),
    }


def test_an_app_that_is_set_up_right_is_shown_with_what_it_may_do(github: Github, tmp_path: Path) -> None:
    github.installations = [installation("1", 1), installation(OWNER)]
    found = asked(tmp_path, "github", "check", NAMED, **variables_of(github, tmp_path))
    assert found.returncode == 0, found.stderr
    assert f"GitHub knows the App: it is called {SLUG}." in found.stdout
    assert "ada/churn is private." in found.stdout
    assert "Its commits get check runs and a comment." in found.stdout


def test_what_is_wrong_with_an_app_is_one_sentence(github: Github, tmp_path: Path) -> None:
    right = variables_of(github, tmp_path)
    other = tmp_path / "other.pem"
    other.write_bytes(new_key().as_pem(private=True))
    public = tmp_path / "public.pem"
    public.write_bytes(github.key.as_pem(private=False))
    rubbish = tmp_path / "rubbish.pem"
    rubbish.write_text("-----BEGIN RSA PRIVATE KEY-----\nc2VjcmV0\n-----END RSA PRIVATE KEY-----\n")
    for words, changed, status, said in (
        ((), dict.fromkeys(list(right)[1:], ""), 2, "GRADER_GITHUB_APP is not set"),
        ((), {"GRADER_GITHUB_APP": ""}, 2, "go together"),
        ((), {"GRADER_GITHUB_APP_KEY": str(tmp_path / "nowhere.pem")}, 2, "GRADER_GITHUB_APP_KEY must be a file"),
        ((), {"GRADER_GITHUB_APP_KEY": str(public)}, 2, "could not be read as a private key"),
        ((), {"GRADER_GITHUB_APP_KEY": str(rubbish)}, 2, "could not be read as a private key"),
        ((), {"GRADER_GITHUB_API": "http://github.example.org"}, 2, "GRADER_GITHUB_API must begin with https://"),
        ((), {"GRADER_GITHUB_APP_KEY": str(other)}, 2, "GitHub answered 401"),
        ((), {"GRADER_GITHUB_APP": "99"}, 2, "GitHub answered 401"),
        ((), {"GRADER_GITHUB_API": f"http://127.0.0.1:{free_port()}"}, 3, "could not be reached"),
        (("ada/churn",), {}, 2, "are not the two numbers"),
        ((f"5:{OWNER}",), {}, 2, "not installed at the repository"),
        ((f"{REPOSITORY}:5",), {}, 2, "not installed at the repository's owner"),
    ):
        found = asked(tmp_path, "github", "check", *words, **{**right, **changed})
        assert (found.returncode, found.stdout.count("Traceback")) == (status, 0), (changed, found.stderr)
        assert said in found.stderr, (changed, found.stderr)
        assert "c2VjcmV0" not in found.stderr
    github.failing = [(503, {})]
    assert asked(tmp_path, "github", "check", **right).returncode == 3


def test_a_service_with_a_key_that_cannot_be_read_does_not_begin(github: Github, tmp_path: Path) -> None:
    key = tmp_path / "rubbish.pem"
    key.write_text("nothing")
    wrong = {**variables_of(github, tmp_path), "GRADER_GITHUB_APP_KEY": str(key)}
    for words in (("serve", "--port", str(free_port())), ("worker",)):
        found = asked(tmp_path, *words, **wrong)
        assert found.returncode == 2
        assert "could not be read as a private key" in found.stderr


@pytest.mark.sandbox
def test_a_service_answers_a_commit_by_itself(
    github: Github, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bubblewrap: None
) -> None:
    with (
        issuer() as signing,
        service(database_url, str(tmp_path / "blobs"), tmp_path, monkeypatch) as ready,
        served(more={"GRADER_GITHUB_ISSUER": signing.url, **variables_of(github, tmp_path)}) as address,
    ):
        with transaction(ready.engine) as session:
            invited = invite(session, "small", "Ada Lovelace", "ada@example.org", None, 5)
            bind(session, invited.invitation, Repository(REPOSITORY, OWNER))
        sha = repository(tmp_path / "repository", predict_py=QUICK)
        archive, proof = sent(tmp_path / "repository", sha)
        with httpx2.Client(base_url=f"{address}/api/v1") as run:
            signed = run.post("/session/github", json={"token": token_of(signing, sha)})
            run.headers["Authorization"] = f"Bearer {signed.json()['token']}"
            handed = run.post("/commits", data={"commit": proof}, files={"file": ("commit.zip", archive)})
            assert handed.status_code == 201, handed.text
        wait_for(lambda: any(row["status"] == "completed" for row in list(github.check_runs.values())))
        ((_, held),) = github.check_runs.items()
        assert (held["head_sha"], held["conclusion"]) == (sha, "success")
        assert held["external_id"] == handed.json()["id"]
        wait_for(lambda: any("It ran to its end" in row["body"] for row in list(github.comments.values())))
        assert len(github.comments) == 1
