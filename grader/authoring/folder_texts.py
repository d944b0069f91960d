"""The texts of a scaffolded folder: settings, brief, source, and code to start from, filled with all that is known."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from ruff import find_ruff_bin

from grader.authoring.kinds import Kinds
from grader.authoring.source import Roles
from grader.authoring.starter_code import as_code, code_context
from grader.authoring.suggestions import Suggestions
from grader.authoring.task import Task
from grader.model.authoring import SplitRule
from grader.model.weights import REASONS, Track, shares_of

_METRICS = {
    "roc_auc": "ROC AUC",
    "average_precision": "average precision",
    "accuracy": "accuracy",
    "multiclass_accuracy": "accuracy",
    "rmse": "root mean squared error",
    "mae": "mean absolute error",
}
_SPLITS: dict[SplitRule, str] = {
    "unstated": "split",
    "random": "rows split at random",
    "class": "each class split in the same shares",
    "group": "whole groups split",
    "time": "the earliest rows for training, the latest hidden",
}
_MESSY = {
    "missing": "empty cells",
    "unseen_category": "a category that was never seen",
    "out_of_range": "a figure that cannot be",
    "duplicate": "a row that is there twice",
    "blank": "a blank in place of a word",
}
LEAST_TWINS = 20
CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
TRACK: Track = "hybrid"  # of a new assignment, until its author says otherwise


@dataclass(frozen=True)
class Texts:
    """What is known of an assignment when its texts are written."""

    slug: str
    roles: Roles
    task: Task
    kinds: Kinds
    rule: SplitRule
    column: str
    seed: int
    sizes: dict[str, int]
    features: tuple[str, ...]
    digest: str
    ids_told: str
    copies_told: str
    source_told: str
    example_id: str
    spread: float
    more: Suggestions
    messy_rows: int


def write_code(folder: Path, texts: Texts) -> None:
    """Write reference.py and the two examples."""
    context = _context(texts)
    code = code_context(texts.task, texts.roles.target, texts.kinds, texts.rule, texts.spread)
    _fill(folder / "reference.py", "reference.py", {**context, **code, "imports": code["reference_imports"]})
    careful, quick = folder / "examples" / "careful", folder / "examples" / "quick"
    filled = {**context, **code, "imports": code["careful_imports"]}
    for name in ("predict.py", "README.md", "requirements.txt"):
        _fill(careful / name, f"careful_{name}", filled)
    _fill(quick / "predict.py", "quick_predict.py", filled)
    _format(folder / "reference.py", careful / "predict.py")


def write_texts(folder: Path, texts: Texts) -> None:
    """Write the brief and the source, with marks where the author has to write."""
    context = _context(texts)
    for name in ("README.md", "SOURCE.md"):
        _fill(folder / name, name, context)


def write_settings(folder: Path, texts: Texts, baseline: float, reference: float) -> None:
    """Write assignment.toml with the two marks."""
    context = {**_context(texts), "baseline": repr(baseline), "reference": repr(reference)}
    _fill(folder / "assignment.toml", "assignment.toml", context)


def _context(texts: Texts) -> dict[str, Any]:
    task, roles = texts.task, texts.roles
    named, classes = _oneline(roles.target), ", ".join(map(_oneline, task.classes))
    told = {
        "two_classes": (
            f"the probability that `{named}` is {_oneline(task.classes[1]) if task.classes else ''}, from 0 to 1",
            f"one of {classes}",
            "0.81",
        ),
        "classes": (f"one of the classes {classes}", f"one of {classes}", task.classes[0] if task.classes else ""),
        "numbers": (f"a number, in the unit of `{named}`", "a number", "12.5"),
    }
    prediction, target, example = told[task.kind]
    return {
        "slug": texts.slug,
        "title": f"Predict {roles.target}",
        "brief": f"Predict {roles.target} for rows that nobody has seen.",
        "modality": _modality(texts),
        "id": roles.id,
        "target": roles.target,
        "task": task,
        "rule": texts.rule,
        "column": texts.column,
        "seed": texts.seed,
        "sizes": texts.sizes,
        "rows": sum(texts.sizes.values()),
        "digest": texts.digest,
        "prediction_told": prediction,
        "target_told": target,
        "example_id": texts.example_id,
        "example_prediction": example,
        "columns": [(name, _told(name, texts.kinds)) for name in texts.features],
        "metric_told": _METRICS[task.metric],
        "accepts": _accepts(task),
        "messy": _messy(texts.kinds),
        "messy_rows": texts.messy_rows,
        "split_told": _SPLITS[texts.rule] + (f" by `{texts.column}`" if texts.column else ""),
        "ids_told": texts.ids_told,
        "copies_told": texts.copies_told,
        "source_told": texts.source_told,
        "guessed_told": _guessed(task),
        "second_run": _second_run(texts.kinds),
        "more": texts.more,
        "shifted_law": _law(texts),
        "twin_rows": max(LEAST_TWINS, min(60, texts.sizes["hidden"] // 10)),
        "weights": {name: f"{value:g}" for name, value in shares_of(TRACK).items()},
        "reason": REASONS[TRACK],
        "track": TRACK,
    }


def _modality(texts: Texts) -> str:
    if texts.kinds.texts:
        return "text"
    return "time-series" if texts.rule == "time" else "tabular"


def _accepts(task: Task) -> list[str]:
    return ["command", "predictions"] if task.kind == "classes" else ["command", "predict", "pipeline", "predictions"]


def _messy(kinds: Kinds) -> list[str]:
    words = bool(kinds.categories or kinds.texts)
    return [
        "missing",
        *(["unseen_category"] if kinds.categories else []),
        *(["out_of_range"] if kinds.numbers else []),
        "duplicate",
        *(["blank"] if words else []),
    ]


def _second_run(kinds: Kinds) -> str:
    """Return what the brief promises of the second run: no kind of row but those that the settings ask for."""
    *first, last = (_MESSY[kind] for kind in _messy(kinds))
    return (
        "Your work is then run a second time, on the same rows under other ids and with some rows as they come in "
        f"practice among them: {', '.join(first)}, and {last}. Those rows ask for a prediction like any other; "
        "whether they get a usable one is part of production readiness. That run also shows whether the same row gets "
        "the same prediction again."
    )


def _guessed(task: Task) -> str:
    """Return what the author has to look at where nothing told which class is the positive one."""
    if task.positive is None or not task.positive.is_guess:
        return ""
    other, name = map(_oneline, task.classes)
    asked = f"EDIT: that {name} is asked for, and not {other}, is a guess, {task.positive.why}."
    return f"{asked} Take this line out if it is right, or scaffold again with `--positive`."


def _law(texts: Texts) -> str:
    column = texts.column or texts.more.slice_column
    return f"Rows of another {column} than the training file has." if column else "Rows of another place or period."


def _told(name: str, kinds: Kinds) -> str:
    found: Sequence[tuple[tuple[str, ...], str]] = (
        (kinds.numbers, "a number: of what, in which unit"),
        (kinds.categories, "a category: what it says"),
        (kinds.texts, "a text: whose words"),
        (kinds.times, "a time: of what"),
    )
    return next((what for names, what in found if name in names), "what it is")


def _format(*paths: Path) -> None:
    """Lay out code as ruff does: how long a line gets depends on the columns."""
    subprocess.run(
        [find_ruff_bin(), "format", "--isolated", "--no-cache", "--quiet", "--line-length", "110", *paths], check=True
    )


def _fill(path: Path, template: str, context: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(_environment().get_template(f"{template}.j2").render(context), encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("grader.authoring"),
        autoescape=False,  # code and settings, not pages: each filter quotes for its language
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"toml": _as_toml, "py": as_code, "sentence": _sentence, "oneline": _oneline, "cell": _cell}
    return environment


def _as_toml(value: Any) -> str:
    """Return a text, or a list of texts, as TOML writes it: JSON's strings are TOML's basic strings."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _oneline(text: str) -> str:
    """Return a name without what would end a line or a comment."""
    return CONTROL.sub(" ", text)


def _cell(text: str) -> str:
    """Return a name as a cell of a Markdown table."""
    return _oneline(text).replace("|", r"\|")
