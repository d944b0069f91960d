"""Plugins that no rubric should rely on, as text."""

from __future__ import annotations

HEAD = "from grader import *\nfrom grader.plugins import Finding\nPLACE = [Span(path='train.py', line=1)]\n"


def bad(body: str, argument: str = "evidence", id: str = "evaluation.bad") -> str:
    """Return a criterion `id` with this body."""
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return f'\n@criterion("{id}", title="Bad")\ndef bad({argument}):\n    """Be no criterion to rely on."""\n{lines}\n'
