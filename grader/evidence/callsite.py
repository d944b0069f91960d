"""One call with everything already evaluated: what the modules on models, tables and functions work on."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from grader.evidence.rows import RowSets
from grader.evidence.state import Resolved, Scope, State
from grader.evidence.values import UNKNOWN, Loop, Taint, Value, flattened, rows_of, taints_of


@dataclass
class CallSite:
    """A call: `name` as resolved, `method` its last part, `receiver` the object of a method call."""

    node: ast.Call
    name: str
    arguments: list[Value]
    keywords: dict[str, Value]
    scope: Scope
    state: State
    receiver: Value = field(default=UNKNOWN)

    @property
    def method(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(".")[2]

    def argument(self, position: int, *names: str) -> Value | None:
        """Return the argument at `position` or given by one of `names`, or None."""
        for name in names:
            if name in self.keywords:
                return self.keywords[name]
        return self.arguments[position] if position < len(self.arguments) else None

    @property
    def values(self) -> list[Value]:
        """Every argument, by position and by keyword."""
        return [*self.arguments, *self.keywords.values()]

    @property
    def loops(self) -> frozenset[Loop]:
        """Loops whose variable reaches an argument."""
        return frozenset(loop for value in self.values for loop in value.loops)

    def is_true(self, keyword: str) -> bool:
        """Tell whether `keyword=True` was written."""
        value = self.keywords.get(keyword)
        return value is not None and value.constant is True

    def is_false(self, keyword: str) -> bool:
        """Tell whether `keyword=False` was written."""
        value = self.keywords.get(keyword)
        return value is not None and value.constant is False

    def along_columns(self) -> bool:
        """Tell whether axis=1 (or "columns") was asked for."""
        axis = self.argument(1, "axis") if self.method in ("concat", "concatenate") else self.keywords.get("axis")
        return axis is not None and axis.constant in (1, "columns", -1)

    def table_arguments(self) -> list[Value]:
        """Return the arguments that hold rows, those inside a list or tuple included."""
        return [value for value in flattened(self.values) if value.rows]

    def fresh(self) -> Value:
        """Return a value of which only its birth here is known."""
        return Value(rows=self.state.fresh(), loops=self.loops)

    def rows_and_taints(self) -> tuple[RowSets, frozenset[Taint]]:
        """Return the rows of all table arguments together, and every mark on them."""
        tables = self.table_arguments()
        return rows_of(tables), taints_of(tables)


def resolve(node: ast.Call, receiver: Value, callee: Value) -> Resolved:
    """Return what the callee of a call turned out to be."""
    if callee.function is not None:
        name = getattr(callee.function.node, "name", "lambda")
        bound = callee.function.bound
        owner = bound.instance.owner if bound and bound.instance else None
        return Resolved(f"{getattr(owner.node, 'name', '')}.{name}" if owner else name)
    if callee.dotted:
        return Resolved(callee.dotted)
    if isinstance(node.func, ast.Attribute):
        return Resolved(f"{receiver.type}.{node.func.attr}", receiver.type)
    return Resolved(node.func.id if isinstance(node.func, ast.Name) else "")
