"""Reports and reviews over the API: whole for reviewers, little and late for candidates, and nothing overwritten."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

import httpx2
from graded import bearer, grade, hand_in, invite
from serving import Serving

from grader.model import Report


def say(api: Serving, submission: str, headers: dict[str, str], etag: str | None, **given: object) -> httpx2.Response:
    sent = headers | ({"If-Match": etag} if etag else {})
    return api.client.post(f"/api/v1/submissions/{submission}/reviews", json=given, headers=sent)


def faulted(report: Report) -> str:
    """Return a criterion that is not met in a dimension that counts."""
    parts = [part for part in report.dimensions if part.weight]
    return next(item.id for part in parts for item in part.criteria if item.verdict == "not_met" and item.weight)


def test_a_reviewer_reads_the_whole_report_in_every_form_and_it_is_not_sent_twice(api: Serving) -> None:
    candidate = bearer(invite(api, api.as_("author"))["token"])
    submission, reviewer = hand_in(api, candidate), api.as_("reviewer")
    address = f"/api/v1/submissions/{submission}"
    early = api.client.get(f"{address}/report", headers=reviewer)
    assert (early.status_code, early.json()["code"]) == (409, "submission.not_graded")
    report = grade(api, submission)
    whole = api.client.get(f"{address}/report", headers=reviewer)
    assert whole.json()["report"] == json.loads(report.model_dump_json())
    assert whole.json()["reviewed"] is None
    assert Report.model_validate_json(api.client.get(f"{address}/report.json", headers=reviewer).content) == report
    page = api.client.get(f"{address}/report.html", headers=reviewer)
    assert "sandbox" in page.headers["content-security-policy"]
    evidence = api.client.get(f"{address}/evidence", headers=reviewer)
    assert "evidence.json" in zipfile.ZipFile(io.BytesIO(evidence.content)).namelist()
    for form in ("report", "report.json", "report.html"):
        etag = api.client.get(f"{address}/{form}", headers=reviewer).headers["etag"]
        again = api.client.get(f"{address}/{form}", headers=reviewer | {"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b"")
    assert [line["current"] for line in api.client.get(f"{address}/reports", headers=reviewer).json()] == [True]


def test_an_override_stands_beside_the_original_and_the_score_follows_it(api: Serving) -> None:
    submission, reviewer = hand_in(api, api.as_("author")), api.as_("reviewer")
    report = grade(api, submission)
    criterion, address = faulted(report), f"/api/v1/submissions/{submission}/report"
    etag = api.client.get(address, headers=reviewer).headers["etag"]
    hostile = "<script>alert(1)</script> It is fitted in the pipeline."
    said = say(api, submission, reviewer, etag, kind="override", criterion=criterion, verdict="met", text=hostile)
    assert said.status_code == 201, said.text
    after = api.client.get(address, headers=reviewer | {"If-None-Match": etag})
    assert after.status_code == 200
    line = after.json()["reviewed"]["overrides"][0]
    assert (line["original"], line["verdict"], line["reason"]) == ("not_met", "met", hostile)
    assert report.score is not None
    assert after.json()["report"]["score"] == report.score < after.json()["reviewed"]["score"]
    page = api.client.get(f"{address}.html", headers=reviewer).text
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    back = say(api, submission, reviewer, said.headers["etag"], kind="override", criterion=criterion, text="I erred.")
    assert back.status_code == 201, back.text
    assert api.client.get(address, headers=reviewer).json()["reviewed"] is None
    kept = api.client.get(f"/api/v1/submissions/{submission}/reviews", headers=reviewer).json()
    assert [item["verdict"] for item in kept] == ["met", None]


def test_nobody_judges_what_has_changed_since_they_read_it(api: Serving) -> None:
    submission, first, second = hand_in(api, api.as_("author")), api.as_("reviewer"), api.as_("reviewer")
    criterion = faulted(grade(api, submission))
    etag = api.client.get(f"/api/v1/submissions/{submission}/report", headers=first).headers["etag"]
    given = {"kind": "override", "criterion": criterion, "verdict": "met", "text": "It is right."}
    assert say(api, submission, first, None, **given).status_code == 428
    assert say(api, submission, first, etag, **given).status_code == 201
    late = say(api, submission, second, etag, **given)
    assert (late.status_code, late.json()["code"]) == (412, "request.precondition")
    assert say(api, submission, second, None, kind="comment", text="Talk to me first.").status_code == 201
    wrong: list[dict[str, Any]] = [given | {"criterion": "no.such"}, given | {"text": " "}, given | {"verdict": "good"}]
    wrong += [{"kind": "decision", "verdict": "met", "text": "x"}, {"kind": "comment", "verdict": "met", "text": "x"}]
    for one in wrong:
        assert say(api, submission, second, "*", **one).status_code == 422, one


def test_the_decision_tells_who_it_was_closes_the_invitation_and_lets_the_candidate_read(api: Serving) -> None:
    made = invite(api, api.as_("author"), attempts=3)
    candidate, reviewer = bearer(made["token"]), api.as_("reviewer")
    submission = hand_in(api, candidate)
    report = grade(api, submission)
    criterion, unseen = faulted(report), report.hidden[0]
    address = f"/api/v1/submissions/{submission}"
    before = api.client.get(f"{address}/report", headers=reviewer)
    assert before.json()["candidate"] is None
    early = api.client.get(f"{address}/result", headers=candidate)
    assert (early.status_code, early.json()["code"]) == (409, "submission.not_released")
    release = say(api, submission, reviewer, before.headers["etag"], kind="release")
    assert (release.status_code, release.json()["code"]) == (409, "submission.open")
    given = {"kind": "override", "criterion": criterion, "verdict": "met", "text": "For us alone."}
    said = say(api, submission, reviewer, before.headers["etag"], **given)
    decided = say(api, submission, reviewer, said.headers["etag"], kind="decision", verdict="advance", text="Good.")
    assert decided.status_code == 201, decided.text
    after = api.client.get(f"{address}/report", headers=reviewer).json()
    assert (after["candidate"]["name"], after["decision"]) == ("Ada Lovelace", "advance")
    result = api.client.get(f"{address}/result", headers=candidate)
    assert result.json()["score"] == after["reviewed"]["score"]
    for secret in (
        "For us alone.",
        "advance",
        "questions",
        "receipt",
        "good_answer",
        f"{unseen.metric} {unseen.value:.4g}",
    ):
        assert secret not in result.text
    assert re.fullmatch(r'"[0-9a-f]{32}"', result.headers["etag"]), "how much was said is not told"
    again = api.client.get(f"{address}/result", headers=candidate | {"If-None-Match": result.headers["etag"]})
    assert again.status_code == 304
    invitation = api.client.get(f"/api/v1/invitations/{made['id']}", headers=reviewer).json()
    assert (invitation["state"], invitation["candidate"]["email"]) == ("decided", "ada@example.org")


def test_a_candidate_reaches_neither_reports_nor_reviews_nor_anothers_result(api: Serving) -> None:
    author = api.as_("author")
    own, other = (bearer(invite(api, author, name)["token"]) for name in ("Ada A", "Bea B"))
    submission = hand_in(api, own)
    grade(api, submission)
    address = f"/api/v1/submissions/{submission}"
    for form in ("report", "report.json", "report.html", "evidence", "reports", "reviews"):
        assert api.client.get(f"{address}/{form}", headers=own).status_code == 403
    refused = api.client.get(f"{address}/result", headers=other)
    assert (refused.status_code, refused.json()["code"]) == (404, "request.not_found")
    assert say(api, submission, own, "*", kind="decision", verdict="advance", text="Me!").status_code == 403
