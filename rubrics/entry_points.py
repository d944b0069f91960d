"""Functions that are started by name from outside the code: console scripts, servers, images."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader import Evidence

# pkg.cli:main in pyproject.toml, setup.cfg, Procfile or a Dockerfile's CMD
_STARTED = re.compile(r"\b([A-Za-z_][\w.]*):([A-Za-z_]\w*)\b")


def started_by_name(evidence: Evidence) -> frozenset[str]:
    """Return the names of the work's modules that packaging and configuration start, such as `churn.cli:main`'s."""
    documents = (item for item in evidence.code.documents if item.kind in ("dependencies", "configuration"))
    modules = {PurePosixPath(source.path).stem for source in evidence.code.sources}
    pairs = (pair for document in documents for pair in _STARTED.findall(document.text))
    return frozenset(name for module, name in pairs if module.rpartition(".")[2] in modules)
