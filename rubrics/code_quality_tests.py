"""Code quality: do tests check what the work does?"""

from __future__ import annotations

from pathlib import PurePosixPath

from grader import Evidence, Finding, FunctionFact, criterion, met, not_met, partly
from rubrics.facts import absent, spans, test_paths, unreadable

SEVERAL_TESTS = 3


@criterion("code_quality.tests_check_the_work", title="Tests check the work's own results")
def tests_check_the_work(evidence: Evidence) -> Finding:
    """Judge whether tests import the work and assert, so that it can fail, on what it returns or raises: three are met,
    fewer partly. They are read here and not run.
    """
    if problem := unreadable(evidence):
        return problem
    tests = [fact for fact in evidence.code.functions if fact.is_test]
    modules = _own_modules(evidence)
    real = [fact for fact in tests if _checks(fact, modules)]
    advice = "Test what would hurt most if it broke: preparing the data, and the shape and range of predictions."
    if len(real) >= SEVERAL_TESTS:
        reason = f"{len(real)} tests assert on what the work returns or raises (read, not run)."
        return met(reason, evidence=spans(real))
    if real:
        reason = "Few tests assert on what the work returns or raises (read, not run)."
        return partly(reason, evidence=spans(real), score=0.6, advice=advice)
    if tests:
        reason = "The tests that are there assert on nothing that the work returns or raises."
        return not_met(reason, evidence=spans(tests), advice=advice)
    return absent(evidence, "There are no tests.", advice, question="What would you test first here, and how?")


def _checks(test: FunctionFact, modules: frozenset[str]) -> bool:
    return any(_belongs(name, modules) for name in test.checked)


def _belongs(name: str, modules: frozenset[str]) -> bool:
    """Tell whether a name that assertions rest on is the work's: imported from it, or one of its programs."""
    if name.endswith((".py", ".ipynb")):
        return PurePosixPath(name).name in modules
    root, dot, _ = name.partition(".")
    return bool(dot) and root in modules


def _own_modules(evidence: Evidence) -> frozenset[str]:
    """Return the names by which the work's files can be imported or started."""
    tests = test_paths(evidence)
    paths = [PurePosixPath(source.path) for source in evidence.code.sources if source.path not in tests]
    return frozenset(part for path in paths for part in (*path.parts, path.stem))
