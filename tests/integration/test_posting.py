"""Reports made elsewhere: taken in where they are signed, and never taken for what the service graded itself."""

from __future__ import annotations

import json
import time
from dataclasses import asdict

import httpx2
from graded import grade, hand_in, report_on
from serving import Serving

from grader.model import Report
from grader.report import report_json
from grader.store.posting import HEADERS, signed


def post(api: Serving, token: str, body: bytes, sent: bytes | None = None, ago: int = 0) -> httpx2.Response:
    shown = asdict(signed(token, body, int(time.time()) - ago))
    headers = {HEADERS[name]: str(value) for name, value in shown.items()}
    assert token not in str(headers)
    return api.client.post("/api/v1/reports", content=body if sent is None else sent, headers=headers)


def made(mark: float = 0.7) -> tuple[Report, bytes]:
    report = report_on("ada", mark)
    return report, report_json(report).encode()


def test_a_posted_report_is_marked_wherever_it_is_seen_and_stands_in_no_ranking(api: Serving) -> None:
    author = api.as_("author")
    own = hand_in(api, author)
    grade(api, own, 0.5)
    report, body = made()
    answer = post(api, api.token_of("author", "post"), body)
    assert answer.status_code == 201, answer.text
    view = answer.json()
    assert (view["kind"], view["state"], view["score"]) == ("posted", "published", report.score)
    assert view["name"].startswith("posted-")
    address = f"/api/v1/submissions/{view['id']}"
    shell = api.client.get(f"{address}/report", headers=author).json()
    assert shell["origin"] == "posted"
    assert Report.model_validate(shell["report"]) == report
    assert "made elsewhere" in api.client.get(f"{address}/report.html", headers=author).text
    assert "made elsewhere" not in api.client.get(f"/api/v1/submissions/{own}/report.html", headers=author).text
    ranking = api.client.get("/api/v1/assignments/churn/ranking", headers=author)
    assert own in ranking.text
    assert view["id"] not in ranking.text
    rows = api.client.get("/api/v1/assignments/churn/export.json", headers=author).json()["submissions"]
    assert {row["submission"]: row["kind"] for row in rows} == {own: "archive", view["id"]: "posted"}
    for kind in ("score", "run"):
        asked = {"assignment": "churn", "kind": kind, "reason": "x", "submissions": [view["id"]]}
        assert api.client.post("/api/v1/batches", json=asked, headers=author).status_code == 422


def test_the_same_report_posted_twice_is_one_submission(api: Serving) -> None:
    token, (_, body) = api.token_of("author", "post"), made()
    first, again = post(api, token, body), post(api, token, body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]


def test_what_is_not_signed_by_somebody_who_may_just_now_and_as_it_is_is_refused(api: Serving) -> None:
    token, (_, body) = api.token_of("author", "post"), made()
    other = token[:12] + "A" * (len(token) - 12)
    for refused in (
        post(api, token, body, sent=body.replace(b'"completed"', b'"limit_exceeded"')),
        post(api, other, body),
        post(api, token, body, ago=3600),
        post(api, token, body, ago=-3600),
    ):
        assert (refused.status_code, refused.json()["code"]) == (401, "identity.missing"), refused.text
    assert post(api, api.token_of("author", "submit"), body).status_code == 403
    assert post(api, api.token_of("reviewer", "post"), body).status_code == 403
    unsigned = api.client.post("/api/v1/reports", content=body, headers={"Authorization": f"Bearer {token}"})
    assert unsigned.status_code == 422
    assert post(api, token, b"{}").json()["code"] == "request.invalid"
    assert post(api, token, body.replace(b'"slug": "churn"', b'"slug": "other"')).status_code == 404
    assert post(api, token, b" " * (8 * 1024**2 + 1)).status_code == 413


def test_a_report_whose_numbers_are_none_or_no_scores_is_refused(api: Serving) -> None:
    token, (report, _) = api.token_of("author", "post"), made()
    told = json.loads(report_json(report))
    for changed in ({"score": float("nan")}, {"hidden_score": float("inf")}, {"score": 1e300}, {"low": -1}):
        refused = post(api, token, json.dumps(told | changed).encode())
        assert (refused.status_code, refused.json()["code"]) == (422, "request.invalid"), changed
    unscored = post(api, token, json.dumps(told | {"score": None, "low": None, "high": None}).encode())
    assert unscored.status_code == 201, unscored.text
