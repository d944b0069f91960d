"""Gaps that are filled row by row, by a condition in the code: `apply(lambda row: row.a if pd.notna(row.a) else 0)`."""

from __future__ import annotations

import ast

from grader import Call, Evidence
from rubrics.facts import named

_APPLYING = ("apply", "map", "applymap", "transform")
_GAPS, _VALUES = frozenset(("isna", "isnull", "isnan")), frozenset(("notna", "notnull"))


def filled_by_rows(evidence: Evidence) -> list[Call]:
    """Return where a column is put in place again with its gaps filled by a function that is written there."""
    return [call for call in named(evidence, _APPLYING) if call.assigned and call.positional and _fills(call)]


def _fills(call: Call) -> bool:
    try:
        given = ast.parse(call.positional[0], mode="eval").body
    except SyntaxError:  # one that is too long is cut
        return False
    if not isinstance(given, ast.Lambda) or not isinstance(given.body, ast.IfExp):
        return False
    chosen = given.body
    asked, when_gap = _asked(chosen.test)
    filler = chosen.body if when_gap else chosen.orelse
    return asked is not None and ast.dump(filler) != ast.dump(asked) and not _is_gap(filler)


def _asked(test: ast.expr) -> tuple[ast.expr | None, bool]:
    """Return what is asked whether it is a gap, and whether the answer is yes where it is one."""
    turned = isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)
    inner = test.operand if isinstance(test, ast.UnaryOp) else test
    if not isinstance(inner, ast.Call) or not isinstance(inner.func, ast.Attribute):
        return None, False
    name = inner.func.attr
    if name not in _GAPS | _VALUES:
        return None, False
    return (inner.args[0] if inner.args else inner.func.value), (name in _GAPS) is not turned


def _is_gap(filler: ast.expr) -> bool:
    """Tell whether a gap is left as one: None, `np.nan`, `pd.NA`, `float("nan")`."""
    if isinstance(filler, ast.Call) and len(filler.args) == 1 and isinstance(filler.args[0], ast.Constant):
        return str(filler.args[0].value).lower() == "nan"
    if isinstance(filler, ast.Constant):
        return filler.value is None
    return isinstance(filler, ast.Attribute) and filler.attr.lower() in ("nan", "na", "nat")
