"""In which order a work's requirements are tried: as written, as of the work's date, then without versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from grader.model import Rung, Wanted

# What the runner imports. Where these come from is the sandbox's business, whatever a work pins.
OWN_NEEDS = ("ipykernel>=6", "jupyter-client>=7", "nbclient>=0.6")
_ENTRY = re.compile(r"^([A-Za-z0-9][\w.-]*)==")
_PARENT = re.compile(r"^\s+#\s+(?:via\s+)?([A-Za-z0-9][\w.-]*)\s*$")


@dataclass(frozen=True)
class Attempt:
    """One rung of the ladder: the requirements as PEP 508 lines, and the time (ISO 8601) that nothing is newer than."""

    rung: Rung
    lines: tuple[str, ...]
    as_of: str | None = None


def attempts(wanted: Wanted, own: frozenset[str]) -> tuple[Attempt, ...]:
    """Return the rungs above the base environment, none for a work that asks for nothing.

    Exact comes first where a version is pinned. A work that pins nothing is tried as of its date first: what its author
    had then is closer to it than what is newest today. The names in `own` are never held to the work's versions.
    """
    if not wanted.requirements:
        return ()
    asked = tuple(each.relaxed if each.name in own else each.asked for each in wanted.requirements)
    relaxed = tuple(each.relaxed for each in wanted.requirements)
    exact = Attempt("exact", asked)
    dated = [Attempt("as_of", asked, wanted.newest)] if wanted.newest else []
    pinned = any(each.pinned for each in wanted.requirements)
    first = [exact, *dated] if pinned else [*dated, exact]
    return (*first, Attempt("relaxed", relaxed)) if relaxed != asked else tuple(first)


def as_of_its_pins(attempt: Attempt, wanted: Wanted, uploaded: Mapping[str, datetime]) -> Attempt | None:
    """Return an exact attempt with everything that is not pinned as of the day after the newest pin was published.

    A pin of last year was made among the packages of last year: what is newest today may not even load with it. None
    where no pin's date is known.
    """
    dates = [uploaded[each.name] for each in wanted.requirements if each.pinned and each.name in uploaded]
    if attempt.rung != "exact" or attempt.as_of or not dates:
        return None
    day_after = max(dates) + timedelta(days=1)
    return replace(attempt, as_of=day_after.astimezone(UTC).isoformat(timespec="seconds"))


def own_names(lock: str) -> frozenset[str]:
    """Return the packages that OWN_NEEDS bring along, read from the "# via" remarks of the locked environment."""
    parents: dict[str, set[str]] = {}
    name = ""
    for line in lock.splitlines():
        if found := _ENTRY.match(line):
            name = found[1]
        elif parent := _PARENT.match(line):
            parents.setdefault(name, set()).add(parent[1])
    return frozenset(_closure({re.split(r"[<>=]", need)[0] for need in OWN_NEEDS}, parents.items()))


def _closure(names: set[str], parents: Iterable[tuple[str, set[str]]]) -> set[str]:
    while more := {name for name, its in parents if its & names} - names:
        names = names | more
    return names
