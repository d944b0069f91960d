"""Small changes to assignment.toml that leave its comments and its order as the author wrote them."""

from __future__ import annotations

import re

from grader.errors import UsageError

HEAD = re.compile(r"^\[\[?[\w. -]+\]\]?[ \t]*(#.*)?$", re.MULTILINE)


def with_value(text: str, table: str, key: str, value: str, *, item: str = "") -> str:
    """Return the settings with `key` of `[table]` set to `value`, as TOML writes it; with `item`, of the `[[table]]` of
    that name. Raises UsageError where there is no such line.
    """
    start, end = _table(text, table, item)
    line = re.compile(rf"^({re.escape(key)}[ \t]*=[ \t]*)(?:\[[^\]#]*\]|[^#\n]*?)([ \t]*#.*)?$", re.MULTILINE)
    changed, count = line.subn(lambda match: f"{match[1]}{value}{match[2] or ''}", text[start:end], count=1)
    if not count:
        raise UsageError(f"assignment.toml: [{table}] has no line {key} = ..., so it cannot be set")
    return text[:start] + changed + text[end:]


def without_key(text: str, table: str, key: str) -> str:
    """Return the settings without that line of `[table]`, as they are where there is none."""
    start, end = _table(text, table)
    line = re.compile(rf"^{re.escape(key)}[ \t]*=.*\n?", re.MULTILINE)
    return text[:start] + line.sub("", text[start:end], count=1) + text[end:]


def _table(text: str, table: str, item: str = "") -> tuple[int, int]:
    """Return where the lines of a table begin and end. Raises UsageError where it stands in another form."""
    wanted = f"[[{table}]]" if item else f"[{table}]"
    named = re.compile(rf"^name[ \t]*=[ \t]*[\"']{re.escape(item)}[\"']", re.MULTILINE)
    heads = list(HEAD.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    for head, end in zip(heads, ends, strict=True):
        if head[0].split("#")[0].strip() == wanted and (not item or named.search(text, head.end(), end)):
            return head.end(), end
    what = f"{wanted} with name = {item!r}" if item else wanted
    raise UsageError(f"assignment.toml: there is no line {what}", hint=f"Write {table} as a table of its own.")
