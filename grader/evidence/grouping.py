"""What putting the rows of a table into groups gives, and what is asked of the groups."""

from __future__ import annotations

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import COUNTS, STATISTICS
from grader.evidence.column_sets import Columns
from grader.evidence.in_time import shifted, windows
from grader.evidence.learning import applied
from grader.evidence.rows import GROUPED, Rows
from grader.evidence.tables import FRAME, GROUPS, LOOKUP, SERIES, names_in
from grader.evidence.values import OTHERS, UNKNOWN, Value


def grouped(site: CallSite) -> Value:
    """Return `frame.groupby(...)`: the rows, and the columns that they are grouped by."""
    by = site.argument(0, "by") or UNKNOWN
    keys = names_in(by) or {item.column for item in (by, *(by.items or ())) if item.column}
    return site.receiver.evolve(type=GROUPS, column=None, made_of=frozenset({*keys, OTHERS}))


def method_of_groups(site: CallSite) -> Value:
    """Return what a method of groups gives: of each row among its like, or a table of one row a group."""
    groups = site.receiver
    if site.method in ("transform", "apply"):
        around, site.state.by = site.state.by, groups.made_of - {OTHERS}
        made = applied(site, groups.evolve(type=SERIES))
        site.state.by = around
        return made
    if site.method in ("rolling", "expanding", "ewm"):
        return windows(site)
    if site.method in ("shift", "diff", "pct_change"):
        return shifted(site).evolve(type=SERIES)
    if site.method == "cumcount":
        return groups.evolve(type=SERIES, made_of=frozenset(), taints=frozenset())
    if site.method in ("cumsum", "cumprod", "cummax", "cummin"):
        return groups.evolve(type=SERIES, made_of=frozenset({OTHERS}))
    if site.method in ("fillna", "rank", "ffill", "bfill"):
        return groups.evolve(type=SERIES)
    if site.method in STATISTICS | COUNTS or site.method in ("agg", "aggregate"):
        of = groups.column if site.method in STATISTICS or names_in(site.argument(0)) else None
        return Value(type=LOOKUP, statistic=groups.rows, taints=groups.taints, loops=groups.loops, column=of)
    return UNKNOWN


def pivoted(site: CallSite) -> Value:
    """Return `frame.pivot(...)`: each row holds what was said of one thing in several."""
    rows = frozenset({Rows((GROUPED, site.receiver.rows))})
    return Value(type=FRAME, rows=rows, columns=Columns(rows, known=False), taints=site.receiver.taints)
