"""Whether what is made is put to use: fitted, passed on with data, returned or kept where it may be."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Sequence

from grader.evidence.catalog import role_of
from grader.evidence.constants import Constants
from grader.evidence.holders import KEEPING, LOOKING, root_of
from grader.evidence.names import given_to, last_name
from grader.evidence.parsing import Unit

_ASKING = frozenset(("get_params", "set_params", "get_feature_names_out", "__repr__", "copy"))
_HOLDING = (ast.Tuple, ast.List, ast.Dict, ast.Set, ast.Starred, ast.IfExp, ast.BinOp, ast.keyword, ast.BoolOp)


class Purpose:
    """The uses of the names of one program; `asked` are names that other programs may take from it."""

    def __init__(self, units: Sequence[Unit], constants: Constants, asked: Iterable[str]) -> None:
        self.constants, self.asked = constants, frozenset(asked)
        self.parents: dict[ast.AST, ast.AST] = {}
        self.loads: dict[str, list[ast.Name]] = defaultdict(list)
        self.known: dict[str, bool] = {}
        self.starred = "*" in self.asked
        for unit in units:
            for node in ast.walk(unit.tree):
                self.parents |= dict.fromkeys(ast.iter_child_nodes(node), node)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                    self.loads[node.id].append(node)

    def is_used(self, node: ast.AST) -> bool:
        """Tell whether anything comes of the value of an expression."""
        parent = self.parents.get(node)
        match parent:
            case ast.Expr() | ast.Compare() | ast.If() | ast.While() | ast.Assert() | ast.FormattedValue():
                return False
            case ast.Assign():
                return any(map(self._target_is_used, parent.targets))
            case ast.AnnAssign() | ast.NamedExpr() | ast.AugAssign():
                return self._target_is_used(parent.target)
            case ast.For() | ast.AsyncFor() if node is parent.iter:
                return self._target_is_used(parent.target)
            case ast.Attribute():
                return self._attribute_is_used(parent)
            case ast.Subscript() if node is parent.value:
                return isinstance(parent.ctx, ast.Store) or self.is_used(parent)
            case ast.Call():
                return self._argument_is_used(node, parent)
            case ast.keyword():
                return self.is_used(parent)
        return self.is_used(parent) if isinstance(parent, _HOLDING) else True

    def _target_is_used(self, target: ast.expr) -> bool:
        if isinstance(target, ast.Tuple | ast.List):
            return any(map(self._target_is_used, target.elts))
        if not isinstance(target, ast.Name):
            return not isinstance(target, ast.Subscript) or self._name_is_used(root_of(target))
        return self._name_is_used(target.id)

    def _name_is_used(self, name: str) -> bool:
        if name in self.asked or self.starred:
            return True
        if name not in self.known:
            self.known[name] = False  # while it is looked at: a name that only refers to itself is not used
            self.known[name] = any(self.is_used(load) for load in self.loads[name])
        return self.known[name]

    def _attribute_is_used(self, node: ast.Attribute) -> bool:
        call = self.parents.get(node)
        if not isinstance(call, ast.Call) or call.func is not node:
            return isinstance(node.ctx, ast.Store) or self.is_used(node)
        if node.attr in _ASKING:
            return self.is_used(call)
        given = given_to(call)
        if node.attr in KEEPING and isinstance(node.value, ast.Name):
            return False  # what is added to a container does not use it
        return not given or not all(map(self.constants.is_constant, given)) or self.is_used(call)

    def _argument_is_used(self, node: ast.AST, call: ast.Call) -> bool:
        if node is call.func:
            return True
        name = self.constants.name_of(call)
        last = name.rpartition(".")[2] or last_name(call.func)
        if last in LOOKING:
            return False
        if last in KEEPING and isinstance(call.func, ast.Attribute):
            return self._target_is_used(call.func.value)
        if role_of(name) or last.startswith("make_") or last in ("list", "tuple", "dict", "zip", "enumerate", "clone"):
            return self.is_used(call)
        return not self.constants.is_constant(call) or self.is_used(call)
