"""Functions that are called from outside the code: console scripts, servers, images, and what a framework registers."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader import Evidence, FunctionFact

# pkg.cli:main in pyproject.toml, setup.cfg, Procfile or a Dockerfile's CMD
_STARTED = re.compile(r"\b([A-Za-z_][\w.]*):([A-Za-z_]\w*)\b")
# These change how a function is called, and register it nowhere.
_PLAIN = re.compile(
    r"@(?:\w+\.)*(?:staticmethod|classmethod|property|cached_property|setter|abstractmethod|lru_cache|cache|cache_data"
    r"|cache_resource|contextmanager|wraps|overload|override|jit|njit|no_grad|inference_mode)\b"
)


def registered(function: FunctionFact) -> bool:
    """Tell whether a decorator may hand the function to a framework that calls it: a route, a task, a command."""
    lines = [line.strip() for line in function.span.text.split("\n")]
    decorators = [line for line in lines[: lines.index("") if "" in lines else None] if line.startswith("@")]
    return any(not _PLAIN.match(decorator) for decorator in decorators)


def started_by_name(evidence: Evidence) -> frozenset[str]:
    """Return the names of the work's modules that packaging and configuration start, such as `churn.cli:main`'s."""
    documents = (item for item in evidence.code.documents if item.kind in ("dependencies", "configuration"))
    modules = {PurePosixPath(source.path).stem for source in evidence.code.sources}
    pairs = (pair for document in documents for pair in _STARTED.findall(document.text))
    return frozenset(name for module, name in pairs if module.rpartition(".")[2] in modules)
