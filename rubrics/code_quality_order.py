"""Code quality: does a notebook run from its first cell to its last, and was it handed in that way?"""

from __future__ import annotations

from itertools import pairwise

from grader import (
    Evidence,
    Finding,
    LintFault,
    NotebookFact,
    Source,
    Span,
    criterion,
    met,
    needs_human,
    not_applicable,
    not_met,
    partly,
)
from rubrics.broken_code import broken_in, newer_in
from rubrics.code_text import code_lines
from rubrics.facts import count, nothing_seen, unreadable
from rubrics.live_code import faults, is_live

RUN_ALL = "Restart the kernel and run all cells before saving."


@criterion("code_quality.notebook_runs_in_order", title="The notebook runs from top to bottom", weight=2)
def notebook_runs_in_order(evidence: Evidence) -> Finding:
    """Judge whether the cells run as they stand: every name is defined above its use, and the saved execution counts
    ascend; gaps between them and cells that were not run cost nothing. Where it was run here, the run decides on the
    names, and saved out of order it is then partly met; it does not apply where the run ended at a cell for another
    reason.
    """
    if problem := unreadable(evidence):
        return problem
    notebooks = _with_code(evidence)
    if not notebooks:
        return nothing_seen(evidence, "There is no notebook with code.", among=(".ipynb",))
    if missing := _missing_in_the_run(evidence):
        return not_met("In a clean run a name is missing.", evidence=missing, advice=RUN_ALL)
    unread = [] if _ran_all(evidence, notebooks) else broken_in(evidence, notebooks=True)
    if unread:
        reason = f"It stops at a cell that is no valid Python 3: {unread[0].text}."
        return not_met(reason, evidence=unread, advice=RUN_ALL)
    if stopped := _stopped(evidence):
        return not_applicable(f"It did not get past {stopped} here, for another reason than the order of cells.")
    if hidden := _hidden_state(evidence, notebooks):
        return not_met(_what_is_hidden(hidden[0]), evidence=[fault.span for fault in hidden], advice=RUN_ALL)
    newer = newer_in(evidence, notebooks=True)
    if newer and not _ran_all(evidence, notebooks):
        return needs_human("It may need a newer Python than the one that reads it here.", evidence=newer)
    return _as_saved(evidence, notebooks)


def _with_code(evidence: Evidence) -> list[NotebookFact]:
    """Return the Python notebooks that hold code: in an empty one there is no order to judge."""
    read = {source.path for source in evidence.code.sources}
    python = [fact for fact in evidence.code.notebooks if fact.language.startswith(("python", "ipython"))]
    return [fact for fact in python if fact.path in read]


def _stopped(evidence: Evidence) -> str:
    """Return the cell in which a run ended in words, "" where it got through; what came after it nobody has seen."""
    cell = next((cell for cell in evidence.cells if cell.status in ("error", "timeout")), None)
    if cell is None:
        return ""
    return f"cell {cell.index + 1}" + (f" of {cell.path}" if cell.path else "")


def _as_saved(evidence: Evidence, notebooks: list[NotebookFact]) -> Finding:
    executed = [fact for fact in notebooks if any(fact.execution_counts)]
    disordered = [fact for fact in executed if not _rising(_counts_that_matter(evidence, fact))]
    places = [Span(path=fact.path) for fact in notebooks]
    if disordered:
        places = [_first_out_of_order(evidence, fact) for fact in disordered]
        if _ran_all(evidence, notebooks):
            reason = "The cells were saved out of order; from top to bottom they run all the same."
            return partly(reason, evidence=places, score=0.7, advice=RUN_ALL)
        return not_met("The cells were run in another order than they stand in.", evidence=places, advice=RUN_ALL)
    if executed:
        return met(f"{_as_counted(evidence, notebooks)}, and every name stands above its use.", evidence=places)
    if _ran_all(evidence, notebooks):
        return met("It was saved without execution counts; from top to bottom the cells run.", evidence=places)
    if evidence.code.lint is None or evidence.code.lint.unknown_names:
        return not_applicable("It was saved without execution counts, so there is no order to judge.")
    return met("It was saved without execution counts; every name is defined above its use.", evidence=places)


def _as_counted(evidence: Evidence, notebooks: list[NotebookFact]) -> str:
    """Return what ascending counts say: of one clean run only where each cell has its number."""
    counts = [[number for number in fact.execution_counts if number] for fact in notebooks]
    whole = [each == list(range(1, len(each) + 1)) for each in counts if each]
    unrun = sum(_not_run(evidence, fact) for fact in notebooks)
    if all(whole) and len(whole) == len(notebooks) and not unrun:
        return "The cells were run in their order"
    said = "The execution counts are in ascending order" + ("" if all(whole) else ", with gaps")
    return f"{said} ({count(unrun, 'cell')} without one)" if unrun else said


def _missing_in_the_run(evidence: Evidence) -> list[Span]:
    """Return the cell that failed here for want of a name."""
    if not evidence.started:
        return []
    failed = [cell for cell in evidence.cells if cell.status == "error" and cell.error == "NameError"]
    alone = evidence.started[0]
    return [Span(path=cell.path or alone, cell=cell.index, line=cell.line, text=cell.message[:200]) for cell in failed]


def _hidden_state(evidence: Evidence, notebooks: list[NotebookFact]) -> list[LintFault]:
    """Return the names that no cell above their use defines, in code that runs."""
    paths = {fact.path for fact in notebooks} - evidence.ran_through  # a run has shown that its names are there
    found = [fault for fault in faults(evidence, "F821") if fault.span.path in paths]
    return [fault for fault in found if is_live(evidence, fault.span)]


def _what_is_hidden(fault: LintFault) -> str:
    name = fault.message.partition("`")[2].partition("`")[0]
    if fault.below is None:
        return f"{name} is used, and no cell defines it: the one that did is gone."
    if fault.below.cell == fault.span.cell:
        return f"{name} is used above the line that defines it."
    return f"{name} is used above the cell that defines it, cell {(fault.below.cell or 0) + 1}."


def _rising(counts: list[int]) -> bool:
    return all(first < second for first, second in pairwise(counts))


def _counts_that_matter(evidence: Evidence, fact: NotebookFact) -> list[int]:
    """Return the execution counts, in the cells' order, of the cells that do something: comments alone do not."""
    return [number for _, number in _counted_cells(evidence, fact)]


def _not_run(evidence: Evidence, fact: NotebookFact) -> int:
    """Return how many cells that do something carry no execution count."""
    return sum(
        not number and source is not None and bool(code_lines(source)) for source, number in _cells(evidence, fact)
    )


def _counted_cells(evidence: Evidence, fact: NotebookFact) -> list[tuple[int | None, int]]:
    return [
        (source.cell if source else None, number)
        for source, number in _cells(evidence, fact)
        if number and (source is None or code_lines(source))
    ]


def _cells(evidence: Evidence, fact: NotebookFact) -> list[tuple[Source | None, int | None]]:
    cells: list[Source | None] = [source for source in evidence.code.sources if source.path == fact.path]
    cells += [None] * (len(fact.execution_counts) - len(cells))
    return list(zip(cells, fact.execution_counts, strict=False))


def _first_out_of_order(evidence: Evidence, fact: NotebookFact) -> Span:
    """Return the first cell that was run before the one above it."""
    highest = 0
    for cell, number in _counted_cells(evidence, fact):
        if number < highest:
            return Span(path=fact.path, cell=cell)
        highest = max(highest, number)
    return Span(path=fact.path)


def _ran_all(evidence: Evidence, notebooks: list[NotebookFact]) -> bool:
    """Tell whether the run got through: of several notebooks that are run, through each of these."""
    through = evidence.ran_through
    return bool(through) and (len(evidence.started) == 1 or all(fact.path in through for fact in notebooks))
