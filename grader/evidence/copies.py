"""Rows that a table holds more than once: drawn with replacement, repeated, or stacked onto themselves."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations

from grader.evidence.callsite import CallSite
from grader.evidence.rows import DRAWN, covered
from grader.evidence.tables import INDEX, narrowed
from grader.evidence.values import Event, Taint, Value, marked

_MOST_STACKED = 12
_AGAIN = "again"  # begins the mask of row numbers that may stand several times


def drawn_again(site: CallSite, table: Value) -> Value:
    """Return rows drawn from a table by `sample` or `resample`: with replacement, some of them more than once."""
    drawn = table.evolve(rows=narrowed(table.rows, (DRAWN, site.state.birth())), items=None)
    replaces = site.is_true("replace") or (site.method == "resample" and not site.is_false("replace"))
    return drawn_twice(site, drawn) if replaces else drawn


def drawn_twice(site: CallSite, table: Value) -> Value:
    """Return a table that holds some rows more than once."""
    event = site.state.record("resample", site.node, site.name, rows=table.rows)
    return table.evolve(taints=marked(table, Taint(event, table.rows)))


def stacked(site: CallSite, tables: Iterable[Value], made: Value) -> Value:
    """Return what stacking gives, marked where rows of one table are those of another."""
    several = permutations(list(tables)[:_MOST_STACKED], 2)
    twice = any(covered(one.rows, other.rows) for one, other in several)
    return drawn_twice(site, made) if twice else made


def repeated(site: CallSite, table: Value, times: Value | None) -> Value:
    """Return a table or an index each of whose rows stands several times, by one number for all of them.

    Where each row has a number of its own, a table of counts is written out: these rows are no copies.
    """
    if times is None or times.rows or times.items is not None or times.constant == 1:
        return table
    return numbers_drawn(site, table) if table.type == INDEX else drawn_twice(site, table)


def numbers_drawn(site: CallSite, numbers: Value) -> Value:
    """Return row numbers or labels that may stand several times: what they pick is marked then."""
    return numbers.evolve(mask=(_AGAIN, site.state.record("resample", site.node, site.name)))


def picked_again(table: Value, index: Value) -> Value | None:
    """Return the rows that such numbers pick, None where the index is of another kind."""
    match index.mask:
        case (again, Event() as event) if again == _AGAIN and table.rows:
            every = event.name.endswith(".repeat")
            rows = table.rows if every else narrowed(table.rows, (DRAWN, ("anew", f"numbers {event.order}")))
            return table.evolve(rows=rows, taints=marked(table, Taint(event, rows)), constant=None)
    return None
