"""Numbers and places, written for people."""

from __future__ import annotations

from datetime import datetime

from grader.model import EnvironmentRef, LeftOut, ModelUse, PluginRef

DIGEST = 12
METRICS = {
    "roc_auc": "ROC AUC",
    "average_precision": "Average precision",
    "accuracy": "Accuracy",
    "f1": "F1",
    "multiclass_accuracy": "Accuracy",
    "rmse": "RMSE",
    "mae": "MAE",
    "mase": "MASE",
    "wall_s": "Time",
    "cpu_s": "Processor time",
    "peak_memory_bytes": "Peak memory",
}


RUNGS = {"exact": "as written", "as_of": "as of", "relaxed": "versions relaxed", "base": "none could be had"}


def environment(used: EnvironmentRef) -> str:
    """Return which environment it was: the locked one, or what of the work's requirements could be had."""
    digest = f" {used.digest[:DIGEST]}" if used.digest else ""
    name = "locked environment" if used.name == "fixed" else used.name
    if used.rung is None:
        return f"The {name}{digest}"
    rest = ", the rest as of" if used.rung == "exact" else ""
    how = RUNGS[used.rung] + (f"{rest} {used.as_of[:10]}" if used.as_of else "")
    return f"{name}{digest} (the work's requirements, {how})"


def sentence(text: str) -> str:
    """Return `text` as a sentence: with a stop, and a capital unless it begins with the name of a file."""
    first, *_ = text.split(maxsplit=1) or [""]
    begun = text[:1].upper() + text[1:] if first.isalpha() else text
    return begun if not begun or begun.endswith((".", "!", "?", "…")) else f"{begun}."


def points(value: float | None) -> str:
    """Return a score of 0..100 with one decimal, or an en dash for none: 62.4."""
    return "–" if value is None else f"{value:.1f}"


def interval(low: float | None, high: float | None) -> str:
    """Return the bounds of a score: 58.1 to 66.0, or nothing where there is no interval."""
    if low is None or high is None:
        return ""
    return f"{points(low)} to {points(high)}"


def measure(value: float) -> str:
    """Return a metric with four significant digits, three decimals below 10: 0.846, 23.41, 1,842."""
    if abs(value) < 10:
        return f"{value:.3f}"
    return f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}"


def figure(value: float, metric: str) -> str:
    """Return the value of a metric, or of what the sandbox measured, with its unit: 0.846, 9.1 s, 312 MB."""
    if metric == "peak_memory_bytes":
        return size(value)
    return seconds(value) if metric in ("wall_s", "cpu_s") else measure(value)


def metric_name(metric: str) -> str:
    """Return how people call the metric: ROC AUC."""
    return METRICS.get(metric, metric.replace("_", " "))


def seconds(value: float | None) -> str:
    """Return a time: 12 ms, 1.8 s, 2 min 05 s, 1 h 04 min."""
    if value is None:
        return "–"
    if value < 0.9995:
        return f"{value * 1000:.0f} ms"
    if value < 59.95:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest:02d} s"
    return f"{minutes // 60} h {minutes % 60:02d} min"


def size(value: float | None) -> str:
    """Return a number of bytes in powers of 1024: 980 B, 312 MB, 4 GB."""
    if value is None:
        return "–"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            return f"{value:.1f} {unit}" if value < 9.95 and value % 1 else f"{value:.0f} {unit}"
        value /= 1024
    raise AssertionError("unreachable: the last unit always returns")


def count(value: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 row, 2,300 rows."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def share(value: float, total: float) -> str:
    """Return part of a whole as a percentage: 14%."""
    return f"{100 * value / total:.0f}%" if total else "0%"


def moment(iso: str) -> str:
    """Return an ISO time for people, or the text itself where it is none: 3 March 2026, 14:05 UTC."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    zone = f" {when.tzname()}" if when.tzinfo else ""
    return f"{when.day} {when:%B %Y, %H:%M}{zone}"


def where(path: str | None, cell: int | None = None, line: int | None = None, end_line: int | None = None) -> str:
    """Return a place in words: model.ipynb, cell 7, lines 3–5.

    Cells are counted from 1, as a person counts them down the notebook; the records count them from 0.
    """
    parts = [path] if path else []
    if cell is not None:
        parts.append(f"cell {cell + 1}")
    if line is not None:
        parts.append(f"lines {line}–{end_line}" if end_line and end_line > line else f"line {line}")
    return ", ".join(parts)


def plugin(ref: PluginRef) -> str:
    """Return a plugin in words: calibration (calibration-rubric 1.0)."""
    package = f"{ref.package} {ref.version}".strip()
    return f"{ref.name} ({package})" if package else ref.name


def left_out(item: LeftOut) -> str:
    """Return what was left out of the rubric, and why: evaluation.x of the plugin y (y-rubric 1.0): it ..."""
    what = (
        f"{item.criterion} of the plugin {plugin(item.plugin)}" if item.criterion else f"plugin {plugin(item.plugin)}"
    )
    return f"{what}: {item.reason}"


def language_model(use: ModelUse) -> str:
    """Return which model was asked about explanations and what it cost: m, 812 tokens in and 95 out, cost 0.0031."""
    if use.cached:
        return f"{use.model}, answers from the cache, at no cost"
    cost = "" if use.cost is None else f", cost {use.cost:.6f}".rstrip("0").rstrip(".")
    return f"{use.model}, {use.tokens_in:,} tokens in and {use.tokens_out:,} out{cost}"
