"""Reads of a long lock file what it fixes: one "name==version" a package, without hashes and addresses."""

from __future__ import annotations

import re

_TOML = re.compile(r"^name = \"([\w.-]{1,80})\"\s*\nversion = \"([^\"\n]{1,40})\"", re.MULTILINE)
_PIPFILE = re.compile(r"^\s{4,8}\"([\w.-]{1,80})\": \{$|^\s+\"version\": \"==([^\"\n]{1,40})\"", re.MULTILINE)
_CONDA = re.compile(r"^\s*-?\s*name: ([\w.-]{1,80})\s*\n\s*version: ['\"]?([^\s'\"]{1,40})", re.MULTILINE)
_LINE = re.compile(
    r"^[A-Za-z0-9][\w.-]{0,79}(?:\[[^\]\n]{0,200}\])?(?: ?[=~<>!@]{1,3} ?[^\s;#\\,]{1,60})?", re.MULTILINE
)


def named_versions(name: str, text: str) -> str:
    """Return the packages that the dependency file called `name` lists, "" where none are recognised."""
    if name == "pipfile.lock":
        return "\n".join(_of_pipfile(text))
    if name in ("uv.lock", "poetry.lock", "pdm.lock"):
        return "\n".join(f"{package}=={version}" for package, version in _TOML.findall(text))
    if name == "conda-lock.yml":
        return "\n".join(f"{package}=={version}" for package, version in _CONDA.findall(text))
    if name.endswith((".txt", ".in", ".pip")):
        return "\n".join(_LINE.findall(text))
    return ""


def _of_pipfile(text: str) -> list[str]:
    found, package = [], ""
    for opened, version in _PIPFILE.findall(text):
        if version and package:
            found.append(f"{package}=={version}")
        package = opened or package
    return found
