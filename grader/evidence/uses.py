"""Which code uses which functions of the work: calls them, passes them on, or keeps them where others find them.

The graph's nodes are files (what runs at their top level), "f" (the body of a function or a class), "f()" (what it
returns, and a class's objects) and "=x" (what a variable or an attribute holds); an edge leads to what running one may
run. A function that is only looked at, as by `print(f)`, is not used. What two files define is "a.py:f" and "b.py:f".
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

from grader.evidence.asked import Asking
from grader.evidence.defined import PLAIN_DECORATORS, defined_in
from grader.evidence.flow import Flow
from grader.evidence.holders import KEEPING, LOOKING, Sinks, hands_on, held_by, keepers, locals_of, root_of
from grader.evidence.meaning import Meaning, outside_of
from grader.evidence.names import aliases_of, last_name
from grader.evidence.own_modules import OwnModules
from grader.evidence.parsing import Definition, Programs
from grader.evidence.use_graph import UseGraph

_Assignment = ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr
_Loop = ast.For | ast.AsyncFor | ast.comprehension
_JUDGING = (ast.Compare, ast.UnaryOp, ast.JoinedStr, ast.FormattedValue)  # look at a function, and do not run it


def read_uses(programs: Programs, flow: Flow, modules: OwnModules) -> dict[str, tuple[str, ...]]:
    """Return the graph; every file is in it, even one that uses nothing."""
    aliases = {path: aliases_of(units) for path, units in programs.items()}
    defined = defined_in(programs, aliases)
    graph, meaning = UseGraph(defined, {path: set() for path in programs}), Meaning(defined, modules, aliases)
    for name, hooks in defined.hooks.items():
        graph.use((f"{name}()",), hooks)
    for path, units in programs.items():
        reader = _Reader(path, graph, meaning, flow)
        for unit in units:
            try:
                reader.visit_all(unit.tree.body, path, ())
            except RecursionError:
                continue
    return graph.drawn()


class _Reader:
    """Goes through one program. `owner` is the node whose code is read, `sinks` are what a name that is met goes to."""

    def __init__(self, path: str, graph: UseGraph, meaning: Meaning, flow: Flow) -> None:
        self.path, self.graph, self.meaning, self.flow = path, graph, meaning, flow
        self.defined, self.aliases = graph.defined, meaning.aliases[path]
        self.outside = outside_of(self.aliases.values(), meaning.modules)
        self.asking = Asking(path, graph, self.aliases)
        self.local: list[frozenset[str]] = []

    def visit_all(self, nodes: Iterable[ast.AST | None], owner: str, sinks: Sinks) -> None:
        for node in nodes:
            if node is not None:
                self.visit(node, owner, sinks)

    def visit(self, node: ast.AST, owner: str, sinks: Sinks) -> None:
        if isinstance(node, ast.expr):
            self._expression(node, owner, sinks)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            self._function(node, owner)
        elif isinstance(node, ast.ClassDef):
            self._class(node, owner)
        elif isinstance(node, ast.Expr):
            self._statement(node.value, owner)
        elif isinstance(node, _Assignment):
            self._assignment(node, owner, sinks)
        elif isinstance(node, _Loop):
            self._loop(node, owner, sinks)
        elif isinstance(node, ast.Return):
            self.visit_all([node.value], owner, (f"{owner}()",))
        else:
            self.visit_all(ast.iter_child_nodes(node), owner, sinks if isinstance(node, ast.keyword) else ())

    def _expression(self, node: ast.expr, owner: str, sinks: Sinks) -> None:
        match node:
            case ast.Call():
                self._call(node, owner, kept=True)
                self.asking.namespace(node, sinks)
            case ast.Name():
                self._mention(node.id, sinks)
            case ast.Attribute():
                self._attribute(node, sinks)
                self._receiver(node.value, owner, sinks)
            case ast.Subscript():
                if not self.asking.subscript(node, sinks):
                    self.visit(node.value, owner, sinks)
                self.visit(node.slice, owner, ())
            case ast.Lambda():
                self.visit(node.body, sinks[0] if sinks else owner, sinks)
            case ast.NamedExpr():
                self._assignment(node, owner, sinks)
            case ast.Yield() | ast.YieldFrom():
                self.visit_all([node.value], owner, (f"{owner}()",))
            case _:
                self.visit_all(ast.iter_child_nodes(node), owner, () if isinstance(node, _JUDGING) else sinks)

    def _mention(self, name: str, sinks: Sinks, *, kept: bool = True) -> None:
        local = any(name in names for names in self.local)
        home = None if local else self.meaning.home(self.path, name)
        self.graph.named(name, self._real(name), sinks, kept=kept, local=local, home=home)

    def _attribute(self, node: ast.Attribute, sinks: Sinks, *, kept: bool = True) -> None:
        module = node.value.id if isinstance(node.value, ast.Name) else ""
        home = self.meaning.member_home(self.path, module, node.attr) if module else None
        self.graph.attribute(node.attr, sinks, kept=kept, home=home)

    def _real(self, name: str) -> str:
        return self.aliases.get(name, name).rpartition(".")[2]

    def _receiver(self, node: ast.expr, owner: str, sinks: Sinks) -> None:
        """Read what stands before a dot; an attribute of a function, such as its name, does not run it."""
        is_function = isinstance(node, ast.Name) and self._real(node.id) in self.defined.functions
        self.visit(node, owner, () if is_function else sinks)

    def _statement(self, node: ast.expr, owner: str) -> None:
        if isinstance(node, ast.Call):
            self._call(node, owner, kept=False)
        else:
            self.visit(node, owner, (owner,) if isinstance(node, ast.Await) else ())

    def _call(self, node: ast.Call, owner: str, *, kept: bool) -> None:
        function, name = node.func, last_name(node.func)
        if isinstance(function, ast.Name):
            self._mention(name, (owner,), kept=kept)
        elif isinstance(function, ast.Attribute):
            if not self._is_of_library(node):
                self._attribute(function, (owner,), kept=kept)
            self._receiver(function.value, owner, () if name in KEEPING else (owner,))
        else:
            self.visit(function, owner, (owner,))
        self.asking.call(node, owner)
        sinks: Sinks = () if name in LOOKING else (owner,)
        if name in KEEPING and isinstance(function, ast.Attribute):
            sinks = held_by(function.value)
        self.visit_all([*node.args, *node.keywords], owner, sinks)

    def _is_of_library(self, node: ast.Call) -> bool:
        name = self.flow.callee_of(node, self.aliases).name
        return name.partition(".")[0] in self.outside

    def _loop(self, node: _Loop, owner: str, sinks: Sinks) -> None:
        self.visit(node.iter, owner, held_by(node.target))
        rest = [child for child in ast.iter_child_nodes(node) if child is not node.iter]
        self.visit_all(rest, owner, sinks if isinstance(node, ast.comprehension) else ())

    def _assignment(self, node: _Assignment, owner: str, sinks: Sinks) -> None:
        passed = sinks if isinstance(node, ast.NamedExpr) else ()
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            pairs = [(target, node.value)]
            if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                pairs = list(zip(target.elts, node.value.elts, strict=False))
            for one, value in pairs:
                self.visit_all([value], owner, (*held_by(one), *passed))
            self.visit(target, owner, ())
        if isinstance(node, ast.AnnAssign):
            self.visit(node.annotation, owner, (owner,))

    def _function(self, node: Definition, owner: str) -> None:
        name, given = self._full_name(node, owner), node.args
        for decorator in node.decorator_list:
            self._decorator(decorator, name, owner)
        arguments = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg]
        annotations = [argument.annotation for argument in arguments if argument is not None]
        self.visit_all([*given.defaults, *given.kw_defaults, *annotations, node.returns], owner, (name,))
        self.local.append(locals_of(node))
        self.visit_all(node.body, name, ())
        self.local.pop()

    def _full_name(self, node: Definition | ast.ClassDef, owner: str) -> str:
        return self.defined.full_name(self.path, node.name) if owner == self.path else f"{owner}.{node.name}"

    def _class(self, node: ast.ClassDef, owner: str) -> None:
        name = self._full_name(node, owner)
        self.graph.lead((owner,), [name])  # a class's body runs where it stands
        if name in self.defined.sought:
            self.graph.objects((owner,), [name])
        self.visit_all([*node.bases, *node.keywords], owner, (f"{name}()",))
        for decorator in node.decorator_list:
            if self._registers(decorator):
                self.graph.members((owner,), name)
            self.visit(decorator, owner, (f"{name}()",))
        self.visit_all(node.body, name, ())

    def _decorator(self, node: ast.expr, name: str, owner: str) -> None:
        """A framework's decorator may have the function called, one of the work's own keeps it in its register."""
        if self._registers(node):
            self.graph.use((owner,), [name])
        elif self._is_own(node):
            called = _called(node)
            real = self._real(called)
            for own in (*self.meaning.functions(self.path, called, real), *self.defined.methods.get(real, ())):
                definition = self.defined.nodes[own]
                handed = hands_on(definition, made=isinstance(node, ast.Call))
                self.graph.use((*keepers(definition), *((owner,) if handed else ())), [name])
        self.visit(node, name, (name,))

    def _registers(self, node: ast.expr) -> bool:
        return _called(node) not in PLAIN_DECORATORS and not self._is_own(node)

    def _is_own(self, node: ast.expr) -> bool:
        """Tell whether a decorator is the work's own code; a command group is what a framework made of a function."""
        root = root_of(node)
        if not self.meaning.is_own(self.path, root):
            return False
        definitions = (self.defined.nodes[name] for name in self.meaning.functions(self.path, root, self._real(root)))
        decorators = (each for definition in definitions for each in definition.decorator_list)
        made = (each for each in decorators if not self.meaning.is_own(self.path, root_of(each)))
        return all(_called(each) in PLAIN_DECORATORS for each in made)


def _called(decorator: ast.expr) -> str:
    return last_name(decorator.func if isinstance(decorator, ast.Call) else decorator)
