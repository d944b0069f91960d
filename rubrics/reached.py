"""Which code takes part when the work is run: what top-level code, the contract or a framework can reach."""

from __future__ import annotations

from pathlib import PurePosixPath

from grader import Call, Evidence, FunctionFact
from rubrics.entry_points import registered, started_by_name
from rubrics.names_read import names_read
from rubrics.once import once_a_work

SETTLED_ROOTS = ("predict", "get_pipeline", "main")


def live_calls(evidence: Evidence, *kinds: str) -> list[Call]:
    """Return the calls that running the work can reach, of the given kinds or of any; tests are left out."""
    live = _live_calls(evidence)
    return [call for call in live if not kinds or call.kind in kinds]


def reached_functions(evidence: Evidence) -> frozenset[str]:
    """Return the names of the functions that top-level code, a framework's decorator or the contract reaches.

    A function is reached by its last name, or when it is passed on as a value; with a class, its methods are.
    """
    return _reached(evidence)


@once_a_work
def test_paths(evidence: Evidence) -> frozenset[str]:
    """Return the files that pytest would collect tests from, and what else stands in their folder called tests."""
    places = [PurePosixPath(source.path) for source in evidence.code.sources]
    found = {fact.span.path for fact in evidence.code.functions if fact.is_test}
    found |= {str(place) for place in places if place.name.startswith(("test_", "conftest"))}
    found |= {str(place) for place in places if place.name.endswith("_test.py") and in_tests_folder(str(place))}
    folders = {_tests_folder(path) for path in found} - {""}
    beside = {str(place) for place in places if _tests_folder(str(place)) in folders}
    started = evidence.plan.entry_point.path if evidence.plan else ""
    return frozenset((found | beside) - {started or ""})


def in_tests_folder(path: str) -> bool:
    """Tell whether a file stands in a folder called tests, at any depth."""
    return bool(_tests_folder(path))


def _tests_folder(path: str) -> str:
    parts = PurePosixPath(path).parts[:-1]
    return "/".join(parts[: parts.index("tests") + 1]) if "tests" in parts else ""


def own_functions(evidence: Evidence) -> list[FunctionFact]:
    """Return the functions of the work itself, tests left out."""
    tests = test_paths(evidence)
    return [fact for fact in evidence.code.functions if fact.span.path not in tests]


def outermost(functions: list[FunctionFact]) -> list[FunctionFact]:
    """Return the functions that do not stand inside another, so that no line counts twice."""
    names = {fact.name for fact in functions}
    return [fact for fact in functions if fact.name.rpartition(".")[0] not in names]


def last(name: str) -> str:
    """Return the last part of a dotted name."""
    return name.rpartition(".")[2]


def _contract_names(evidence: Evidence) -> tuple[str, ...]:
    if evidence.plan is None:
        return SETTLED_ROOTS
    return (evidence.plan.entry_point.function or "",)


def _by_called_name(functions: list[FunctionFact]) -> dict[str, list[str]]:
    """Return which functions a name stands for: the function's own last name, or its class."""
    found: dict[str, list[str]] = {}
    for fact in functions:
        owner, _, _ = fact.name.partition(".")
        for name in {last(fact.name), *([owner] if owner[:1].isupper() else [])}:
            found.setdefault(name, []).append(fact.name)
    return found


def _touched(call: Call, answering: dict[str, list[str]]) -> list[str]:
    """Return the functions of the work that `call` calls, constructs or passes on."""
    names = {last(call.name), *call.name.split(".")[-2:-1], *(last(argument) for argument in call.arguments)}
    passed = (*call.positional, *call.keywords.values())  # an imported function that is passed on is no variable
    names |= {last(text) for text in passed if text.replace(".", "").isidentifier()}
    return [function for name in names for function in answering.get(name, ())]


@once_a_work
def _live_calls(evidence: Evidence) -> tuple[Call, ...]:
    tests = test_paths(evidence)
    reached = reached_functions(evidence)
    return tuple(
        call
        for call in evidence.code.calls
        if call.span.path not in tests and (not call.function or call.function in reached)
    )


@once_a_work
def _reached(evidence: Evidence) -> frozenset[str]:
    tests = test_paths(evidence)
    functions = own_functions(evidence)
    answering = _by_called_name(functions)
    contract = frozenset(_contract_names(evidence)) | started_by_name(evidence)
    waiting = [fact.name for fact in functions if registered(fact) or last(fact.name) in contract]
    inside: dict[str, list[Call]] = {"": []}
    for call in evidence.code.calls:
        if call.span.path not in tests:
            inside.setdefault(call.function, []).append(call)
    read = names_read(evidence, functions, tests)
    reached: set[str] = set()
    waiting.append("")  # what stands in no function
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += [other for call in inside.get(name, ()) for other in _touched(call, answering)]
            waiting += read.get(name, ())
    reached.discard("")
    return frozenset(reached)
