"""Values that hold nothing of the data: literals, arrays of zeros, models that nothing was given to."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from grader.evidence.catalog import kind_of
from grader.evidence.flow import Flow
from grader.evidence.holders import root_of
from grader.evidence.names import given_to, last_name, written_name
from grader.evidence.parsing import Unit

LIBRARIES = frozenset(
    ("numpy", "pandas", "sklearn", "scipy", "matplotlib", "seaborn", "plotly", "statsmodels", "xgboost", "lightgbm",
     "catboost", "imblearn", "shap", "math", "keras", "tensorflow", "torch", "category_encoders", "optuna")
)  # fmt: skip
_PLAIN = frozenset(
    ("list", "tuple", "dict", "set", "range", "len", "sum", "min", "max", "abs", "int", "float", "str", "bool", "zip",
     "round", "sorted", "enumerate", "reversed", "True", "False", "None")
)  # fmt: skip
_READING = ("read_", "load", "fetch_", "from_", "memmap", "scan_", "open", "genfromtxt", "image_dataset",
            "text_dataset", "audio_dataset", "flow_from", "imread", "list_files", "TFRecordDataset",
            "TextLineDataset", "CsvDataset",
            "make_csv_dataset", "get_data")  # fmt: skip
# Rows that nobody has seen: data where a program has no other, else a toy beside those that it is about.
_MADE_UP = ("make_classification", "make_regression", "make_blobs", "make_moons", "make_circles", "make_friedman")
_SIGNS = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
_UNTOLD = (ast.Lambda, ast.Await, ast.Yield, ast.YieldFrom)
Condition = tuple[str, ast.expr]


class Constants:
    """The names of one program that only ever hold such values, whatever is done to them."""

    def __init__(self, units: Iterable[Unit], aliases: Mapping[str, str], flow: Flow) -> None:
        self.aliases, self.flow = dict(aliases), flow
        nodes = [node for unit in units for node in ast.walk(unit.tree)]
        self._has_data = any(isinstance(node, ast.Call) and self._reads(node) for node in nodes)
        bound = [found for node in nodes for found in self._bindings(node)]
        spoilt = {name for node in nodes for name in self._spoilt(node)}
        named = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        self.names = {name for name in _begun(bound) if name in named} - spoilt
        waiting = [*bound, *(found for node in nodes for found in self._touching(node))]
        resting: defaultdict[str, list[Condition]] = defaultdict(list)  # what is asked again when a name is lost
        for condition in waiting:
            for name in {part.id for part in ast.walk(condition[1]) if isinstance(part, ast.Name)}:
                resting[name].append(condition)
        while lost := {name for name, value in waiting if name in self.names and not self.is_constant(value)}:
            self.names -= lost
            waiting = [condition for name in lost for condition in resting[name]]

    def is_constant(self, node: ast.AST) -> bool:
        """Tell whether an expression is made of nothing else. Without recursion: a sum may have thousands of terms."""
        waiting = [node]
        while waiting:
            part = waiting.pop()
            if isinstance(part, ast.Constant):
                continue
            if isinstance(part, ast.Name):
                if part.id not in self.names and part.id not in _PLAIN and not self._is_of_library(part):
                    return False
            elif isinstance(part, ast.Attribute):
                waiting += [] if self._is_of_library(part) else [part.value]
            elif isinstance(part, _UNTOLD) or (isinstance(part, ast.Call) and not self._gives_constants(part)):
                return False
            else:
                waiting += self._parts(part)
        return True

    def _parts(self, node: ast.AST) -> list[ast.AST]:
        """Return what an expression is made of, without the name of a library's function."""
        parts: list[ast.AST] = [part for part in ast.iter_child_nodes(node) if not isinstance(part, _SIGNS)]
        is_by_name = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_by_name and self.name_of(node).partition(".")[0] in LIBRARIES:  # type: ignore[arg-type]  # it is a call
            parts.remove(node.func)  # type: ignore[attr-defined]
        return parts

    def name_of(self, node: ast.Call) -> str:
        """Return what is called, as far as it is known: a name that a star brought too."""
        return self.flow.callee_of(node, self.aliases).name

    def _is_of_library(self, node: ast.expr) -> bool:
        return root_of(node) in self.aliases and written_name(node, self.aliases).partition(".")[0] in LIBRARIES

    def _gives_constants(self, node: ast.Call) -> bool:
        """Tell whether a call gives nothing but what it is given: it reads no file, and asks no code of the work."""
        if last_name(node.func).startswith(_MADE_UP):
            return self._has_data
        return not self._reads(node)

    def _reads(self, node: ast.Call) -> bool:
        name = last_name(node.func)
        return not name.startswith(_MADE_UP) and (kind_of(self.name_of(node)) == "load" or name.startswith(_READING))

    def _bindings(self, node: ast.AST) -> Iterator[Condition]:
        """Yield what a name is given: it is constant where all of that is."""
        match node:
            case ast.Assign():
                for target in node.targets:
                    yield from _bound(target, node.value)
            case ast.AnnAssign() | ast.AugAssign() | ast.NamedExpr() if node.value is not None:
                yield from _bound(node.target, node.value)
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                yield from _bound(node.target, node.iter)

    def _touching(self, node: ast.AST) -> Iterator[Condition]:
        """Yield what the object of a name is given by a call: rows to learn from, or items to hold."""
        if not isinstance(node, ast.Call):
            return
        given = given_to(node)
        if isinstance(node.func, ast.Attribute):
            yield from ((root_of(node.func), value) for value in given)
        for one in given:
            if isinstance(one, ast.Name):
                yield from ((one.id, other) for other in given if other is not one)

    def _spoilt(self, node: ast.AST) -> Iterator[str]:
        """Yield names of which it is not told what they hold: parameters, and what code of the work may change."""
        if isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.withitem) and node.optional_vars is not None:
            yield root_of(node.optional_vars)
        elif isinstance(node, ast.Global | ast.Nonlocal):
            yield from node.names
        elif isinstance(node, ast.Call) and not self._is_known(node):
            yield from (value.id for value in given_to(node) if isinstance(value, ast.Name))

    def _is_known(self, node: ast.Call) -> bool:
        method = isinstance(node.func, ast.Attribute) and root_of(node.func) not in self.aliases
        plain = getattr(node.func, "id", "") in _PLAIN | {"print", "display"}
        return method or plain or self.name_of(node).partition(".")[0] in LIBRARIES


def _begun(bound: Iterable[Condition]) -> set[str]:
    """Return the names that are given something before they are used for what they are given: `data = tidy(data)`
    alone says nothing of what the data was.
    """
    needs: defaultdict[str, list[set[str]]] = defaultdict(list)
    for name, value in bound:
        needs[name].append({part.id for part in ast.walk(value) if isinstance(part, ast.Name)})
    return {name for name, uses in needs.items() if any(name not in used for used in uses)}


def _bound(target: ast.expr, value: ast.expr) -> Iterator[Condition]:
    if isinstance(target, ast.Tuple | ast.List):
        same = isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts)
        values = value.elts if same else [value] * len(target.elts)  # type: ignore[attr-defined]
        for one, part in zip(target.elts, values, strict=True):
            yield from _bound(one, part)
    else:
        yield root_of(target), value
