"""Loads the scientific stack before there is any work, so that each work starts with it: most of its start-up time.

What is loaded here starts no thread and no event loop, for the work's own process is forked from this one.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from tracing import hook

RUNNER = Path(__file__).resolve().parent
HERE = {str(RUNNER), str(RUNNER / "tracing")}
# The runner's own modules; what it needs for notebooks; what most works begin with. What an environment lacks is left
# out, and so is what the work that waits already has no need of, or loads itself if it has.
ALWAYS = ("hints", "record", "traces", "script", "function", "emptied", "own_tests")
FOR_NOTEBOOKS = (
    "nbclient", "jupyter_client.manager", "jupyter_client.provisioning.local_provisioner", "ipykernel.kernelapp",
    "ipykernel.ipkernel", "ipykernel.debugger", "ipykernel.zmqshell", "IPython.core.completerlib",
    "IPython.core.oinspect", "IPython.extensions.storemagic", "kernel", "notebook", "ahead",
)  # fmt: skip
FOR_WORKS = (
    "numpy", "pandas", "scipy.stats", "sklearn.compose", "sklearn.ensemble", "sklearn.impute", "sklearn.inspection",
    "sklearn.linear_model", "sklearn.metrics", "sklearn.model_selection", "sklearn.pipeline", "sklearn.preprocessing",
    "matplotlib.pyplot", "seaborn", "threadpoolctl",
)  # fmt: skip
TRACED = "WORK_TRACED"  # set for the work's own process
REACHED = "WORK_REACHED"  # set for the processes that it starts
UNMARKED = "WORK_UNMARKED"  # set where what is started is not the whole of the work, so nothing is made of its blocks
WHOLE = ("notebook", "script")
WANTED = ".wanted"  # in OUTPUT_DIR, made by the host
DEBUGGER = "debugpy"
NOTEBOOK = "notebook"
OWN: set[str] = set()  # names of the runner's own modules, which no work should find
# Numeric libraries that start their threads when they are loaded, and not when they are first used.
EAGER_THREADS = ("OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMEXPR_MAX_THREADS")


def load() -> None:
    """Import all modules on one thread; garbage is not looked for meanwhile, nor ever among what they brought."""
    granted = {name: os.environ.get(name) for name in EAGER_THREADS}
    os.environ.update(dict.fromkeys(EAGER_THREADS, "1"))
    gc.disable()
    hook.install()
    sys.modules[DEBUGGER] = None  # type: ignore[assignment]  # a kernel loads it, a third of its start, to no use here
    for name in _modules():
        try:
            import_module(name)
        except ModuleNotFoundError as error:
            if error.name != name.split(".")[0]:
                print(f"{name} could not be loaded ahead: {error!r}"[:500], file=sys.stderr)
        except Exception as error:  # noqa: BLE001 - a submission's own environment may hold anything, broken packages too
            print(f"{name} could not be loaded ahead: {error!r}"[:500], file=sys.stderr)
    if NOTEBOOK in sys.modules:
        with contextlib.suppress(Exception):  # the notebook that needs it will say so
            sys.modules[NOTEBOOK].load_schema()
    del sys.modules[DEBUGGER]
    note_own()
    gc.freeze()
    gc.enable()
    for name, value in granted.items():
        os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


def note_own() -> None:
    """Note which of the loaded modules are the runner's own."""
    OWN.update(name for name, module in sys.modules.items() if _lies_here(getattr(module, "__file__", None)))


def waiting_kind() -> str | None:
    """Return the kind of the work that waits already for this process to be ready, None while none does."""
    try:
        with open(os.path.join(os.environ["OUTPUT_DIR"], WANTED)) as file:  # noqa: PTH118, PTH123 - asked often
            return str(json.load(file)["kind"])
    except (OSError, ValueError, KeyError):
        return None


def _modules() -> Iterator[str]:
    """Yield what is still worth loading: from when a work waits, only what the runner itself must have for it."""
    yield from ALWAYS
    for name in FOR_NOTEBOOKS:
        if waiting_kind() in (None, NOTEBOOK):
            yield name
    for name in FOR_WORKS:
        if waiting_kind() is None:
            yield name


def grant_threads() -> None:
    """In the work's own process: let the loaded numeric libraries use as many threads as were granted."""
    granted = int(os.environ.get("OPENBLAS_NUM_THREADS", "1"))
    if granted > 1 and (control := sys.modules.get("threadpoolctl")) is not None:
        control.threadpool_limits(granted, user_api="blas")


def is_shadowed_in(*folders: Path) -> bool:
    """Return whether a module of the work would stand before one that is loaded: it then needs a fresh interpreter."""
    loaded = sys.modules.keys() - OWN
    for folder in folders:
        with os.scandir(folder) as entries:
            for entry in entries:
                name, dot, ending = entry.name.partition(".")
                is_module = ending == "py" if dot else (folder / name / "__init__.py").is_file()
                if is_module and name in loaded:
                    return True
    return False


def _lies_here(file: object) -> bool:
    return isinstance(file, str) and os.path.dirname(file) in HERE  # noqa: PTH120 - two thousand of them
