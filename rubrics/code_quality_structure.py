"""Code quality: functions that are used and small, and nothing that is dead."""

from __future__ import annotations

from itertools import groupby

from grader import Evidence, Finding, Source, Span, criterion, met, needs_human, not_applicable, not_met, partly
from rubrics.code_text import code_lines
from rubrics.facts import (
    absent,
    count,
    last,
    outermost,
    own_functions,
    reached_functions,
    spans,
    test_paths,
    unread_part,
    unreadable,
)
from rubrics.live_code import faults

MAX_COMPLEXITY = 10  # McCabe's own bound (1976)
MAX_LINES = 50
SHORT_WORK = 60
COMMENTED_OUT = 10


@criterion("code_quality.functions_used", title="The work is cut into functions")
def functions_used(evidence: Evidence) -> Finding:
    """Judge how much of the code stands in functions that are really called: two fifths is met, less is partly. Under
    60 lines it does not matter.
    """
    if problem := unreadable(evidence):
        return problem
    total = sum(len(code_lines(source)) for source in _own_sources(evidence))
    if total < SHORT_WORK:
        return not_applicable(f"The work has {total} lines of code, too few to need functions.")
    reached = reached_functions(evidence)
    used = [fact for fact in own_functions(evidence) if fact.name in reached]
    share = sum(fact.lines for fact in outermost(used)) / total
    if share >= 0.4:
        return met("Much of the code stands in functions that are used.", evidence=spans(used))
    advice = "Make functions of loading, preparing, fitting and evaluating, and call them in order."
    if used:
        places = spans(used)
        return partly("Some of the code stands in functions, most of it does not.", evidence=places, advice=advice)
    return absent(evidence, f"{total} lines of code stand in no function that is used.", advice)


@criterion("code_quality.functions_small", title="Functions are short and simple")
def functions_small(evidence: Evidence) -> Finding:
    """Judge the functions' length (50 lines) and cyclomatic complexity (10); one over in five that are used is partly
    met. Small functions that nothing calls do not count.
    """
    if problem := unreadable(evidence):
        return problem
    reached = reached_functions(evidence)
    functions = own_functions(evidence)
    used = [fact for fact in functions if fact.name in reached]
    large = [fact for fact in functions if fact.lines > MAX_LINES or fact.complexity > MAX_COMPLEXITY]
    if not used and not large:
        return not_applicable("The work uses no function of its own.")
    if not large:
        return met("Every function is short and simple.", evidence=spans(used))
    worst = max(large, key=lambda fact: (fact.complexity, fact.lines))
    reason = f"{worst.name} has {worst.lines} lines and a complexity of {worst.complexity}"
    advice = f"Split it: at most {MAX_LINES} lines and a complexity of {MAX_COMPLEXITY}."
    if len(large) * 5 <= len(used):
        return partly(f"{reason}; the others are small.", evidence=spans(large), score=0.6, advice=advice)
    return not_met(f"{reason}; {len(large)} of {len(functions)} are like it.", evidence=spans(large), advice=advice)


@criterion("code_quality.no_dead_code", title="Nothing is defined for nothing")
def no_dead_code(evidence: Evidence) -> Finding:
    """Judge whether every function is reached from what runs, and fewer than ten lines of code are commented out or
    cannot run, as after `return`. One function in three, or such lines alone, are partly met.
    """
    if problem := unreadable(evidence):
        return problem
    functions = [fact for fact in own_functions(evidence) if not last(fact.name).startswith("__")]
    reached = reached_functions(evidence)
    dead = [fact for fact in functions if fact.name not in reached]
    put_aside = _commented_out(evidence) or _without_effect(evidence)
    if not dead and not put_aside:
        if not functions:
            return not_applicable("The work defines no function.")
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
