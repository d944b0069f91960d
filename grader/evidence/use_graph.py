"""The graph of uses as it is drawn: what a name that is met may stand for among the functions of the work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.evidence.defined import Defined
from grader.evidence.holders import Sinks

MAX_USES = 20_000


@dataclass
class UseGraph:
    """Edges from nodes to nodes, as `read_uses` tells them."""

    defined: Defined
    edges: dict[str, set[str]] = field(default_factory=dict)

    def lead(self, sinks: Iterable[str], names: Iterable[str]) -> None:
        """Draw an edge from each sink to each name."""
        names = set(names)
        for sink in sinks:
            self.edges.setdefault(sink, set()).update(names)

    def use(self, sinks: Sinks, names: Iterable[str], *, kept: bool = True) -> None:
        """Lead to functions, and to what they give where that is kept; else what is lazy does not even begin."""
        for name in names:
            self.lead(sinks, {name, f"{name}()"} if kept else {name} - self.defined.lazy)

    def objects(self, sinks: Sinks, classes: Iterable[str]) -> None:
        """Lead to the objects of classes."""
        self.lead(sinks, [f"{name}()" for name in classes])

    def members(self, sinks: Sinks, owner: str) -> None:
        """Lead to every method of a class."""
        self.objects(sinks, [owner])
        self.use(sinks, self.defined.members.get(owner, ()))

    def file(self, sinks: Sinks, path: str) -> None:
        """Lead to everything that stands in a file: it may be asked for by a name that is not known."""
        for name in self.defined.by_file.get(path, ()):
            if name in self.defined.nodes:
                self.use(sinks, [name])
            else:
                self.members(sinks, name)

    def named(
        self, name: str, real: str, sinks: Sinks, *, kept: bool = True, local: bool = False, home: str | None = None
    ) -> None:
        """Lead to what a variable holds and, unless it is a function's own, to the functions and classes so named:
        those of its `home`, the file that defines it, where that is known.
        """
        self.lead(sinks, [f"={name}"])
        if not local:
            self.use(sinks, self.defined.at(self.defined.functions.get(real, ()), home), kept=kept)
            self.objects(sinks, self.defined.at(self.defined.classes.get(real, ()), home))

    def attribute(self, name: str, sinks: Sinks, *, kept: bool = True, home: str | None = None) -> None:
        """Lead to what an attribute holds, and to the functions, methods and classes that it may be."""
        self.named(name, name, sinks, kept=kept, home=home)
        self.use(sinks, self.defined.methods.get(name, ()), kept=kept)

    def drawn(self) -> dict[str, tuple[str, ...]]:
        """Return the graph without the nodes that lead nowhere: most variables hold no function."""
        kept = {name: set(found) for name, found in self.edges.items()}
        bodies = set(self.defined.nodes) | {name for names in self.defined.classes.values() for name in names}
        leading: dict[str, list[str]] = {}
        for name, found in kept.items():
            for other in found:
                leading.setdefault(other, []).append(name)
        waiting = [name for name in leading if name not in bodies and not kept.get(name)]
        while waiting:
            end = waiting.pop()
            for name in leading[end]:
                kept[name].discard(end)
                if not kept[name] and name not in bodies and name in leading:
                    waiting.append(name)
        return _bounded({name: found for name, found in kept.items() if found or not name.startswith("=")})


def _bounded(edges: Mapping[str, set[str]]) -> dict[str, tuple[str, ...]]:
    left, found = MAX_USES, {}
    for name, names in edges.items():
        found[name] = tuple(sorted(names)[: max(0, left)])
        left -= len(names)
    return found
