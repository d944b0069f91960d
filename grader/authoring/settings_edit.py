"""Small changes to assignment.toml that leave its comments and its order as the author wrote them."""

from __future__ import annotations

import re

from grader.errors import UsageError


def with_value(text: str, table: str, key: str, value: str) -> str:
    """Return the settings with `key` of `[table]` set to `value`, as TOML writes it. Raises UsageError without it."""
    start, end = _table(text, table)
    line = re.compile(rf"^({re.escape(key)}[ \t]*=[ \t]*)[^#\n]*?([ \t]*#.*)?$", re.MULTILINE)
    changed, count = line.subn(lambda match: f"{match[1]}{value}{match[2] or ''}", text[start:end], count=1)
    if not count:
        raise UsageError(f"assignment.toml: [{table}] has no line {key} = ..., so it cannot be set")
    return text[:start] + changed + text[end:]


def without_key(text: str, table: str, key: str) -> str:
    """Return the settings without that line of `[table]`, as they are where there is none."""
    start, end = _table(text, table)
    line = re.compile(rf"^{re.escape(key)}[ \t]*=.*\n?", re.MULTILINE)
    return text[:start] + line.sub("", text[start:end], count=1) + text[end:]


def _table(text: str, table: str) -> tuple[int, int]:
    """Return where the lines of `[table]` begin and end. Raises UsageError where it stands in another form."""
    head = re.search(rf"^\[{re.escape(table)}\][ \t]*(#.*)?$", text, re.MULTILINE)
    if head is None:
        raise UsageError(f"assignment.toml: there is no line [{table}]", hint=f"Write {table} as a table of its own.")
    following = re.compile(r"^\[", re.MULTILINE).search(text, head.end())
    return head.end(), following.start() if following else len(text)
