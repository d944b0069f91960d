"""Of what type a request's body may be: JSON or a form, as its address takes it."""

from __future__ import annotations

from fastapi import Request, params

from api.problems import Problem

JSON = "application/json"
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


async def refuse_media_type(request: Request) -> None:
    """Raise Problem where the body is of a type that this address does not take."""
    field = getattr(request.scope.get("route"), "body_field", None)
    if field is None or not _has_body(request):
        return
    if isinstance(field.field_info, params.Form):
        if _type_of(request) not in FORMS:
            raise Problem("request.media_type", hint=f"Send a form: {FORMS[0]}.")
        return
    refuse_but_json(request)


def refuse_but_json(request: Request) -> None:
    """Raise Problem where the body is not said to be JSON."""
    said = _type_of(request)
    if said != JSON and not (said.startswith("application/") and said.endswith("+json")):
        raise Problem("request.media_type", hint=f"Send JSON, and say so: Content-Type: {JSON}.")


def _type_of(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _has_body(request: Request) -> bool:
    return "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"
