"""Reports made elsewhere: signed by whoever has an API token that may post, and kept apart from what is graded here."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.model import Report
from grader.store.base import new_id, utc_now
from grader.store.secrets_shown import hash_of, hint_of
from grader.store.tables import StoredReport, StoredSubmission, Token

POSTED = "posted"
WITHIN = timedelta(minutes=5)
HEADERS = {"key": "X-Grader-Key", "timestamp": "X-Grader-Timestamp", "value": "X-Grader-Signature"}


@dataclass(frozen=True)
class Signature:
    """What a request shows beside its body: how the token begins, when it was signed (Unix seconds), and by what."""

    key: str
    timestamp: int
    value: str


def signed(secret: str, body: bytes, timestamp: int) -> Signature:
    """Sign `body` with an API token, which itself is not sent: by its hash, which is all that the service has of it."""
    return Signature(hint_of(secret), timestamp, _value(hash_of(secret), body, timestamp))


def signer(session: Session, shown: Signature, body: bytes) -> Token | None:
    """Return the API token that signed `body`; None where none that is good now did, or it was not signed just now."""
    now = utc_now()
    if abs(now.timestamp() - shown.timestamp) > WITHIN.total_seconds():
        return None
    query = select(Token).where(Token.hint == shown.key, Token.kind == "api", Token.revoked_at.is_(None))
    for row in session.scalars(query):
        is_over = row.expires_at is not None and row.expires_at <= now
        expected = _value(row.hash, body, shown.timestamp)
        if not is_over and hmac.compare_digest(expected.encode(), shown.value.encode("utf-8", "replace")):
            return row
    return None


def add_posted(session: Session, report: Report, blob: str, size: int) -> StoredSubmission:
    """Store a report made elsewhere with a submission of its own, which nobody was invited to and nothing reruns."""
    assert report.assignment is not None  # the caller looked it up
    now, key = utc_now(), new_id()
    submission = StoredSubmission(
        id=key,
        assignment=report.assignment.slug,
        name=f"{POSTED}-{key[:8]}",
        kind=POSTED,
        bytes=size,
        state="published",
        finished_at=now,
        outcome=report.outcome,
        failure_code=report.failure.code if report.failure else None,
        score=report.score,
        low=report.low,
        high=report.high,
    )
    session.add(submission)
    session.flush()
    stored = StoredReport(
        submission_id=key,
        job_id=f"{POSTED}-{key}",
        origin=POSTED,
        blob=blob,
        digest=blob,
        outcome=report.outcome,
        score=report.score,
        low=report.low,
        high=report.high,
    )
    session.add(stored)
    session.flush()
    submission.report_id = stored.id
    return submission


def _value(key: str, body: bytes, timestamp: int) -> str:
    made = hmac.new(bytes.fromhex(key), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"v1={made.hexdigest()}"
