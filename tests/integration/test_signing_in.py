"""Who is let in: sign-in by password and its bounds, sessions, people and tokens, and what others may not do."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient
from serving import CHURN, PASSWORD, Serving, publish, serving
from sqlalchemy import select, update

from api.app import create_app
from grader.store.base import utc_now
from grader.store.database import reading, transaction
from grader.store.people import add_user
from grader.store.secrets_shown import new_token
from grader.store.tables import Candidate, Invitation, Token
from grader.store.tables_of_operation import AuditEntry

ME, USERS, TOKENS = "/api/v1/session", "/api/v1/users", "/api/v1/tokens"
HERE = {"Origin": "http://127.0.0.1:8000", "Sec-Fetch-Site": "same-origin"}
ELSEWHERE = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[Serving]:
    with serving(database_url, tmp_path / "home") as running:
        yield running


def added(api: Serving, email: str = "ada@example.org", role: str = "reviewer") -> str:
    with transaction(api.engine) as session:
        return add_user(session, email, role, PASSWORD).id


def sign_in(api: Serving, email: str = "ada@example.org", password: str = PASSWORD, **headers: str) -> int:
    given = {"email": email, "password": password}
    return api.client.post(ME, json=given, headers=headers).status_code


def acts(api: Serving) -> list[str]:
    with reading(api.engine) as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_a_browser_signs_in_is_known_and_signs_out(api: Serving) -> None:
    user = added(api)
    answer = api.client.post(ME, json={"email": " Ada@Example.org", "password": PASSWORD}, headers=HERE)
    assert answer.status_code == 201, answer.text
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Secure" not in cookie  # the address of this one is http
    secret = api.client.cookies["thg_session"]
    assert secret not in answer.text
    me = api.client.get(ME).json()
    assert (me["id"], me["role"], me["scopes"]) == (user, "reviewer", ["read", "review"])
    assert api.client.delete(ME, headers=HERE).status_code == 204
    assert api.client.get(ME).status_code == 401
    assert api.client.get(ME, headers={"Cookie": f"thg_session={secret}"}).status_code == 401
    assert acts(api) == ["session.begin", "session.end"]


def test_who_guesses_is_let_try_a_few_times_only_and_learns_nothing_of_who_is_there(api: Serving) -> None:
    added(api)
    with TestClient(create_app(api.settings, clock=lambda: 0.0)) as client:  # time stands still: nothing is let again

        def guess(email: str, password: str = "guess") -> httpx2.Response:
            return client.post(ME, json={"email": email, "password": password})

        answers = [guess("ada@example.org") for _ in range(7)]
        assert [answer.status_code for answer in answers] == [401] * 6 + [429]
        assert int(answers[-1].headers["retry-after"]) > 0
        assert guess("ada@example.org", PASSWORD).status_code == 429
        nobody = guess("nobody@example.org")
        assert nobody.json() == answers[0].json()
        others = [guess(f"{number}@example.org").status_code for number in range(12)]
        assert others == [401] * 11 + [429]  # each e-mail address was tried once: it is who asks


def test_no_wrong_expired_or_taken_back_token_and_no_disabled_user_is_let_in(api: Serving) -> None:
    user = added(api)
    with transaction(api.engine) as session:
        good, _ = new_token(session, "api", user_id=user, scopes=("read",))
        over, _ = new_token(session, "api", user_id=user, scopes=("read",), expires_at=utc_now() - timedelta(seconds=1))
        back, row = new_token(session, "api", user_id=user, scopes=("read",))
        session.execute(update(Token).where(Token.id == row.id).values(revoked_at=utc_now()))

    def asked(secret: str | None) -> int:
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        return api.client.get("/api/v1/submissions", headers=headers).status_code

    assert asked(good) == 200
    assert [asked(secret) for secret in (None, "", good[:-1], good + "x", over, back)] == [401] * 6
    assert api.client.get("/api/v1/submissions", params={"token": good}).status_code == 401  # never by the address
    admin = api.as_("admin")
    assert api.client.patch(f"{USERS}/{user}", json={"disabled": True}, headers=admin).status_code == 200
    assert asked(good) == 401
    assert sign_in(api) == 401
    assert api.client.patch(f"{USERS}/{user}", json={"disabled": False}, headers=admin).status_code == 200
    assert asked(good) == 401  # what was taken back stays so
    assert sign_in(api) == 201


def test_what_another_site_posts_in_a_browsers_name_is_refused(api: Serving) -> None:
    added(api, role="author")
    assert sign_in(api, **ELSEWHERE) == 403
    assert sign_in(api, **HERE) == 201
    for headers in (ELSEWHERE, {"Sec-Fetch-Site": "same-site"}, {"Origin": "null"}, {}):
        answer = api.client.post("/api/v1/submissions", data={"assignment": "churn", "git": "x"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "request.cross_site"), headers
    assert api.client.post(TOKENS, json={"scopes": ["read"]}, headers=HERE).status_code == 201


def test_a_candidate_gets_404_for_what_is_another_candidates(api: Serving) -> None:
    publish(api, CHURN)
    secrets = []
    with transaction(api.engine) as session:
        for name in ("ada", "grace"):
            candidate = Candidate(name=name, email=f"{name}@example.org")
            session.add(candidate)
            session.flush()
            invitation = Invitation(assignment="churn", candidate_id=candidate.id, attempts=3)
            session.add(invitation)
            session.flush()
            secrets.append(new_token(session, "invitation", invitation_id=invitation.id)[0])
    ada, grace = ({"Authorization": f"Bearer {secret}"} for secret in secrets)
    work = {"file": ("work.py", b"print('hello')\n", "text/x-python")}
    answer = api.client.post("/api/v1/submissions", files=work, headers=ada)
    assert answer.status_code == 201, answer.text
    place = f"/api/v1/submissions/{answer.json()['id']}"
    assert api.client.get(place, headers=ada).status_code == 200
    for path in (place, f"{place}/events"):
        refused = api.client.get(path, headers=grace)
        assert refused.status_code == 404
        assert refused.json() == api.client.get("/api/v1/submissions/none", headers=grace).json()
    assert api.client.get("/api/v1/submissions", headers=grace).json()["items"] == []
    assert {api.client.get(path, headers=ada).status_code for path in (USERS, TOKENS)} == {403}


def test_admins_add_and_change_people_and_the_last_admin_stays(api: Serving) -> None:
    headers = api.as_("admin")
    grace = {"email": "Grace@Example.org", "role": "reviewer", "name": "Grace", "password": PASSWORD}
    answer = api.client.post(USERS, json=grace, headers=headers)
    assert answer.status_code == 201, answer.text
    user = answer.json()
    assert (user["email"], user["has_password"]) == ("grace@example.org", True)
    assert api.client.post(USERS, json=grace, headers=headers).status_code == 409
    for wrong in ({"email": "grace"}, {"email": "a@b", "role": "king"}, {"email": "a@b", "password": "short"}):
        assert api.client.post(USERS, json={"role": "reviewer"} | wrong, headers=headers).status_code == 422
    place = f"{USERS}/{user['id']}"
    assert api.client.patch(place, json={"role": "author"}, headers=headers).json()["role"] == "author"
    listed = api.client.get(USERS, headers=headers).json()["items"]
    assert listed[0]["email"] == "grace@example.org"
    assert PASSWORD not in str(listed)
    assert "argon2" not in str(listed)
    me = api.client.get(ME, headers=headers).json()["id"]
    for change in ({"disabled": True}, {"role": "author"}):
        refused = api.client.patch(f"{USERS}/{me}", json=change, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    assert api.client.get(USERS, headers=api.as_("reviewer")).status_code == 403
    assert acts(api) == ["user.add", "user.change"]


def test_a_token_is_told_once_does_no_more_than_its_maker_and_can_be_taken_back(api: Serving) -> None:
    maker = api.as_("author", "read", "submit")
    asked = {"name": "nightly", "scopes": ["read"], "expires_in_days": 7}
    made = api.client.post(TOKENS, json=asked, headers=maker).json()
    mine = {"Authorization": f"Bearer {made['secret']}"}
    assert api.client.get(ME, headers=mine).json()["scopes"] == ["read"]
    listed = api.client.get(TOKENS, headers=maker).json()["items"]
    assert listed[0]["used_at"] is not None
    assert made["secret"].startswith(listed[0]["hint"])
    assert made["secret"] not in str(listed)
    for scopes in (["review"], ["read", "admin"], ["king"], []):  # the maker's role has "review", their token has not
        answer = api.client.post(TOKENS, json={"scopes": scopes}, headers=maker)
        assert answer.status_code in (403, 422), scopes
    longer = api.client.post(TOKENS, json={"scopes": ["read"], "expires_in_days": None}, headers=mine).json()
    assert longer["expires_at"] == made["expires_at"]
    assert api.client.delete(f"{TOKENS}/{made['id']}", headers=api.as_("reviewer")).status_code == 404
    assert api.client.delete(f"{TOKENS}/{made['id']}", headers=maker).status_code == 204
    assert api.client.get(ME, headers=mine).status_code == 401
    assert acts(api) == ["token.make", "token.make", "token.revoke"]


def test_a_character_that_a_database_cannot_keep_is_nobodys_and_no_failure(api: Serving) -> None:
    admin = api.as_("admin")
    answers = [
        api.client.post(ME, json={"email": "a\0@example.org", "password": PASSWORD}),
        api.client.patch(f"{USERS}/%00", json={"role": "author"}, headers=admin),
        api.client.delete(f"{TOKENS}/%00", headers=admin),
        api.client.get(TOKENS, params={"user_id": "\0"}, headers=admin),
        api.client.post(USERS, json={"email": "a@b", "role": "author", "name": "\0"}, headers=admin),
    ]
    assert {answer.status_code for answer in answers} <= {200, 401, 404, 422}


def test_a_token_takes_back_none_that_may_more_than_it_may(api: Serving) -> None:
    with transaction(api.engine) as session:
        user = add_user(session, "grace@example.org", "author", PASSWORD)
        made = {
            name: new_token(session, "api", user_id=user.id, scopes=scopes)
            for name, scopes in (("low", ("read",)), ("other", ("read",)), ("high", ("read", "author")))
        }
        ids, secrets = ({name: token[part] for name, token in made.items()} for part in (1, 0))
    low, high = ({"Authorization": f"Bearer {secrets[name]}"} for name in ("low", "high"))
    refused = api.client.delete(f"/api/v1/tokens/{ids['high'].id}", headers=low)
    assert (refused.status_code, refused.json()["code"]) == (404, "request.not_found")
    assert api.client.get("/api/v1/session", headers=high).status_code == 200
    assert api.client.delete(f"/api/v1/tokens/{ids['other'].id}", headers=low).status_code == 204
    assert api.client.delete(f"/api/v1/tokens/{ids['low'].id}", headers=low).status_code == 204, "its own"
    assert api.client.delete(f"/api/v1/tokens/{ids['high'].id}", headers=high).status_code == 204
