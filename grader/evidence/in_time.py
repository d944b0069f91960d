"""Rows in the order of time: what sorts them, and what looks at rows that come later."""

from __future__ import annotations

import re

from grader.evidence.callsite import CallSite
from grader.evidence.tables import WINDOW, names_in
from grader.evidence.values import Taint, Value, marked

_DATE = re.compile(
    r"(?i)(^|_)(date|datetime|time|timestamp|dt|day|month|year|quarter|week)s?($|_)|_(at|ts)$|date$|^ds$"
)
# How long something took, and a year that a thing bears, are no order of the rows.
_NO_ORDER = re.compile(
    r"(?i)(delivery|prep\w*|cook\w*|play|wait\w*|response|reaction|survival|travel|trip|flight|run|running|elapsed|process\w*"
    r"|lead|total|session|download|load|idle|finish|race|spent|avg|average|mean|max|min)_?times?$|time_(to|in|since|spent)_"
    r"|model_?year|birth|built"
)
_BACKWARDS = {"bfill", "backfill"}


def is_date(name: str) -> bool:
    """Tell whether a column's name says that it holds points in time."""
    return bool(_DATE.search(name)) and not _NO_ORDER.search(name)


def in_time(site: CallSite, table: Value, keyword: str) -> Value:
    """Return the table, marked as being in the order of time where that is what it was sorted or indexed by."""
    names = names_in(site.argument(0, keyword))
    if not table.rows or not names or not all(is_date(name) for name in names):
        return table
    latest_first = site.is_false("ascending")
    order = site.state.record("order", site.node, site.name, rows=table.rows, shuffled=latest_first)
    return table.evolve(in_time=order)


def windows(site: CallSite) -> Value:
    """Return moving windows over a table: each row's value comes of its neighbours, with `center` of later ones too."""
    site.state.record("window", site.node, site.name)
    table = site.receiver.evolve(type=WINDOW, made_of=frozenset())
    return _from_later(site, table) if site.is_true("center") else table


def shifted(site: CallSite) -> Value:
    """Return a table whose rows were moved: a negative number of steps brings later values to earlier rows."""
    site.state.record("window", site.node, site.name)
    steps = site.argument(0, "periods")
    known = steps.constant if steps is not None and isinstance(steps.constant, int) else 0
    latest_first = site.receiver.in_time is not None and site.receiver.in_time.shuffled
    later = known > 0 if latest_first else known < 0
    moved = _from_later(site, site.receiver) if later else site.receiver
    return moved.evolve(made_of=frozenset(), column=None)  # another row's value


def later_filled(site: CallSite) -> Value:
    """Return a table whose gaps were filled: from later rows, where the rows are in the order of time."""
    method = site.argument(1, "method") if site.method == "fillna" else None
    backwards = site.method in ("interpolate", "bfill") or (method is not None and method.constant in _BACKWARDS)
    table = site.receiver
    return _from_later(site, table) if backwards and table.in_time is not None else table


def _from_later(site: CallSite, table: Value) -> Value:
    if not table.rows:
        return table
    event = site.state.record("future", site.node, site.name, rows=table.rows)
    columns = frozenset({table.column}) if table.column else None
    return table.evolve(taints=marked(table, Taint(event, table.rows, columns)))
