"""Code quality: do tests check what the work does, and do they pass?"""

from __future__ import annotations

from pathlib import PurePosixPath

from grader import (
    Evidence,
    Finding,
    FunctionFact,
    OwnTest,
    OwnTests,
    Span,
    criterion,
    met,
    needs_human,
    not_met,
    partly,
)
from rubrics.facts import (
    broken_spans,
    code_files,
    count,
    in_tests_folder,
    last,
    looked_for,
    spans,
    start,
    test_paths,
    unreadable,
)
from rubrics.failing_tests import NOT_HERE, lacks_what_is_not_here, listed, with_others_that_failed

SEVERAL_TESTS = 3
PASSED, NOT_RUN = "passed", "not run"
# What pytest lets a conftest.py define to change what becomes of a test, or what is said of it.
ALTERING = frozenset(
    (
        *("pytest_runtest_makereport", "pytest_runtest_protocol", "pytest_runtest_call", "pytest_pyfunc_call"),
        *("pytest_runtest_logreport", "pytest_runtestloop"),
    )
)
ADVICE = "Test what would hurt most if it broke: preparing the data, and the shape and range of predictions."
MEND = "Run pytest from a fresh clone after the work itself, and mend the tests, or the work, until they pass."


@criterion("code_quality.tests_check_the_work", title="Tests check the work's own results")
def tests_check_the_work(evidence: Evidence) -> Finding:
    """Judge whether tests import the work, assert, so that it can fail, on what it returns or raises, and pass in the
    sandbox after the work was run, but not when every function of the work returns nothing: three are met, fewer, or
    where any test fails, partly. What wants a package or a network that is not there is left to a person, and where
    nothing was run the tests are read.
    """
    if problem := unreadable(evidence):
        return problem
    tests, modules = [fact for fact in evidence.code.functions if fact.is_test], _own_modules(evidence)
    real = [fact for fact in tests if _checks(fact, modules)]
    if real:
        return with_others_that_failed(_of_real(evidence, real, modules), evidence, real, modules, MEND)
    if tests:
        reason = "The tests that are there assert on nothing that the work returns or raises."
        found = not_met(reason, evidence=spans(tests), advice=ADVICE)
        return with_others_that_failed(found, evidence, [], modules, MEND)
    return _of_none(evidence)


def _of_none(evidence: Evidence) -> Finding:
    """Judge a work in which pytest would find no test; tests stand in no notebook, nor in any program."""
    question = "What would you test first here, and how?"
    broken = [span for span in broken_spans(evidence) if _is_for_tests(span.path)]
    if broken:
        reason = f"No tests were seen, but {broken[0].path} cannot be parsed, so they may stand there."
        return needs_human(reason, evidence=broken)
    meant = [path for path in code_files(evidence) if _is_for_tests(path)]
    if meant:
        reason = f"There is {meant[0]}, but pytest would find no test in it that asserts what the work returns."
        return not_met(reason, evidence=[Span(path=path) for path in meant], advice=ADVICE, question=question)
    reason = f"There are no tests. {looked_for(evidence)}"
    return not_met(reason, evidence=start(evidence), advice=ADVICE, question=question)


def _is_for_tests(path: str) -> bool:
    """Tell whether a file that is read for tests has the place or the name of one that holds some."""
    place = PurePosixPath(path)
    if place.suffix != ".py" or place.stem in ("__init__", "conftest"):
        return False
    named = place.stem.startswith("test_") or place.stem.endswith(("_test", "_tests"))
    return named or place.stem in ("tests", "unittests") or in_tests_folder(path)


def _of_real(evidence: Evidence, real: list[FunctionFact], modules: frozenset[str]) -> Finding:
    """Judge the tests that check the work by what became of them, or, where they were not run, as they read."""
    if hooks := _altering_hooks(evidence):
        reason = f"{hooks[0].name} in {hooks[0].span.path} can change what becomes of a test, so somebody has to look."
        return needs_human(reason, evidence=spans(hooks))
    run, what = evidence.tests, "assert on what the work returns or raises"
    if run is None or _is_ours(run):
        return _of_good(real, f"{what} (read, not run)")
    if not run.results and not run.finished and not _is_limit(run):
        why = run.failure.message if run.failure else run.note
        reason = f"{count(len(real), 'test')} {what}, but what became of them is not known: {why}"
        return needs_human(reason, evidence=spans(real))
    ended = {(test.name, test.path): test for test in run.results}
    became = {fact: _became(fact, ended, modules, finished=run.finished) for fact in real}
    passed = [fact for fact in real if became[fact] == PASSED]
    failed = [fact for fact in real if became[fact] not in (PASSED, NOT_RUN)]
    hollow = [fact for fact in passed if _is_hollow(fact, ended, evidence)]
    passed = [fact for fact in passed if fact not in hollow]
    if failed:
        return _of_failed(evidence, passed, failed, became[failed[0]])
    if hollow and len(passed) < SEVERAL_TESTS:
        return _of_hollow(passed, hollow)
    if len(passed) < min(SEVERAL_TESTS, len(real)):
        return _of_unrun(evidence, [fact for fact in real if fact not in passed])
    return _of_good(passed, f"{what}, and pass")


def _of_good(good: list[FunctionFact], what: str) -> Finding:
    if len(good) >= SEVERAL_TESTS:
        return met(f"{len(good)} tests {what}.", evidence=spans(good))
    return partly(f"Few tests {what}.", evidence=spans(good), score=0.6, advice=ADVICE)


def _of_failed(evidence: Evidence, passed: list[FunctionFact], failed: list[FunctionFact], why: str) -> Finding:
    number, first = len(passed) + len(failed), last(failed[0].name)
    places = _places(evidence, failed)
    question = f"{first} does not pass in a fresh sandbox. What do you make of it, and what would you do first?"
    if passed:
        rest = f"; nor did {listed([fact.name for fact in failed[1:]])}" if failed[1:] else ""
        reason = f"{len(failed)} of {number} tests that check the work did not pass when run: {first} {why}{rest}."
        return partly(reason, evidence=places, score=0.4, advice=MEND, question=question)
    reason = f"{count(number, 'test')} that check the work were run, and none passed: {first} {why}."
    return not_met(reason, evidence=places, advice=MEND, question=question)


def _of_hollow(good: list[FunctionFact], hollow: list[FunctionFact]) -> Finding:
    """Judge tests of which some pass as well when the work does nothing."""
    number, first = count(len(hollow), "test"), last(hollow[0].name)
    reason = (
        f"{number} passed again when every function of the work returned nothing (self-reported by the run), such as"
    )
    if not good:
        return not_met(
            f"{reason} {first}: nothing that the work does is checked.", evidence=spans(hollow), advice=ADVICE
        )
    noticed = "would notice" if len(good) > 1 else "notices"
    return partly(
        f"{reason} {first}; {len(good)} {noticed}.", evidence=spans([*hollow, *good]), score=0.6, advice=ADVICE
    )


def _is_hollow(fact: FunctionFact, ended: dict[tuple[str, str], OwnTest], evidence: Evidence) -> bool:
    """Tell whether a test passes without the work, and rests on its functions: a constant, a class that only declares
    what it holds, and a program that is started have not been emptied.
    """
    test = ended.get((fact.name, fact.span.path))
    if test is None or not test.hollow:
        return False
    functions = {part for other in evidence.code.functions for part in other.name.split(".")}
    return all(not name.endswith((".py", ".ipynb")) and last(name) in functions for name in fact.checked)


def _of_unrun(evidence: Evidence, lacking: list[FunctionFact]) -> Finding:
    """Leave to a person what reads well and could not be run for want of a package."""
    run = evidence.tests
    said = next((test.message for test in run.results if NOT_HERE.search(test.message)), "") if run else ""
    number = count(len(lacking), "test")
    reason = f"{number} that check the work could not be run in this environment: {said[:160]}"
    return needs_human(reason, evidence=spans(lacking))


def _is_ours(run: OwnTests) -> bool:
    return run.failure is not None and run.failure.code.startswith("infrastructure.")


def _is_limit(run: OwnTests) -> bool:
    return run.failure is not None and run.failure.code.startswith("limit.")


def _became(
    fact: FunctionFact, ended: dict[tuple[str, str], OwnTest], modules: frozenset[str], *, finished: bool
) -> str:
    """Return PASSED, NOT_RUN for want of something that is not the work's own, or in words why it did not pass."""
    test = ended.get((fact.name, fact.span.path)) or ended.get(("", fact.span.path))
    if test is None:
        return "was not found by pytest" if finished else "did not come to its end"
    return NOT_RUN if lacks_what_is_not_here(test, modules) else _in_words(test)


def _in_words(test: OwnTest) -> str:
    if test.outcome == "passed":
        return PASSED
    what = {"failed": "failed", "skipped": "was skipped"}.get(test.outcome, "ended in an error")
    return f"{what} ({test.message.rstrip('.')[:160]})" if test.message else what


def _places(evidence: Evidence, failed: list[FunctionFact]) -> list[Span]:
    """Return where each failed: the line of the assertion where it is known, else the test."""
    run = evidence.tests
    ended = {(test.name, test.path): test.line for test in run.results} if run else {}
    lines = {source.path: source.text.split("\n") for source in evidence.code.sources}
    places = []
    for fact in failed:
        line, path = ended.get((fact.name, fact.span.path)) or 0, fact.span.path
        if (fact.span.line or 1) <= line <= min(fact.span.end_line or 0, len(lines.get(path, ()))):
            places.append(Span(path=path, line=line, end_line=line, text=lines[path][line - 1].strip()[:500]))
        else:
            places.append(fact.span)
    return places


def _altering_hooks(evidence: Evidence) -> list[FunctionFact]:
    return [fact for fact in evidence.code.functions if last(fact.name) in ALTERING]


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
