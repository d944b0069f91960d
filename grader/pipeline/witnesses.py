"""What the runs say of their rows beside what the code says: of several notebooks, each of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from grader.evidence import compare_witnesses, is_about, read_traces
from grader.model import CodeFacts, EntryPoint, TraceFacts, Witness
from grader.pipeline.runs import Run, collected_file
from grader.sandbox.execute import TRACES

MOST_SAID = 60
BY_WEIGHT = ("agree", "differ", "code_only")


def traces_of(each: Sequence[tuple[EntryPoint, Run]], code: CodeFacts) -> TraceFacts | None:
    """Return what the run says of its rows beside what the code says; None where nothing ran.

    Rows are not followed from one notebook to the next: each is compared with its own code and what that runs of the
    modules. Of a leak that several could have seen the one that has is heard.
    """
    told = [(entry.path, _of_one(entry, run, _own(code, entry) if len(each) > 1 else code)) for entry, run in each]
    found = [(path, facts) for path, facts in told if facts is not None]
    return _together(found, code) if len(each) > 1 and found else next((facts for _, facts in found), None)


def _of_one(entry: EntryPoint, run: Run, code: CodeFacts) -> TraceFacts | None:
    if run.result is None:
        return None
    notebook = entry.path if entry.kind == "notebook" else ""
    started = entry.path if entry.kind in ("notebook", "script") and run.failure is None else ""
    traces = read_traces(collected_file(run.result, TRACES))
    return compare_witnesses(traces, code, run.result.cells, notebook, started=started)


def _own(code: CodeFacts, entry: EntryPoint) -> CodeFacts:
    """Return what was read of the code without what this run can say nothing of: the leaks of other notebooks, and the
    calls of those, of tests, and of functions that it does not come to.
    """

    def is_others(path: str) -> bool:
        return path.endswith(".ipynb") and path != entry.path

    used = _used(code, entry.path)
    leaks = tuple(leak for leak in code.leaks if not (leak.spans and is_others(leak.spans[0].path)))
    calls = tuple(
        call
        for call in code.calls
        if call.span.path == entry.path or not used.isdisjoint((call.function, f"{call.span.path}:{call.function}"))
    )
    return code.model_copy(update={"leaks": leaks, "calls": calls})


def _used(code: CodeFacts, path: str) -> frozenset[str]:
    """Return the names of the functions that running a file may come to."""
    waiting, used = [path], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in used:
            used.add(name)
            waiting += code.uses.get(name, ())
    return frozenset(used)


def _together(found: Sequence[tuple[str, TraceFacts]], code: CodeFacts) -> TraceFacts:
    """Return what several runs say, counted together; what is to be said of one's traces names its notebook."""
    each = [facts for _, facts in found]
    notes: dict[str, list[str]] = {}
    for path, facts in found:
        notes.setdefault(facts.note, []).append(path)
    return TraceFacts(
        events=sum(facts.events for facts in each),
        fits=sum(facts.fits for facts in each),
        evaluations=sum(facts.evaluations for facts in each),
        leaks=tuple(dict.fromkeys(leak for facts in each for leak in facts.leaks))[:MOST_SAID],
        witnesses=tuple(_heard([witness for facts in each for witness in facts.witnesses], code))[:MOST_SAID],
        note=" ".join(f"{', '.join(paths)}: {note}" for note, paths in notes.items() if note),
        missing=any(facts.missing for facts in each),
    )


def _heard(witnesses: Sequence[Witness], code: CodeFacts) -> Iterator[Witness]:
    """Yield of each leak in the code the witness that says most, and all that only a run has seen."""
    told = set[Witness]()
    for leak in code.leaks:
        about = [witness for witness in witnesses if is_about(witness, leak)]
        best = min(about, key=lambda witness: BY_WEIGHT.index(witness.agreement), default=None)
        told.update(about)
        if best is not None:
            yield best
    yield from dict.fromkeys(witness for witness in witnesses if witness not in told)
