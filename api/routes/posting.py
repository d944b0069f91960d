"""Reports made elsewhere, by `grader grade --post`: taken in where they are signed, and marked as what they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from pydantic import ValidationError
from pydantic_core import from_json
from sqlalchemy.orm import Session

from api.identity import Asker, asker_by, note_asker
from api.media_types import refuse_but_json
from api.problems import Problem, answers
from api.receiving import kept_once, say_where
from api.routes.submissions import SubmissionView, shown
from api.services import Served, Services
from grader.model import Report
from grader.store.audit import note
from grader.store.base import utc_now
from grader.store.blobs import key_of
from grader.store.database import reading, transaction
from grader.store.posting import HEADERS, Signature, add_posted, signer
from grader.store.submissions import remember, repeated
from grader.store.tables import StoredAssignment, StoredSubmission, Token

router = APIRouter(tags=["reports"])
SCOPE = "post"


async def _whole(request: Request) -> bytes:
    if "content-type" in request.headers:
        refuse_but_json(request)
    return await request.body()


@router.post(
    "/reports",
    status_code=201,
    responses=answers(
        "identity.missing",
        "identity.forbidden",
        "request.not_found",
        "request.invalid",
        "request.cut_short",
        "storage.full",
        "conflict",
    ),
    openapi_extra={
        "requestBody": {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}},
    },
)
def post_report(
    served: Served,
    request: Request,
    response: Response,
    body: Annotated[bytes, Depends(_whole)],
    key: Annotated[str, Header(alias=HEADERS["key"], max_length=24, description="How the API token begins.")],
    timestamp: Annotated[int, Header(alias=HEADERS["timestamp"], ge=0, le=2**40, description="Unix time in seconds.")],
    signature: Annotated[str, Header(alias=HEADERS["value"], max_length=100, description="`v1=` and the HMAC-SHA256.")],
) -> SubmissionView:
    """Post a `report.json` that was made elsewhere, signed by a token with the scope `post`.

    It gets a submission of its own, of the kind `posted`, which is in no ranking and never graded again; its origin is
    `posted`. Posted once more, it is answered with the same submission.
    """
    asker = _signed_by(served, request, Signature(key, timestamp, signature), body)
    report = _read(body)
    return kept_once(lambda: _posted(served, asker, response, report, body))


def _posted(served: Services, asker: Asker, response: Response, report: Report, body: bytes) -> SubmissionView:
    blob = key_of(body)
    with transaction(served.engine) as session:
        before = repeated(session, SCOPE, blob)
        if before is not None and before.submission_id is not None:
            response.status_code = 200
            say_where(response, before.submission_id)
            return shown(session.get_one(StoredSubmission, before.submission_id), asker)
        _refuse_unknown(session, report)
        submission = add_posted(session, report, served.blobs.put(body), len(body))
        remember(session, SCOPE, blob, blob, submission.id)
        session.get_one(Token, asker.token_id).used_at = utc_now()
        note(session, asker.label, "report.post", submission.id, digest=blob)
        say_where(response, submission.id)
        return shown(submission, asker)


def _signed_by(served: Services, request: Request, signature: Signature, body: bytes) -> Asker:
    with reading(served.engine) as session:
        token = signer(session, signature, body)
        asker = asker_by(session, token) if token else None
    if asker is None:
        raise Problem(
            "identity.missing",
            "The signature is of no token that is good now, or not of these five minutes.",
            hint="Look at the token, and at both clocks.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    note_asker(request, served, asker)
    if not asker.may(SCOPE):
        raise Problem("identity.forbidden", f"This needs the scope {SCOPE!r}.")
    return asker


def _read(body: bytes) -> Report:
    try:
        from_json(body, allow_inf_nan=False)  # it is handed out byte for byte, and JSON knows neither
        report = Report.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "body"
        raise Problem("request.invalid", f"{where[:200]}: it is no report of this version.") from error
    except ValueError as error:
        raise Problem("request.invalid", "body: it is no JSON, or a number in it is none.") from error
    for name in ("score", "low", "high"):
        value = getattr(report, name)
        if value is not None and not 0 <= value <= 100:
            raise Problem("request.invalid", f"{name}: it is between 0 and 100.")
    return report


def _refuse_unknown(session: Session, report: Report) -> None:
    if report.assignment is None:
        raise Problem("request.invalid", "assignment: reports on portfolio pieces are not taken in.")
    if session.get(StoredAssignment, report.assignment.slug) is None:
        raise Problem("request.not_found", "The report's assignment is not published here.")
