"""Walks every program of a submission and keeps what happened: the events of each, and what every call is."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from grader.evidence.assignments import bind
from grader.evidence.expressions import call_value, evaluate
from grader.evidence.following import follow
from grader.evidence.names import written_name
from grader.evidence.own_modules import OwnModules
from grader.evidence.parsing import Programs, Unit
from grader.evidence.state import BudgetError, Hooks, Resolved, Scope, Shared, State
from grader.evidence.statements import execute
from grader.evidence.tables import FRAME_ATTRIBUTES
from grader.evidence.values import UNKNOWN, Event, Function, Instance, Value
from grader.evidence.written_first import written_first


@dataclass
class Flow:
    """`events` holds one list a program (and, behind these `programs`, one a function that nobody calls), each in order
    of execution.
    """

    events: list[list[Event]] = field(default_factory=list)
    programs: int = 0
    resolved: dict[ast.Call, Resolved] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def callee_of(self, node: ast.Call, aliases: Mapping[str, str]) -> Resolved:
        """Return what a call was resolved to, what is written there where the walk did not come by."""
        return self.resolved.get(node) or Resolved(written_name(node.func, aliases))


class _Walk:
    def __init__(self, programs: Programs, own: OwnModules) -> None:
        self.programs, self.shared, self.flow = programs, Shared(), Flow()
        self.own = own
        self.modules: dict[str, Value] = {}
        self.running: list[str] = []
        self.frames: dict[Unit, frozenset[str]] = {}
        self.stored: dict[Unit, list[str]] = {}
        self.hooks = Hooks(follow, bind, self.load_module, call_value, evaluate)

    def run(self) -> Flow:
        for path in written_first(self.programs):
            if path not in self.modules:
                self._walk_program(path, self.programs[path])
        self.flow.programs = len(self.flow.events)
        looked_at: set[ast.AST] = set()
        while waiting := [function for node, function in self.shared.defined.items() if node not in looked_at]:
            for function in waiting:  # walking one may define others inside it
                looked_at.add(function.node)
                if function.node not in self.shared.called:
                    self._walk_uncalled(function)
        self.flow.resolved = self.shared.resolved
        return self.flow

    def _walk_program(self, path: str, units: Sequence[Unit]) -> None:
        state, scope = self._state(units), Scope()
        self.running = [path]
        for unit in units:
            for statement in unit.tree.body:
                with self._tolerant(state, unit):
                    if execute([statement], scope, state):
                        break  # nothing after it is reached
        self.running = []

    def _walk_uncalled(self, function: Function) -> None:
        """Read a function that nobody calls with parameters of which nothing is known."""
        state = self._state([function.unit])
        if not isinstance(function.node, ast.ClassDef):
            with self._tolerant(state, function.unit):
                follow(state, function, [], {})
            return
        held = Value(instance=Instance(owner=function))
        for method in function.node.body:
            if isinstance(method, ast.FunctionDef | ast.AsyncFunctionDef) and method not in self.shared.called:
                with self._tolerant(state, function.unit):
                    follow(state, Function(method, function.unit, function.scope, held, function), [], {})

    def _state(self, units: Sequence[Unit]) -> State:
        frames = frozenset(name for unit in units for name in self._frames_of(unit))
        state = State(units[0], self.hooks, self.shared, frames, self._once(units), program=units)
        self.flow.events.append(state.events)
        return state

    def _once(self, units: Sequence[Unit]) -> frozenset[str]:
        """Return the names that the program assigns at one place only: they hold what they hold there."""
        stored = Counter(name for unit in units for name in self._stored_in(unit))
        return frozenset(name for name, times in stored.items() if times == 1)

    def _stored_in(self, unit: Unit) -> list[str]:
        if unit not in self.stored:
            names = (node for node in ast.walk(unit.tree) if isinstance(node, ast.Name))
            self.stored[unit] = [node.id for node in names if isinstance(node.ctx, ast.Store)]
        return self.stored[unit]

    def _frames_of(self, unit: Unit) -> frozenset[str]:
        if unit not in self.frames:
            self.frames[unit] = frame_names(unit)
        return self.frames[unit]

    @contextmanager
    def _tolerant(self, state: State, unit: Unit) -> Iterator[None]:
        """Walk a statement or a function; what is too large or too deep is noted, and the next still gets its turn."""
        state.unit, state.depth = unit, 0
        state.loops.clear()
        state.active.clear()
        try:
            yield
        except BudgetError:
            note = "There is more code than the data-flow analysis follows; what lies beyond was not judged."
            if note not in self.flow.notes:
                self.flow.notes.append(note)
        except RecursionError:
            self.flow.notes.append(f"{unit.source.path} nests too deeply in places for the data-flow analysis.")

    def load_module(self, state: State, name: str) -> Value | None:
        """Run a module of the submission once and return it, or None when the name is not one of its own."""
        path = self.own.find(state.unit.source.path, name)
        if path is None or path in self.running:
            return None
        if path not in self.modules:
            scope, outer = Scope(), state.unit
            self.modules[path] = UNKNOWN
            self.running.append(path)
            for unit in self.programs[path]:
                state.unit = unit
                execute(unit.tree.body, scope, state)
            state.unit = outer
            self.running.remove(path)
            self.modules[path] = Value(instance=Instance(scope.names))
        return self.modules[path]


def read_flow(programs: Programs, own: OwnModules | None = None) -> Flow:
    """Walk all programs (path -> units that share one namespace) and return what happened in them."""
    return _Walk(programs, own or OwnModules(programs)).run()


def frame_names(unit: Unit) -> frozenset[str]:
    """Return the variables that are used as only a pandas frame can be (`x.columns`, `x.iloc`, ...)."""
    return frozenset(
        node.value.id
        for node in ast.walk(unit.tree)
        if isinstance(node, ast.Attribute) and node.attr in FRAME_ATTRIBUTES and isinstance(node.value, ast.Name)
    )
