"""What is another candidate's is answered as if it were not there, at every address that the API has."""

from __future__ import annotations

import re
from typing import Any

from graded import bearer, grade, hand_in, invite
from serving import CHURN, Serving, publish

METHODS = ("get", "post", "patch", "put", "delete")


def addresses(api: Serving) -> list[tuple[str, str]]:
    """Return (method, path) of everything that names something in its path."""
    paths = api.client.get("/api/v1/openapi.json").json()["paths"]
    return [(method, path) for path, taken in paths.items() if "{" in path for method in METHODS if method in taken]


def answer(api: Serving, method: str, path: str, ids: dict[str, str], headers: dict[str, str]) -> tuple[int, Any]:
    """Return status and code of the answer; what a path names is taken from `ids`, else is no one's."""
    filled = re.sub(r"{(\w+)}", lambda found: ids.get(found[1], "0" * 24), path)
    body: dict[str, Any] = {"json": {"kind": "comment", "text": "x"}} if method in ("post", "patch", "put") else {}
    got = api.client.request(method.upper(), filled, headers=headers, **body)
    return got.status_code, got.json()["code"] if got.status_code >= 400 else got.text


def test_anothers_is_answered_at_every_address_like_what_is_not_there(api: Serving) -> None:
    author = api.as_("author")
    ada, bea = invite(api, author, "Ada A"), invite(api, author, "Bea B")
    submission = hand_in(api, bearer(ada["token"]))
    grade(api, submission)
    ids = {"submission_id": submission, "invitation_id": ada["id"], "candidate_id": ada["candidate"]["id"]}
    tried = addresses(api)
    assert {"/api/v1/submissions/{submission_id}/report", "/api/v1/invitations/{invitation_id}"} <= {
        p for _, p in tried
    }
    for method, path in tried:
        if not any(f"{{{name}}}" in path for name in ids):
            continue
        theirs = answer(api, method, path, ids, bearer(bea["token"]))
        assert theirs[0] in (403, 404), (method, path, theirs)
        assert theirs == answer(api, method, path, {}, bearer(bea["token"])), (method, path)
        assert answer(api, method, path, ids, {})[0] == 401, (method, path)
    assert api.client.get(f"/api/v1/submissions/{submission}", headers=bearer(ada["token"])).status_code == 200


def test_an_assignment_that_a_candidate_is_not_invited_to_is_not_there(api: Serving) -> None:
    publish(api, CHURN.parent / "sms-triage")
    candidate = bearer(invite(api, api.as_("author"))["token"])
    for form in ("", "/packet", "/ranking", "/unscored", "/export.csv", "/export.json"):
        other = answer(api, "get", f"/api/v1/assignments/sms-triage{form}", {}, candidate)
        assert other[0] in (403, 404), (form, other)
        assert other == answer(api, "get", f"/api/v1/assignments/none{form}", {}, candidate)
    assert api.client.get("/api/v1/assignments/churn", headers=candidate).status_code == 200
