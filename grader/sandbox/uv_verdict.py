"""What uv's last words mean: whose fault it is that packages cannot be had, and which packages those are."""

from __future__ import annotations

import re

from packaging.utils import canonicalize_name

from grader.errors import InfrastructureError, LimitError
from grader.model import SandboxResult

MOST_REASON = 400
_SIZE_EXCEEDED = (128 + 25, 256 - 25)  # killed by SIGXFSZ: one file larger than any may be

_SDIST = re.compile(r"Wheels are required for `([A-Za-z0-9._-]+)`")
_MISSING = re.compile(r"([A-Za-z0-9._-]+) was not found in the package registry")
_VERSION = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:==|[<>~!]=?)")
_FULL = re.compile(r"No space left|os error 28|File too large|os error 27")
_UNREACHABLE = re.compile(
    r"Request failed|Failed to fetch|error sending request|dns error|timed out|Connection|HTTP status|"
    r"valid authentication credentials|Hash mismatch|certificate"
)


class Unfit(Exception):  # noqa: N818 - no error: the next rung is tried
    """These requirements cannot be had as they are; `sdists` come only as source, `missing` not at all.

    `blamed` are the packages (normalised) of which the reason names a version.
    """

    def __init__(
        self,
        reason: str,
        *,
        sdists: tuple[str, ...] = (),
        missing: tuple[str, ...] = (),
        blamed: frozenset[str] = frozenset(),
    ) -> None:
        super().__init__(reason)
        self.reason, self.sdists, self.missing, self.blamed = reason, sdists, missing, blamed


def verdict(result: SandboxResult, *, resolving: bool) -> Exception:
    """Return what to raise for a run of uv that did not end well, when `resolving` or else installing."""
    if result.ended == "cancelled":
        return InfrastructureError("infrastructure.cancelled", "The grading was stopped before it was through.")
    if result.ended == "wall_time":
        return _late(result, resolving=resolving)
    said = result.stderr
    if result.ended in ("disk", "memory") or result.exit_code in _SIZE_EXCEEDED or _FULL.search(said):
        return LimitError(
            "environment.too_large",
            "The packages that the work asks for take more space than an environment may have.",
            hint="Ask only for what the work imports; a build for processors alone is far smaller than one for GPUs.",
        )
    if "No solution found" not in said and _UNREACHABLE.search(said):
        return InfrastructureError(
            "infrastructure.index",
            f"The package index did not give what was asked: {reason_in(said)}",
            hint="Check GRADER_INDEX_URL, GRADER_INDEX_CA and the connection, then grade again.",
        )
    if "valid authentication credentials" in said:
        return InfrastructureError(
            "infrastructure.index", "The package index refuses us.", hint="Check the credentials in GRADER_INDEX_URL."
        )
    sdists, missing = (tuple(dict.fromkeys(found.findall(said)))[:5] for found in (_SDIST, _MISSING))
    blamed = frozenset(canonicalize_name(name) for name in _VERSION.findall(said))
    return Unfit(reason_in(said), sdists=sdists, missing=missing, blamed=blamed)


def _late(result: SandboxResult, *, resolving: bool) -> Exception:
    """A resolution that spends its time waiting waits for the index; one that computes is the list's own doing."""
    if resolving and (result.cpu_s or 0) < result.wall_s / 2:
        return InfrastructureError(
            "infrastructure.index",
            f"The package index gave no full answer within {result.wall_s:.0f} s.",
            hint="Check the connection to it, or allow more time with GRADER_ENVIRONMENT_SECONDS.",
        )
    what = "resolved" if resolving else "downloaded and unpacked"
    return LimitError(
        "environment.timeout",
        f"The packages that the work asks for could not be {what} within {result.wall_s:.0f} s.",
        hint="Ask for fewer packages, with exact versions.",
    )


def reason_in(said: str) -> str:
    """Return uv's reason in one line: no addresses, no hints, bounded."""
    body = re.split(r"\n\s*hint:", said.strip())[0]
    body = re.sub(r"^error: (?:No solution found when resolving dependencies\s*)?", "", body)
    body = re.sub(r"\s*\b(?:cause|error|warning):\s*|\s*[×╰─▶]+\s*", " ", body)
    body = re.sub(r"\(?\b[a-z]+://[^\s)`]+\)?", "the index", body)
    line = " ".join(body.split())
    return line if len(line) <= MOST_REASON else line[: MOST_REASON - 2] + " …"
