"""Characters, numbers and times that a database cannot keep are refused; those that run elsewhere are only shown."""

from __future__ import annotations

import base64
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


EARLY, LATE = "0001-01-01T00:00:00+23:00", "9999-12-31T23:59:00-05:00"  # in UTC there are no such years


def test_times_at_either_end_of_time_are_refused(api: Serving) -> None:
    author, admin = api.as_("author"), api.as_("admin")
    invited = {"assignment": "churn", "name": "Bea", "email": "b@example.org"}
    batch = {"assignment": "churn", "kind": "score", "reason": "again"}
    for moment in (EARLY, LATE):
        for answer in (
            api.client.get("/api/v1/audit", params={"since": moment}, headers=admin),
            api.client.get("/api/v1/audit", params={"cursor": _cursor(moment, 1)}, headers=admin),
            api.client.get("/api/v1/submissions", params={"cursor": _cursor(moment, "a")}, headers=admin),
            api.client.post("/api/v1/invitations", json=invited | {"deadline": moment}, headers=author),
            api.client.post("/api/v1/batches", json=batch | {"until": moment}, headers=author),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid"), answer.text
    kept = api.client.post(
        "/api/v1/invitations", json=invited | {"deadline": LATE.replace("-05:00", "Z")}, headers=author
    )
    assert kept.status_code == 201, kept.text


def test_a_cursor_with_a_number_beyond_what_is_counted_is_refused(api: Serving) -> None:
    for key in (10**30, 2**63, -1, True, 1.5, None):
        cursor = _cursor("2030-01-01T00:00:00+00:00", key)
        refused = api.client.get("/api/v1/audit", params={"cursor": cursor}, headers=api.as_("admin"))
        assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid"), key


def _cursor(*place: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


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
