"""Calls that do nothing for the work: given no data, made and put to no use, or computed and shown to nobody.

`confusion_matrix([1], [1])`, a pipeline that is never fitted and a bare `df.duplicated()` in a script are there to be
seen by whoever looks for them.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from grader.evidence.catalog import STATISTICS, kind_of, role_of
from grader.evidence.cells import shown_at_the_end
from grader.evidence.constants import LIBRARIES, Constants
from grader.evidence.flow import Flow
from grader.evidence.functions import own_nodes
from grader.evidence.names import aliases_of, given_to, last_name
from grader.evidence.parsing import Unit
from grader.evidence.purpose import Purpose

_MAKERS = ("make_pipeline", "make_union", "make_column_transformer", "create_study")
_LEARNING = ("fit", "transform", "score", "cross_validate", "resample", "impute", "encode")
_COMPUTING = ("explore", "score", "cross_validate")
_PURE = STATISTICS | {"permutation_importance", "partial_dependence", "calibration_curve", "sort_values", "round",
                      "any", "all", "count", "agg", "sort_index", "nlargest", "nsmallest", "size"}  # fmt: skip
_SPEAKING = frozenset(("info", "evaluate", "evaluate_generator", "val", "profile_report"))  # print by themselves
_DRAWING = re.compile(r"(^|\.)(\w+Display(\.\w+)?|plot_\w+)$")  # though it computes a score, it draws it too
_ASKING = ("os.environ.get", "os.getenv")
_SETTING = ("seed", "set_", "manual_seed", "option", "use", "filterwarnings", "reset", "simplefilter", "default_rng")


def idle_calls(programs: Mapping[str, Sequence[Unit]], flow: Flow) -> set[ast.Call]:
    """Return the calls of all programs that do nothing."""
    hollow = {name for units in programs.values() for unit in units for name in _hollow(unit.tree)}
    elsewhere = {path: _named_in(units) for path, units in programs.items()}
    found: set[ast.Call] = set()
    known = Counter(name for names in elsewhere.values() for name in names)
    for path, units in programs.items():
        asked = {name for name, times in known.items() if times > (name in elsewhere[path])}
        try:
            reader = _Reader(units, flow, asked)
        except RecursionError:
            continue
        for unit in units:
            try:
                calls = [node for node in ast.walk(unit.tree) if isinstance(node, ast.Call)]
                found |= {node for node in calls if reader.name(node) in hollow or reader.is_idle(node)}
                found |= reader.shown_to_nobody(unit)
            except RecursionError:
                continue
    return found


class _Reader:
    """What one program does with what it calls."""

    def __init__(self, units: Sequence[Unit], flow: Flow, asked: Iterable[str]) -> None:
        self.flow, self.aliases = flow, aliases_of(units)
        self.constants = Constants(units, self.aliases, flow)
        self.purpose = Purpose(units, self.constants, asked)

    def name(self, node: ast.Call) -> str:
        """Return what is called, with what was imported resolved."""
        return self._what(node)[0]

    def is_idle(self, node: ast.Call) -> bool:
        name, kind = self._what(node)
        made = bool(role_of(name)) or name.rpartition(".")[2] in _MAKERS
        if made:
            return not self.purpose.is_used(node)
        if kind in ("load", "save") or last_name(node.func).startswith(_SETTING) or last_name(node.func)[:1].isupper():
            return False
        if self.constants.is_constant(node):
            if isinstance(node.func, ast.Attribute) and not self._is_of_module(node.func):
                return kind != "other" or last_name(node.func) in _PURE
            return name.partition(".")[0] in LIBRARIES and bool(given_to(node))
        return kind in _LEARNING and bool(node.args) and all(map(self._is_toy, given_to(node)))

    def _is_of_module(self, node: ast.expr) -> bool:
        while isinstance(node, ast.Attribute):
            node = node.value
        return isinstance(node, ast.Name) and node.id in self.aliases

    def _is_toy(self, node: ast.expr) -> bool:
        """Tell whether this is data that was written down: no text, which may name a file, and no function."""
        written = isinstance(node, ast.List | ast.Tuple | ast.Call | ast.BinOp)
        texts = any(isinstance(part, ast.Constant) and isinstance(part.value, str) for part in ast.walk(node))
        return written and not texts and self.constants.is_constant(node)

    def shown_to_nobody(self, unit: Unit) -> set[ast.Call]:
        """Return the calls of statements that only compute, where nobody is shown what comes of it."""
        shown = shown_at_the_end(unit)
        bare = [node for node in ast.walk(unit.tree) if isinstance(node, ast.Expr) and node not in shown]
        found: set[ast.Call] = set()
        for statement in bare:
            if isinstance(statement.value, ast.Call) and self._only_computes(statement.value):
                inner = [node for node in ast.walk(statement) if isinstance(node, ast.Call)]
                found |= {node for node in inner if self._only_computes(node)}
        return found

    def _only_computes(self, node: ast.Call) -> bool:
        name, kind = self._what(node)
        last = last_name(node.func)
        known = isinstance(node.func, ast.Attribute) or name.partition(".")[0] in LIBRARIES
        asks = name in _ASKING or (last == "parse_args" and not given_to(node))
        speaks = last in _SPEAKING or bool(_DRAWING.search(name))
        return known and not speaks and (kind in _COMPUTING or last in _PURE or asks)

    def _what(self, node: ast.Call) -> tuple[str, str]:
        resolved = self.flow.callee_of(node, self.aliases)
        return resolved.name, kind_of(resolved.name, resolved.receiver_type)


def _hollow(tree: ast.Module) -> set[str]:
    """Return the functions of the work that compute nothing: `def confusion_matrix(*a): pass`."""
    working = (ast.Call, ast.BinOp, ast.Compare, ast.Subscript, ast.Attribute, ast.Yield, ast.Lambda)
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and not node.decorator_list
        if not any(isinstance(inner, working) for statement in node.body for inner in own_nodes(statement))
    }


def _named_in(units: Sequence[Unit]) -> set[str]:
    """Return the names that a program may take from another one."""
    names: set[str] = set()
    for unit in units:
        for node in ast.walk(unit.tree):
            if isinstance(node, ast.alias):
                names.add(node.name)
            elif isinstance(node, ast.Attribute):
                names.add(node.attr)
    return names
