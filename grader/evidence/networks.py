"""PyTorch as people write it: data sets and loaders hold rows, calling a network predicts, a step backwards fits it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace

from grader.evidence.attributes import own_method
from grader.evidence.callsite import CallSite
from grader.evidence.rows import Rows, RowSets
from grader.evidence.said import said_of
from grader.evidence.tables import ARRAY, at_split_index, is_split_index, narrowed
from grader.evidence.values import UNKNOWN, Instance, Model, Prediction, Value, rows_of, taints_of

MODULE = "torch.nn.Module"
_HOLDERS = {"DataLoader", "TensorDataset", "Subset", "ConcatDataset"}
_BASES = ("Module", "LightningModule")


def network_class(bases: list[Value]) -> str:
    """Return the kind of network that a class of the submission is, by what it is derived from; "" where it is none."""
    for base in bases:
        if base.dotted.startswith(("torch.", "pytorch_lightning.")) and _last(base) in _BASES:
            return MODULE
        if base.dotted.startswith("keras.") and _last(base) in ("Model", "Sequential"):
            return "keras.Model"
    return ""


def _last(base: Value) -> str:
    return base.dotted.rpartition(".")[2]


def is_network(model: Model | None) -> bool:
    """Tell whether a model is called, and not asked to `predict`."""
    return model is not None and model.type.startswith("torch.nn.")


def called(site: CallSite, model: Model) -> Value:
    """Return what calling a network or a loss gives: a prediction, or how far one is from the truth."""
    if any(value.prediction for value in site.values):
        return loss(site)
    data = site.argument(0) or UNKNOWN
    fit = model.fits[-1] if model.fits else None
    site.state.record("ask", site.node, model.type, rows=data.rows, model=model, fit=fit)
    said = Prediction(model, fit, data.rows, data.taints)
    return Value(type=ARRAY, rows=data.rows, prediction=said, loops=site.loops)


def loss(site: CallSite) -> Value:
    """Return a loss: a prediction that was compared with the truth."""
    said = said_of(site.values)
    if said is None:
        return Value(loops=site.loops)
    return Value(type=ARRAY, rows=said.rows, prediction=replace(said, compared=True), loops=site.loops)


def backward(site: CallSite, said: Prediction) -> Value:
    """Log `loss.backward()`: the network learns from the rows that it was asked about."""
    model = said.model
    event = site.state.record(
        "fit", site.node, f"{model.type}.backward", rows=said.rows, taints=said.taints, model=model, target=UNKNOWN
    )
    model.fits.append(event)
    return UNKNOWN


def holds_rows(name: str) -> bool:
    """Tell whether a class keeps the rows that it is given, for a loop to go over."""
    return name.startswith("torch.utils.data.") and name.rpartition(".")[2] in _HOLDERS


def held(site: CallSite) -> Value:
    """Return a data set or loader: its rows are its arguments', and a loop gets batches of them with their answers."""
    tables = [value if value.instance is None else held_by(value.instance) for value in site.values]
    tables = [table for table in tables if table.rows]
    rows = rows_of(tables[:1])
    if site.method == "Subset":
        rows = _chosen(rows, site.argument(1, "indices") or UNKNOWN, site)
    if "sampler" in site.keywords or "batch_sampler" in site.keywords:
        rows = narrowed(rows, site.state.birth())  # which of them is not known
    batch = Value(type=ARRAY, rows=rows, taints=taints_of(tables))
    return batch.evolve(type="torch.utils.data.DataLoader", each=Value(items=(batch, batch)))


def _chosen(rows: RowSets, numbers: Value, site: CallSite) -> RowSets:
    """Return the rows that a `Subset` holds, by their numbers."""
    if is_split_index(numbers):
        return at_split_index(rows, numbers)
    return narrowed(rows, numbers.rows or site.state.birth())


def held_by(instance: Instance) -> Value:
    """Return the rows that an object of the submission keeps, where all that it keeps are of the same ones."""
    tables = [value for value in instance.attributes.values() if value.rows and value.model is None]
    same = {table.rows for table in tables}
    if len(same) != 1:
        return _given_first(instance)
    return Value(type=ARRAY, rows=tables[0].rows, taints=taints_of(tables))


def _given_first(instance: Instance) -> Value:
    """Return the table that `__getitem__` gives an item of first: `return self.x[i], self.y[i]`."""
    method = own_method(instance.owner, "__getitem__") if instance.owner else None
    nodes = list(ast.walk(method.node)) if method is not None else []
    local = {
        node.targets[0].id: node.value
        for node in nodes
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    returned = (node.value for node in nodes if isinstance(node, ast.Return))
    firsts = (value.elts[0] for value in returned if isinstance(value, ast.Tuple | ast.List) and value.elts)
    for name, index in (item for first in firsts for item in _own_items(first, local)):
        table = instance.attributes.get(name)
        if table is not None and table.rows and table.model is None:
            return Value(type=ARRAY, rows=_numbered(table.rows, index, local, instance), taints=table.taints)
    return UNKNOWN


def _numbered(rows: RowSets, index: ast.expr, local: dict[str, ast.expr], instance: Instance) -> RowSets:
    """Return the rows that an index picks by row numbers which the object keeps: `self.x[self.chosen[i]]`."""
    kept = next((instance.attributes.get(name, UNKNOWN) for name, _ in _own_items(index, local)), None)
    return rows if kept is None else narrowed(rows, kept.rows or object())


def _own_items(node: ast.expr, local: dict[str, ast.expr]) -> Iterator[tuple[str, ast.expr]]:
    """Yield each `self.name[index]` in an expression: the name and the index."""
    for part in _behind(node, local):
        if isinstance(part, ast.Subscript) and isinstance(part.value, ast.Attribute):
            yield part.value.attr, part.slice


def _behind(node: ast.expr, local: dict[str, ast.expr]) -> Iterator[ast.AST]:
    """Yield the parts of an expression, and of what its names stand for."""
    for part in ast.walk(node):
        yield part
        if isinstance(part, ast.Name) and part.id in local:
            yield from ast.walk(local[part.id])


def may_be_network(site: CallSite, callee: Value) -> bool:
    """Tell whether something is called that may be a network out of several: `best[1](x)`. A name that nothing here has
    given a value is that of a function.
    """
    name = site.node.func.id if isinstance(site.node.func, ast.Name) else ""
    if callee.rows == frozenset({Rows(("name", name))}) and not site.scope.module.stars:
        return False
    return bool(callee.rows and not callee.type) or callee.type.startswith("torch.nn.")
