"""Characters that a database cannot keep, or that run elsewhere, are refused or shown as what they are."""

from __future__ import annotations

import json

from graded import bearer, grade, hand_in, invite
from serving import Serving


def test_a_nul_byte_is_never_kept_and_finds_nothing(api: Serving) -> None:
    admin = api.as_("admin")
    submission = hand_in(api, bearer(invite(api, admin)["token"]))
    grade(api, submission)
    for address in (
        "/api/v1/assignments/a%00b",
        "/api/v1/assignments/a%00b/ranking",
        "/api/v1/invitations/a%00b",
        "/api/v1/invitations?assignment=a%00b",
        "/api/v1/submissions/a%00b/report",
        f"/api/v1/submissions/{submission}/report?report=a%00b",
        "/api/v1/submissions?assignment=a%00b",
        "/api/v1/candidates?email=a%00b",
        "/api/v1/audit?actor=a%00b",
    ):
        assert api.client.get(address, headers=admin).status_code in (200, 404, 422), address
    for text in ("a\0b", "a\x1b[2Jb", "a\ud800b"):
        body = _json({"kind": "comment", "text": text})
        said = api.client.post(f"/api/v1/submissions/{submission}/reviews", content=body, headers=admin | JSON)
        assert said.status_code == 422, ascii(text)
    lines = {"kind": "comment", "text": "one\n\ttwo"}
    assert api.client.post(f"/api/v1/submissions/{submission}/reviews", json=lines, headers=admin).status_code == 201
    for changed in ({"assignment": "a\0b"}, {"name": "a\0b"}, {"email": "a\0b@example.org"}, {"name": "a\ud800b"}):
        body = {"assignment": "churn", "name": "Bea", "email": "b@example.org"} | changed
        refused = api.client.post("/api/v1/invitations", content=_json(body), headers=admin | JSON)
        assert refused.status_code == 422, changed


JSON = {"Content-Type": "application/json"}


def _json(body: dict[str, str]) -> bytes:
    return json.dumps(body).encode()


def test_markup_in_what_reviewers_write_and_candidates_are_called_is_shown_and_never_run(api: Serving) -> None:
    admin, name = api.as_("admin"), "<img src=x onerror=alert(1)>"
    submission = hand_in(api, bearer(invite(api, admin, name)["token"]))
    report = grade(api, submission)
    criterion = report.dimensions[0].criteria[0].id
    address = f"/api/v1/submissions/{submission}"
    given = {"kind": "override", "criterion": criterion, "verdict": "met", "text": "</td><script>alert(1)</script>"}
    said = api.client.post(f"{address}/reviews", json=given, headers=admin | {"If-Match": "*"})
    assert said.status_code == 201, said.text
    page = api.client.get(f"{address}/report.html", headers=admin)
    assert "<script" not in page.text
    assert "<img src=x" not in page.text
    for form in ("report", "reviews"):
        shown = api.client.get(f"{address}/{form}", headers=admin)
        assert shown.headers["content-type"] == "application/json"
