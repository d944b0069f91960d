"""`report.json`, the source of truth, and `preflight.json`, each with its published schema."""

from __future__ import annotations

import json
from typing import Any

from grader.model import PREFLIGHT_VERSION, SCHEMA_VERSION, Preflight, Record, Report
from grader.report.visible import encodable

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_ID = f"urn:takehome-grader:report:{SCHEMA_VERSION}"
PREFLIGHT_ID = f"urn:takehome-grader:preflight:{PREFLIGHT_VERSION}"


def report_json(report: Report) -> str:
    """Return the report as JSON: keys in the schema's order, two spaces of indent, a newline at the end.

    Raises ValueError when a number is NaN or infinite, which JSON has no word for.
    """
    return _json(report)


def preflight_json(preflight: Preflight) -> str:
    """Return a preflight as JSON, in the same form. Raises as `report_json` does."""
    return _json(preflight)


def _json(record: Record) -> str:
    form = _encodable(record.model_dump(mode="json"))
    return json.dumps(form, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `report.json`; docs/report.schema.json is this, written out."""
    return _schema(Report, SCHEMA_ID, SCHEMA_VERSION)


def preflight_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `preflight.json`; docs/preflight.schema.json is this, written out."""
    return _schema(Preflight, PREFLIGHT_ID, PREFLIGHT_VERSION)


def _schema(record: type[Record], identifier: str, version: str) -> dict[str, Any]:
    schema = record.model_json_schema(mode="serialization")
    schema["properties"]["schema_version"]["const"] = version
    return {"$schema": DIALECT, "$id": identifier} | schema


def _encodable(value: Any) -> Any:
    """Return `value` with every text in it fit for UTF-8."""
    if isinstance(value, str):
        return value if value.isascii() else encodable(value)
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value
