"""Leaves out of a tree what can never run: behind a condition that is never true, after a jump, over nothing.

Practice that is written there says nothing about a work, and neither does a leak.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from grader.evidence.cells import shown_at_the_end
from grader.evidence.folding import Known, module_names, settled_names, truth_of, value_of
from grader.evidence.parsing import Programs, Unit
from grader.evidence.spans import span_of_lines
from grader.model import DeadCode

MAX_DEAD = 500
_JUMPS = (ast.Return, ast.Raise, ast.Continue, ast.Break)
_LEAVING = frozenset(("exit", "_exit", "quit"))
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_DOING = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
Node = TypeVar("Node", bound=ast.AST)


def reachable(programs: Programs) -> tuple[dict[str, list[Unit]], tuple[DeadCode, ...]]:
    """Return the programs without the statements that cannot run, and where those stand."""
    modules = module_names(programs)
    found: dict[str, list[Unit]] = {}
    gone: list[DeadCode] = []
    for path, units in programs.items():
        known: dict[str, object] = {**settled_names(units), "__name__": modules, "TYPE_CHECKING": False}
        found[path] = list(units)
        for position, unit in enumerate(units):
            pruner = _Pruner(known, shown=shown_at_the_end(unit))
            try:
                found[path][position] = replace(unit, tree=pruner.rebuilt(unit.tree))
            except RecursionError:
                continue
            gone += [_dead(unit, body, switched=switched) for body, switched in pruner.gone]
    return found, tuple(gone[:MAX_DEAD])


def _dead(unit: Unit, body: Sequence[ast.stmt], *, switched: bool) -> DeadCode:
    last = body[-1].end_lineno or body[-1].lineno
    return DeadCode(span=span_of_lines(unit, body[0].lineno, last), switched_off=switched)


class _Pruner:
    """Rebuilds what holds something that cannot run, and shares the rest of the tree.

    `gone` are the blocks that are left out, each with whether a name's value, that may be changed, keeps it off.
    """

    def __init__(self, known: Known, *, shown: Collection[ast.stmt] = ()) -> None:
        self.known, self.shown = known, shown
        self.gone: list[tuple[Sequence[ast.stmt], bool]] = []

    def rebuilt(self, node: Node) -> Node:
        """Return the node with its parts pruned, itself where nothing in it is."""
        parts = {name: self._part(value) for name, value in ast.iter_fields(node)}
        changed = {name: part for name, part in parts.items() if part is not getattr(node, name)}
        if not changed:
            return node
        made = copy.copy(node)
        for name, part in changed.items():
            nothing = name == "body" and part == [] and not isinstance(node, ast.Module)
            setattr(made, name, [ast.copy_location(ast.Pass(), node)] if nothing else part)
        return made

    def _part(self, value: object) -> object:
        if isinstance(value, ast.expr):
            return self._expression(value)
        if isinstance(value, ast.AST):
            return self.rebuilt(value)
        if not isinstance(value, list):
            return value
        if any(isinstance(item, ast.stmt) for item in value):
            made: list[object] = [*self._block(value)]
        else:
            made = [self._part(item) for item in value]
        same = len(made) == len(value) and all(one is other for one, other in zip(made, value, strict=True))
        return value if same else made

    def _block(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for position, node in enumerate(body):
            if node not in self.shown and _comes_to_nothing(node):
                alone = all(other is node or other.lineno != node.lineno for other in body[max(0, position - 1) :][:3])
                self._leave_out([node] if alone else [], switched=True)
                continue
            made += self._statement(node)
            if self._ends(node):
                self._leave_out(body[position + 1 :])
                break
        return made

    def _statement(self, node: ast.stmt) -> list[ast.stmt]:
        """Return what is left of a statement: itself, one of its blocks, or nothing."""
        if isinstance(node, ast.If | ast.While):
            holds = truth_of(node.test, self.known)
            switched = truth_of(node.test, {}) is None
            if holds is False:
                self._leave_out(node.body, switched=switched)
                return self._block(node.orelse)
            if holds and node.orelse and isinstance(node, ast.If):
                self._leave_out(node.orelse, switched=switched)
                node = copy.copy(node)
                node.orelse = []
        elif isinstance(node, ast.For | ast.AsyncFor) and self._is_nothing(node.iter):
            self._leave_out(node.body)
            return self._block(node.orelse)
        elif isinstance(node, ast.Try | ast.TryStar) and all(map(_cannot_fail, node.body)):
            for handler in node.handlers:
                self._leave_out(handler.body)
            return self._block([*node.body, *node.orelse, *node.finalbody])
        return [self.rebuilt(node)]

    def _leave_out(self, body: Sequence[ast.stmt], *, switched: bool = False) -> None:
        if body:
            self.gone.append((body, switched))

    def _expression(self, node: ast.expr) -> ast.expr:
        """Return the expression without the operands that are never evaluated."""
        if isinstance(node, ast.IfExp) and (holds := truth_of(node.test, self.known)) is not None:
            return self._expression(node.body if holds else node.orelse)
        if isinstance(node, ast.BoolOp):
            decides = isinstance(node.op, ast.Or)
            settled = [truth_of(value, self.known) is decides for value in node.values]
            if True in settled[:-1]:
                node = copy.copy(node)
                node.values = node.values[: settled.index(True) + 1]
        if isinstance(node, _COMPREHENSIONS) and any(map(self._goes_through_nothing, node.generators)):
            return ast.copy_location(ast.List(elts=[], ctx=ast.Load()), node)
        return self.rebuilt(node)

    def _is_nothing(self, node: ast.expr) -> bool:
        value = value_of(node, self.known)
        return value in ((), "") or (isinstance(value, range) and not value)

    def _goes_through_nothing(self, part: ast.comprehension) -> bool:
        return self._is_nothing(part.iter) or any(truth_of(test, self.known) is False for test in part.ifs)

    def _end(self, body: Sequence[ast.stmt]) -> bool:
        return any(self._ends(node) for node in body)

    def _ends(self, node: ast.stmt) -> bool:
        """Tell whether nothing that follows the statement in its block can run."""
        if isinstance(node, _JUMPS) or _leaves(node):
            return True
        if isinstance(node, ast.Assert):
            return truth_of(node.test, self.known) is False
        if isinstance(node, ast.If):
            holds = truth_of(node.test, self.known)
            return (holds is False or self._end(node.body)) and (holds is True or self._end(node.orelse))
        if isinstance(node, ast.While):
            return truth_of(node.test, self.known) is True and not any(map(_breaks, node.body))
        if isinstance(node, ast.Try | ast.TryStar):
            handled = all(self._end(handler.body) for handler in node.handlers)
            return self._end(node.finalbody) or (self._end([*node.body, *node.orelse]) and handled)
        return False


def _leaves(node: ast.stmt) -> bool:
    """Tell whether a statement stops the program: `sys.exit()`."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name))):
            return name in _LEAVING
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="sys" | "os"), attr=name))):
            return name in _LEAVING
    return False


def _comes_to_nothing(node: ast.stmt) -> bool:
    """Tell whether a statement only names something: `model.coef_`, which a script shows to nobody."""
    value = node.value if isinstance(node, ast.Expr) else None
    return isinstance(value, ast.Attribute | ast.Subscript | ast.Name | ast.BinOp | ast.Compare) and not any(
        isinstance(part, _DOING) for part in ast.walk(value)
    )


def _cannot_fail(node: ast.stmt) -> bool:
    value = node.value if isinstance(node, ast.Expr | ast.Assign) else None
    plain = not isinstance(node, ast.Assign) or all(isinstance(target, ast.Name) for target in node.targets)
    return isinstance(node, ast.Pass) or (isinstance(value, ast.Constant) and plain)


def _breaks(node: ast.AST) -> bool:
    """Tell whether a loop's own body may leave it by `break`; one of a loop inside counts too, to be careful."""
    if isinstance(node, _SCOPES):
        return False
    return isinstance(node, ast.Break) or any(map(_breaks, ast.iter_child_nodes(node)))
