"""Whether traces are asked for, by OpenTelemetry's own variables, and what sends them then."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.util import find_spec

from grader.errors import UsageError
from grader.jobs.spans import NoSpans, Spans

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
SPOKEN = "http/protobuf"
NEEDED = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")


def spans_of(part: str, instance: str) -> Spans:
    """Return where the spans of this process go: nothing is loaded or sent unless the variables ask for traces.

    Raises UsageError where they ask for what cannot be done.
    """
    if not are_traces_wanted(os.environ):
        return NoSpans()
    from grader.jobs.otel import OtelSpans

    return OtelSpans(part, instance)


def are_traces_wanted(environment: Mapping[str, str]) -> bool:
    """Return whether traces are to be sent. Raises UsageError where they are, and cannot be."""
    exporters = _words(environment, "OTEL_TRACES_EXPORTER")
    if environment.get("OTEL_SDK_DISABLED", "").strip().lower() == "true" or (exporters and "otlp" not in exporters):
        return False
    asking = _first(environment, ENDPOINTS) or ("OTEL_TRACES_EXPORTER" if exporters else None)
    if asking is None:
        return False
    if asking in ENDPOINTS and not environment[asking].strip().startswith(("http://", "https://")):
        raise UsageError(f"{asking} must begin with http:// or https://, as in http://localhost:4318")
    protocol = _first(environment, PROTOCOLS)
    if protocol and environment[protocol].strip() != SPOKEN:
        raise UsageError(
            f"{protocol} is {environment[protocol]!r}, and traces are sent by {SPOKEN} alone",
            hint=f"Set it to {SPOKEN}, with the receiver's port for that (by custom 4318), or take it away.",
        )
    if not all(_is_there(name) for name in NEEDED):
        raise UsageError(
            f"{asking} asks for traces, and what sends them is not installed",
            hint="Install takehome-grader[telemetry], or take the variable away.",
        )
    return True


def _first(environment: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if environment.get(name, "").strip()), None)


def _words(environment: Mapping[str, str], name: str) -> list[str]:
    return [word for word in environment.get(name, "").replace(",", " ").lower().split() if word]


def _is_there(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # not even the package above it
        return False
