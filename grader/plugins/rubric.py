"""The installed rubric: built-in criteria, those of others, and what had to be left out, with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from grader.errors import UsageError
from grader.model import DIMENSIONS, LeftOut, PluginRef
from grader.plugins.apart import PluginProcess, Times
from grader.plugins.code import declared_ids
from grader.plugins.criteria import Criterion, Dimension, criteria_of, dimension, dimensions_of
from grader.plugins.findings import needs_human
from grader.plugins.judging import PluginError

ENTRY_POINT_GROUP = "grader.rubrics"
OURS = "takehome-grader"
WITH_ITS_PLUGIN = "it was left out with its plugin"


@dataclass(frozen=True)
class Rubric:
    """All criteria, by dimension and then in the order written; the plugins of others; what was left out, and why."""

    criteria: tuple[Criterion, ...]
    plugins: tuple[PluginRef, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def dimensions(self) -> frozenset[str]:
        """The ids of the dimensions there are."""
        return frozenset(DIMENSIONS) | {item.home.id for item in self.criteria if item.home}


@dataclass(frozen=True)
class Declared:
    """What one plugin of others declares, or why it could not be loaded."""

    criteria: tuple[Criterion, ...] = ()
    dimensions: tuple[Dimension, ...] = ()
    problem: str = ""


def load_criteria(points: Sequence[EntryPoint] | None = None) -> tuple[Criterion, ...]:
    """Return the criteria of the installed rubric."""
    return load_rubric(points).criteria


def load_rubric(points: Sequence[EntryPoint] | None = None, times: Times | None = None) -> Rubric:
    """Return the installed rubric. Built-in criteria are imported; plugins of others live in processes of their own.

    A plugin of others that cannot be loaded is left out; those of its criteria that its text names need a human.
    Raises UsageError when a built-in plugin is broken.
    """
    found = entry_points(group=ENTRY_POINT_GROUP) if points is None else points
    ordered = sorted(found, key=lambda point: (not _is_ours(point), point.name))
    gathered = _Gathered()
    for point in ordered:
        if _is_ours(point):
            gathered.add_ours(point, _imported(point))
        else:
            gathered.add(_ref(point), declared_by(point.value, times or Times()), point.value)
    return gathered.rubric()


@cache
def built_in_criteria() -> frozenset[str]:
    """Return the ids of the criteria that come with the grader. Raises UsageError as `load_rubric` does."""
    ours = [point for point in entry_points(group=ENTRY_POINT_GROUP) if _is_ours(point)]
    return frozenset(item.id for item in load_criteria(ours))


def declared_by(module: str, times: Times) -> Declared:
    """Return what the plugin `module` declares; it is imported in a process of its own."""
    process = PluginProcess(module, times)
    try:
        if ":" in module:
            raise PluginError("its entry point must name a module, without a colon")
        return _declared(process, process.load())
    except PluginError as error:
        return Declared(problem=str(error))


class _Gathered:
    """The rubric while it grows, first come, first served."""

    def __init__(self) -> None:
        self._criteria: dict[str, Criterion] = {}
        self._homes: dict[str, Dimension] = {}
        self._plugins: list[PluginRef] = []
        self._left_out: list[LeftOut] = []

    def add_ours(self, point: EntryPoint, module: ModuleType) -> None:
        """Add a built-in plugin. Raises UsageError where something in it is wrong, for then this grader is."""
        homes = {part.id: part for part in dimensions_of(module)}
        self._homes |= homes
        for item in criteria_of(module):
            known = item.dimension in DIMENSIONS or item.dimension in homes
            problem = item.problem or ("" if known else "its dimension is not known")
            if problem or item.id in self._criteria:
                raise UsageError(f"criterion {item.id} of {point.value}: {problem or 'it is defined twice'}")
            self._criteria[item.id] = replace(item, origin=_ref(point), home=homes.get(item.dimension))

    def add(self, origin: PluginRef, declared: Declared, module: str) -> None:
        """Add what a plugin of others declares."""
        if declared.problem:
            self._leave_out(origin, "", declared.problem)
            for name in declared_ids(module):
                self._add_criterion(origin, _unloaded(name, declared.problem), {}, loaded=False)
            return
        self._plugins.append(origin)
        homes = {part.id: part for part in declared.dimensions if self._may_add(origin, part)}
        self._homes |= homes
        for item in declared.criteria:
            self._add_criterion(origin, item, homes)

    def rubric(self) -> Rubric:
        """Return it whole."""
        order = [*DIMENSIONS, *self._homes]
        ordered = sorted(self._criteria.values(), key=lambda item: order.index(item.dimension))
        return Rubric(tuple(ordered), tuple(self._plugins), tuple(self._left_out))

    def _may_add(self, origin: PluginRef, part: Dimension) -> bool:
        other = self._homes.get(part.id)
        clash = f"another plugin has a dimension {part.id} already" if other not in (None, part) else ""
        if part.problem or clash:
            self._leave_out(origin, "", part.problem or clash)
        return not (part.problem or clash)

    def _add_criterion(
        self, origin: PluginRef, item: Criterion, homes: Mapping[str, Dimension], *, loaded: bool = True
    ) -> None:
        problem = ""
        if item.id in self._criteria:
            problem = f"there is a criterion {item.id} already"
        elif item.dimension not in DIMENSIONS and item.dimension not in homes:
            problem = item.problem or f"its plugin declares no dimension {item.dimension!r}"
            problem = problem if loaded else WITH_ITS_PLUGIN
        if problem:
            self._leave_out(origin, item.id, problem)
            return
        self._criteria[item.id] = replace(item, origin=origin, home=homes.get(item.dimension))

    def _leave_out(self, origin: PluginRef, criterion: str, reason: str) -> None:
        self._left_out.append(LeftOut(plugin=origin, criterion=criterion, reason=reason))


def _is_ours(point: EntryPoint) -> bool:
    return point.dist is not None and point.dist.name == OURS


def _ref(point: EntryPoint) -> PluginRef:
    dist = point.dist
    return PluginRef(name=point.name, package=dist.name if dist else "", version=dist.version if dist else "")


def _imported(point: EntryPoint) -> ModuleType:
    try:
        module = point.load()
    except Exception as error:  # whatever happens on import, say which plugin it was
        raise UsageError(
            f"built-in rubric {point.value} cannot be imported: {type(error).__name__}: {error}"
        ) from error
    assert isinstance(module, ModuleType)
    return module


def _declared(process: PluginProcess, form: Mapping[str, Any]) -> Declared:
    """Return what the process told. Raises PluginError where it does not have the form."""
    try:
        criteria = tuple(
            Criterion(name, title, weight, process.judging(name), definition, problem, digest=form["digest"])
            for name, title, weight, definition, problem in form["criteria"]
        )
        told = [dimension(name, title=title, weight=weight) for name, title, weight, _ in form["dimensions"]]
    except (KeyError, TypeError, ValueError) as error:
        raise PluginError("it does not declare its criteria as a plugin must") from error
    return Declared(criteria, tuple(told))


def _unloaded(name: str, problem: str) -> Criterion:
    """Return a criterion known by its name only, of a plugin that could not be loaded."""
    title = name.split(".", 1)[1].replace("_", " ").capitalize()
    return Criterion(name, title, 1.0, lambda _: needs_human(""), "", f"its plugin was left out ({problem})")
