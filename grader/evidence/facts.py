"""Puts together everything that is read from a submission without running it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import islice
from pathlib import Path

from grader.evidence.as_run import as_run
from grader.evidence.calls import read_calls
from grader.evidence.claims import read_claims
from grader.evidence.columns import read_columns
from grader.evidence.documents import read_documents
from grader.evidence.dynamic import unread_runs
from grader.evidence.flow import Flow, read_flow
from grader.evidence.followed import find_followed
from grader.evidence.functions import read_functions
from grader.evidence.held_out import find_held_out
from grader.evidence.idle import idle_calls
from grader.evidence.leaks import find_leaks
from grader.evidence.learned import read_learned
from grader.evidence.lint import read_lint
from grader.evidence.names import read_imports
from grader.evidence.own_modules import OwnModules
from grader.evidence.searches import read_searches
from grader.evidence.sources import read_sources
from grader.evidence.spelled_numbers import read_spelled
from grader.evidence.targets import predicted_names
from grader.evidence.unreachable import reachable
from grader.evidence.uses import read_uses
from grader.model import CodeFacts, UnreachedBlock

MAX_FUNCTIONS = 2000
MAX_NOTES = 100
NOT_FOLLOWED = "The data flow of this code could not be followed, so leakage was not looked for."


def read_facts(
    root: Path,
    files: Iterable[str],
    *,
    follow: bool = True,
    lightly: bool = False,
    unreached: Collection[UnreachedBlock] = (),
) -> CodeFacts:
    """Return the facts of the files (relative paths) below `root`; what could not be read is in the notes.

    Without `follow` the data flow is left out: no leaks, and calls are named by their text alone. What is `unreached`
    is read as what no run can reach; `lightly` leaves out large files.
    """
    names = sorted(set(files))
    sources = read_sources(root, names, lightly=lightly)
    programs, dead = reachable(as_run(sources.programs, unreached) if unreached else sources.programs)
    units = [unit for program in programs.values() for unit in program]
    own = OwnModules(programs)
    flow = read_flow(programs, own) if follow else Flow(notes=[NOT_FOLLOWED])
    calls = read_calls(programs, flow, idle_calls(programs, flow))
    predicted = predicted_names(units)
    documents = read_documents(root, names, sources.notebooks)
    claimed, rankings = read_claims(documents, sources.notebooks)
    return CodeFacts(
        sources=tuple(unit.source for unit in units),
        calls=calls,
        functions=tuple(islice(read_functions(sources.units), MAX_FUNCTIONS)),
        dead=dead,
        uses=read_uses(programs, flow, own),
        copies=sources.copies,
        notebooks=tuple(notebook.fact for notebook in sources.notebooks),
        documents=documents,
        imports=read_imports(sources.units, own.packages),
        lint=read_lint(sources.programs),
        leaks=find_leaks(flow),
        followed=find_followed(flow, calls),
        held_out=find_held_out(flow),
        columns=read_columns(units, predicted),
        predicted={path: tuple(sorted(names)) for path, names in predicted.items() if names},
        searches=read_searches(programs),
        learned=read_learned(units),
        claimed=claimed,
        rankings=rankings,
        spelled=read_spelled(units),
        unread=(*sources.unread, *unread_runs(units)),
        notes=tuple([*sources.notes, *flow.notes][:MAX_NOTES]),
    )
