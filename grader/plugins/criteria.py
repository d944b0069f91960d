"""Criteria and dimensions as a plugin declares them: checked when they are declared, and never a reason to stop.

What is wrong with a criterion is kept with it as its `problem`, so that it costs that criterion and no other.
"""

from __future__ import annotations

import inspect
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType

from grader.model import DIMENSIONS, Evidence, PluginRef
from grader.plugins.findings import Finding

HIGHEST_WEIGHT = 1e6
_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ID = re.compile(r"[a-z][a-z0-9_]{0,63}\.[a-z0-9_]{1,64}", re.IGNORECASE)

CriterionFunction = Callable[[Evidence], Finding]


@dataclass(frozen=True)
class Dimension:
    """A part of the judgement: shown in the report after the five, or one of these. `weight` is its share of the whole
    score where the assignment names none; with 0 it is shown and does not count.
    """

    id: str
    title: str
    weight: float = 0.0
    problem: str = ""


@dataclass(frozen=True)
class Criterion:
    """A registered criterion: its id is "dimension.name".

    `problem` says why it cannot be judged, where it cannot. `home` is its dimension where that is none of the five;
    `origin` the installed plugin it comes from; `digest` covers the code of one that is judged in a process of its own.
    """

    id: str
    title: str
    weight: float
    judge: CriterionFunction
    definition: str
    problem: str = ""
    home: Dimension | None = None
    origin: PluginRef | None = None
    digest: str = ""

    @property
    def dimension(self) -> str:
        """The part of the id before the dot."""
        return self.id.split(".", 1)[0]


def criterion(id: str, *, title: str, weight: float = 1) -> Callable[[CriterionFunction], CriterionFunction]:
    """Mark a function as the criterion `id`; its docstring becomes the definition shown in the docs.

    A wrong id or weight, or a function that does not take exactly one Evidence, becomes the criterion's `problem`.
    """

    def register(function: CriterionFunction) -> CriterionFunction:
        problem = _problem_of_id(id) or _problem_of_weight(weight, 0) or _problem_of_signature(function)
        sound = not _problem_of_weight(weight, 0)
        definition = inspect.getdoc(function) or ""
        found = Criterion(str(id), str(title), weight if sound else 1.0, function, definition, problem)
        function.__dict__["criterion"] = found
        return function

    return register


def dimension(id: str, *, title: str, weight: float = 0) -> Dimension:
    """Return a dimension of a plugin's own, to be kept as a name of its module: NAME = dimension("fairness", ...)."""
    problem = ""
    if not _NAME.fullmatch(str(id)) or id in DIMENSIONS or id == "hidden":
        problem = f"{id!r} is no name for a dimension of a plugin's own: lower-case letters, digits and _, none of ours"
    problem = problem or _problem_of_weight(weight, None)
    return Dimension(str(id), str(title), 0.0 if problem else float(weight), problem)


def criteria_of(module: ModuleType) -> list[Criterion]:
    """Return the criteria defined in `module`, in the order they were written."""
    own = [value for value in vars(module).values() if getattr(value, "__module__", None) == module.__name__]
    found = [getattr(value, "criterion", None) for value in own]
    return [item for item in found if isinstance(item, Criterion)]


def dimensions_of(module: ModuleType) -> list[Dimension]:
    """Return the dimensions that `module` declares, each once."""
    return list(dict.fromkeys(value for value in vars(module).values() if isinstance(value, Dimension)))


def all_dimensions(criteria: Iterable[Criterion], weights: Mapping[str, float]) -> list[Dimension]:
    """Return the five and then those of plugins that have criteria, each with its weight: `weights`, or its own."""
    homes = {item.home.id: item.home for item in criteria if item.home is not None}
    ours = [Dimension(key, title) for key, title in DIMENSIONS.items()]
    return [Dimension(part.id, part.title, weights.get(part.id, part.weight)) for part in (*ours, *homes.values())]


def _problem_of_id(id: object) -> str:
    return "" if isinstance(id, str) and _ID.fullmatch(id) else f"its id {id!r} is not DIMENSION.name"


def _problem_of_weight(weight: object, above: float | None) -> str:
    """Return what is wrong with a weight that must lie above `above`, or with None be 0 or more."""
    usable = isinstance(weight, int | float) and math.isfinite(weight) and weight <= HIGHEST_WEIGHT
    if usable and (weight >= 0 if above is None else weight > above):  # type: ignore[operator]
        return ""
    return f"its weight must be {'0 or more' if above is None else 'positive'}, not {weight!r}"


def _problem_of_signature(function: CriterionFunction) -> str:
    try:
        inspect.signature(function).bind(Evidence())
    except (TypeError, ValueError):
        return "its function must take exactly one argument, the Evidence"
    if len(inspect.signature(function).parameters) != 1:
        return "its function must take exactly one argument, the Evidence"
    return ""
