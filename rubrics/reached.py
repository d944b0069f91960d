"""Which code takes part when the work is run: what top-level code, the contract or a framework can reach."""

from __future__ import annotations

from pathlib import PurePosixPath

from grader import Call, Evidence, FunctionFact
from rubrics.entry_points import looked_for, started_by_name
from rubrics.once import once_a_work
from rubrics.stages import stages

SETTLED_ROOTS = ("predict", "get_pipeline", "main")


def live_calls(evidence: Evidence, *kinds: str) -> list[Call]:
    """Return the calls that running the work can reach, of the given kinds or of any; tests and what does nothing for
    the work are left out.
    """
    live = _live_calls(evidence)
    return [call for call in live if not kinds or call.kind in kinds]


def is_reached(evidence: Evidence, path: str, function: str) -> bool:
    """Tell whether top-level code, a framework or the contract reaches the function or class body of this name in a
    file; "" is the file's top level.

    Calling a function reaches it, and so does passing it on, or keeping it where something that runs finds it.
    """
    reached = _reached(evidence)
    return not function or function in reached or f"{path}:{function}" in reached


def reached_functions(evidence: Evidence) -> list[FunctionFact]:
    """Return the work's own functions that are reached."""
    return [fact for fact in own_functions(evidence) if is_reached(evidence, fact.span.path, fact.name)]


@once_a_work
def test_paths(evidence: Evidence) -> frozenset[str]:
    """Return the files that pytest would collect tests from, and what else stands in their folder called tests; no
    step of the work that is only called so.
    """
    places = [PurePosixPath(source.path) for source in evidence.code.sources]
    found = {fact.span.path for fact in evidence.code.functions if fact.is_test}
    scripts = [place for place in places if place.suffix == ".py"]  # pytest collects nothing from a notebook
    found |= {str(place) for place in scripts if place.name.startswith(("test_", "conftest"))}
    found |= {str(place) for place in scripts if place.name.endswith("_test.py") and in_tests_folder(str(place))}
    found -= stages(evidence, [path for path in found if not in_tests_folder(path)])
    folders = {_tests_folder(path) for path in found} - {""}
    beside = {str(place) for place in places if _tests_folder(str(place)) in folders}
    return frozenset((found | beside) - set(evidence.started))


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
    names = {(fact.span.path, fact.name) for fact in functions}
    return [fact for fact in functions if (fact.span.path, fact.name.rpartition(".")[0]) not in names]


def last(name: str) -> str:
    """Return the last part of a dotted name."""
    return name.rpartition(".")[2]


def _contract_names(evidence: Evidence) -> tuple[str, ...]:
    if evidence.plan is None:
        return SETTLED_ROOTS
    return (evidence.plan.entry_point.function or "",)


@once_a_work
def _live_calls(evidence: Evidence) -> tuple[Call, ...]:
    tests = test_paths(evidence)
    return tuple(
        call
        for call in evidence.code.calls
        if not call.idle and call.span.path not in tests and is_reached(evidence, call.span.path, call.function)
    )


@once_a_work
def _reached(evidence: Evidence) -> frozenset[str]:
    """Follow the uses from what runs at the top of a file, and from what the contract or a command starts."""
    functions, uses = own_functions(evidence), evidence.code.uses
    if not uses:  # evidence that was stored before uses were read
        return frozenset(fact.name for fact in functions)
    tests = test_paths(evidence)
    started = frozenset(_contract_names(evidence)) | started_by_name(evidence)
    waiting = [source.path for source in evidence.code.sources if source.path not in tests]
    named = [fact for fact in functions if last(fact.name) in started] + looked_for(evidence)
    waiting += [name for fact in named for name in (fact.name, f"{fact.span.path}:{fact.name}")]
    waiting += [f"{name}()" for name in (*waiting, *started)]
    reached: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += uses.get(name, ())
    return frozenset(name for name in reached if not name.startswith("=") and not name.endswith("()"))
