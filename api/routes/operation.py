"""For who runs the service: whether it lives, whether it can serve, and figures for Prometheus."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel

from api.identity import Bearer, Cookie, asker_of
from api.metrics import metrics_text
from api.problems import Problem, answers
from api.readiness import Readiness, readiness
from api.services import Served
from grader.store.database import reading

router = APIRouter(tags=["operation"])


class Health(BaseModel):
    """That the process answers."""

    status: Literal["ok"] = "ok"


@router.get("/healthz")
def health() -> Health:
    """Return that the process lives, whatever it depends on: start it again where this does not answer."""
    return Health()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "It cannot serve; `checks` say why."}})
async def ready(served: Served, response: Response) -> Readiness:
    """Return whether database, tables and files are there: send no requests here where they are not."""
    found = await readiness(served)
    if not found.ready:
        response.status_code = 503
        response.headers["Retry-After"] = "5"
    return found


def _may_see_figures(request: Request, served: Served, bearer: Bearer, cookie: Cookie) -> None:
    if served.settings.metrics_open:
        return
    if not asker_of(request, served, bearer, cookie).may("metrics"):
        raise Problem("identity.forbidden", "This needs the scope 'metrics'.")


@router.get(
    "/metrics",
    dependencies=[Depends(_may_see_figures)],
    response_class=PlainTextResponse,
    responses=answers("identity.missing", "identity.forbidden", "request.too_many", "service.unavailable"),
)
def metrics(served: Served) -> Response:
    """Return the figures of operation in Prometheus' text form: the line, steps, outcomes and slots."""
    with reading(served.engine) as session:
        return Response(metrics_text(session), media_type=CONTENT_TYPE_LATEST)
