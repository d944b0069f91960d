"""Sign-in with the company's own provider, against one that signs with real keys over HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from issuer import CLIENT, SECRET, Issuer, issuer, new_key
from pydantic import SecretStr
from serving import Serving, serving

from api.app import create_app
from grader.errors import UsageError
from grader.settings import read_settings
from grader.store.database import reading, transaction
from grader.store.people import add_user, find_user

BEGIN, ME = "/api/v1/session/oidc", "/api/v1/session"


@pytest.fixture
def provider() -> Iterator[Issuer]:
    with issuer() as running:
        yield running


@pytest.fixture
def api(database_url: str, tmp_path: Path, provider: Issuer) -> Iterator[Serving]:
    with serving(database_url, tmp_path / "home") as running:
        known = {"oidc_issuer": provider.url, "oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET)}
        settings = running.settings.model_copy(update=known)
        with transaction(running.engine) as session:
            add_user(session, "ada@example.org", "reviewer")
        with TestClient(create_app(settings), base_url=settings.public_url, follow_redirects=False) as client:
            yield Serving(client, running.engine, settings)


def sent_back(api: Serving) -> str:
    """Begin a sign-in, go to the provider as a browser does, and return the address that it sends the browser to."""
    begun = api.client.get(BEGIN)
    assert begun.status_code == 303, begun.text
    return httpx2.get(begun.headers["location"]).headers["location"]


def sign_in(api: Serving) -> httpx2.Response:
    api.client.cookies.clear()
    return api.client.get(sent_back(api))


def test_somebody_added_by_e_mail_signs_in_and_is_bound_to_what_the_provider_calls_them(
    api: Serving, provider: Issuer
) -> None:
    answer = sign_in(api)
    assert (answer.status_code, answer.headers["location"]) == (303, "/"), answer.text
    assert api.client.get(ME).json()["role"] == "reviewer"
    with reading(api.engine) as session:
        user = find_user(session, "ada@example.org")
        assert user is not None
        assert (user.issuer, user.subject) == (provider.url, "0001")
    provider.claims = {"email": "ada.lovelace@example.org"}
    assert sign_in(api).status_code == 303  # who they are is `sub`, whatever their address has become
    provider.claims = {"sub": "0002"}
    stolen = sign_in(api)
    assert (stolen.status_code, stolen.json()["code"]) == (403, "identity.not_added")
    provider.key = new_key()
    provider.claims = {}
    assert sign_in(api).status_code == 303  # a new key is asked for


@pytest.mark.parametrize("claims", [{"email": "grace@example.org"}, {"email_verified": False}, {"email": None}])
def test_nobody_signs_in_whom_no_admin_has_added_by_a_verified_address(
    api: Serving, provider: Issuer, claims: dict[str, Any]
) -> None:
    provider.claims = claims
    answer = sign_in(api)
    assert (answer.status_code, answer.json()["code"]) == (403, "identity.not_added")
    assert "thg_session" not in api.client.cookies


def test_an_answer_that_proves_nothing_lets_nobody_in(api: Serving, provider: Issuer) -> None:
    wrong: list[dict[str, Any]] = [
        {"iss": "https://elsewhere.example"},
        {"aud": "another service"},
        {"aud": ["another service"], "azp": CLIENT},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"nonce": "of another sign-in"},
        {"nonce": None},
        {"sub": None},
    ]
    for claims in wrong:
        provider.claims = claims
        answer = sign_in(api)
        assert (answer.status_code, answer.json()["code"]) == (401, "identity.refused"), claims
    provider.claims = {}
    for algorithm in ("HS256", "none"):  # signed with the public key, which everybody has, or not at all
        provider.algorithm = algorithm
        assert sign_in(api).json()["code"] == "identity.refused", algorithm
    provider.algorithm, provider.signed_by = "RS256", new_key()
    assert sign_in(api).json()["code"] == "identity.refused"
    assert api.client.get(ME).status_code == 401


def test_only_the_browser_that_began_comes_back_and_only_once(api: Serving) -> None:
    back = sent_back(api)
    cookie = api.client.cookies["thg_oidc"]
    api.client.cookies.clear()
    for other in ("", "thg_oidc=nonsense", "thg_oidc=WyJhIiwgImIiLCAiYyJd"):
        assert api.client.get(back, headers={"Cookie": other}).json()["code"] == "identity.refused"
    api.client.cookies.set("thg_oidc", cookie, domain="127.0.0.1", path=BEGIN)
    assert api.client.get(back.replace("state=", "state=x")).status_code == 401
    assert api.client.get(f"{BEGIN}/callback", params={"error": "access_denied"}).status_code == 401
    assert api.client.get(back).status_code == 303
    assert api.client.get(back).status_code == 401


def test_a_provider_that_is_away_or_another_is_told_so_and_none_is_404(tmp_path: Path, provider: Issuer) -> None:
    base = {"GRADER_HOME": str(tmp_path), "GRADER_OIDC_CLIENT_ID": CLIENT, "GRADER_OIDC_CLIENT_SECRET": SECRET}
    for url, status in (("http://127.0.0.1:1", 502), (f"{provider.url}/", 502), ("", 404)):
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (base | {"GRADER_OIDC_ISSUER": url}).items():
                patch.setenv(name, value)
            settings = read_settings()
        with TestClient(create_app(settings)) as client:
            assert client.get(BEGIN).status_code == status, url


@pytest.mark.parametrize(
    ("url", "secret"),
    [
        ("http://login.example.org", SECRET),
        ("https://u:p@login.example.org", SECRET),
        ("https://login.example.org", ""),
    ],
)
def test_an_unsafe_provider_is_refused_by_its_setting(monkeypatch: pytest.MonkeyPatch, url: str, secret: str) -> None:
    for name, value in (("ISSUER", url), ("CLIENT_ID", CLIENT), ("CLIENT_SECRET", secret)):
        monkeypatch.setenv(f"GRADER_OIDC_{name}", value)
    with pytest.raises(UsageError, match="GRADER_OIDC_ISSUER"):
        read_settings()
