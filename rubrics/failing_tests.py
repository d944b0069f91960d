"""Which of a work's own tests did not pass, beside those that check what it returns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from grader import Evidence, Finding, FunctionFact, OwnTest, Span
from rubrics.facts import count, last

NAMED, MAX_SPANS = 3, 12
SHARE, LEAST = 0.8, 0.4  # of the marks of a suite in which all pass, and what one with failing tests has at least
NOT_HERE = re.compile(
    r"No module named '([\w.]+)'|fixture '(\w+)' not found"
    r"|\b(?:URLError|gaierror|NewConnectionError|MaxRetryError|NameResolutionError|ConnectTimeout)\b"  # no network
)


def lacks_what_is_not_here(test: OwnTest, modules: Collection[str]) -> bool:
    """Tell whether a test ended for want of something that is not the work's own: a package, a fixture, a network."""
    lacks = NOT_HERE.search(test.message) if test.outcome != "passed" else None
    return lacks is not None and (lacks[1] or "").partition(".")[0] not in modules


def with_others_that_failed(
    found: Finding, evidence: Evidence, judged: Sequence[FunctionFact], modules: Collection[str], advice: str
) -> Finding:
    """Return a finding on the tests that were `judged` with the names of others that failed: a suite in which one does
    has not passed, whatever that one checks. Those that want what is not here are named, and cost nothing.
    """
    told = {(fact.name, fact.span.path) for fact in judged} | {("", fact.span.path) for fact in judged}
    results = evidence.tests.results if evidence.tests else ()
    others = [each for each in results if each.outcome in ("failed", "error") and (each.name, each.path) not in told]
    unrun = [test for test in others if lacks_what_is_not_here(test, modules)]
    failed = [test for test in others if test not in unrun]
    what = "other test" if judged else "test"
    said = "".join(
        f" {count(len(tests), what)} {became}: {listed([test.name or test.path for test in tests])}."
        for tests, became in ((failed, "did not pass"), (unrun, "could not be run here"))
        if tests
    )
    places = [Span(path=test.path, line=test.line, end_line=test.line) for test in failed[:NAMED]]
    whole = found.model_copy(update={"reason": found.reason + said, "evidence": (*found.evidence, *places)[:MAX_SPANS]})
    if not found.score or not failed:
        return whole
    score = max(min(found.score, LEAST), round(SHARE * found.score, 2))
    return whole.model_copy(update={"verdict": "partly", "score": score, "advice": advice})


def listed(names: Sequence[str]) -> str:
    """Return the first few names of tests, and how many more there are."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(last(name) if "/" not in name else name for name in names[:NAMED]) + more
