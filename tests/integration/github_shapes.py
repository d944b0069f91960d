"""Requests and answers of GitHub's REST API against the shapes of GitHub's published OpenAPI description."""

from __future__ import annotations

import inspect
import re
import types
import typing
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of fields that this project asks nothing of
    from githubkit_schemas.v2022_11_28 import models
    from githubkit_schemas.v2022_11_28.rest.apps import AppsClient
    from githubkit_schemas.v2022_11_28.rest.checks import ChecksClient
    from githubkit_schemas.v2022_11_28.rest.issues import IssuesClient

NONE = type(None)
ENDPOINT = re.compile(r"^\s*(GET|POST|PATCH) (/\S+)$", re.MULTILINE)  # as each function of a client is described
NO_PARAMETERS = {"headers", "data", "stream"}


@dataclass(frozen=True)
class _Endpoint:
    method: str
    path: re.Pattern[str]
    parameters: dict[str, str]


def refuse_other_addresses(method: str, path: str, query: Mapping[str, str]) -> None:
    """Raise ValueError where the description knows no such request, or not with these parameters and values."""
    known = next((one for one in _endpoints() if one.method == method and one.path.fullmatch(path)), None)
    if known is None:
        raise ValueError(f"the description knows no {method} {path}")
    for name, value in query.items():
        kind = known.parameters.get(name)
        if kind is None:
            raise ValueError(f"the description does not know the parameter {name} of {method} {path}")
        if not _may_be(kind, value):
            raise ValueError(f"the parameter {name} of {method} {path} is {kind}, and not {value!r}")


def _may_be(kind: str, value: str) -> bool:
    if kind.startswith("Literal["):
        return value in re.findall(r"['\"]([^'\"]+)['\"]", kind)
    return kind != "int" or value.isdigit()


@cache
def _endpoints() -> list[_Endpoint]:
    found = []
    for client in (AppsClient, ChecksClient, IssuesClient):
        for function in vars(client).values():
            described = ENDPOINT.search(getattr(function, "__doc__", None) or "")
            if described is not None and inspect.isfunction(function):
                path = re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(described[2])))
                found.append(_Endpoint(described[1], path, _parameters(function)))
    return found


def _parameters(function: types.FunctionType) -> dict[str, str]:
    """Return the parameters that stand behind the question mark, with what they may be."""
    named = inspect.signature(function).parameters.values()
    return {
        one.name.rstrip("_"): str(one.annotation).removeprefix("Missing[").removesuffix("]")
        for one in named
        if one.kind is one.KEYWORD_ONLY and one.name not in NO_PARAMETERS
    }


def refuse_other_shapes(shapes: tuple[str, ...], body: Any) -> None:
    """Raise ValueError where a body is of none of these shapes, or holds what the description does not know."""
    read = _one_of(shapes).validate_python(body)
    unknown = _unknown(read, body)
    if unknown:
        raise ValueError(f"the description does not know {', '.join(unknown)}")


def filled(shape: str, **known: Any) -> dict[str, Any]:
    """Return an answer of a shape: what is known, and something in each other field that it must have."""
    made = _filled(getattr(models, shape), known)
    _one_of((shape,)).validate_python(made)
    return made


@cache
def _one_of(shapes: tuple[str, ...]) -> TypeAdapter[Any]:
    return TypeAdapter(typing.Union[tuple(getattr(models, shape) for shape in shapes)])  # noqa: UP007 - made of names


def _unknown(read: Any, body: Any, place: str = "") -> list[str]:
    if isinstance(read, BaseModel) and isinstance(body, dict):
        names = {field.alias or name: name for name, field in type(read).model_fields.items()}
        found = [place + name for name in body if name not in names]
        return found + [
            item
            for name, value in body.items()
            if name in names
            for item in _unknown(getattr(read, names[name]), value, f"{place}{name}.")
        ]
    if isinstance(read, list) and isinstance(body, list):
        return [item for one, value in zip(read, body, strict=True) for item in _unknown(one, value, place)]
    return []


def _filled(model: type[BaseModel], known: dict[str, Any]) -> dict[str, Any]:
    made = {
        field.alias or name: _value(field.annotation)
        for name, field in model.model_fields.items()
        if field.is_required()
    }
    return made | known


def _value(kind: Any) -> Any:
    origin, choices = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        return None if NONE in choices else _value(choices[0])
    if origin is typing.Literal:
        return choices[0]
    if origin is list:
        return []
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return _filled(kind, {})
    return {str: "https://github.example.org/x", int: 1, bool: False, datetime: "2026-11-01T12:00:00Z"}[kind]
