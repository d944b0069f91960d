"""What a name stands for in one program: which file's function, class or object is meant by it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grader.evidence.defined import Defined
from grader.evidence.own_modules import OwnModules

_HOPS = 5  # of a name that a package takes from a module of its own, and lends


@dataclass(frozen=True)
class Meaning:
    """Names are per module: `aliases` holds what each program imports, by the name it has there."""

    defined: Defined
    modules: OwnModules
    aliases: Mapping[str, Mapping[str, str]]

    def home(self, path: str, name: str) -> str | None:
        """Return the file that defines the function, class or object meant by a name, None where that is not known."""
        found = self._found(path, name)
        return found[0] if found else None

    def member_home(self, path: str, module: str, name: str) -> str | None:
        """Return the file that defines `module.name`, where what stands before the dot is a module of the work."""
        real = self.aliases.get(path, {}).get(module)
        where = self.modules.find(path, real) if real else None
        return self.home(where, name) if where else None

    def functions(self, path: str, name: str, real: str) -> list[str]:
        """Return the functions that may be meant by a name that is `real` where it is imported from."""
        return self.defined.at(self.defined.functions.get(real, ()), self.home(path, name))

    def is_own(self, path: str, name: str) -> bool:
        """Tell whether a name stands for what the work has made itself; an object of a framework's class is none."""
        found = self._found(path, name)
        if found is None:
            return False
        where, real = found
        if real in self.defined.tops.get(where, ()):
            return True
        return not self.defined.framed.intersection(self.defined.instances[where].get(real, ()))

    def _found(self, path: str, name: str, hops: int = _HOPS) -> tuple[str, str] | None:
        if name in self.defined.tops.get(path, ()) or name in self.defined.instances.get(path, {}):
            return path, name
        module, _, real = self.aliases.get(path, {}).get(name, "").rpartition(".")
        where = self.modules.find(path, module) if module and hops else None
        return self._found(where, real, hops - 1) if where else None


def outside_of(aliases: Iterable[str], modules: OwnModules) -> frozenset[str]:
    """Return the first parts of the imported modules that are not the work's own."""
    return frozenset(real.partition(".")[0] for real in aliases if not modules.is_own(real))
