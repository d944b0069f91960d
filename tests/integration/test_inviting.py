"""Assignments and invitations over the API: published, handed out, extended, taken back, and blind."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from serving import CHURN, Serving, publish, serving

from api.app import create_app

ADA = {"assignment": "churn", "name": "Ada Lovelace", "email": "Ada@Example.org"}


@pytest.fixture
def api(database_url: str, tmp_path: Path) -> Iterator[Serving]:
    with serving(database_url, tmp_path / "home") as running:
        yield running


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return made.getvalue()


def folder(root: Path, top: str) -> dict[str, bytes]:
    kept = [path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {f"{top}/{path.relative_to(root).as_posix()}": path.read_bytes() for path in kept}


def send(api: Serving, data: bytes, headers: dict[str, str]) -> Any:
    return api.client.post("/api/v1/assignments", files={"file": ("a.zip", data, "application/zip")}, headers=headers)


def invite(api: Serving, headers: dict[str, str], **more: object) -> dict[str, Any]:
    answer = api.client.post("/api/v1/invitations", json=ADA | more, headers=headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_an_author_publishes_a_folder_and_only_the_invited_get_its_packet(api: Serving) -> None:
    author = api.as_("author")
    published = send(api, zipped(folder(CHURN, "churn")), author)
    assert published.status_code == 201, published.text
    assert published.json()["slug"] == "churn"
    candidate = bearer(invite(api, author)["token"])
    listed = api.client.get("/api/v1/assignments", headers=candidate).json()["items"]
    assert [item["slug"] for item in listed] == ["churn"]
    packet = api.client.get("/api/v1/assignments/churn/packet", headers=candidate)
    names = zipfile.ZipFile(io.BytesIO(packet.content)).namelist()
    assert "churn/README.md" in names
    assert not [name for name in names if "hidden" in name or "examples" in name]
    assert api.client.get("/api/v1/assignments/churn/packet").status_code == 401
    closed = api.client.post("/api/v1/assignments/churn/close", headers=author)
    assert closed.json()["closed_at"]
    refused = api.client.post("/api/v1/invitations", json=ADA | {"email": "b@example.org"}, headers=author)
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"../churn/assignment.toml": b"title = 'x'"}, "archive.path"),
        ({"churn/README.md": b"only a brief"}, "assignment.invalid"),
        ({"churn/assignment.toml": b"title = "}, "assignment.invalid"),
        ({"assignment.toml": b"title = 'x'", "README.md": b""}, "assignment.invalid"),
    ],
)
def test_what_is_no_sound_assignment_is_refused_and_nothing_is_stored(
    api: Serving, tmp_path: Path, files: dict[str, bytes], code: str
) -> None:
    author = api.as_("author")
    refused = send(api, zipped(files), author)
    assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert str(tmp_path) not in refused.text
    assert send(api, b"no archive", author).json()["code"] == "archive.type"
    assert api.client.get("/api/v1/assignments", headers=author).json()["items"] == []
    assert send(api, zipped(files), api.as_("reviewer")).status_code == 403


def test_reviewers_do_not_see_who_it_is_and_who_made_the_invitation_does(api: Serving) -> None:
    publish(api, CHURN)
    author = api.as_("author")
    made = invite(api, author)
    assert made["candidate"]["email"] == "ada@example.org"
    address = f"/api/v1/invitations/{made['id']}"
    for other in (api.as_("reviewer"), api.as_("admin")):
        for text in (
            api.client.get(address, headers=other).text,
            api.client.get("/api/v1/invitations", headers=other).text,
        ):
            assert made["id"] in text
            assert "Ada" not in text
            assert "ada@" not in text
            assert made["token"] not in text
    assert api.client.get(address, headers=author).json()["candidate"]["name"] == "Ada Lovelace"
    assert made["link"].endswith(f"/i/{made['token']}")


def test_a_candidate_has_their_own_invitation_and_no_others(api: Serving) -> None:
    publish(api, CHURN)
    author = api.as_("author")
    own, other = invite(api, author), invite(api, author, email="b@example.org", name="Bea")
    candidate = bearer(own["token"])
    listed = api.client.get("/api/v1/invitations", headers=candidate).json()["items"]
    assert [item["id"] for item in listed] == [own["id"]]
    assert api.client.get(f"/api/v1/invitations/{own['id']}", headers=candidate).status_code == 200
    refused = api.client.get(f"/api/v1/invitations/{other['id']}", headers=candidate)
    assert (refused.status_code, refused.json()["code"]) == (404, "request.not_found")
    assert api.client.post("/api/v1/invitations", json=ADA, headers=candidate).status_code == 403


def test_an_invitation_is_extended_its_token_renewed_and_at_last_taken_back(api: Serving) -> None:
    publish(api, CHURN)
    author = api.as_("author")
    made = invite(api, author, deadline="2099-01-01T12:00:00+01:00")
    address = f"/api/v1/invitations/{made['id']}"
    longer = api.client.patch(address, json={"deadline": "2099-02-01T12:00:00Z", "attempts": 3}, headers=author).json()
    assert (longer["deadline"], longer["attempts"]) == ("2099-02-01T12:00:00Z", 3)
    past = api.client.patch(address, json={"deadline": "2020-02-01T12:00:00Z"}, headers=author)
    assert past.status_code == 422
    renewed = api.client.post(f"{address}/token", headers=author).json()["token"]
    assert api.client.get(address, headers=bearer(made["token"])).status_code == 401
    assert api.client.get(address, headers=bearer(renewed)).status_code == 200
    assert api.client.delete(address, headers=author).json()["state"] == "revoked"
    assert api.client.get(address, headers=bearer(renewed)).status_code == 401
    assert api.client.patch(address, json={"attempts": 3}, headers=author).status_code == 422


def test_every_act_is_in_the_audit_log_without_names_and_only_admins_read_it(api: Serving) -> None:
    publish(api, CHURN)
    author = api.as_("author")
    made = invite(api, author)
    api.client.patch(f"/api/v1/invitations/{made['id']}", json={"attempts": 2}, headers=author)
    api.client.delete(f"/api/v1/invitations/{made['id']}", headers=author)
    assert api.client.get("/api/v1/audit", headers=author).status_code == 403
    admin = api.as_("admin")
    query: dict[str, str | int] = {"action": "invitation", "limit": 2}
    first = api.client.get("/api/v1/audit", params=query, headers=admin)
    rest = api.client.get("/api/v1/audit", params=query | {"cursor": first.json()["next"]}, headers=admin)
    acts = [item["action"] for page in (first, rest) for item in page.json()["items"]]
    assert acts == ["invitation.revoke", "invitation.extend", "invitation.make"]
    for page in (first, rest):
        assert "lovelace" not in page.text.lower()
        assert "ada@" not in page.text.lower()
        assert made["token"] not in page.text


def test_where_the_operator_wants_no_blind_review_reviewers_see_names_at_once_and_candidates_see_no_other(
    api: Serving,
) -> None:
    author, reviewer = api.as_("author"), api.as_("reviewer")
    publish(api, CHURN)
    made, other = invite(api, author), invite(api, author, email="bea@example.org", name="Bea Miller")
    files = {"file": ("work.py", b"print(1)\n", "text/x-python")}
    work = api.client.post("/api/v1/submissions", files=files, headers=bearer(made["token"])).json()["id"]
    assert api.client.get(f"/api/v1/invitations/{made['id']}", headers=reviewer).json()["candidate"] is None
    settings = api.settings.model_copy(update={"blind_review": False})
    with TestClient(create_app(settings), base_url=settings.public_url) as seeing:
        told = seeing.get(f"/api/v1/invitations/{made['id']}", headers=reviewer).json()
        assert told["candidate"]["name"] == "Ada Lovelace"
        exported = seeing.get("/api/v1/assignments/churn/export.json", headers=reviewer).json()["submissions"]
        assert [row["candidate"] for row in exported if row["submission"] == work] == ["Ada Lovelace"]
        own = bearer(other["token"])
        assert seeing.get(f"/api/v1/invitations/{made['id']}", headers=own).status_code == 404
