"""Which names a program predicts, by their use: the second thing that a fit, a split or folds are given."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.names import last_name
from grader.evidence.parsing import Unit

_SECOND = frozenset(("fit", "train_test_split", "fit_resample", "fit_predict"))
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
    place = 1 if name in _SECOND else 2 if name in _THIRD else 0
    if place and len(node.args) > place:
        yield node.args[place]
    yield from (keyword.value for keyword in node.keywords if keyword.arg == "y" and place)


def _shares(node: ast.Call) -> Iterator[ast.expr]:
    yield from (keyword.value for keyword in node.keywords if keyword.arg in ("y", "stratify"))
