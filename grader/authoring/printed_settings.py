"""What an assignment's own scripts print of its settings, and putting it where the settings have it.

A line is `baseline 0.73`, `reference 0.83`, `scale 1.2`, `fill 0.2` or `cutoffs 2015-01-31 2015-07-05`, several of the
numbers on one line or not, after the name of the suite that they are of; without a name, or with `iid`, of the first.
`slice first year baseline 0.55` is of the subgroup "first year", `messy baseline 0.51` of the messy rows or round.
`altered cutoff 2016-03-13` is that of the round with the altered history, `messy cutoff` of the one with the messy one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from itertools import chain
from typing import Any

from grader.authoring.reference_run import REFERENCE
from grader.authoring.settings_edit import with_value
from grader.errors import AssignmentError
from grader.model.suites import IID, MESSY

Printed = Mapping[tuple[str, str], str]
NAMED = re.compile(r"\b(baseline|reference|scale|fill)[\s:=]+(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?![\w.])")
CUTOFFS = re.compile(r"\b(cutoffs?)[\s:=]+(\S.*)$")
TABLES = {"baseline": "metric", "reference": "metric", "scale": "metric", "fill": "contract", "cutoffs": "rounds"}
OF_ROUNDS = ("altered", MESSY)  # tables below [rounds]; of what is no forecast, messy rows have theirs in [stress]
OF_A_SLICE = "slice "  # before the name of a subgroup: no suite has a space in its name
AROUND = " \t,:"
OF_SUITES = ("baseline", "reference", "cutoffs")
WIDEST = 120


def printed_settings(text: str) -> Printed:
    """Return (suite, key) -> the value as printed; what is printed first counts."""
    found: dict[tuple[str, str], str] = {}
    for line in text.splitlines():
        matches = [*NAMED.finditer(line), *CUTOFFS.finditer(line)]
        owner = line[: min((match.start() for match in matches), default=0)].strip(AROUND) or IID
        for match in matches:
            found.setdefault((owner, match[1]), match[2].strip())
    return found


def with_cutoffs(text: str, printed: Printed) -> str:
    """Return assignment.toml with the cut-offs that were printed, of the rounds and of suites."""
    for (suite, key), value in printed.items():
        if key == "cutoffs" and _stated(text, suite, key):
            text = _set(text, suite, key, _listed(value.split()))
        elif key == "cutoff" and _stated(text, suite, key):
            text = _set(text, suite, key, f'"{value}"')
    return text


def with_marks(text: str, printed: Printed) -> str:
    """Return assignment.toml with every number that it states and that was printed.

    Raises AssignmentError where a mark of a suite is stated and was not printed.
    """
    for (suite, key), stated in stated_marks(text).items():
        if (suite, key) in printed:
            if float(printed[suite, key]) != float(stated):
                text = _set(text, suite, key, printed[suite, key])
        elif key in OF_SUITES:
            raise AssignmentError(f"it must print a line `{name_of(suite, key)} NUMBER`", path=REFERENCE)
    return text


def stated_marks(text: str) -> Printed:
    """Return (suite, key) -> each number that the settings state and reference.py can print, digits as written there.

    Those of the first suite come first, each suite's in one order: a message names the first.
    """
    settings = tomllib.loads(text, parse_float=str)
    named = [item["name"] for table in ("suites", "outputs") for item in settings.get(table, [])]
    slices = [of_slice(item["name"]) for item in settings.get("slices", [])]
    places = [(suite, key) for suite in (IID, *named, *OF_ROUNDS, *slices) for key in TABLES if key != "cutoffs"]
    found = {(suite, key): _in(settings, suite, key) for suite, key in places}
    return {place: str(value) for place, value in found.items() if value is not None}


def name_of(suite: str, key: str) -> str:
    """Return what stands before a mark where it is printed: `shifted baseline`, of the first suite `baseline`."""
    return key if suite == IID else f"{suite} {key}"


def of_slice(name: str) -> str:
    """Return what stands before the marks of a subgroup where they are printed."""
    return f"{OF_A_SLICE}{name}".strip(AROUND)


def _stated(text: str, suite: str, key: str) -> Any:
    """Return the value that the settings have, None where they have none."""
    return _in(tomllib.loads(text), suite, key)


def _in(settings: Mapping[str, Any], suite: str, key: str) -> Any:
    if suite in OF_ROUNDS:
        rounds = settings.get("rounds", {})
        return (settings.get("stress", {}) if suite == MESSY and not rounds else rounds.get(suite, {})).get(key)
    return (settings.get(TABLES.get(key, ""), {}) if suite == IID else _item(settings, suite)[1]).get(key)


def _set(text: str, suite: str, key: str, value: str) -> str:
    if suite == IID:
        return with_value(text, TABLES[key], key, value)
    settings = tomllib.loads(text)
    if suite in OF_ROUNDS:
        return with_value(text, f"rounds.{suite}" if "rounds" in settings else "stress", key, value)
    table, item = _item(settings, suite)
    return with_value(text, table, key, value, item=item["name"])


def _item(settings: Mapping[str, Any], suite: str) -> tuple[str, Mapping[str, Any]]:
    """Return the list of tables that holds the suite, and its table; empty ones where there is none of that name."""
    suites = (
        (name, item) for name in ("suites", "outputs") for item in settings.get(name, []) if item["name"] == suite
    )
    slices = (("slices", item) for item in settings.get("slices", []) if of_slice(item["name"]) == suite)
    return next(chain(suites, slices), ("", {}))


def _listed(moments: list[str]) -> str:
    """Return a list as TOML writes it, on lines of its own where it is long."""
    lines: list[str] = []
    row = ""
    for moment in moments:
        word = f'"{moment}",'
        if row and len(row) + len(word) >= WIDEST - 2:
            lines, row = [*lines, row], ""
        row = f"{row} {word}" if row else word
    if not lines and len(row) < WIDEST - 20:
        return f"[{row.rstrip(',')}]"
    return "[\n" + "".join(f"  {line}\n" for line in [*lines, row]) + "]"
