"""One shape for everything that goes wrong: a problem document (RFC 9457) with a stable code and what to do.

`type` is an address relative to the server, at which the code is explained; `code` is the same word without it.
"""

from __future__ import annotations

import http
import logging
import re
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.exc import DataError, IntegrityError
from starlette.exceptions import HTTPException

from grader.errors import FAILURE_CODES, GraderError, UsageError
from grader.store.space import has_no_space

MEDIA_TYPE = "application/problem+json"
PARAMETER = re.compile(r"{\w+}")
PROBLEMS: dict[str, tuple[int, str]] = {
    "request.invalid": (422, "The request does not have the form that is asked for."),
    "request.not_found": (404, "There is nothing here, or nothing that you may see."),
    "request.method": (405, "This address does not take that method."),
    "request.too_large": (413, "The request is larger than allowed."),
    "request.too_slow": (408, "The request did not come in whole in the time allowed."),
    "request.cut_short": (400, "The request ended before it was whole; nothing was stored."),
    "request.media_type": (415, "The request's content is of a type that is not taken here."),
    "request.too_many": (429, "There were too many requests; `Retry-After` says when to go on."),
    "request.cross_site": (403, "A page of another site asked in your browser's name."),
    "request.precondition": (412, "It has changed since you read it."),
    "request.precondition_missing": (428, "This is done only on what you have read: send its ETag as If-Match."),
    "request.bad": (400, "The request cannot be understood."),
    "identity.missing": (401, "Nobody is signed in, or the token is wrong, over or taken back."),
    "identity.refused": (401, "The sign-in did not succeed."),
    "identity.not_added": (403, "The provider knows you, and no admin has added you here by that e-mail address."),
    "identity.provider": (502, "The company's own provider of identities did not answer, or not as one."),
    "identity.forbidden": (403, "You are known, and may not do this."),
    "github.event": (403, "What began the run lets it not hand in: a fork's pull request, for one."),
    "github.not_invited": (403, "The run's repository is not one that was invited."),
    "github.which": (422, "The run's repository is invited to several assignments: say for which it hands in."),
    "github.replayed": (401, "The run's token was used before."),
    "github.commit": (422, "A run hands in its commit: a .zip as `file`, and what proves it as `commit`."),
    "github.folder": (409, "Under this sign-in another folder of the commit was handed in: sign in anew for this one."),
    "github.public": (403, "The run's repository is not private, so the result is not told to it."),
    "invitation.over": (403, "The invitation's deadline has passed."),
    "invitation.attempts": (403, "All attempts of the invitation are used."),
    "invitation.closed": (403, "The invitation was taken back, or the decision is made."),
    "invitation.released": (403, "A result of the invitation was released: nothing more is handed in under it."),
    "submission.assignment_closed": (403, "The assignment is closed: nothing more is handed in for it."),
    "submission.key_reused": (409, "The Idempotency-Key was used for another request."),
    "submission.not_graded": (409, "There is no report on this submission yet."),
    "submission.not_released": (409, "The result is not released yet."),
    "submission.open": (409, "The candidate may still hand in, so their result is not released."),
    "batch.empty": (422, "No submission can be graded again in this way now."),
    "batch.too_large": (422, "The batch would have more submissions than one may have."),
    "conflict": (409, "It is there already, or has changed in the meantime."),
    "address.inside": (422, "The address is inside a network, or of a kind that is not taken."),
    "storage.full": (507, "The service has no space left; nothing was stored."),
    "service.unavailable": (503, "The service cannot answer now; nothing was lost."),
    "service.internal": (500, "The service failed in a way it did not expect."),
}

HINTS = {  # what to do wherever the problem is met
    "invitation.over": "Ask whoever invited you whether there is another deadline.",
    "invitation.attempts": "Ask whoever invited you whether there is another attempt.",
    "invitation.closed": "Ask whoever invited you what comes next.",
    "invitation.released": "Ask whoever invited you, if you think that this is not so.",
    "submission.assignment_closed": "Ask whoever invited you, if you think that this is not so.",
}

log = logging.getLogger(__name__)


class ProblemDetails(BaseModel):
    """What went wrong, for programs and people (RFC 9457)."""

    type: str = Field(examples=["/problems/request.not_found"])
    title: str = Field(examples=[PROBLEMS["request.not_found"][1]])
    status: int = Field(examples=[404])
    code: str = Field(examples=["request.not_found"])
    detail: str = Field(examples=["There is no submission 5f1e."])
    hint: str = ""
    errors: list[dict[str, Any]] = Field(default=[], description="What does not fit, field by field.")


class Problem(HTTPException):  # FastAPI lets only these through while it reads a body
    """Ends a request with the problem `code`. `detail` says what happened, `hint` what to do."""

    def __init__(
        self, code: str, detail: str = "", *, hint: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        status, title = PROBLEMS[code]
        super().__init__(status, detail or title, dict(headers or {}))
        self.code, self.status, self.title, self.hint = code, status, title, hint or HINTS.get(code, "")
        self.errors: list[dict[str, Any]] = []


def install(app: FastAPI) -> None:
    """Answer everything that goes wrong in `app` with a problem document."""
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(GraderError, _grader_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(IntegrityError, _conflict)
    app.add_exception_handler(DataError, _no_value)
    app.add_exception_handler(Exception, _unexpected)


def answers(*codes: str) -> dict[int | str, dict[str, Any]]:
    """Return what OpenAPI says of these problems, by status."""
    told: dict[int | str, dict[str, Any]] = {}
    for code in codes:
        status, title = PROBLEMS[code]
        entry = told.setdefault(
            status,
            {"description": "", "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}},
        )
        entry["description"] = f"{entry['description']} `{code}`: {title}".strip()
    return told


def response(problem: Problem) -> JSONResponse:
    """Return the problem document."""
    body = ProblemDetails(
        type=f"/problems/{problem.code}",
        title=problem.title,
        status=problem.status,
        code=problem.code,
        detail=problem.detail,
        hint=problem.hint,
        errors=problem.errors,
    )
    return JSONResponse(body.model_dump(), problem.status, problem.headers, MEDIA_TYPE)


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)
    return response(error)


def answer_to(error: GraderError) -> JSONResponse:
    """Return what an error that was raised on purpose is answered with."""
    if has_no_space(error):
        return _full(error)
    if error.http_status == http.HTTPStatus.SERVICE_UNAVAILABLE:
        log.error("%s %s", error.code, error.message)
        return response(Problem("service.unavailable", error.message, headers={"Retry-After": "5"}))
    if isinstance(error, UsageError):  # of the command line's words: here it is the request that does not fit
        return response(Problem("request.invalid", _sentence(error.message), hint=error.hint))
    body = ProblemDetails(
        type=f"/problems/{error.code}",
        title=FAILURE_CODES[error.code],
        status=error.http_status,
        code=error.code,
        detail=error.message,
        hint=error.hint,
    )
    return JSONResponse(body.model_dump(), error.http_status, media_type=MEDIA_TYPE)


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}" + ("" if message.endswith(".") else ".")


async def _grader_error(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GraderError)
    return answer_to(error)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    problem = Problem("request.invalid")
    problem.errors = [
        {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"]} for item in error.errors()[:20]
    ]
    first = problem.errors[0]
    problem.detail = f"{first['field']}: {first['message']}"
    return response(problem)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    if has_no_space(error):  # while a form came in, of which FastAPI tells as of one that cannot be read
        return _full(error)
    code = {404: "request.not_found", 405: "request.method", 413: "request.too_large"}.get(
        error.status_code, "request.bad"
    )
    headers = dict(error.headers or {})
    if error.status_code == http.HTTPStatus.METHOD_NOT_ALLOWED and (taken := _methods_at(request)):
        headers["Allow"] = ", ".join(taken)  # the framework names those of one route alone
    return response(Problem(code, headers=headers))


def _methods_at(request: Request) -> list[str]:
    """Return all methods that the API describes at the address."""
    paths = request.app.openapi()["paths"].items()
    here = [taken for path, taken in paths if re.fullmatch(PARAMETER.sub("[^/]+", path), request.url.path)]
    return sorted({method.upper() for taken in here for method in taken})


async def _conflict(_request: Request, error: Exception) -> JSONResponse:
    log.info("a change did not fit what was stored in the meantime: %s", type(error).__name__)
    return response(Problem("conflict"))


async def _no_value(_request: Request, error: Exception) -> JSONResponse:
    log.info("a value was refused by the database: %s", type(error).__name__)
    return response(Problem("request.invalid", "A value holds a character or number that cannot be stored."))


def _full(error: Exception) -> JSONResponse:
    log.error("there is no space left: %s", error.__cause__ or error)
    return response(Problem("storage.full", headers={"Retry-After": "60"}))


async def _unexpected(_request: Request, error: Exception) -> JSONResponse:
    log.error("a request failed on a defect of the service", exc_info=error)
    return response(Problem("service.internal", hint="Try it again; if it fails again, tell whoever runs the service."))
