"""Data sets that are published in parts, as `datasets.load_dataset` gives them: `data["train"]`, `data["test"]`.

Only a program that asks for rows to train on and for others has them as parts of one whole; where one part alone is
asked for, it is the whole that the work has, and may be split by it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from grader.evidence.callsite import CallSite
from grader.evidence.parsing import Unit
from grader.evidence.rows import PUBLISHED, Rows, RowSets, parts_of
from grader.evidence.splits import split_rows
from grader.evidence.tables import FRAME, SET, narrowed
from grader.evidence.values import Value

LOADER = "datasets.load_dataset"
_TRAIN, _OTHERS = "train", ("validation", "test")  # the last is set apart first
_KEEPING = frozenset(
    ("map", "rename_column", "rename_columns", "remove_columns", "cast", "cast_column", "class_encode_column",
     "flatten", "with_format", "set_format", "shuffle", "sort", "add_column", "select_columns", "flatten_indices")
)  # fmt: skip
_CUTTING = frozenset(("select", "filter", "shard", "take", "skip"))


def load_published(site: CallSite) -> Value:
    """Return the parts of a published data set by their names, or the one part that is asked for."""
    name = " ".join(ast.unparse(given)[:200] for given in (*site.node.args[:2], *_files(site)))
    asked = site.argument(9, "split")
    if asked is None:
        names = sorted(_asked(site.state.program))
        parts = tuple(_part(name, one, frozenset(names)) for one in names)
    else:
        one = asked.constant if isinstance(asked.constant, str) else f"part {site.state.birth()}"
        parts = (_part(name, one, _asked(site.state.program)),)
    for part in parts or (site.fresh(),):
        site.state.record("load", site.node, site.name, rows=part.rows, key=_file_of(part.rows))
    if asked is not None:
        return parts[0]
    return Value(type=SET, items=parts, keys=tuple(names)) if parts else Value(type=SET, loops=site.loops)


def _files(site: CallSite) -> Iterator[ast.expr]:
    return (word.value for word in site.node.keywords if word.arg in ("name", "data_files", "data_dir"))


def _part(name: str, part: str, asked: frozenset[str]) -> Value:
    others = [other for other in _OTHERS if other in asked]
    if _TRAIN not in asked or not others or part not in (_TRAIN, *others):
        return Value(type=SET, rows=frozenset({Rows((PUBLISHED, name, part))}))
    rows: RowSets = frozenset({Rows((PUBLISHED, name))})
    for other in reversed(others):
        key = (PUBLISHED, other)
        if part == other:
            return Value(type=SET, rows=parts_of(rows, key, "test"))
        rows = parts_of(rows, key, "train")
    return Value(type=SET, rows=rows)


def _file_of(rows: RowSets) -> str:
    return " ".join(sorted(f"{one.origin}" for one in rows))


def _asked(program: Iterable[Unit]) -> frozenset[str]:
    """Return the names of parts that a program asks for."""
    found = set()
    for unit in program:
        for node in ast.walk(unit.tree):
            match node:
                case ast.Subscript(slice=ast.Constant(value=str(name))):
                    found.add(name)
                case ast.keyword(arg="split", value=ast.Constant(value=str(name))):
                    found.add(name)
    return frozenset(found) & {_TRAIN, *_OTHERS}


def method_of_published(site: CallSite) -> Value | None:
    """Return what a method of a data set, or of its parts together, gives; None where it is not one that is known."""
    data, method = site.receiver, site.method
    if method in _KEEPING:
        return data.evolve()
    if data.items is not None:
        return None
    if method == "train_test_split":
        return _split(site)
    if method in _CUTTING:
        return data.evolve(rows=narrowed(data.rows, object()))
    if method == "to_pandas":
        return data.evolve(type=FRAME)
    return None


def _split(site: CallSite) -> Value:
    """Return the two parts that `data.train_test_split(test_size=0.2, seed=0)` makes."""
    seed = {"random_state": site.keywords["seed"]} if "seed" in site.keywords else {}
    sizes = {name: value for name, value in site.keywords.items() if name in ("test_size", "train_size", "shuffle")}
    whole = CallSite(site.node, site.name, [site.receiver], {**seed, **sizes}, site.scope, site.state)
    return Value(type=SET, items=split_rows(whole).items, keys=("train", "test"))
