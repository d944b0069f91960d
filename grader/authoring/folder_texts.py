"""The texts of a scaffolded folder: settings, brief, source, and code to start from, filled with all that is known."""

from __future__ import annotations

import json
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
from grader.authoring.starter_code import code_context
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
    example_id: str
    spread: float


def write_code(folder: Path, texts: Texts) -> None:
    """Write reference.py and the two examples."""
    context = _context(texts)
    code = code_context(texts.task, texts.kinds, texts.rule, texts.column, texts.spread)
    code = {**code, "quick_target": code["quick_target"].format(target=texts.roles.target)}
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
    classes = ", ".join(task.classes)
    told = {
        "two_classes": (
            f"the probability that `{roles.target}` is {task.classes[1] if task.classes else ''}, from 0 to 1",
            f"one of {classes}",
            "0.81",
        ),
        "classes": (f"one of the classes {classes}", f"one of {classes}", task.classes[0] if task.classes else ""),
        "numbers": (f"a number, in the unit of `{roles.target}`", "a number", "12.5"),
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
        "split_told": _SPLITS[texts.rule] + (f" by `{texts.column}`" if texts.column else ""),
        "ids_told": texts.ids_told,
        "copies_told": texts.copies_told,
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
        *(["unseen_category"] if words else []),
        *(["out_of_range"] if kinds.numbers else []),
        "duplicate",
        *(["blank"] if words else []),
    ]


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
    subprocess.run([find_ruff_bin(), "format", "--isolated", "--quiet", "--line-length", "110", *paths], check=True)


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
    environment.filters |= {"toml": _as_toml, "py": repr, "sentence": lambda text: text[:1].upper() + text[1:]}
    return environment


def _as_toml(value: Any) -> str:
    """Return a text, or a list of texts, as TOML writes it: JSON's strings are TOML's basic strings."""
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False).replace("\x7f", "\\u007f")
