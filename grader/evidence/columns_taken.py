"""Which columns a model looks at: those that a ColumnTransformer is told of, or that a formula names."""

from __future__ import annotations

import re

from grader.evidence.catalog import role_of
from grader.evidence.tables import marks_in
from grader.evidence.values import Model, Value

_WORD = re.compile(r"[A-Za-z_]\w*")
_MOST_STEPS = 6


def as_taken(table: Value, model: Model) -> Value:
    """Return a table as a model takes it: marks on columns that it leaves out are gone."""
    names = _taken(model)
    return table.evolve(taints=marks_in(table, names)) if names and table.rows else table


def _taken(model: Model, depth: int = 0) -> frozenset[str] | None:
    """Return the columns that a model takes, with other words perhaps; None where it may take any."""
    if formula := _formula(model):
        return frozenset(_WORD.findall(formula))
    if model.type.endswith(".ColumnTransformer"):
        return _told(model)
    if role_of(model.type) not in ("pipeline", "search") or depth > _MOST_STEPS:
        return None
    first = next((part.model for part in model.parts if part.model is not None), None)
    return _taken(first, depth + 1) if first is not None else None


def _formula(model: Model) -> str:
    """Return the formula that a statistical model is made with, "" where there is none."""
    given = (*model.parts, *model.settings.values()) if role_of(model.type) == "statistical" else ()
    texts = (value.constant for value in given)
    return next((text for text in texts if isinstance(text, str) and "~" in text), "")


def _told(model: Model) -> frozenset[str] | None:
    """Return the columns that a ColumnTransformer is told of, where it drops all others."""
    rest = model.settings.get("remainder")
    if rest is not None and rest.constant != "drop":
        return None
    words = [part.constant for part in model.parts if part.model is None]
    known = [word for word in words if isinstance(word, str)]
    return frozenset(known) if len(known) == len(words) else None
