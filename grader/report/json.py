"""`report.json`, the source of truth, and its published schema."""

from __future__ import annotations

import json
from typing import Any

from grader.model import SCHEMA_VERSION, Report
from grader.report.visible import encodable

SCHEMA_ID = f"urn:takehome-grader:report:{SCHEMA_VERSION}"


def report_json(report: Report) -> str:
    """Return the report as JSON: keys in the schema's order, two spaces of indent, a newline at the end.

    Raises ValueError when a number is NaN or infinite, which JSON has no word for.
    """
    form = _encodable(report.model_dump(mode="json"))
    return json.dumps(form, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of `report.json`; docs/report.schema.json is this, written out."""
    schema = Report.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    schema["properties"]["schema_version"]["const"] = SCHEMA_VERSION
    return head | schema


def _encodable(value: Any) -> Any:
    """Return `value` with every text in it fit for UTF-8."""
    if isinstance(value, str):
        return value if value.isascii() else encodable(value)
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value
