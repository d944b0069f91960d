"""The application that `grader serve` hands to uvicorn: `api.app:application`."""

from __future__ import annotations

import gc
import math
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from fastapi import Depends, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.telemetry import TelemetryConfig

import grader
from api import pages, problems
from api.access import Access, RateLimits
from api.github import github_tokens
from api.limits import Buckets, SigningIn
from api.media_types import refuse_media_type
from api.oidc import provider_of
from api.pages.problems import ProblemPages
from api.problems import ProblemDetails, answers
from api.routes import AT_THE_ROOT, ROUTERS
from api.services import Services
from api.traces import Traces
from api.uploads import BodyLimits
from grader.jobs.line import Line
from grader.jobs.tracing import spans_of
from grader.settings import Settings, read_settings
from grader.store.base import new_id
from grader.store.blobs import open_blobs
from grader.store.database import open_engine

PREFIX = "/api/v1"
ANYWHERE = ("request.bad", "request.too_slow", "request.too_large", "request.too_many", "service.unavailable")
NO_SPANS_OF_ITS_OWN: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
ABOUT = """Submissions of take-home assignments: handed in, graded, reviewed, decided.

Send `Authorization: Bearer TOKEN` with an API token, or with a candidate's invitation token. What goes wrong is told as
`application/problem+json` (RFC 9457) with a stable `code`. Lists are paged: pass `next` of one page
as `cursor` of the next.
"""


def application() -> FastAPI:
    """Return the application by the settings of the environment."""
    app = create_app(read_settings())
    gc.collect()
    gc.freeze()  # what is loaded by now stays: to look through it for garbage stopped all requests for 150 ms each time
    return app


def create_app(settings: Settings, clock: Callable[[], float] = time.monotonic) -> FastAPI:
    """Return the application; it opens database and files as it starts, and lets them go as it ends.

    How often somebody may ask is counted by `clock`, in seconds. Raises UsageError where traces cannot be sent.
    """
    rate, spans = settings.requests_per_second, spans_of("grader-api", new_id())

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        line = Line(settings.service_database)
        engine = open_engine(settings.service_database)
        askers = Buckets(rate, burst=math.ceil(4 * rate), clock=clock)
        blobs = open_blobs(settings.service_blobs)
        app.state.services = Services(
            settings,
            engine,
            blobs,
            line,
            askers,
            SigningIn.by(clock),
            provider_of(settings),
            github_tokens(settings, clock),
            spans,
        )
        yield
        spans.close()
        line.close()
        engine.dispose()

    app = FastAPI(
        title="Take-home grader",
        version=grader.__version__,
        description=ABOUT,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{PREFIX}/openapi.json",
        redirect_slashes=False,
        telemetry=NO_SPANS_OF_ITS_OWN,
        dependencies=[Depends(refuse_media_type)],
    )
    app.add_middleware(BodyLimits)
    shared = Buckets(2 * rate, burst=math.ceil(8 * rate), clock=clock)  # people share addresses
    app.add_middleware(RateLimits, buckets=shared)
    app.add_middleware(Traces, spans=spans, prefix=PREFIX)
    app.add_middleware(ProblemPages, prefix=PREFIX)
    app.add_middleware(Access, https=urlsplit(settings.public_url).scheme == "https", prefix=PREFIX)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router, prefix=PREFIX, responses=answers(*ANYWHERE))
    for router in AT_THE_ROOT:
        app.include_router(router)
    for page in pages.ROUTERS:
        app.include_router(page)
    setattr(app, "openapi", lambda: _openapi(app))  # noqa: B010 - as FastAPI documents it, but for mypy
    return app


def _openapi(app: FastAPI) -> dict[str, object]:
    """Return the description of the API, with the one shape of problems in place of FastAPI's own."""
    if app.openapi_schema is None:
        schema = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        schemas = schema.setdefault("components", {}).setdefault("schemas", {})
        schemas["ProblemDetails"] = ProblemDetails.model_json_schema()
        for operations in schema["paths"].values():
            for operation in operations.values():
                if "requestBody" in operation:
                    operation["responses"]["415"] = answers("request.media_type")[415]
                told = operation["responses"].get("422", {}).get("content", {})
                if "application/json" in told:  # FastAPI's own, wherever something can be wrong with a parameter
                    operation["responses"]["422"] = answers("request.invalid")[422]
        app.openapi_schema = schema
    return app.openapi_schema
