"""In which order a work's requirements are tried: as written, as of the work's date, then with fewer versions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from grader.model import Rung, Wanted

# What the runner imports. Where these come from is the sandbox's business, whatever a work pins.
OWN_NEEDS = ("ipykernel>=6", "jupyter-client>=7", "nbclient>=0.6", "pytest>=7")
_ENTRY = re.compile(r"^([A-Za-z0-9][\w.-]*)==")
_PARENT = re.compile(r"^\s+#\s+(?:via\s+)?([A-Za-z0-9][\w.-]*)\s*$")


MOST_FREED = 8  # tries at dropping only the versions that cannot be had, before all are dropped


@dataclass(frozen=True)
class Attempt:
    """One rung of the ladder: the requirements as PEP 508 lines, and the time (ISO 8601) that nothing is newer than.

    `freed` are the packages whose versions were dropped, where not all were.
    """

    rung: Rung
    lines: tuple[str, ...]
    as_of: str | None = None
    freed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Ladder:
    """The rungs above the base environment; the names in `own` are never held to the work's versions."""

    wanted: Wanted
    own: frozenset[str]

    def attempts(self, blamed: Callable[[], frozenset[str]]) -> Iterator[Attempt]:
        """Yield what to try next, nothing for a work that asks for nothing; `blamed` names the packages of the last
        failure.

        Exact comes first where a version is pinned. A work that pins nothing is tried as of its date first: what its
        author had then is closer to it than what is newest today. Then the versions that cannot be had are dropped, at
        last all.
        """
        if not self.wanted.requirements:
            return
        exact = Attempt("exact", self._lines(frozenset()))
        dated = [replace(exact, rung="as_of", as_of=self.wanted.newest)] if self.wanted.newest else []
        yield from [exact, *dated] if self._pins() else [*dated, exact]
        bound = frozenset(each.name for each in self.wanted.requirements if each.asked != each.relaxed) - self.own
        freed: frozenset[str] = frozenset()
        for _ in range(MOST_FREED):
            more = blamed() & bound - freed
            if not more or freed | more == bound:
                break
            freed |= more
            yield Attempt("relaxed", self._lines(freed), freed=tuple(sorted(freed)))
        if bound:
            yield Attempt("relaxed", self._lines(bound))

    def as_of_its_pins(self, attempt: Attempt, uploaded: Mapping[str, datetime]) -> Attempt | None:
        """Return an exact attempt with all that is not pinned as of the day after the newest pin was published.

        A pin of last year was made among the packages of last year: what is newest today may not even load with it.
        None where no pin's date is known.
        """
        dates = [uploaded[name] for name in self._pins() if name in uploaded]
        if attempt.rung != "exact" or attempt.as_of or not dates:
            return None
        day_after = max(dates) + timedelta(days=1)
        return replace(attempt, as_of=day_after.astimezone(UTC).isoformat(timespec="seconds"))

    def _lines(self, freed: frozenset[str]) -> tuple[str, ...]:
        bare = self.own | freed
        return tuple(each.relaxed if each.name in bare else each.asked for each in self.wanted.requirements)

    def _pins(self) -> frozenset[str]:
        return frozenset(each.name for each in self.wanted.requirements if each.pinned) - self.own


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
