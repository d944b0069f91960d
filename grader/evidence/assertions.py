"""What the assertions of a test look at, followed back through the test's own variables and fixtures.

A test that calls the work and then asserts something else checks nothing: only what an assertion that can fail depends
on counts.
"""

from __future__ import annotations

import ast
import builtins
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from grader.evidence.names import aliases_of, given_to, last_name
from grader.evidence.parsing import Definition, Unit
from grader.evidence.swallowed import always_holds, taking_effect

Edges = dict[str, set[str]]

MAX_NAMES = 100
_SET_UP = frozenset(("setUp", "setUpClass", "setup", "setup_method", "setup_class", "setup_module"))
_TEST_STEMS = frozenset(("conftest", "tests", "unittests"))  # `test.py` is as often what evaluates a model
_FILE = re.compile(r"[\w./-]{1,80}\.(?:py|ipynb)")
_IMPORTED = "@"  # begins a name that was resolved where another file imports it
_FAILING = frozenset(("pytest.fail", "self.fail"))
_EXPECTING = frozenset(("raises", "warns", "assertRaises", "assertRaisesRegex", "assertWarns", "deprecated_call"))


def is_test_file(path: str) -> bool:
    """Tell whether pytest's usual conventions would call this a test file, or its name says that it is all tests."""
    stem, folders = PurePosixPath(path).stem, PurePosixPath(path).parts[:-1]
    named = stem.startswith("test_") or stem.endswith(("_test", "_tests")) or stem in _TEST_STEMS
    return path.endswith(".py") and (named or bool({"tests", "test"} & set(folders)))


class TestFile:
    """One test file: what its names stand for, and the fixtures that its tests are given."""

    __test__ = False  # for pytest, which would collect it by its name

    def __init__(self, unit: Unit, fixtures: Edges) -> None:
        self._aliases = aliases_of([unit])
        self._star = next((node.module for node in _star_imports(unit.tree) if node.module), "")
        self._edges: Edges = {name: set(found) for name, found in fixtures.items()}
        for node in unit.tree.body:
            self._follow(node, self._edges)
        for definition in _definitions(unit.tree):
            if definition.name in _SET_UP:
                self._follow(definition, self._edges)
            elif not definition.name.startswith("test"):
                self._hand_back(definition, self._edges)

    def checked(self, test: Definition) -> tuple[str, ...]:
        """Return the imported names ("train.double") and programs that assertions in `test` which can fail rest on."""
        edges = {name: set(found) for name, found in self._edges.items()}
        self._follow(test, edges)
        telling = list(taking_effect(test))
        waiting = {name for node in telling if is_assert(node) for name in _names(_looked_at(node))}
        waiting |= {name for node in telling for name in _names(_expecting(node))}
        found: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting |= {other for prefix in _prefixes(name) for other in edges.get(prefix, ())}
        resolved = {self._resolved(name, edges) for name in found}
        return tuple(sorted(resolved - {""}))[:MAX_NAMES]

    def _resolved(self, name: str, edges: Edges) -> str:
        """Return the name as imported, "" for what is the test's own."""
        root, dot, rest = name.partition(".")
        if name.startswith(_IMPORTED) or _FILE.fullmatch(name):
            return name.removeprefix(_IMPORTED)
        if root in self._aliases:
            return self._aliases[root] + dot + rest
        own = not self._star or root in edges or root == "self" or hasattr(builtins, root)
        return "" if own else f"{self._star}.{name}"

    def _hand_back(self, helper: Definition, edges: Edges) -> None:
        """Note what a helper of the tests returns, a method by its name on `self` too."""
        returned = [node.value for node in ast.walk(helper) if isinstance(node, ast.Return) and node.value]
        names = set(_names(returned))
        for name in (helper.name, f"self.{helper.name}"):
            edges.setdefault(name, set()).update(names)

    def _follow(self, node: ast.AST, edges: Edges) -> None:
        for inner in ast.walk(node):
            for target, value in _bindings(inner):
                edges.setdefault(target, set()).update(_names([value]))


def fixtures_of(units: Iterable[Unit]) -> Edges:
    """Return what each fixture of the test files rests on, imports resolved."""
    found: Edges = {}
    for unit in units:
        aliases = aliases_of([unit])
        for definition in _definitions(unit.tree):
            if any("fixture" in ast.unparse(decorator) for decorator in definition.decorator_list):
                found[definition.name] = {_imported(name, aliases) for name in _names(definition.body)}
    return found


def _imported(name: str, aliases: dict[str, str]) -> str:
    root, dot, rest = name.partition(".")
    return _IMPORTED + aliases[root] + dot + rest if root in aliases else name


def is_assert(node: ast.AST) -> bool:
    """Tell whether a node can fail a test, as an `if` does that raises AssertionError; `assert True` cannot."""
    if isinstance(node, ast.Assert):
        return not _is_constant(node.test) and not always_holds(node.test)
    if isinstance(node, ast.If):
        return not _is_constant(node.test) and any(_fails(inner) for inner in (*node.body, *node.orelse))
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and _asserting(node.func.id)
    if not _asserting(node.func.attr) and ast.unparse(node.func) not in ("pytest.raises", "pytest.warns"):
        return False
    return not node.args or not all(_is_constant(argument) for argument in node.args)


def _fails(node: ast.stmt) -> bool:
    """Tell whether a statement that stands under a condition fails the test: it raises AssertionError, or says so."""
    if isinstance(node, ast.Raise) and node.exc is not None:
        raised = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
        return last_name(raised) == "AssertionError"
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _dotted(node.value.func) in _FAILING


def _asserting(name: str) -> bool:
    return name.startswith("assert") and name != "assertion"


def _is_constant(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List):
        return all(_is_constant(item) for item in node.elts) or bool(node.elts)  # assert (x, "message") always holds
    if isinstance(node, ast.Compare):
        return all(isinstance(part, ast.Constant) for part in (node.left, *node.comparators))
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    return isinstance(node, ast.Constant)


def _looked_at(node: ast.AST) -> Sequence[ast.AST]:
    if isinstance(node, ast.Assert | ast.If):
        return [node.test]
    return given_to(node) if isinstance(node, ast.Call) else []


def _expecting(node: ast.AST) -> Sequence[ast.AST]:
    """Return the body of a `with` that expects an error: what stands in it is what is tested."""
    if not isinstance(node, ast.With | ast.AsyncWith):
        return []
    calls = (item.context_expr for item in node.items)
    names = (last_name(call.func) for call in calls if isinstance(call, ast.Call))
    return node.body if any(name in _EXPECTING for name in names) else []


def _bindings(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield (name, what it comes from); a call that is given a variable may change it."""
    if isinstance(node, ast.Assign):
        pairs = [(target, node.value) for target in node.targets]
    elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
        pairs = [(node.target, node.value)]
    elif isinstance(node, ast.For | ast.comprehension):
        pairs = [(node.target, node.iter)]
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        pairs = [(node.optional_vars, node.context_expr)]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        pairs = [(argument, node.value) for argument in node.value.args]
        if isinstance(node.value.func, ast.Attribute):
            pairs.append((node.value.func.value, node.value))
    else:
        return
    for target, value in pairs:
        for name in _names([target]):
            yield name, value


def _names(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the dotted names and the program files in `nodes`, without recursion: a sum may have thousands of terms."""
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        dotted = _dotted(node)
        if dotted:
            yield dotted
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and _FILE.fullmatch(node.value):
            yield node.value
        else:
            waiting += ast.iter_child_nodes(node)


def _dotted(node: ast.AST) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    # what `setUpClass` sets on the class is what a test finds on its object
    return ".".join(["self" if node.id == "cls" else node.id, *reversed(parts)])


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


def _star_imports(tree: ast.AST) -> Iterator[ast.ImportFrom]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield node


def _definitions(tree: ast.AST) -> Iterator[Definition]:
    return (node for node in ast.walk(tree) if isinstance(node, Definition))
