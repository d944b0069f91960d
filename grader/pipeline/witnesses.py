"""What the runs say of their rows beside what the code says: of several notebooks, each of its own."""

from __future__ import annotations

from collections.abc import Sequence

from grader.evidence import compare_witnesses, read_traces
from grader.model import CodeFacts, EntryPoint, TraceFacts
from grader.pipeline.runs import Run, collected_file
from grader.sandbox.execute import TRACES

MOST_SAID = 60


def traces_of(each: Sequence[tuple[EntryPoint, Run]], code: CodeFacts) -> TraceFacts | None:
    """Return what the run says of its rows beside what the code says; None where nothing ran.

    Rows are not followed from one notebook to the next: each is compared with its own code and the modules'.
    """
    found = [_of_one(entry, run, _without_others(code, entry) if len(each) > 1 else code) for entry, run in each]
    return _together([facts for facts in found if facts is not None])


def _of_one(entry: EntryPoint, run: Run, code: CodeFacts) -> TraceFacts | None:
    if run.result is None:
        return None
    notebook = entry.path if entry.kind == "notebook" else ""
    started = entry.path if entry.kind in ("notebook", "script") and run.failure is None else ""
    traces = read_traces(collected_file(run.result, TRACES))
    return compare_witnesses(traces, code, run.result.cells, notebook, started=started)


def _without_others(code: CodeFacts, entry: EntryPoint) -> CodeFacts:
    """Return what was read of the code without that of other notebooks, of which this run can say nothing."""

    def is_others(path: str) -> bool:
        return path.endswith(".ipynb") and path != entry.path

    leaks = tuple(leak for leak in code.leaks if not (leak.spans and is_others(leak.spans[0].path)))
    calls = tuple(call for call in code.calls if not is_others(call.span.path))
    return code.model_copy(update={"leaks": leaks, "calls": calls})


def _together(found: Sequence[TraceFacts]) -> TraceFacts | None:
    if len(found) < 2:
        return found[0] if found else None
    return TraceFacts(
        events=sum(facts.events for facts in found),
        fits=sum(facts.fits for facts in found),
        evaluations=sum(facts.evaluations for facts in found),
        leaks=tuple(dict.fromkeys(leak for facts in found for leak in facts.leaks))[:MOST_SAID],
        witnesses=tuple(dict.fromkeys(witness for facts in found for witness in facts.witnesses))[:MOST_SAID],
        note=" ".join(dict.fromkeys(facts.note for facts in found if facts.note)),
        missing=any(facts.missing for facts in found),
    )
