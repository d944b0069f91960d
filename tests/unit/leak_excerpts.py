"""The excerpts of leak_pairs/: KIND.txt holds a title, the leaky work, "harmless twin", and the twin, over and over.

`# %%` begins a new cell, and `<name>` stands for a cell of snippets.txt. A title ends in "(also KIND)" where one act is
two leaks.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from grader.evidence import read_facts

FOLDER = Path(__file__).parent / "leak_pairs"
KINDS = ("preprocessing", "overlap", "scored_on_training_data", "target", "temporal", "multi_test")


def sections(name: str) -> list[tuple[str, str]]:
    """Return (title, text) of each section of a file."""
    found = re.split(r"^### (.*)\n", (FOLDER / f"{name}.txt").read_text(), flags=re.MULTILINE)
    return [(title, text.strip()) for title, text in zip(found[1::2], found[2::2], strict=True)]


SNIPPETS = dict(sections("snippets"))


def cells_of(text: str) -> list[str]:
    """Return the cells of an excerpt, snippets put in."""
    cells = [cell.strip() for cell in text.split("# %%")]
    return [SNIPPETS[cell[1:-1]] if cell.startswith("<") else cell for cell in cells]


def pairs() -> list[object]:
    """Return (kinds, leaky, harmless) of every pair, as parameters."""
    found = []
    for kind in KINDS:
        excerpts = sections(kind)
        for (title, leaky), (_, harmless) in zip(excerpts[::2], excerpts[1::2], strict=True):
            kinds = {kind, *re.findall(r"\(also (\w+)\)", title)}
            found.append(pytest.param(kinds, leaky, harmless, id=f"{kind}: {title}"))
    return found


def kinds_in(folder: Path, cells: list[str]) -> set[str]:
    """Return the kinds of leakage found in a notebook of these cells."""
    notebook = {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
    (folder / "work.ipynb").write_text(json.dumps(notebook))
    return {leak.kind for leak in read_facts(folder, ["work.ipynb"]).leaks}
