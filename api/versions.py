"""ETags: whether what a client has is what there is, for reading it again and for changing it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Header, Response

from api.problems import Problem

IfNoneMatch = Annotated[str | None, Header(max_length=1000, description="The ETag that you have: 304 where it holds.")]
IfMatch = Annotated[str | None, Header(max_length=1000, description="The ETag of what you have read.")]
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "It is what you have."}}
# what is seen depends on who asks, and nobody between may keep it
PRIVATE = {"Cache-Control": "private, no-cache", "Vary": "Authorization, Cookie"}


def tagged(version: str) -> dict[str, str]:
    """Return the headers of an answer in this version."""
    return {"ETag": f'"{version}"', **PRIVATE}


def unchanged(if_none_match: str | None, version: str) -> Response | None:
    """Return the answer 304 where the client has this version, None where it does not."""
    if if_none_match is None or not _names(if_none_match, version, weakly=True):
        return None
    return Response(status_code=304, headers=tagged(version))


def refuse_lost_update(if_match: str | None, version: str) -> None:
    """Raise Problem where the client says no version, or another than this."""
    if if_match is None:
        raise Problem("request.precondition_missing")
    if not _names(if_match, version, weakly=False):
        raise Problem("request.precondition", hint="Read it again, look whether you still want this, and send it anew.")


def _names(header: str, version: str, *, weakly: bool) -> bool:
    tags = [tag.strip() for tag in header.split(",")]
    if weakly:
        tags = [tag.removeprefix("W/") for tag in tags]
    return "*" in tags or f'"{version}"' in tags
