"""Which bare expressions a reader is shown: the last of a notebook's cell; none in a script."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection

from grader.evidence.parsing import Unit

# Cells in a script, and IPython told to show every expression.
_CELLS = re.compile(r"^# ?%%|^# In ?\[|get_ipython\(|ast_node_interactivity", re.MULTILINE)


def shown_at_the_end(unit: Unit) -> Collection[ast.stmt]:
    """Return the statements at the top level of which a notebook shows what they come to."""
    if _CELLS.search(unit.source.text):
        return frozenset(unit.tree.body)
    return frozenset(unit.tree.body[-1:]) if unit.source.cell is not None else frozenset()
