"""Splits, folds and cross-validations: which rows go into which part."""

from __future__ import annotations

import ast
from collections.abc import Hashable

from grader.evidence.callsite import CallSite
from grader.evidence.columns_taken import as_taken
from grader.evidence.estimators import features_of
from grader.evidence.lists import as_table
from grader.evidence.networks import held_by
from grader.evidence.rows import DRAWN, Rows, RowSets, is_drawn_anew, parts_of
from grader.evidence.state import State
from grader.evidence.tables import ARRAY
from grader.evidence.values import FOLDS, NONE, UNKNOWN, Model, Prediction, Value, rows_of, taints_of


def split_rows(site: CallSite) -> Value:
    """Return the parts that train_test_split makes: for each table its train rows, then its test rows."""
    tables = [as_table(table) for table in site.arguments]
    key = _split_key(site)
    parts: list[Value] = []
    for table in tables:
        rows = table.rows or site.state.fresh()
        for name in ("train", "test"):
            chosen = parts_of(rows, key, name)
            parts.append(table.evolve(rows=chosen, items=None, constant=None, splits=not table.type or table.splits))
    if is_drawn_anew(key):
        site.state.shared.anew[key] = frozenset(site.state.loops)
    ordered = next((table.in_time for table in tables if table.in_time), None)
    site.state.record(
        "split", site.node, site.name, rows=rows_of(tables), taints=taints_of(tables[:1]), key=key, in_time=ordered,
        shuffled=not site.is_false("shuffle"),
    )  # fmt: skip
    if _keeps_less_than_half(site):
        site.state.record("discard", site.node, site.name, rows=rows_of(parts[1::2]))
    return Value(items=tuple(parts))


def _keeps_less_than_half(site: CallSite) -> bool:
    """Tell whether a split only draws a sample of the rows: what it leaves is no test part that anybody keeps."""
    kept, left = (site.keywords.get(name, UNKNOWN).constant for name in ("train_size", "test_size"))
    share = kept if isinstance(kept, float) else 1 - left if isinstance(left, float) else 1
    return share < 0.5


def _times_split(site: CallSite) -> int:
    """Return how many splits the rows went through before: with one seed, the parts of a part are not its own parts."""
    paths = [rows.path for table in site.arguments for rows in table.rows]
    return max((sum(part in ("train", "test") for _, part in path) for path in paths), default=0)


def shuffles(splitter: Model | None) -> bool:
    """Tell whether a cross-validator draws its folds at random, row by row."""
    if splitter is None:
        return False
    name = splitter.type.rpartition(".")[2]
    shuffle = splitter.settings.get("shuffle")
    if "Group" in name:
        return False
    return "ShuffleSplit" in name or (shuffle is not None and shuffle.constant is True)


def _split_key(site: CallSite) -> Hashable:
    """Return what tells this split from others: the same call draws the same parts again only with a fixed seed."""
    seed = site.keywords.get("random_state")
    sizes = [site.keywords[name].constant for name in ("test_size", "train_size") if name in site.keywords]
    if site.is_false("shuffle"):
        return "in order", _times_split(site), *sizes
    if seed is None or seed == NONE or seed.loops:
        return DRAWN, ("anew", site.state.birth())
    if seed.constant is not None:
        return DRAWN, seed.constant, _times_split(site), *sizes
    return DRAWN, None, _seed_as_written(site) or site.state.birth(), _times_split(site), *sizes  # perhaps another's


def _seed_as_written(site: CallSite) -> str | None:
    """Return how a seed is written that is not known: written alike, it is the same (`args.seed`)."""
    given = site.node.keywords if isinstance(site.node, ast.Call) else []
    found = next((item.value for item in given if item.arg == "random_state"), None)
    return ast.unparse(found) if isinstance(found, ast.Attribute | ast.Name | ast.Subscript) else None


def folds(site: CallSite) -> Value:
    """Return the pair of row numbers that a splitter gives for each fold."""
    key = id(site.node)
    data = features_of(site)
    site.state.record(
        "split", site.node, site.name, rows=data.rows, key=key, in_time=data.in_time,
        shuffled=shuffles(site.receiver.model), by=_groups(site),
    )  # fmt: skip
    return _pairs(site.state.fresh(), key)


def _groups(site: CallSite) -> frozenset[str]:
    """Return the column by whose groups a splitter parts rows."""
    groups = site.argument(2, "groups")
    return frozenset({groups.column}) if groups is not None and groups.column else frozenset()


def own_folds(splitter: Model, node: ast.expr, state: State) -> Value:
    """Return what going through a splitter itself gives, as those of scikit-learn before 0.18 could be."""
    key, numbers = id(node), state.fresh()
    state.record("split", node, f"{splitter.type}.split", rows=numbers, key=key, shuffled=shuffles(splitter))
    return _pairs(numbers, key)


def _pairs(numbers: RowSets, key: Hashable) -> Value:
    parts = [parts_of(numbers, key, name) for name in ("train", "test")]
    return Value(type=FOLDS, each=Value(items=tuple(Value(type=ARRAY, rows=rows, splits=True) for rows in parts)))


def cross_validate(site: CallSite) -> Value:
    """Log a cross-validation of the first argument on the second."""
    estimator, features = site.argument(0, "estimator"), site.argument(1, "X") or UNKNOWN
    if estimator is not None and estimator.model is not None:
        features = as_taken(features, estimator.model)
    folds = site.keywords.get("cv")
    site.state.record(
        "cross_validate", site.node, site.name, rows=features.rows, taints=features.taints,
        model=estimator.model if estimator else None, features=features,
        target=site.argument(2, "y"), in_time=features.in_time, shuffled=shuffles(folds.model if folds else None),
    )  # fmt: skip
    if site.method == "cross_val_predict":
        model = estimator.model if estimator is not None else None
        said = Prediction(model, None, features.rows, features.taints) if model is not None else None
        return Value(type=ARRAY, rows=features.rows, prediction=said)
    return UNKNOWN


def cross_validate_boosting(site: CallSite) -> Value:
    """Log `xgb.cv(params, data)`, `lgb.cv(params, data)` and `catboost.cv(pool, params)`: folds of the rows."""
    place = 0 if site.name.startswith("catboost.") else 1
    data = site.argument(place, "dtrain", "train_set", "pool") or UNKNOWN
    site.state.record(
        "cross_validate", site.node, site.name, rows=data.rows, taints=data.taints, features=data, target=UNKNOWN,
        in_time=data.in_time, shuffled="folds" not in site.keywords and not site.is_false("shuffle"),
    )  # fmt: skip
    return UNKNOWN


def benchmark_parts(site: CallSite) -> Value:
    """keras.datasets.mnist.load_data(): a training part and a test part, each with its answers."""
    if not site.name.startswith("keras.datasets."):
        return site.fresh()
    rows = frozenset({Rows(("benchmark", site.name))})
    site.state.record("load", site.node, site.name, rows=rows)
    parts = (parts_of(rows, site.name, name) for name in ("train", "test"))
    tables = [Value(type=ARRAY, rows=part) for part in parts]
    return Value(items=tuple(Value(items=(table, table)) for table in tables))


def benchmark_part(site: CallSite) -> Value:
    """torchvision.datasets.MNIST(root, train=True): one of the two parts that the benchmark comes in."""
    rows = frozenset({Rows(("benchmark", site.name))})
    site.state.record("load", site.node, site.name, rows=rows)
    given = site.argument(1, "train", "split")
    named = {True: "train", "train": "train", False: "test", "test": "test"}
    part = named.get(given.constant) if given is not None and given.constant is not None else None
    return Value(type=ARRAY, rows=parts_of(rows, site.name, part) if part else site.state.fresh())


def random_split(site: CallSite) -> Value:
    """torch.utils.data.random_split(dataset, lengths): parts to train on, to validate on if there are three, to test.

    The last part is split off first, so that those before it are parts of the rows it leaves.
    """
    rest = site.argument(0, "dataset") or UNKNOWN
    rest = held_by(rest.instance) if rest.instance is not None else rest
    rest = rest if rest.rows else rest.evolve(rows=site.state.fresh())
    lengths = site.argument(1, "lengths") or UNKNOWN
    parts: list[Value] = []
    for _ in range(max(1, len(lengths.items or ()) - 1)):
        born = site.state.birth()
        key: Hashable = (id(site.node), born) if "generator" in site.keywords else (DRAWN, ("anew", born))
        site.state.record("split", site.node, site.name, rows=rest.rows, key=key)
        parts.insert(0, rest.evolve(rows=parts_of(rest.rows, key, "test")))
        rest = rest.evolve(rows=parts_of(rest.rows, key, "train"))
    return Value(items=(rest, *parts))
