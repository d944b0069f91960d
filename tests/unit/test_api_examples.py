"""The API's description has an example of whatever is sent and answered as JSON, and each is what it says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from api.app import create_app
from grader.settings import Settings

NO_JSON = {"/metrics", "/api/v1/reports", "/api/v1/session/oidc", "/api/v1/session/oidc/callback"}


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return create_app(Settings(home=tmp_path_factory.mktemp("home"))).openapi()


def parts_of(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts_of(below)


def whole(described: dict[str, Any], node: Any, seen: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
    """Yield the parts of a schema, also of those that it refers to."""
    for part in parts_of(node):
        yield part
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            yield from whole(described, described["components"]["schemas"][name], (*seen, name))


def test_every_example_fits_what_it_is_an_example_of(described: dict[str, Any]) -> None:
    tried = 0
    for part in parts_of(described):
        examples = part.get("examples")
        shown = [(part, example) for example in examples] if isinstance(examples, list) else []
        shown += [(part["schema"], part["example"])] if "example" in part else []
        for schema, example in shown:
            rules = {**schema, "components": described["components"]}
            Draft202012Validator(rules, format_checker=FormatChecker()).validate(example)
            tried += 1
    assert tried > 50


def test_whatever_is_sent_or_answered_as_json_has_an_example(described: dict[str, Any]) -> None:
    without = []
    for path, taken in described["paths"].items():
        for method, operation in taken.items():
            answered = [told for status, told in operation["responses"].items() if str(status).startswith("2")]
            bodies = [operation.get("requestBody", {}), *answered]
            schemas = [body.get("content", {}).get("application/json") for body in bodies]
            for schema in (found for found in schemas if found and found.get("schema")):
                if not any("example" in part or "examples" in part for part in whole(described, schema)):
                    without.append((method, path))
    assert [(method, path) for method, path in without if path not in NO_JSON] == [("get", "/healthz")]
