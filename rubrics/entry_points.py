"""Functions that are called from outside the code: console scripts, servers, images, commands."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader import Evidence, FunctionFact

# pkg.cli:main in pyproject.toml, setup.cfg, Procfile or a Dockerfile's CMD
_STARTED = re.compile(r"\b([A-Za-z_][\w.]*):([A-Za-z_]\w*)\b")
# python -c "from pkg.train import train; train()", in a Makefile, an image or a README
_ONE_LINER = re.compile(r"""\bpython[\d.]*[ \t]+(?:-\w+[ \t]+)*-c[ \t]*(?:"([^"\n]{1,500})"|'([^'\n]{1,500})')""")
# _target_: src.models.Net, of Hydra
_TARGET = re.compile(r"\b_target_\W{1,4}([\w.]+)\.(\w+)")
_CALLED = re.compile(r"\b([A-Za-z_]\w*)\(")
_MODULE = re.compile(r"\b(?:from|import)\s+([\w.]+)")
# What a framework calls by its name alone, in which files: `kedro run`, `flask run`, Sphinx.
_LOOKED_FOR = (
    ("kedro", re.compile(r"(?:.*/)?pipeline_registry\.py"), frozenset(("register_pipelines",))),
    ("flask", re.compile(r".*\.py"), frozenset(("create_app", "make_app"))),
    ("", re.compile(r"(?:.*/)?docs?/(?:.*/)?conf\.py"), frozenset(("setup",))),
)
_PIPELINES = (re.compile(r"(?:.*/)?pipelines/.*\.py"), frozenset(("create_pipeline",)))  # by Kedro's find_pipelines


def started_by_name(evidence: Evidence) -> frozenset[str]:
    """Return the names of the work's modules that packaging, configuration and documented commands start."""
    modules = {PurePosixPath(source.path).stem for source in evidence.code.sources}
    found = set()
    for document in evidence.code.documents:
        pairs = []
        if document.kind in ("dependencies", "configuration"):
            pairs = [*_STARTED.findall(document.text), *_TARGET.findall(document.text)]
        found |= {name for module, name in pairs if module.rpartition(".")[2] in modules}
        lines = ("".join(groups) for groups in _ONE_LINER.findall(document.text))
        for line in lines:
            if any(module.rpartition(".")[2] in modules for module in _MODULE.findall(line)):
                found.update(_CALLED.findall(line))
    return frozenset(found)


def looked_for(evidence: Evidence) -> list[FunctionFact]:
    """Return the functions that a framework which the work imports looks for by their name and their file's."""
    looking = [(files, names) for module, files, names in _LOOKED_FOR if not module or module in evidence.code.imports]
    if any(call.name.endswith("find_pipelines") for call in evidence.code.calls):
        looking.append(_PIPELINES)
    return [
        fact
        for fact in evidence.code.functions
        if any(fact.name in names and files.fullmatch(fact.span.path) for files, names in looking)
    ]
