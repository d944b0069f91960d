"""Settings that are kept together: a class that reads the environment, or a module that others read."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader import Evidence, Span
from rubrics.code_text import line_span
from rubrics.live_code import live_lines, words_of

MODULES = frozenset(("config", "configs", "configuration", "conf", "settings", "constants", "constant", "params",
                     "parameters", "const"))  # fmt: skip
_CLASS = re.compile(r"^class\s+(\w+)\s*\(.*\bBaseSettings\b")
_ASSIGNED = re.compile(r"^([A-Za-z]\w*)\s*(?::[^=]{1,80})?=(?!=)")
_IMPORTED = re.compile(r"^\s*from\s+[\w.]*?(\w+)\s+import\b")
_RENAMED = re.compile(r"\bimport\s+(?:[\w.]+\.)?(\w+)\s+as\s+(\w+)")
_READ = re.compile(r"\b([A-Za-z_]\w*)\.([A-Za-z]\w*)\b(?!\s*(?:\(|=(?!=)))")
_MOST = 300


def settings_classes(evidence: Evidence) -> list[Span]:
    """Return the classes of pydantic that other lines use: they read their fields from the environment."""
    lines = live_lines(evidence)
    words = words_of(line for _, _, line in lines)
    found = [(source, number, _CLASS.match(line[:_MOST])) for source, number, line in lines]
    return [line_span(source, number) for source, number, match in found if match and words[match[1]] > 1]


def gathered_settings(evidence: Evidence) -> list[Span]:
    """Return the settings at the margin of a module of settings that other files read, where it holds two or more."""
    lines = live_lines(evidence)
    read = _read_elsewhere(evidence)
    found = [
        line_span(source, number)
        for source, number, line in lines
        if source.cell is None and (module := PurePosixPath(source.path).stem) in MODULES
        if (match := _ASSIGNED.match(line[:_MOST])) and (module, match[1]) in read
    ]
    kept = {span.path for span in found}
    in_modules = [source.path for source, _, line in lines if source.path in kept and _ASSIGNED.match(line[:_MOST])]
    return found if len(found) > 1 or len(in_modules) > 1 else []


def _read_elsewhere(evidence: Evidence) -> set[tuple[str, str]]:
    """Return (module, name) of what code outside the modules of settings reads of them."""
    lines = [entry for entry in live_lines(evidence) if PurePosixPath(entry[0].path).stem not in MODULES]
    called = {name: name for name in MODULES}
    for _, _, line in lines:
        if (renamed := _RENAMED.search(line[:_MOST])) and renamed[1] in MODULES:
            called[renamed[2]] = renamed[1]
    found = {
        (called[module], name)
        for _, _, line in lines
        for module, name in _READ.findall(line[:_MOST])
        if module in called
    }
    return found | _imported_and_used([line for _, _, line in lines])


def _imported_and_used(lines: list[str]) -> set[tuple[str, str]]:
    """Return (module, name) of what `from config import a, b` brings, however many lines it takes, and a line uses."""
    words, found, module = words_of(lines), set(), ""
    for line in lines:
        if begun := _IMPORTED.match(line[:_MOST]):
            module = begun[1] if begun[1] in MODULES else ""
        if module:
            found |= {(module, name) for name in re.findall(r"\w+", line[:_MOST]) if words[name] > 1}
            module = "" if ")" in line or (begun and "(" not in line) else module
    return found
