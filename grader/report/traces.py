"""What the run says of its own rows, in sentences: always as the submission's word, which it can forge."""

from __future__ import annotations

from grader.model import Report, Witness
from grader.report.formats import count

SELF_REPORTED = "Self-reported by the run: what is said here comes out of the sandbox, where a work can forge it."
KINDS = {
    "preprocessing": "Preprocessing leakage",
    "overlap": "Overlap leakage",
    "multi_test": "Repeated use of the test rows",
    "scored_on_training_data": "Scoring on training rows",
}
AGREEMENTS = {
    "agree": "code and run agree",
    "code_only": "seen in the code alone",
    "run_only": "counted by the run alone",
    "differ": "the run counts otherwise",
}


def trace_sentences(report: Report) -> tuple[str, ...]:
    """Return what was noted, and how many leaks the two witnesses agree on; nothing where nothing ran."""
    traces = report.traces
    if traces is None or not (traces.events or traces.note):
        return ()
    if not traces.events:
        return (traces.note,)
    calls, fits = count(traces.events, "call was", "calls were"), count(traces.fits, "fit")
    results = count(traces.evaluations, "result") if traces.evaluations else "no result"
    said = [f"{calls} noted as it ran, among them {fits} and {results} whose rows are known."]
    for agreement, words in AGREEMENTS.items():
        number = sum(witness.agreement == agreement for witness in traces.witnesses)
        if number:
            said.append(f"{count(number, 'leak')}: {words}.")
    return (*said, *([traces.note] if traces.note else []))


def witness_rows(report: Report) -> list[tuple[str, str, Witness]]:
    """Return each leak's kind and agreement in words, with the witness itself; those told alike are one with all their
    places.
    """
    alike: dict[tuple[str, str, str], Witness] = {}
    for witness in report.traces.witnesses if report.traces else ():
        key = (witness.kind, witness.agreement, witness.sentence)
        places = dict.fromkeys((*(alike[key].spans if key in alike else ()), *witness.spans))
        alike[key] = witness.model_copy(update={"spans": tuple(places)})
    return [(KINDS[witness.kind], AGREEMENTS[witness.agreement], witness) for witness in alike.values()]
