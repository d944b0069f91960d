"""What functions give that pass tables on: row by row, with a statistic of all rows in it, coded, or counted."""

from __future__ import annotations

from dataclasses import replace

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import STATISTICS
from grader.evidence.column_sets import Columns
from grader.evidence.cuts import Condition
from grader.evidence.learning import computed_with, is_within_rows, learned, statistic
from grader.evidence.networks import loss
from grader.evidence.results_of_tests import results_of_tests
from grader.evidence.said import said_of, scored_by, set_against
from grader.evidence.tables import ARRAY, FRAME, LOOKUP, NAMES, SERIES, coded_columns, inverted, narrowed, some_columns
from grader.evidence.values import (
    UNKNOWN,
    Prediction,
    Taint,
    Value,
    flattened,
    rows_of,
    sources_of,
    statistics_of,
    taints_of,
)

_SAME_COLUMNS = {"array", "asarray", "asanyarray", "ascontiguousarray", "nan_to_num", "log", "log1p", "exp", "expm1",
                 "sqrt", "abs", "round", "copy", "deepcopy", "DataFrame", "Series", "where"}  # fmt: skip
# Functions that learn from all rows they are given and use it on each.
_LEARNING = {"scale", "minmax_scale", "maxabs_scale", "robust_scale", "quantile_transform", "power_transform", "zscore",
             "qcut", "boxcox", "yeojohnson", "rankdata", "winsorize", "gzscore"}  # fmt: skip
_CUTTING = {"delete", "compress", "unique", "take", "choice", "permutation", "extract", "setdiff1d", "intersect1d",
            "sliding_window_view", "as_strided"}  # fmt: skip
_MOVING = {"roll", "cumsum", "cumprod", "cummax", "cummin", "sort", "flip", "convolve", "diff", "gradient"}
_MEMBERS = {"isin", "in1d"}
_EMPTY = {"numpy.zeros", "numpy.empty", "numpy.ones", "numpy.full"}
_COMPARING = {"eq", "equal", "ne", "not_equal", "subtract", "sub"}


def passed_on(site: CallSite) -> Value:
    """Return what a function of pandas, NumPy and their like gives for the tables it is given."""
    tables = [table for table in site.table_arguments() if table.type != NAMES]
    if site.name.startswith("torch.nn.functional.") and site.method.endswith(("loss", "entropy")):
        return loss(site)
    if site.name in ("torch.max", "torch.min") and len(site.values) > 1 and tables:
        return Value(items=(tables[0], tables[0]))  # the values, and where in each row they are
    if site.method in STATISTICS or _counts_right(site, tables):
        return statistic(tables[0], site, _axis(site)) if tables else UNKNOWN
    if not tables:
        return _without_rows(site)
    if site.method in _LEARNING or (site.method == "cut" and _number_of_bins(site)):
        table = tables[0].evolve(items=None, constant=None)
        scaled = table if is_within_rows(site.keywords.get("axis")) else learned(site, table)
        return Value(items=(scaled, UNKNOWN)) if site.method in ("boxcox", "yeojohnson") else scaled
    if site.method in ("get_dummies", "cut", "to_datetime", "to_numeric"):
        return _recoded(site, tables[0])
    made = {"DataFrame": FRAME, "Series": SERIES}.get(site.method)
    if site.name.startswith("numpy."):
        made = ARRAY
    if site.method in _MEMBERS:
        asked = Condition(site.node, rows_of(site.arguments[1:]))
        return tables[0].evolve(items=None, constant=None, mask=asked)
    if site.method == "logical_not":
        return inverted(tables[0])
    said = _said_by(site, tables)
    first = tables[0] if _keeps_columns(site) else some_columns(tables[0]).evolve(column=tables[0].column)
    if site.method in _CUTTING:
        first = first.evolve(rows=narrowed(first.rows, object()))
    passed = first.evolve(
        type=made or first.type, taints=taints_of(tables), items=None, constant=None, prediction=said,
        loops=site.loops, made_of=_made_of(site, tables),
    )  # fmt: skip
    labels = [site.keywords.get(name) for name in ("columns", "index")]  # names of what is there
    told = (value for value in site.values if not value.rows and value not in labels)
    given = computed_with(site, passed, *told)
    if "out" in site.keywords:
        site.scope.replace(site.keywords["out"], given)
    return given


def _counts_right(site: CallSite, tables: list[Value]) -> bool:
    """Tell whether it is counted where predictions and truth agree: `np.where(said == truth)`."""
    said = tables[0].prediction if tables else None
    counts = site.method in ("count_nonzero", "nonzero", "flatnonzero", "argwhere", "where")
    return counts and len(site.values) == 1 and said is not None and said.compared


def _axis(site: CallSite) -> Value | None:
    """Return along what a statistic is computed; behind a table the shares of quantiles may come first."""
    behind = None if site.method.endswith(("quantile", "percentile")) else site.argument(1)
    return site.keywords.get("axis", site.keywords.get("dim", behind))


def _made_of(site: CallSite, tables: list[Value]) -> frozenset[str]:
    """Return the columns that are put together row by row; none where rows change places."""
    if site.method in _MOVING:
        return frozenset()
    return sources_of(tables) if len(tables) > 1 else tables[0].made_of


def _without_rows(site: CallSite) -> Value:
    """Return what is made of no table: an empty frame, another statistic of statistics, a number of scores."""
    if site.name == "pandas.DataFrame" and not site.values:
        rows = site.state.fresh()
        return Value(type=FRAME, rows=rows, columns=Columns(rows, kept=frozenset()))
    if site.name == "pandas.DataFrame" and (table := results_of_tests(site.argument(0, "data"))) is not None:
        return table
    if site.name in _EMPTY:
        rows = site.state.fresh()
        return Value(type=ARRAY, rows=rows, columns=Columns(rows, kept=frozenset()), loops=site.loops)
    flat = flattened(site.values)
    if seen := statistics_of(flat):
        return Value(type=LOOKUP, statistic=seen, taints=taints_of(flat), loops=site.loops)
    return Value(loops=site.loops, scored=scored_by(flat))


def _said_by(site: CallSite, tables: list[Value]) -> Prediction | None:
    """Return the prediction among tables; of a function that compares two, as it is then."""
    said = said_of(tables)
    return set_against(said, tables[1:]) if site.method in _COMPARING else said


def _number_of_bins(site: CallSite) -> bool:
    bins = site.argument(1, "bins")
    return bins is not None and type(bins.constant) is int


def _keeps_columns(site: CallSite) -> bool:
    """Tell whether the columns of the first table surely stay: `numpy.delete` and its like may drop the target."""
    return site.method in _SAME_COLUMNS and "columns" not in site.keywords


def _recoded(site: CallSite, table: Value) -> Value:
    if site.method != "get_dummies":
        return table.evolve(type=SERIES)
    others = {"prefix", "prefix_sep"}.intersection(site.keywords)  # names of another kind, as those of a series
    named = len(site.arguments) > 1 or others or table.type == SERIES
    columns = table.columns and (table.columns.fewer() if named else replace(table.columns, coded=True))
    if table.type == SERIES:  # the columns made of it have other names
        taints = frozenset(Taint(mark.event, mark.rows) for mark in table.taints)
    else:
        taints = coded_columns(table, all_of_it=not table.columns or table.columns.kept is None)
    return table.evolve(type=FRAME, columns=columns, column=None, taints=taints)
