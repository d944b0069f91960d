"""Code quality: functions that are used and small, and nothing that is dead."""

from __future__ import annotations

from itertools import groupby

from grader import (
    Evidence,
    Finding,
    FunctionFact,
    Source,
    Span,
    criterion,
    met,
    needs_human,
    not_met,
    partly,
)
from rubrics.code_text import code_lines
from rubrics.facts import (
    absent,
    count,
    is_reached,
    last,
    nothing_seen,
    outermost,
    own_functions,
    reached_functions,
    spans,
    test_paths,
    unread_part,
    unreadable,
)
from rubrics.live_code import faults
from rubrics.redefined import first_line, redefined
from rubrics.wrapping import parts

MAX_COMPLEXITY = 10  # McCabe's own bound (1976)
MAX_LINES = 50
SHORT_WORK = 60
TWO_FIFTHS = 0.4
COMMENTED_OUT = 10


@criterion("code_quality.short_functions", title="The work is cut into short, simple functions", weight=1.5)
def short_functions(evidence: Evidence) -> Finding:
    """Judge whether two fifths of the code stand in functions that are really called, of at most 50 lines and a
    cyclomatic complexity of 10, and none is longer or more tangled, called or not. Lines of a docstring make none
    longer. Less code in functions is partly met, and so is one too large in five that are used, or beside two fifths in
    short ones. Of work under 60 lines only the functions it has are judged.
    """
    if problem := unreadable(evidence):
        return problem
    functions, used = own_functions(evidence), reached_functions(evidence)
    total = sum(len(code_lines(source)) for source in _own_sources(evidence))
    if total < SHORT_WORK:
        functions = list(parts(evidence))
        used = [fact for fact in used if fact in functions]
    large = [fact for fact in functions if _length(fact) > MAX_LINES or fact.complexity > MAX_COMPLEXITY]
    if total < SHORT_WORK and not used and not large:
        return nothing_seen(evidence, f"The work has {count(total, 'line')} of code, too few to need functions.")
    lines = sum(fact.lines for fact in outermost([fact for fact in used if fact not in large]))
    cut = lines >= total * TWO_FIFTHS
    if large:
        return _of_large(large, used, cut=cut, all_of=len(functions))
    if used and (cut or total < SHORT_WORK):
        return met("Much of the code stands in functions that are used, each short and simple.", evidence=spans(used))
    advice = "Make functions of loading, preparing, fitting and evaluating, and call them in order."
    if used:
        reason = "Some of the code stands in functions, most of it does not."
        return partly(reason, evidence=spans(used), advice=advice)
    return absent(evidence, f"{total} lines of code stand in no function that is used.", advice)


def _length(fact: FunctionFact) -> int:
    return fact.lines - fact.docstring_lines


def _of_large(large: list[FunctionFact], used: list[FunctionFact], *, cut: bool, all_of: int) -> Finding:
    worst = max(large, key=lambda fact: (fact.complexity, _length(fact)))
    reason = f"{worst.name} has {_length(worst)} lines and a complexity of {worst.complexity}"
    many = f"{len(large)} of {all_of} {'is' if len(large) == 1 else 'are'} too large"
    advice = f"Split it: at most {MAX_LINES} lines and a complexity of {MAX_COMPLEXITY}."
    if len(large) * 5 <= len(used):
        others = "the others are small" if len(large) == 1 else many
        return partly(f"{reason}; {others}.", evidence=spans(large), score=0.6, advice=advice)
    reason = f"{reason}; {many}"
    if cut:
        return partly(f"{reason}, beside much code in short ones.", evidence=spans(large), advice=advice)
    return not_met(f"{reason}.", evidence=spans(large), advice=advice)


@criterion("code_quality.no_dead_code", title="Nothing is defined for nothing")
def no_dead_code(evidence: Evidence) -> Finding:
    """Judge whether every function is reached from what runs, and fewer than ten lines of code are commented out or
    cannot run, as after `return`. One function in three, or such lines alone, are partly met.
    """
    if problem := unreadable(evidence):
        return problem
    functions = [fact for fact in own_functions(evidence) if not last(fact.name).startswith("__")]
    over = redefined(evidence)
    dead = [
        fact
        for fact in functions
        if not is_reached(evidence, fact.span.path, fact.name)
        or (fact.span.path, last(fact.name), first_line(fact)) in over
    ]
    put_aside = _commented_out(evidence) or _without_effect(evidence)
    if not dead and not put_aside:
        if not any(fact in functions for fact in parts(evidence)):
            return nothing_seen(evidence, "The work defines no function, or only one around all of it.")
        return met("Every function is used.", evidence=spans(functions))
    if not dead:
        state = "is commented out" if _commented_out(evidence) else "cannot run and is kept"
        reason = f"Code {state} in place of being deleted."
        return partly(reason, evidence=put_aside, score=0.6, advice="Delete it; the history keeps it.")
    reason = f"{last(dead[0].name)} is defined and never used"
    reason += f", like {count(len(dead) - 1, 'other')}." if len(dead) > 1 else "."
    places = [*spans(dead), *put_aside]
    if gap := unread_part(evidence):
        return needs_human(f"{reason} But {gap}, so the call may stand there.", evidence=places)
    advice = "Delete what is not used; the history keeps it."
    if len(dead) * 3 <= len(functions):
        return partly(reason, evidence=places, score=0.6, advice=advice)
    return not_met(reason, evidence=places, advice=advice)


def _commented_out(evidence: Evidence) -> list[Span]:
    """Return where each file's commented-out code begins, when there is much of it in all."""
    found = [fault.span for fault in faults(evidence, "ERA001")]
    if len(found) < COMMENTED_OUT:
        return []
    return [next(group) for _, group in groupby(found, key=lambda span: (span.path, span.cell))]


def _without_effect(evidence: Evidence) -> list[Span]:
    """Return the blocks that no run comes to, when they are long; one behind a switch may be turned on again."""
    tests = test_paths(evidence)
    found = [block.span for block in evidence.code.dead if not block.switched_off and block.span.path not in tests]
    lines = sum((span.end_line or 0) - (span.line or 0) + 1 for span in found)
    return found if lines >= COMMENTED_OUT else []


def _own_sources(evidence: Evidence) -> list[Source]:
    tests = test_paths(evidence)
    return [source for source in evidence.code.sources if source.path not in tests]
