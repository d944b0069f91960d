"""Puts noted functions and methods in the place of those of scikit-learn and its kin, when a module of them is loaded.

Nothing is imported for it: a work that needs none of these libraries pays nothing.
"""

from __future__ import annotations

import contextlib
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

from tracing import reached, wrap
from tracing.recorder import NAME, Recorder

LIBRARIES = ("sklearn", "imblearn", "xgboost", "lightgbm", "catboost")
SPLITTERS = "sklearn.model_selection._split"
METRICS = ("sklearn.metrics._classification", "sklearn.metrics._ranking", "sklearn.metrics._regression")
FUNCTIONS = {
    "sklearn.model_selection._validation": ("cross_val_score", "cross_validate", "cross_val_predict"),
}
METHODS = {
    **dict.fromkeys(("fit", "fit_transform", "fit_predict", "partial_fit"), "fit"),
    **dict.fromkeys(("predict", "predict_proba", "predict_log_proba", "decision_function"), "predict"),
    "fit_resample": "resample",
    "transform": "transform",
    "score": "score",
}


def install() -> None:
    """Let modules that are loaded from now on be noted; until `start` that costs a look whether it is time."""
    if not any(isinstance(finder, Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, Finder())


def start(root: str) -> None:
    """Note from now on, in this process and none that it starts, what the work in `root` does."""
    folder = os.environ.get("OUTPUT_DIR")
    if folder:
        wrap.Active.recorder = Recorder(Path(folder) / NAME, root)
        os.register_at_fork(after_in_child=wrap.stop)


def mark(root: str) -> None:
    """Mark from now on, in this process, the blocks of the work in `root` that are reached."""
    if os.environ.get("OUTPUT_DIR"):
        with contextlib.suppress(OSError, ValueError):
            reached.start(root, tells=True)


class Finder:
    """Finds the modules of the libraries as ever, and looks at each once it has been run."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Return the spec whose loader calls `patch`, None for all other modules."""
        if name.partition(".")[0] not in LIBRARIES and name != reached.SHELL:
            return None
        spec = PathFinder.find_spec(name, path, target)
        loader: Any = spec.loader if spec is not None else None
        if not hasattr(loader, "exec_module"):
            return spec
        run = loader.exec_module

        def run_and_patch(module: ModuleType) -> None:
            run(module)
            del loader.exec_module
            patch(module)

        loader.exec_module = run_and_patch
        return spec


def patch(module: ModuleType) -> None:
    """Put noted functions and methods into a module that has just been run."""
    if module.__name__ == reached.SHELL:
        reached.patch_shell(module)
        return
    try:
        for name, value in list(vars(module).items()):
            if getattr(value, "__module__", None) != module.__name__:
                continue
            if isinstance(value, type):
                _patch_class(value, module.__name__ == SPLITTERS)
            elif isinstance(value, FunctionType) and (noted := _noted_function(module.__name__, name, value)):
                setattr(module, name, noted)
    except Exception:  # noqa: BLE001 - a library that is made in another way is not noted
        wrap.stop()


def _noted_function(module: str, name: str, function: Any) -> Any:
    if module == SPLITTERS and name == "train_test_split":
        return wrap.noted_split(function)
    if module in METRICS and not name.startswith("_"):
        return wrap.noted(function, "metric", method=False)
    if name in FUNCTIONS.get(module, ()):
        return wrap.noted(function, "cross_validate", method=False)
    return None


def _patch_class(owner: type, splits: bool) -> None:
    for name, value in list(vars(owner).items()):
        if splits and name == "split" and isinstance(value, FunctionType):
            setattr(owner, name, wrap.noted_folds(value))
        elif (kind := METHODS.get(name)) is None:
            continue
        elif isinstance(value, FunctionType):
            setattr(owner, name, wrap.noted(value, kind, method=True))
        elif isinstance(getattr(value, "fn", None), FunctionType):  # scikit-learn's methods that are not always there
            value.fn = wrap.noted(value.fn, kind, method=True)
