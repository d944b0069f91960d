"""Steps of a work that are called as files of tests are: `test_model.py` may be the step that tests a model."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import PurePosixPath

from grader import Evidence, FunctionFact

# What tests are written with, and what is asked of a service from outside: neither is a step of the work.
_TESTING = re.compile(
    r"^[ \t]*(?:from|import)[ \t]+(?:pytest|unittest|doctest|nose|hypothesis|requests|httpx|aiohttp|locust)\b"
    r"|\b(?:test_?client|TestClient)\b",
    re.MULTILINE,
)
_GUARD = re.compile(r"^if[ \t]+__name__[ \t]*==", re.MULTILINE)
_PIPELINES = ("dvc.yaml", "mlproject", "mlproject.yaml")


def stages(evidence: Evidence, named_so: Collection[str]) -> set[str]:
    """Return the files, of those that are called as tests are, that are steps of the work.

    Such a file tests none of the work's results, and another file of the work imports it, a pipeline starts it, or it
    holds no test function at all and is a program.
    """
    texts = {source.path: source.text for source in evidence.code.sources}
    tests = {fact.span.path for fact in evidence.code.functions if fact.is_test}
    others = {part for path in texts if path not in named_so for part in (*PurePosixPath(path).parts, _stem(path))}
    checking = {fact.span.path for fact in evidence.code.functions if fact.is_test and _checks(fact, others)}
    own = "\n".join(text for path, text in texts.items() if path not in named_so and "import" in text)
    open_ones = (path for path in named_so if path not in checking and not _TESTING.search(texts.get(path, "")))
    return {
        path
        for path in open_ones
        if _is_imported(path, own)
        or _is_started(evidence, path)
        or (path not in tests and _GUARD.search(texts.get(path, "")))
    }


def _checks(test: FunctionFact, modules: Collection[str]) -> bool:
    """Tell whether a test asserts on what comes of the work's own files, by their names or those of their folders."""
    return any(name.partition(".")[0] in modules or name.rpartition("/")[2] in modules for name in test.checked)


def _stem(path: str) -> str:
    return PurePosixPath(path).stem


def _is_imported(path: str, code: str) -> bool:
    stem = re.escape(_stem(path))
    lead = rf"^[ \t]*(?:from[ \t]+(?:[\w.]*\.)?{stem}[ \t]+import\b|import[ \t]+(?:[\w.]+\.)?{stem}\b"
    return bool(re.search(rf"{lead}|from[ \t]+[\w.]+[ \t]+import[^\n#]*\b{stem}\b)", code, re.MULTILINE))


def _is_started(evidence: Evidence, path: str) -> bool:
    command = re.compile(rf"\bpython[\d.]*[ \t]+(?:\./)?{re.escape(path)}(?![\w.])")
    documents = (document for document in evidence.code.documents if document.kind == "configuration")
    return any(
        command.search(document.text)
        for document in documents
        if PurePosixPath(document.path).name.lower() in _PIPELINES
    )
