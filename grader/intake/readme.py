"""What a README says is to be run: its commands in their order, and the files it names."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator

MOST_COMMANDS = 12
LONGEST_LINE = 400
COMMAND = re.compile(r"python3?[ \t]+(?:-u[ \t]+)?([^\s`'\"]+\.py)(?=[\s`]|$)([^`#|;&]*)")
PLAIN = re.compile(r"^[\w./=:,+ \t'\"-]*$")
STARTED = re.compile(r"(?:python3?|jupyter\s+\S+(?:\s+--\S+)*|ipython|papermill)\s+([^\s`'\"]+\.(?:ipynb|py))\b")
SPACED = re.compile(r"[`'\"(\[]([^`'\"()\[\]\n]+\.(?:ipynb|py))[`'\")\]]")
NAMED = re.compile(r"([^\s`'\"()<>\[\]|]{1,160}\.(?:ipynb|py))\b")


def commands(text: str) -> list[tuple[str, ...]]:
    """Return the `python SCRIPT ...` lines as words, each script once, in order; those with placeholders are left out.

    The first word is the script.
    """
    found: dict[str, tuple[str, ...]] = {}
    for line in text.splitlines():
        # a prompt, a list's mark or a number may stand before the command
        match = COMMAND.match(line.strip()[:LONGEST_LINE].lstrip("-*>$`0123456789.) \t"))
        words = _words(match[2]) if match else None
        if match and words is not None:
            found.setdefault(match[1], (match[1], *words))
    return list(found.values())[:MOST_COMMANDS]


def _words(text: str) -> list[str] | None:
    if not PLAIN.match(text.strip()):
        return None
    try:
        words = shlex.split(text)
    except ValueError:
        return None
    # Prose goes on after the file's name ("run python train.py to train the model"); options begin with a dash.
    return words if not words or words[0].startswith("-") else []


def started(text: str) -> Iterator[str]:
    """Yield the files that a command in the text starts."""
    return (match.group(1) for match in STARTED.finditer(text))


def named(text: str) -> Iterator[str]:
    """Yield the files that the text names, those in quotes or brackets first, for they may hold spaces."""
    patterns: Iterable[re.Pattern[str]] = (SPACED, NAMED)
    return (match.group(1) for pattern in patterns for match in pattern.finditer(text))
