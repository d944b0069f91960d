"""What `base.name` is: part of a library, a column, an attribute of an object of the submission."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from grader.evidence.catalog import canonical, role_of
from grader.evidence.column_names import names_of_table
from grader.evidence.results_of_tests import RESULTS, column_of_results
from grader.evidence.rows import Rows, RowSets
from grader.evidence.said import fitted_values
from grader.evidence.significance import OF_A_FIT, answered, names_told_by, says_of_columns
from grader.evidence.tables import (
    ARRAY,
    FRAME,
    GROUPS,
    INDEX,
    LOOKUP,
    SERIES,
    TRANSPOSED,
    column_of,
    column_of_groups,
    is_table,
)
from grader.evidence.values import NONE, UNKNOWN, Function, Instance, Model, Value, learned_marks

_SAME_ROWS = {"values", "str", "dt", "cat", "iloc", "loc", "iat", "at", "ix", "array", "sparse"}
_MOST_BASES = 4
_FACTS = {"shape", "dtypes", "dtype", "size", "ndim", "name", "empty"}


def attribute(base: Value, name: str) -> Value:
    """Return what is known of `base.name`."""
    if base.dotted:
        return Value(dotted=canonical(f"{base.dotted}.{name}"))
    if base.instance is not None:
        return _of_instance(base, name)
    if base.model is not None:
        return _of_model(base, base.model, name)
    if (base.statistic or base.scored or name == "predicted_mean") and not base.rows:
        return base
    if base.type == GROUPS:
        return column_of_groups(base, frozenset({name}))
    if base.type == RESULTS:
        return base if name in (*_SAME_ROWS, "index") else column_of_results(base, {name})
    if name == "T" and base.rows:  # rows and columns change places
        return base.evolve(type=ARRAY if base.type == TRANSPOSED else TRANSPOSED, columns=None, column=None)
    if is_table(base):
        return _of_table(base, name)
    if name in _SAME_ROWS:
        return base
    return Value(rows=_derived(base, "attr", name), loops=base.loops)


def _of_table(base: Value, name: str) -> Value:
    if name == "index":
        return base.evolve(type=INDEX, splits=True)
    if name == "columns":
        return names_of_table(base)
    if name in _FACTS:
        return UNKNOWN
    if name in _SAME_ROWS or not base.type.startswith(FRAME):
        return base.evolve(type=ARRAY if name in ("values", "array") else base.type)
    return column_of(base, name)


def own_method(owner: Function, name: str, depth: int = 0) -> Function | None:
    """Return a method of a class of the submission, its own or one of a base class that is the submission's too."""
    node = owner.node
    if not isinstance(node, ast.ClassDef) or depth > _MOST_BASES:
        return None
    for item in node.body:
        if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef) and item.name == name:
            return Function(item, owner.unit, owner.scope, home=owner)
    inherited = (own_method(base, name, depth + 1) for base in own_bases(owner))
    return next((method for method in inherited if method is not None), None)


def own_bases(owner: Function) -> Iterator[Function]:
    """Yield the base classes of a class that are the submission's too."""
    for base in owner.node.bases if isinstance(owner.node, ast.ClassDef) else ():
        found = owner.scope.find(base.id) if isinstance(base, ast.Name) else None
        if found is not None and found.function is not None:
            yield found.function


def as_of_base(method: Function | None) -> Value | None:
    """Return what `super()` gives in a method: its object, seen as one of the class's base; None where that is not
    the submission's.
    """
    held = method.bound if method is not None else None
    base = next(own_bases(method.home), None) if method is not None and method.home is not None else None
    if held is None or held.instance is None or base is None:
        return None
    return Value(instance=Instance(held.instance.attributes, base, held.instance.seen or held))


def _begins_as_none(owner: Function, name: str) -> bool:
    """Tell whether a class says `name = None`."""
    body = owner.node.body if isinstance(owner.node, ast.ClassDef) else []
    plain = (item for item in body if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant))
    return any(
        item.value.value is None and isinstance(target, ast.Name) and target.id == name  # type: ignore[attr-defined]
        for item in plain
        for target in item.targets
    )


def _of_model(base: Value, model: Model, name: str) -> Value:
    """Return an attribute of an estimator: what it has learned, where the name says so, comes from the rows it saw."""
    if name in ("best_estimator_", "best_pipeline", "fitted_pipeline_"):
        return Value(type=base.type, model=model)
    if name == "hypermodel":  # of Keras Tuner: it builds networks, as the tuner does
        return base
    if says_of_columns(model, name):
        return answered(model, name)
    found = role_of(model.type) == "search" and name in ("best_params", "best_trial")
    if (name.endswith("_") or found) and model.fits:
        fit = model.fits[-1]
        return Value(type=LOOKUP, statistic=fit.rows, taints=learned_marks(model), loops=base.loops)
    if name == "fittedvalues" and role_of(model.type) == "statistical" and model.fits:
        return fitted_values(model).evolve(type=SERIES)
    if name in OF_A_FIT and role_of(model.type) == "statistical" and model.fits:
        return names_told_by(learned_marks(model))
    return Value(loops=base.loops)


def _derived(base: Value, how: str, name: str) -> RowSets:
    return frozenset(Rows((how, rows, name)) for rows in base.rows)


def _of_instance(base: Value, name: str) -> Value:
    instance = base.instance
    assert instance is not None
    if name in instance.attributes:
        return instance.attributes[name]
    method = own_method(instance.owner, name) if instance.owner else None
    if method is not None:
        method.bound = instance.seen or base
        return Value(function=method)
    if instance.owner is not None and _begins_as_none(instance.owner, name):
        return NONE
    made = Value(rows=frozenset({Rows(("self", id(instance), name))}))
    instance.attributes[name] = made
    return made
