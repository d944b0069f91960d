"""What several criteria ask of the evidence.

Practice counts only where it can take effect: calls in functions that nothing reaches, in tests, or in comments say
nothing about the work, so `live_calls` leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from grader import Call, Evidence, Finding, FunctionFact, Span, needs_human, not_applicable, not_met
from rubrics.code_text import Place, place
from rubrics.networks import training_steps
from rubrics.reached import in_tests_folder as in_tests_folder
from rubrics.reached import is_reached as is_reached
from rubrics.reached import last as last
from rubrics.reached import live_calls as live_calls
from rubrics.reached import outermost as outermost
from rubrics.reached import own_functions as own_functions
from rubrics.reached import reached_functions as reached_functions
from rubrics.reached import test_paths as test_paths

CODE = (".py", ".ipynb")
MOST_CALLS = 6000  # the reader lists no more
JUNK_FOLDERS = frozenset(
    (".ipynb_checkpoints", "__pycache__", "__MACOSX", ".git", "node_modules", "site-packages", "venv", ".venv", "env")
)


def unreadable(evidence: Evidence) -> Finding | None:
    """Return the finding when no code could be read at all, None when there is code to judge."""
    if evidence.code.failure:
        return needs_human(f"The code could not be read: {evidence.code.failure}")
    if not evidence.code.sources and (gap := unread_part(evidence)):
        return needs_human(f"No Python code could be read: {gap}.", evidence=gap_spans(evidence))
    if not evidence.code.sources:
        return not_applicable("No Python code was found.")
    return None


def absent(evidence: Evidence, reason: str, advice: str, *, question: str = "", places: Sequence[Span] = ()) -> Finding:
    """Return `not_met` for something that was looked for and not seen, at the `places` where it ought to be, else where
    a model is fitted; a reason that begins with "No" or "Nothing" is told how many files were looked through.

    Needs a human instead when some of the code could not be read: it may stand there.
    """
    if gap := unread_part(evidence):
        return needs_human(f"{reason} But {gap}, so it may stand there.", evidence=gap_spans(evidence))
    said = f"{reason} {looked_for(evidence)}" if reason.startswith("No") else reason
    return not_met(said, evidence=list(places) or _heart(evidence), advice=advice, question=question)


def nothing_seen(evidence: Evidence, reason: str, among: tuple[str, ...] = CODE) -> Finding:
    """Return `not_applicable` where nothing was seen that a criterion could judge.

    Needs a human instead when some of the code could not be read, of the files that end as `among` says: it may be
    there.
    """
    if gap := unread_part(evidence, among):
        said = f"{reason} But {gap}, so there may be more than was seen."
        return needs_human(said, evidence=[span for span in gap_spans(evidence) if span.path.endswith(among)])
    return not_applicable(reason)


def looked_for(evidence: Evidence) -> str:
    """Return in how many files something was looked for in vain: the one that is cited is but where it ought to be."""
    return f"Looked for in {count(len({source.path for source in evidence.code.sources}), 'file')}."


def _heart(evidence: Evidence) -> list[Span]:
    """Return the file in which a model is fitted: what is missing is missing there; else where a reader begins."""
    fits = live_calls(evidence, "fit", "cross_validate", "search") or training_steps(evidence)
    return [Span(path=fits[0].span.path)] if fits else start(evidence)


def unread_part(evidence: Evidence, among: tuple[str, ...] = CODE) -> str:
    """Return what of the code was not read, of the files that end as `among` says, in words, "" when all of it was."""
    broken = [source for source in evidence.code.sources if source.error and source.path.endswith(among)]
    if broken:
        return f"{broken[0].path} is not valid Python 3 in {count(len(broken), 'place')}"
    unread = [span for span in evidence.code.unread if span.path.endswith(among)]
    if unread:
        return f"{unread[0].path} {unread[0].text.rstrip('.')}"
    known = {source.path for source in evidence.code.sources} | {fact.path for fact in evidence.code.notebooks}
    known |= set(evidence.code.copies)
    missing = sorted(path for path in code_files(evidence) if path not in known and path.endswith(among))
    if missing:
        return f"{missing[0]} could not be read"
    return "it makes more calls than are listed" if among == CODE and len(evidence.code.calls) >= MOST_CALLS else ""


def broken_spans(evidence: Evidence) -> list[Span]:
    """Return the places that do not parse."""
    return [
        Span(path=source.path, cell=source.cell, line=source.error_line, text=source.error)
        for source in evidence.code.sources
        if source.error
    ]


def gap_spans(evidence: Evidence) -> list[Span]:
    """Return the places of the code that were not read, for whatever reason."""
    return [*broken_spans(evidence), *evidence.code.unread]


def code_files(evidence: Evidence) -> list[str]:
    """Return the Python files and notebooks of the inventory that are the candidate's own."""
    paths = [entry.path for entry in evidence.files if entry.path.endswith(CODE)]
    return [path for path in paths if not JUNK_FOLDERS.intersection(PurePosixPath(path).parts)]


def start(evidence: Evidence) -> list[Span]:
    """Return where a reader begins: the entry point, else the first code, else the first file."""
    tests = test_paths(evidence)
    written = [source.path for source in evidence.code.sources if source.lines and source.path not in tests]
    found = sorted(written, key=lambda path: path.count("/"))
    if evidence.plan and evidence.plan.entry_point.path:
        found = [evidence.plan.entry_point.path]
    found = found or [entry.path for entry in evidence.files]
    return [Span(path=found[0])] if found else []


def spans(items: Iterable[Call | FunctionFact]) -> list[Span]:
    """Return the places of `items`, each once, in their order."""
    return _unique(item.span for item in items)


def named(evidence: Evidence, names: Iterable[str]) -> list[Call]:
    """Return the live calls whose last name is one of `names`."""
    wanted = frozenset(names)
    return [call for call in live_calls(evidence) if last(call.name) in wanted]


def is_given(call: Call, *names: str) -> bool:
    """Tell whether one of these keywords is set, and not to None."""
    return any(call.keywords.get(name, "None") != "None" for name in names)


def _unique(found: Iterable[Span]) -> list[Span]:
    seen: dict[Place, Span] = {}
    for span in found:
        seen.setdefault(place(span), span)
    return list(seen.values())


def count(number: int, noun: str) -> str:
    """Return "1 place", "2 places"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
