"""Code that is made while the work runs: what is spelled out in an `exec` is read, what is not is noted as unread."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.names import last_name
from grader.evidence.parsing import Unit
from grader.evidence.spans import span_of
from grader.model import Span

MAX_FOUND = 20
_RUNNERS = frozenset(("exec", "execfile", "run_path", "runsource", "runcode"))
_WHY = "runs code that is put together while it runs"


def unread_runs(units: Iterable[Unit]) -> Iterator[Span]:
    """Yield the calls that run code which stands nowhere in what was read, at most 20; their text says so.

    An `eval` counts where its value is dropped: that only runs something.
    """
    known = list(units)
    read = {unit.source.path.rpartition("/")[2] for unit in known}
    found = 0
    for unit in known:
        for node in ast.walk(unit.tree):
            call = node.value if isinstance(node, ast.Expr) else node
            if not isinstance(call, ast.Call) or not call.args or found >= MAX_FOUND:
                continue
            name = last_name(call.func)
            runs = name in _RUNNERS if node is call else name == "eval"
            if runs and not isinstance(call.args[0], ast.Constant) and not _names_read(call, read):
                found += 1
                yield span_of(unit, call).model_copy(update={"text": f"{_WHY} ({name})."})


def _names_read(call: ast.Call, read: set[str]) -> bool:
    """Tell whether a file is run that was read: `exec(open("helpers.py").read())`."""
    texts = (node.value for node in ast.walk(call) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return any(text.replace("\\", "/").rpartition("/")[2] in read for text in texts)
