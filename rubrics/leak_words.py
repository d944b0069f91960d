"""Leaks in words: what was computed on which rows, for which columns, and what else was."""

from __future__ import annotations

import re
from collections.abc import Sequence

from grader import LeakageFact

MOST_NAMED = 4
_QUOTED = r"(?:'[^'\n]{1,40}'|\"[^\"\n]{1,40}\")"
# What a line fills or makes: `df['a'] = ...`, `df[['a', 'b']] = ...`, `df['a'].fillna(...)`
_TARGET = re.compile(rf"\s*\w+\[{{1,2}}\s*({_QUOTED}(?:\s*,\s*{_QUOTED})*)\s*\]{{1,2}}\s*(?:=(?!=)|\.fillna\()")


def in_words(leaks: Sequence[LeakageFact]) -> str:
    """Return the leaks in words, with their columns where all are known: what was computed on the same rows together,
    by name where the messages begin with one.
    """
    if "" in _by_culprit(leaks):
        return leaks[0].message + _more(len(leaks) - 1)
    rows: dict[str, list[LeakageFact]] = {}
    for leak in leaks:
        rows.setdefault(_rows(leak), []).append(leak)
    return " ".join(map(_of_same_rows, rows.values()))


def _of_same_rows(leaks: Sequence[LeakageFact]) -> str:
    first, groups = leaks[0], _by_culprit(leaks)
    culprit, _, rest = first.message.partition(" was computed ")
    if len(groups) == 1:
        columns = _columns(leaks)
        return f"{culprit}{columns} was computed {rest}" + ("" if columns else _more(len(leaks) - 1))
    others = [_lowered(name) + _columns(found) for name, found in groups.items() if name != culprit]
    return f"{culprit}{_columns(groups[culprit])} was computed {rest} The same holds for {_listed(others)}."


def _rows(leak: LeakageFact) -> str:
    """Return on which rows something was computed, of a message that says so."""
    return leak.message.partition(" was computed ")[2].partition(",")[0]


def _by_culprit(leaks: Sequence[LeakageFact]) -> dict[str, list[LeakageFact]]:
    """Return the leaks by what was computed, "" for those whose message does not say it so."""
    groups: dict[str, list[LeakageFact]] = {}
    for leak in leaks:
        name, was, _ = leak.message.partition(" was computed ")
        groups.setdefault(name if was else "", []).append(leak)
    return groups


def _columns(leaks: Sequence[LeakageFact]) -> str:
    """Return the columns that were filled or made, in brackets, or "" where one of them is not known."""
    found: dict[str, None] = {}
    for leak in leaks:
        target = _TARGET.match(leak.spans[0].text) if leak.spans else None
        if target is None:
            return ""
        found |= dict.fromkeys(name[1:-1] for name in re.findall(_QUOTED, target[1]))
    return f" ({'column' if len(found) == 1 else 'columns'} {_listed(list(found))})"


def _listed(names: Sequence[str]) -> str:
    """Return names as a list: a, b and c; of many the first three, and how many more."""
    if len(names) > MOST_NAMED:
        kept = MOST_NAMED - 1
        return f"{', '.join(names[:kept])} and {len(names) - kept} more"
    *most, final = names
    return f"{', '.join(most)} and {final}" if most else final


def _lowered(name: str) -> str:
    """Return what was computed as it stands within a sentence: a class keeps its capital."""
    return name[:1].lower() + name[1:] if " " in name else name


def _more(number: int) -> str:
    return f" ({number} more like it)" if number else ""
