"""What a walk through the code shares: scopes, the log of events, what each call was resolved to, and the budget."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.evidence.parsing import Unit
from grader.evidence.rows import Rows, RowSets, derived
from grader.evidence.spans import span_of
from grader.evidence.values import FOLDS, Event, Function, Loop, Value

MAX_STEPS = 400_000
MAX_EVENTS = 8_000
_MOST_HELD = 20
_BUILTINS = frozenset((*dir(builtins), "display"))  # which notebooks have without an import


class BudgetError(Exception):
    """The walk took as many steps as it may; what was found so far counts."""


@dataclass
class Scope:
    """Names of one function call or one program; `parent` is the enclosing scope, `parameters` its own.

    `walked` are the variables of loops that go through items which are all known; `outside` are
    names that a function declares to be global; `method` is the one that is being walked, `caller` whence.
    """

    names: dict[str, Value] = field(default_factory=dict)
    parent: Scope | None = None
    returned: list[Value] = field(default_factory=list)
    parameters: frozenset[str] = frozenset()
    walked: frozenset[str] = frozenset()
    outside: frozenset[str] = frozenset()
    stars: list[str] = field(default_factory=list)
    method: Function | None = None
    caller: Scope | None = None

    def find(self, name: str) -> Value | None:
        """Return the value of `name` here or in an enclosing scope."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.parent
        return None

    def replace(self, old: Value, new: Value) -> None:
        """Let every name of the very same object see that it changed."""
        if not old.rows and old.items is None and not old.statistic:
            return
        for scope in self._reached():
            for name, value in scope.names.items():
                if (made := _exchanged(value, old, new)) is not value:
                    scope.names[name] = made
                elif value.instance is not None:
                    held = value.instance.attributes
                    held.update({key: _exchanged(its, old, new) for key, its in held.items()})

    def _reached(self) -> Iterator[Scope]:
        """Yield every scope in which a name may stand for what is known here: those around it, and that called."""
        met: set[int] = set()
        waiting = [self]
        while waiting:
            scope = waiting.pop()
            if id(scope) not in met:
                met.add(id(scope))
                yield scope
                waiting += [other for other in (scope.parent, scope.caller) if other is not None]

    @property
    def module(self) -> Scope:
        """The outermost scope."""
        return self if self.parent is None else self.parent.module


def _exchanged(value: Value, old: Value, new: Value) -> Value:
    """Return a value as it is after an object has changed: it may be that one, or a list or dict that holds it."""
    if value is old:
        return new
    if not value.items or value.rows or len(value.items) > _MOST_HELD or all(item is not old for item in value.items):
        return value
    return value.evolve(items=tuple(new if item is old else item for item in value.items))


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the callee of a call turned out to be: its name, and the class of a method's receiver."""

    name: str
    receiver_type: str = ""


@dataclass(frozen=True)
class Hooks:
    """What modules need of those above them: to follow a function, to bind a target, to run an imported module, to call
    a value that was passed (at a call site, with arguments), to evaluate an expression.
    """

    follow: Callable[[State, Function, list[Value], dict[str, Value]], Value]
    bind: Callable[[ast.expr, Value, Scope, State], None]
    load_module: Callable[[State, str], Value | None]
    call: Callable[[Any, Value, list[Value]], Value]
    evaluate: Callable[[ast.expr | None, Scope, State], Value]


@dataclass
class Shared:
    """What all programs of a submission share: resolved calls, functions seen, files written, steps, births;
    `seen` are the rows that something unknown was fitted on, `spelled` calls by `getattr` as calls of a method,
    `anew` the cuts that loops make anew in each turn, `counted` how numbers were counted, `told` the rows and numbers
    that slices go by, with the value, so that no other takes its place.
    """

    resolved: dict[ast.Call, Resolved] = field(default_factory=dict)
    called: set[ast.AST] = field(default_factory=set)
    defined: dict[ast.AST, Function] = field(default_factory=dict)
    written: dict[str, Value] = field(default_factory=dict)
    seen: dict[RowSets, RowSets] = field(default_factory=dict)
    spelled: dict[tuple[ast.Call, str], ast.Call] = field(default_factory=dict)
    counted: dict[int, tuple[Value, str]] = field(default_factory=dict)
    anew: dict[Hashable, frozenset[Loop]] = field(default_factory=dict)
    told: dict[Hashable, tuple[int, Value]] = field(default_factory=dict)
    steps: int = 0
    births: int = 0


@dataclass(frozen=True, slots=True)
class Counted:
    """A number that a loop counts on: `stride` further on in each round, `offset` from where the counter begins."""

    counter: str
    stride: int = 1
    offset: int = 0


@dataclass
class State:
    """One walk: where it is, what was logged, which loops and functions it is inside of, called from which `sites`;
    `counters` are names that count on in the loops around;
    `scope` is that of the function which is walked; `by` are the columns whose groups are gone through;
    `program` is all that is walked with its unit.
    """

    unit: Unit
    hooks: Hooks
    shared: Shared
    frames: frozenset[str] = frozenset()
    once: frozenset[str] = frozenset()
    events: list[Event] = field(default_factory=list)
    loops: list[Loop] = field(default_factory=list)
    active: set[ast.AST] = field(default_factory=set)
    sites: list[tuple[Unit, ast.AST]] = field(default_factory=list)
    counters: Mapping[str, Counted] = field(default_factory=dict)
    depth: int = 0
    scope: Scope | None = None
    by: frozenset[str] = frozenset()
    program: Sequence[Unit] = ()

    def step(self) -> None:
        """Count one syntax node. Raises BudgetError past the budget."""
        self.shared.steps += 1
        if self.shared.steps > MAX_STEPS:
            raise BudgetError

    def birth(self) -> int:
        """Return a number that nothing has had before."""
        self.shared.births += 1
        return self.shared.births

    def fresh(self) -> frozenset[Rows]:
        """Return rows of which nothing is known but that they came into being here and now."""
        return frozenset({Rows(self.birth())})

    def record(self, kind: str, node: ast.AST, name: str, **details: Any) -> Event:
        """Log an event at `node` and return it. Raises BudgetError past the budget."""
        if len(self.events) >= MAX_EVENTS:
            raise BudgetError
        span, callers = span_of(self.unit, node), tuple(self.sites) if self.depth else ()
        loops, order = tuple(self.loops), len(self.events)
        if kind == "fill":
            details["by"] = self.by
        event = Event(kind, span, name, loops=loops, order=order, callers=callers, **details)
        self.events.append(event)
        return event

    def enter_loop(self, node: ast.expr, source: Value) -> Value:
        """Begin a loop over `source` and return one element of it; the caller ends the loop."""
        loop = Loop(span_of(self.unit, node), folds=source.type == FOLDS, of=source.loops, since=self.shared.births)
        self.loops.append(loop)
        if source.each is not None:
            return source.each
        rows = frozenset(derived(rows, "element") for rows in source.rows)
        return Value(rows=rows, loops=source.loops | {loop}, prediction=source.prediction)


def is_builtin(name: str) -> bool:
    """Tell whether Python itself, or what runs a notebook, defines `name`."""
    return name in _BUILTINS
