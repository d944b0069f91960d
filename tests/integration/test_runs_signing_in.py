"""Runs of GitHub Actions sign in by tokens that an issuer signs with real keys, over HTTP; lies are refused."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from graded import bearer, invite
from grading import wait_for
from issuer import Issuer, forged, issuer, new_key
from joserfc import jwt
from listening import listening
from runs import OWNER, REPOSITORY, claims_of, repository, sent, token_of
from serving import CHURN, Serving, publish, serving
from sqlalchemy import select
from sqlalchemy.orm import Session

from api import github as api_github
from api.app import create_app
from api.github import GithubTokens, github_tokens
from api.problems import Problem
from grader.settings import Settings
from grader.store.database import reading, transaction
from grader.store.invitations import take_back
from grader.store.repositories import Repository, bind
from grader.store.tables import GithubRun, Invitation, Token

SHA = "8f6e1c0d3b5a79e2f4c6d8a0b1c3e5f7a9d2b4c6"
SIGN_IN, COMMITS = "/api/v1/session/github", "/api/v1/commits"
INVITED = {"repository": {"id": REPOSITORY, "owner_id": OWNER}}


@pytest.fixture
def github() -> Iterator[Issuer]:
    with issuer() as running:
        yield running


@pytest.fixture
def api(database_url: str, tmp_path: Path, github: Issuer) -> Iterator[Serving]:
    with serving(database_url, tmp_path / "home") as running:
        publish(running, CHURN)
        settings = running.settings.model_copy(update={"github_issuer": github.url})
        with TestClient(create_app(settings), base_url=settings.public_url) as client:
            yield Serving(client, running.engine, settings)


def sign_in(api: Serving, token: str, **more: str) -> Any:
    return api.client.post(SIGN_IN, json={"token": token, **more})


def refused(api: Serving, token: str) -> tuple[int, str]:
    answer = sign_in(api, token)
    return answer.status_code, answer.json().get("code", "let in")


def test_a_run_of_an_invited_repository_is_let_in_for_its_commit(api: Serving, github: Issuer) -> None:
    made = invite(api, api.as_("author"), **INVITED)
    said = {"run_id": "77", "run_attempt": "2", "ref": "refs/heads/a b", "actor": "bea", "actor_id": "78"}
    said |= {"workflow_ref": "ada/churn/.github/workflows/ä.yml@refs/heads/a b", "event_name": "workflow_dispatch"}
    claims = claims_of(github, SHA, **said)
    answer = sign_in(api, token_of(github, **claims))
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["invitation"], told["assignment"], told["sha"]) == (made["id"], "churn", SHA)
    own = api.client.get(f"/api/v1/invitations/{made['id']}", headers=bearer(told["token"]))
    assert own.json()["repository"] == INVITED["repository"]
    with reading(api.engine) as session:
        run = session.scalars(select(GithubRun)).one()
        kept = {"repository_owner_id": run.owner_id, "event_name": run.event, "repository_id": run.repository_id}
        kept |= {name: getattr(run, name) for name in ("sha", "ref", "run_id", "run_attempt", "workflow_ref")}
        kept |= {"actor": run.actor, "actor_id": run.actor_id, "repository": run.repository}
    assert kept == {name: claims[name] for name in kept}


def test_a_token_that_proves_something_else_lets_nobody_in(api: Serving, github: Issuer) -> None:
    invite(api, api.as_("author"), **INVITED)
    now = int(time.time())
    wrong: tuple[dict[str, object], ...] = (
        {"aud": "https://another.example"},
        {"aud": ["https://another.example", "https://third.example"]},
        {"aud": None},
        {"iss": "https://token.actions.githubusercontent.com"},
        {"iss": None},
        {"exp": now - 120},
        {"exp": None},
        {"nbf": now + 3600},
        {"iat": None},
        {"jti": None},
        {"jti": ""},
        {"repository_id": None},
        {"repository_id": 1296269},
        {"repository_id": "1296269 "},
        {"sha": "main"},
    )
    for claims in wrong:
        assert refused(api, token_of(github, **{"sha": SHA, **claims})) == (401, "identity.refused"), claims


def test_a_token_by_another_key_or_algorithm_lets_nobody_in(api: Serving, github: Issuer) -> None:
    invite(api, api.as_("author"), **INVITED)
    assert sign_in(api, token_of(github, SHA)).status_code == 201
    claims, known = claims_of(github, SHA), github.key
    for token in (
        jwt.encode({"alg": "RS256", "kid": known.kid}, claims, new_key()),
        jwt.encode({"alg": "RS256", "kid": "unknown"}, claims, known),
        forged({"alg": "HS256", "kid": known.kid}, claims, known),
        jwt.encode({"alg": "RS384", "kid": known.kid}, claims, known, algorithms=["RS384"]),
        forged({"alg": "none", "kid": known.kid}, claims, known),
        "not.a.token",
        "",
        "é" * 40,
        token_of(github, SHA).rsplit(".", 1)[0] + ".",
    ):
        assert refused(api, token) == (401, "identity.refused"), token[:60]


def test_keys_that_are_rotated_are_asked_for_anew(api: Serving, github: Issuer) -> None:
    invite(api, api.as_("author"), **INVITED)
    assert sign_in(api, token_of(github, SHA)).status_code == 201
    old, github.key = github.key, new_key()
    wait_for(lambda: sign_in(api, token_of(github, SHA)).status_code == 201)
    github.signed_by, kid = old, old.kid
    token = jwt.encode({"alg": "RS256", "kid": kid}, claims_of(github, SHA), old)
    assert refused(api, token) == (401, "identity.refused"), "a key that is no longer told is good no more"


def test_keys_are_asked_for_once_an_hour_and_one_that_is_withdrawn_is_good_no_longer() -> None:
    now = [0.0]
    with issuer() as github:
        tokens = GithubTokens(github.url, ["http://127.0.0.1:8000"], lambda: now[0])
        withdrawn = token_of(github, SHA)
        for now[0] in (0.0, 1800.0, 3590.0):
            assert tokens.run_of(token_of(github, SHA)).sha == SHA
        assert github.keys_told == 1
        github.key = new_key()
        now[0] = 3610.0
        with pytest.raises(Problem) as caught:
            tokens.run_of(withdrawn)
    assert caught.value.code == "identity.refused"


def test_an_enterprises_own_issuer_is_trusted_in_the_place_of_githubs() -> None:
    with issuer() as github:
        elsewhere, github.url = github.url, f"{github.url}/_services/token"
        settings = Settings(github_issuer=f"{github.url}/")
        tokens = github_tokens(settings)
        assert tokens.run_of(token_of(github, SHA)).iss == github.url
        for iss in (elsewhere, Settings().github_issuer):
            with pytest.raises(Problem) as caught:
                tokens.run_of(token_of(github, SHA, iss=iss))
            assert caught.value.code == "identity.refused"


def test_who_calls_itself_otherwise_than_the_issuer_tells_no_keys() -> None:
    with issuer() as github:
        own, github.url = github.url, f"{github.url}/another"
        tokens = GithubTokens(own, ["http://127.0.0.1:8000"])
        with pytest.raises(Problem) as caught:
            tokens.run_of(token_of(github, SHA, iss=own))
        assert (caught.value.code, github.keys_told) == ("identity.provider", 0)
        github.url = own
        assert GithubTokens(own, ["http://127.0.0.1:8000"]).run_of(token_of(github, SHA)).sha == SHA


def test_whoever_names_keys_that_there_are_not_cannot_have_them_asked_for_without_end(
    api: Serving, github: Issuer
) -> None:
    with TestClient(create_app(api.settings, clock=lambda: 0.0), base_url=api.settings.public_url) as client:
        at_one_moment = replace(api, client=client)  # however long the requests take
        for number in range(20):
            token = jwt.encode({"alg": "RS256", "kid": f"k{number}"}, claims_of(github, SHA), github.key)
            assert refused(at_one_moment, token) == (401, "identity.refused")
    assert github.keys_told == 1


def test_an_issuer_that_is_away_is_told_as_that_and_found_again(api: Serving, github: Issuer) -> None:
    invite(api, api.as_("author"), **INVITED)
    address, github.url = github.url, "http://127.0.0.1:1"  # it calls itself otherwise than is expected
    token = token_of(github, SHA, iss=address)
    for _ in range(3):
        answer = sign_in(api, token)
        assert (answer.status_code, answer.json()["code"]) == (502, "identity.provider")
        assert answer.headers["Retry-After"] == "10"
    github.url = address
    wait_for(lambda: sign_in(api, token_of(github, SHA)).status_code == 201)


def test_a_token_is_good_once_also_for_two_at_once(api: Serving, github: Issuer) -> None:
    invite(api, api.as_("author"), **INVITED)
    token, found = token_of(github, SHA), []
    threads = [threading.Thread(target=lambda: found.append(refused(api, token))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [(201, "let in"), *[(401, "github.replayed")] * 3]
    assert refused(api, token) == (401, "github.replayed")


def test_a_token_that_was_shown_to_one_process_is_good_at_no_other_and_after_no_restart(
    api: Serving, github: Issuer
) -> None:
    invite(api, api.as_("author"), **INVITED)
    token = token_of(github, SHA)
    assert sign_in(api, token).status_code == 201
    with TestClient(create_app(api.settings), base_url=api.settings.public_url) as client:
        other = Serving(client, api.engine, api.settings)
        assert refused(other, token) == (401, "github.replayed")
        assert sign_in(other, token_of(github, SHA)).status_code == 201


def test_a_repository_that_is_invited_to_several_assignments_says_for_which_it_hands_in(
    api: Serving, github: Issuer
) -> None:
    publish(api, CHURN.parent / "sms-triage")
    author = api.as_("author")
    made = {name: invite(api, author, assignment=name, **INVITED) for name in ("churn", "sms-triage")}
    assert refused(api, token_of(github, SHA)) == (422, "github.which")
    for name, invitation in made.items():
        told = sign_in(api, token_of(github, SHA), assignment=name).json()
        assert (told["invitation"], told["assignment"]) == (invitation["id"], name)
    unknown = sign_in(api, token_of(github, SHA), assignment="digits")
    assert (unknown.status_code, unknown.json()["code"]) == (403, "github.not_invited")
    api.client.delete(f"/api/v1/invitations/{made['churn']['id']}", headers=author)
    assert sign_in(api, token_of(github, SHA)).json()["assignment"] == "sms-triage", "the only one that is left"


def test_what_others_can_begin_hands_nothing_in(api: Serving, github: Issuer) -> None:
    """A fork's pull request runs under the id of the repository it is for: nothing in the token tells it apart."""
    invite(api, api.as_("author"), **INVITED)
    for event in ("pull_request", "pull_request_target", "schedule", "issue_comment", "workflow_run"):
        assert refused(api, token_of(github, SHA, event_name=event)) == (403, "github.event"), event


def test_a_repository_is_known_by_its_ids_and_by_no_name(api: Serving, github: Issuer) -> None:
    invite(api, api.as_("author"), **INVITED)
    for ids in ({"repository_id": "7"}, {"repository_owner_id": "7"}):
        assert refused(api, token_of(github, SHA, **ids)) == (403, "github.not_invited")
    assert sign_in(api, token_of(github, SHA, repository="ada/renamed", actor="bea")).status_code == 201


def test_an_invitation_that_was_taken_back_lets_no_run_in_and_ends_those_under_way(
    api: Serving, github: Issuer
) -> None:
    author = api.as_("author")
    made = invite(api, author, **INVITED)
    run = bearer(sign_in(api, token_of(github, SHA)).json()["token"])
    assert api.client.get("/api/v1/session", headers=run).status_code == 200
    api.client.delete(f"/api/v1/invitations/{made['id']}", headers=author)
    assert api.client.get("/api/v1/session", headers=run).status_code == 401
    assert refused(api, token_of(github, SHA)) == (403, "github.not_invited")


def test_a_repository_is_bound_once_to_an_assignment_and_only_by_numbers(api: Serving, github: Issuer) -> None:
    author = api.as_("author")
    invite(api, author, **INVITED)
    other = invite(api, author, "Bea Miller")
    place = f"/api/v1/invitations/{other['id']}"
    twice = api.client.patch(place, json=INVITED, headers=author)
    assert (twice.status_code, twice.json()["code"]) == (422, "request.invalid")
    wrong = {"repository": {"id": "ada/churn", "owner_id": OWNER}}
    assert api.client.patch(place, json=wrong, headers=author).status_code == 422
    free = {"repository": {"id": "77", "owner_id": OWNER}}
    assert api.client.patch(place, json=free, headers=author).json()["repository"] == free["repository"]
    assert api.client.get(place, headers=api.as_("reviewer")).json()["repository"] is None, "it would name who it is"
    assert sign_in(api, token_of(github, SHA, repository_id="77")).json()["invitation"] == other["id"]


def test_the_commit_of_the_run_is_handed_in_once_and_no_other_one(api: Serving, github: Issuer, tmp_path: Path) -> None:
    invite(api, api.as_("author"), attempts=2, **INVITED)
    first = repository(tmp_path / "work", predict_py="print(1)\n", src__täble_py="x = 1\n")
    second = repository(tmp_path / "work", predict_py="print(2)\n")
    run = bearer(sign_in(api, token_of(github, second)).json()["token"])
    archive, proof = sent(tmp_path / "work", second)
    older = sent(tmp_path / "work", first)
    assert told(hand_in(api, run, *older)) == (422, "git.commit")
    assert told(hand_in(api, run, older[0], proof)) == (422, "git.commit")
    assert told(hand_in(api, run, sent(tmp_path / "work", second, predict__="")[0], "{}")) == (422, "git.commit")
    changed = sent(tmp_path / "work", second, **{"predict.py": "print(3)\n"})
    assert told(hand_in(api, run, *changed)) == (422, "git.commit")
    answer = hand_in(api, run, archive, proof)
    assert answer.status_code == 201, answer.text
    again = bearer(sign_in(api, token_of(github, second, run_attempt="2")).json()["token"])
    for headers in (run, again):
        same = hand_in(api, headers, archive, proof)
        assert (same.status_code, same.json()["id"]) == (200, answer.json()["id"])
    inner = sent(tmp_path / "work", second, "src")
    assert told(hand_in(api, again, *inner)) == (409, "github.folder")
    anew = bearer(sign_in(api, token_of(github, second, run_attempt="3")).json()["token"])
    for status in (201, 200):
        below = hand_in(api, anew, *inner)
        assert below.status_code == status, below.text
    third = repository(tmp_path / "work", predict_py="print(3)\n")
    more = bearer(sign_in(api, token_of(github, third)).json()["token"])
    assert told(hand_in(api, more, *sent(tmp_path / "work", third))) == (403, "invitation.attempts")
    files = {"file": ("work.zip", archive, "application/zip")}
    plain = api.client.post("/api/v1/submissions", files=files, headers=more)
    assert told(plain) == (403, "identity.forbidden")


def hand_in(api: Serving, headers: dict[str, str], archive: bytes, proof: str) -> Any:
    files = {"file": ("work.zip", archive, "application/zip")}
    return api.client.post(COMMITS, data={"commit": proof}, files=files, headers=headers)


def told(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_who_is_erased_leaves_no_repository_no_run_and_no_token(api: Serving, github: Issuer, tmp_path: Path) -> None:
    admin = api.as_("admin")
    made = invite(api, admin, **INVITED)
    sha = repository(tmp_path / "work", predict_py="print(1)\n")
    run = bearer(sign_in(api, token_of(github, sha)).json()["token"])
    assert hand_in(api, run, *sent(tmp_path / "work", sha)).status_code == 201
    found = api.client.get("/api/v1/candidates", params={"email": "ada@example.org"}, headers=admin).json()
    assert api.client.delete(f"/api/v1/candidates/{found[0]['id']}", headers=admin).status_code == 200
    with reading(api.engine) as session:
        assert session.scalars(select(GithubRun)).all() == []
        assert session.scalars(select(Token).where(Token.invitation_id == made["id"])).all() == []
    assert refused(api, token_of(github, sha)) == (403, "github.not_invited")


def test_a_repository_that_was_bound_by_mistake_is_let_in_no_more_once_another_is(
    api: Serving, github: Issuer, tmp_path: Path
) -> None:
    author = api.as_("author")
    made = invite(api, author, **INVITED)
    sha = repository(tmp_path / "work", predict_py="print(1)\n")
    wrong = bearer(sign_in(api, token_of(github, sha)).json()["token"])
    place = f"/api/v1/invitations/{made['id']}"
    assert api.client.patch(place, json=INVITED, headers=author).status_code == 200
    assert api.client.get("/api/v1/session", headers=wrong).status_code == 200, "it is the same one"
    assert api.client.patch(place, json={"repository": {"id": "77", "owner_id": OWNER}}, headers=author).is_success
    assert api.client.get("/api/v1/submissions", headers=wrong).status_code == 401
    assert hand_in(api, wrong, *sent(tmp_path / "work", sha)).status_code == 401
    assert refused(api, token_of(github, sha)) == (403, "github.not_invited")
    right = bearer(sign_in(api, token_of(github, sha, repository_id="77")).json()["token"])
    assert hand_in(api, right, *sent(tmp_path / "work", sha)).status_code == 201
    assert api.client.patch(place, json={"repository": None}, headers=author).json()["repository"] is None
    assert hand_in(api, right, *sent(tmp_path / "work", sha)).status_code == 401
    assert refused(api, token_of(github, sha, repository_id="77")) == (403, "github.not_invited")
    link = api.client.get("/api/v1/session", headers=bearer(made["token"]))
    assert link.status_code == 200, "the candidate's own link is no run's"


def test_whoever_has_one_commit_proven_already_is_asked_to_come_again_and_stops_nobody_else(
    api: Serving, github: Issuer, tmp_path: Path
) -> None:
    """A proof may take seconds of a processor, and its run may ask for as many as it likes."""
    author = api.as_("author")
    made = invite(api, author, **INVITED)
    invite(api, author, "Bea Miller", repository={"id": "77", "owner_id": OWNER})
    sha = repository(tmp_path / "work", predict_py="print(1)\n")
    runs = [
        bearer(sign_in(api, token_of(github, sha, repository_id=key)).json()["token"]) for key in (REPOSITORY, "77")
    ]
    with api.client.app.state.services.proving.let_in(f"invitation:{made['id']}"):  # type: ignore[attr-defined]
        again = hand_in(api, runs[0], *sent(tmp_path / "work", sha))
        assert told(again) == (429, "request.too_many")
        assert again.headers["Retry-After"] == "2"
        assert hand_in(api, runs[1], *sent(tmp_path / "work", sha)).status_code == 201
    assert hand_in(api, runs[0], *sent(tmp_path / "work", sha)).status_code == 201


def test_whoever_signs_by_a_known_key_waits_for_nobody_who_names_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_github, "WAITS_S", 0.2)
    monkeypatch.setattr(api_github, "WITHIN_S", 120.0)
    running, now = Issuer(), [0.0]
    asked, told_at_last = threading.Event(), threading.Event()
    told_at_last.set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            keys = {"keys": [running.key.as_dict(private=False)]}
            asked.set()
            told_at_last.wait(60)
            body = json.dumps({"issuer": running.url, "jwks_uri": f"{running.url}/jwks", **keys}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing on standard error."""

    with listening(Handler) as port:
        running.url = f"http://127.0.0.1:{port}"
        tokens = GithubTokens(running.url, ["http://127.0.0.1:8000"], lambda: now[0])
        assert tokens.run_of(token_of(running, SHA)).sha == SHA
        now[0] += 60
        asked.clear()
        told_at_last.clear()
        unknown = jwt.encode({"alg": "RS256", "kid": "unknown"}, claims_of(running, SHA), running.key)

        def ask() -> None:
            with suppress(Problem):
                tokens.run_of(unknown)

        thread = threading.Thread(target=ask)
        thread.start()
        assert asked.wait(60)
        assert tokens.run_of(token_of(running, SHA)).sha == SHA
        with pytest.raises(Problem) as caught:
            tokens.run_of(unknown)
        assert caught.value.code == "identity.provider"
        assert thread.is_alive(), "one waits for the keys, and no more"
        told_at_last.set()
        thread.join()


@pytest.mark.parametrize("change", [take_back, lambda session, row: bind(session, row, Repository("77", OWNER))])
def test_a_run_that_signs_in_while_its_invitation_ends_is_not_let_in(
    api: Serving, github: Issuer, change: Callable[[Session, Invitation], None]
) -> None:
    invite(api, api.as_("author"), **INVITED)
    found: list[tuple[int, str]] = []
    thread = threading.Thread(target=lambda: found.append(refused(api, token_of(github, SHA))))
    with transaction(api.engine) as session:
        change(session, session.scalars(select(Invitation).with_for_update()).one())
        session.flush()
        thread.start()
        thread.join(2)  # whoever would not wait would be through by then
    thread.join()
    assert found == [(403, "github.not_invited")]


def test_the_audit_log_tells_nothing_by_which_a_repository_can_be_found(
    api: Serving, github: Issuer, tmp_path: Path
) -> None:
    """Reviews are blind, and who is erased is to be found no more: a commit can be looked up by its hash alone."""
    admin = api.as_("admin")
    invite(api, api.as_("author"), **INVITED)
    sha = repository(tmp_path / "work", predict_py="print(1)\n")
    claims = claims_of(github, sha)
    run = bearer(sign_in(api, token_of(github, **claims)).json()["token"])
    assert hand_in(api, run, *sent(tmp_path / "work", sha)).status_code == 201
    audit = api.client.get("/api/v1/audit", headers=admin)
    assert {"run.sign_in", "submission.hand_in"} <= {entry["action"] for entry in audit.json()["items"]}
    for name in ("sha", "run_id", "repository_id", "repository", "actor", "workflow_ref"):
        assert f'"{claims[name]}"' not in audit.text, name
