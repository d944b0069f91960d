"""Which names a program predicts, by their use: the second thing that a fit, a split or folds are given, or the series
that a forecaster goes on with.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.names import last_name
from grader.evidence.parsing import Unit

_SECOND = frozenset(("fit", "train_test_split", "fit_resample", "fit_predict"))
_SERIES = frozenset(("ARIMA", "SARIMAX", "auto_arima"))  # what they predict is the first thing that they are given
SERIES = "y"  # how Prophet has the column called that it goes on with
_THIRD = frozenset(
    ("cross_val_score", "cross_validate", "cross_val_predict", "learning_curve", "permutation_importance")
)


def predicted_names(units: Iterable[Unit]) -> dict[str, frozenset[str]]:
    """Return, for each file, the variables that it hands over as what is to be predicted."""
    found: dict[str, set[str]] = {}
    for unit in units:
        for node in ast.walk(unit.tree):
            if isinstance(node, ast.Call):
                names = (given.id for given in (*given_targets(node), *_shares(node)) if isinstance(given, ast.Name))
                found.setdefault(unit.source.path, set()).update(names)
    return {path: frozenset(names) for path, names in found.items()}


def given_targets(node: ast.Call) -> Iterator[ast.expr]:
    """Yield what a call is given as that which is to be predicted."""
    name = last_name(node.func)
    if name in _SERIES:
        yield from node.args[:1]
        yield from (keyword.value for keyword in node.keywords if keyword.arg in ("endog", "y"))
    place = 1 if name in _SECOND else 2 if name in _THIRD else 0
    if place and len(node.args) > place:
        yield node.args[place]
    yield from (keyword.value for keyword in node.keywords if keyword.arg == "y" and place)


def series_named(node: ast.Call) -> Iterator[str]:
    """Yield the columns that a call says to be a series to go on with: Prophet's `y`, and what is renamed to that."""
    if last_name(node.func) == "Prophet":
        yield SERIES
    given = [keyword.value for keyword in node.keywords if keyword.arg == "columns"]
    for renamed in given if last_name(node.func) == "rename" else ():
        for old, new in zip(renamed.keys, renamed.values, strict=True) if isinstance(renamed, ast.Dict) else ():
            if isinstance(new, ast.Constant) and new.value == SERIES and isinstance(old, ast.Constant):
                yield str(old.value)


def _shares(node: ast.Call) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in node.keywords if keyword.arg in ("y", "stratify"))
