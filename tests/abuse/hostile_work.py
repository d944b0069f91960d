"""The hostile works as their first lines describe them: how each may end, what its report says, what it asks for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

WORKS = Path(__file__).parent / "works"
SHARED = "hostile.py"
COMPLETED = "completed"
FACTS = "facts.py"


@dataclass(frozen=True)
class HostileWork:
    """One work: every way its grading may end (COMPLETED, or the failure's code), and what its report says then.

    `asks` are the lines of its requirements.txt, with {index} and {host_file} for what only the test knows.
    """

    name: str
    ends: tuple[str, ...]
    says: str
    asks: tuple[str, ...]

    @property
    def path(self) -> Path:
        """Its script."""
        return WORKS / f"{self.name}.py"


def hostile_works() -> list[HostileWork]:
    """Return all of them, by row and name."""
    found = []
    for path in sorted(WORKS.glob("[0-9]*.py")):
        told = re.findall(r"^# (Ends|Says|Asks): (.*)$", path.read_text(), re.MULTILINE)
        once = dict(told)
        asks = tuple(line for word, line in told if word == "Asks")
        found.append(HostileWork(path.stem, tuple(once["Ends"].split(", ")), once.get("Says", ""), asks))
    return found
