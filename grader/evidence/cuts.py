"""Cuts by hand, kept as they are written, so that of two of them it can be told whether they share a row."""

from __future__ import annotations

import ast
from collections.abc import Collection, Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any

from grader.evidence.rows import NO_ROWS, Rows, RowSets, draw_of
from grader.model.evidence import SetApart

_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.Gt: ast.LtE, ast.LtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
}  # fmt: skip
_FROM_BELOW = (ast.Lt, ast.LtE, ast.Eq)
_FROM_ABOVE = (ast.Gt, ast.GtE, ast.Eq)
_WITH_THE_EDGE = (ast.LtE, ast.GtE, ast.Eq)
PIECE = "piece"  # begins the key of what `numpy.split` cuts: by which call, and which of its pieces
_PARTS = {"train", "test"}
_CUT = {"slice", "mask"}
_Literal = tuple[ast.AST, bool]


@dataclass(frozen=True, eq=False)
class Condition:
    """One evaluation of a condition on rows; each is its own. `of` are the rows that it compares them with, `column`
    the one that it asks of, where that is all.
    """

    node: ast.AST
    of: RowSets = NO_ROWS
    column: str | None = None


@dataclass(frozen=True)
class Cut:
    """One place that cuts rows, as it was `given` what to cut: `part` as a slice would be written, or all but the rows
    `without`.
    """

    node: ast.AST
    given: Hashable = None
    part: str = field(default="", compare=False)
    without: RowSets = field(default=NO_ROWS, compare=False)


def end_cut(node: ast.Call, size: ast.expr | None) -> Cut:
    """Return the cut that `head(size)` and `tail(size)` make."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if size is None or name not in ("head", "tail"):
        return Cut(node)
    if name == "head":
        return Cut(node, part=f":{ast.unparse(size)}")
    match size:
        case ast.BinOp(left=ast.Call(func=ast.Name(id="len")), op=ast.Sub(), right=first):
            return Cut(node, part=f"{ast.unparse(first)}:")
    return Cut(node, part=f"-{ast.unparse(size)}:")


def drawn_apart(tested: RowSets, fitted: RowSets, folds: Collection[Hashable] = ()) -> bool:
    """Tell whether some rows are surely in both, for they were drawn from the same ones by chances of their own, or
    those of the fit are all but a fold of them, by one of the splits `folds`.
    """
    return any(_drawn_apart(one, other, folds) for one in tested for other in fitted)


def _drawn_apart(tested: Rows, fitted: Rows, folds: Collection[Hashable]) -> bool:
    """Tell whether some rows are surely in both: each was drawn from the same rows by a chance of its own, one of them
    perhaps from some of these that were picked by what they are.
    """
    mine, others = tested.steps, fitted.steps
    if tested.origin != fitted.origin:
        return False
    shared = next((n for n, (one, two) in enumerate(zip(mine, others, strict=False)) if one != two), None)
    if shared is None:
        return False
    rest, theirs = mine[shared:], _picked_first(others[shared:])
    one, two = draw_of(rest[0][0]), draw_of(theirs[0][0]) if theirs else None
    if one is not None and others[shared][0] in folds and others[shared][1] == "train":
        return True
    if one is None or two is None:
        return False
    return one != two or len(theirs) < len(others) - shared


def _picked_first(steps: tuple[tuple[Any, str], ...]) -> tuple[tuple[Any, str], ...]:
    """Return the steps from the first draw on, none where a cut before it may have to do with another split."""
    for number, (key, part) in enumerate(steps):
        if draw_of(key) is not None:
            return steps[number:]
        if part not in ("slice", "mask") or _knows_a_split(key):
            return ()
    return ()


def _knows_a_split(key: Hashable) -> bool:
    """Tell whether a cut went by rows of which some had been split before, or by rows that are not known."""
    match key:
        case ("cut", frozenset() as picked):
            return any(part in ("train", "test") for rows in picked for _, part in rows.path)
        case ("cut", Condition() as condition):
            return bool(condition.of)
        case ("cut", str()):
            return False
    return True


def _leaves_out(steps: tuple[tuple[Any, str], ...], other: Rows) -> bool:
    """Tell whether rows were made by leaving out those that `other` lies within: `frame.drop(train.index)`."""
    left = (_without(key[1]) for key, _ in steps if isinstance(key, tuple) and len(key) > 1 and key[0] == "cut")
    return any(other.within(rows) for out in left for rows in out)


def _without(key: Hashable) -> RowSets:
    if isinstance(key, Cut):
        return key.without
    is_negated = isinstance(key, tuple) and len(key) > 1 and key[0] == "not" and isinstance(key[1], Condition)
    return key[1].of if is_negated else NO_ROWS  # type: ignore[index]


def cut_apart(one: Rows, other: Rows) -> tuple[SetApart, str] | None:
    """Return how it is known that two sets of rows of one origin share none, with the condition that tells them apart;
    None where it is not known.
    """
    mine, others = one.steps, other.steps
    if _leaves_out(mine, other) or _leaves_out(others, one):
        return "values", ""
    shared = next((n for n, pair in enumerate(zip(mine, others, strict=False)) if pair[0] != pair[1]), None)
    if shared is None:
        return None  # the one lies within the other
    (key, part), (its, other_part) = mine[shared], others[shared]
    if key == its and {part, other_part} == _PARTS:
        return "split", ""
    if part in _CUT and other_part in _CUT and (_apart_by_place(key, its) or _picked_apart(key, its)):
        return "place", ""
    masks = [[step[0] for step in steps[shared:] if step[1] in _CUT] for steps in (mine, others)]
    told = (_apart_by_values(here, there) for here in masks[0] for there in masks[1])
    return next((("values", condition) for condition in told if condition), None)


def _picked_apart(one: Any, other: Any) -> bool:
    """Tell whether rows were picked by two lists of row numbers that share none (two cuts of one shuffled list), or are
    two pieces that one call has cut.
    """
    first, second = one[1], other[1]
    if isinstance(first, tuple) and isinstance(second, tuple) and first[:1] == second[:1] == (PIECE,):
        return first[1] == second[1] and first != second
    if not isinstance(first, frozenset) or not isinstance(second, frozenset) or not first or not second:
        return False
    return all(a.origin == b.origin and cut_apart(a, b) is not None for a in first for b in second)


def _apart_by_place(one: Any, other: Any) -> bool:
    """Tell whether the second of two slices of the same rows begins where the first has ended, or after."""
    first, second = _bounds(one[1]), _bounds(other[1])
    return first is not None and second is not None and (_ends_before(first, second) or _ends_before(second, first))


def _bounds(key: Hashable) -> tuple[str, str] | None:
    """Return where a slice begins and ends, as written."""
    text = key.part if isinstance(key, Cut) else key
    if not isinstance(text, str) or ":" not in text:
        return None
    try:
        made = ast.parse(f"_[{text}]", mode="eval").body
    except SyntaxError:
        return None
    part = made.slice if isinstance(made, ast.Subscript) else None
    if not isinstance(part, ast.Slice) or part.step is not None:
        return None
    return tuple("" if end is None else ast.unparse(end) for end in (part.lower, part.upper))  # type: ignore[return-value]


def _ends_before(first: tuple[str, str], second: tuple[str, str]) -> bool:
    end, begin = first[1], second[0]
    if not end or not begin:
        return False
    if begin == end or begin.startswith(f"{end} + "):
        return True
    if end.startswith("-") != begin.startswith("-"):
        return False
    return end.removeprefix("-").isdecimal() and begin.removeprefix("-").isdecimal() and int(end) <= int(begin)


def _apart_by_values(one: Any, other: Any) -> str:
    """Return what of the first condition no row of the second can fulfil, as written ("day < x", "fold == 1"); "" where
    rows may fulfil both.
    """
    pairs = ((here, there) for here in _literals(one[1]) for there in _literals(other[1]))
    return next((ast.unparse(here[0]) for here, there in pairs if _contradict(here, there)), "")


def _literals(key: Hashable, negated: bool = False) -> Iterator[_Literal]:
    """Yield the conditions that all hold, each with whether it is turned round."""
    if isinstance(key, tuple) and len(key) > 1 and key[0] == "not":
        yield from _literals(key[1], not negated)
    elif isinstance(key, Condition):
        yield from _parts(key.node, negated)


def _parts(node: ast.AST, negated: bool) -> Iterator[_Literal]:
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitAnd) and not negated:
        yield from _parts(node.left, negated)
        yield from _parts(node.right, negated)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert | ast.Not):
        yield from _parts(node.operand, not negated)
    elif not negated and (ends := _between(node)):
        yield from ((end, False) for end in ends)
    else:
        yield node, negated


def _between(node: ast.AST) -> list[ast.expr]:
    """Return the two comparisons that `column.isin(range(a, b))` makes, [] where something else is asked."""
    match node:
        case ast.Call(
            func=ast.Attribute(value=asked, attr="isin"), args=[ast.Call(func=maker, args=ends, keywords=[])]
        ):
            name = maker.attr if isinstance(maker, ast.Attribute) else getattr(maker, "id", "")
            if name not in ("range", "arange") or len(ends) not in (1, 2):
                return []
            first, after = ends if len(ends) == 2 else (ast.Constant(0), ends[0])
            below = ast.Compare(asked, [ast.Lt()], [after])
            return [below, ast.Compare(asked, [ast.GtE()], [first])]
    return []


def _contradict(one: _Literal, other: _Literal) -> bool:
    if one[1] != other[1] and ast.unparse(one[0]) == ast.unparse(other[0]):
        return True
    first, second = _comparison(*one), _comparison(*other)
    if first is None or second is None or first[0] != second[0]:
        return False
    return _below(first[1:], second[1:]) or _below(second[1:], first[1:]) or _differ(first[1:], second[1:])


def _comparison(node: ast.AST, negated: bool) -> tuple[str, type[ast.cmpop], ast.expr] | None:
    """Return what is compared as text, how, and with what."""
    if not isinstance(node, ast.Compare) or len(node.ops) != 1:
        return None
    how: type[ast.cmpop] | None = type(node.ops[0])
    if negated:
        how = _OPPOSITE.get(type(node.ops[0]))
    return None if how is None else (ast.unparse(node.left), how, node.comparators[0])


def _below(low: tuple[type[ast.cmpop], ast.expr], high: tuple[type[ast.cmpop], ast.expr]) -> bool:
    """Tell whether all that `low` lets through lies below all that `high` does."""
    (how, edge), (its, other) = low, high
    if how not in _FROM_BELOW or its not in _FROM_ABOVE:
        return False
    if ast.unparse(edge) == ast.unparse(other):
        return not (how in _WITH_THE_EDGE and its in _WITH_THE_EDGE)
    ends = _constant(edge), _constant(other)
    if all(isinstance(end, int | float) for end in ends) or all(isinstance(end, str) for end in ends):
        return bool(ends[0] < ends[1])  # type: ignore[operator]
    return False


def _differ(one: tuple[type[ast.cmpop], ast.expr], other: tuple[type[ast.cmpop], ast.expr]) -> bool:
    return {one[0], other[0]} == {ast.Eq, ast.NotEq} and ast.unparse(one[1]) == ast.unparse(other[1])


def _constant(node: ast.expr) -> object:
    """Return a constant, or the one that a date is made of: `pd.Timestamp("2024-01-01")`."""
    if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
        node = node.args[0]
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None
    return node.value if isinstance(node, ast.Constant) else None
