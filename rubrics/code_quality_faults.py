"""Code quality: faults that a linter finds by rule, and names that say nothing."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader import (
    Evidence,
    Finding,
    LintFault,
    Span,
    criterion,
    met,
    needs_human,
    not_met,
    partly,
)
from rubrics.broken_code import broken_in, newer_in
from rubrics.facts import (
    code_files,
    count,
    last,
    nothing_seen,
    own_functions,
    spans,
    start,
    test_paths,
    unread_part,
    unreadable,
)
from rubrics.live_code import faults
from rubrics.wrapping import parts

SLIPS = (
    "B006", "B015", "B020", "B031", "E711", "F402", "F501", "F502", "F503", "F504", "F505", "F506", "F507", "F508",
    "F509", "F521", "F522", "F523", "F524", "F525", "F601", "F631", "F632", "F634", "F811", "F823", "F841", "PLE0604",
    "PLE1132", "PLE1205", "PLE1206", "PLE1300", "PLE1307",
)  # fmt: skip
FEW = 2
_CALLED = re.compile(r"=\s*(?:await\s+)?[\w.]+\(")
_QUOTED = re.compile(r"`(\w+)`")
_FILLER = re.compile(
    r"(?:f|g|h|fn|fun|func|function|foo|bar|baz|qux|tmp|temp|stuff|thing|do_?it|do_?stuff|asdf?|xyz|my_?fun|my_?func"
    r"|my_?function|new_?func|method|helper|helpers?_?func)_?\d*"
)
_FILLER_FILE = re.compile(
    r"(?:untitled[\s\d_-]*|.*-copy\d*|copy of .*|.* - copy|.*\(\d+\)|new|foo|tmp|temp|asdf?|xyz|final_?final.*)", re.I
)


@criterion("code_quality.no_real_faults", title="A linter finds no real faults", weight=1.5)
def no_real_faults(evidence: Evidence) -> Finding:
    """Judge what ruff finds by rule: programs that do not parse or use names that nothing defines, and anywhere slips
    such as mutable defaults, comparisons with None, repeated keys or results never used. One or two slips are partly
    met. Names in notebooks are judged by notebook_runs_in_order.
    """
    if problem := unreadable(evidence):
        return problem
    if broken := broken_in(evidence, notebooks=False):
        reason = f"{count(len(broken), 'program')} cannot be parsed: {broken[0].text}."
        return not_met(reason, evidence=broken, advice="Run every program once before handing in.")
    if newer := newer_in(evidence, notebooks=False):
        return needs_human("It may need a newer Python than the one that reads it here.", evidence=newer)
    if evidence.code.lint is None:
        return needs_human("The code could not be linted.", evidence=start(evidence))
    undefined = [fault for fault in faults(evidence, "F821") if fault.span.cell is None]
    found = [*undefined, *(fault for fault in faults(evidence, *SLIPS) if not _is_habit(fault))]
    if not found:
        if gap := unread_part(evidence):
            return needs_human(f"No fault was found in what was read, but {gap}.", evidence=start(evidence))
        apart = " Whether names in notebooks are defined before they are used is judged apart."
        elsewhere = apart if evidence.code.notebooks else ""
        return met(f"The linter found none of the faults that it looks for.{elsewhere}", evidence=start(evidence))
    reason = f"{found[0].message} ({found[0].rule})"
    reason += f", and {count(len(found) - 1, 'other fault')}." if len(found) > 1 else "."
    advice = "Run ruff check, and mend what it names."
    places = [fault.span for fault in found]
    if not undefined and len(found) <= FEW:
        return partly(reason, evidence=places, score=0.6, advice=advice)
    return not_met(reason, evidence=places, advice=advice)


def _is_habit(fault: LintFault) -> bool:
    """Tell whether it harms nothing: a package imported again, an error named in vain, a call kept for its effect."""
    text = fault.span.text.lstrip()
    if fault.rule == "F811":
        return text.startswith(("import ", "from "))
    return fault.rule == "F841" and (text.startswith("except") or bool(_CALLED.search(text)))


@criterion("code_quality.names_tell", title="Names say what they stand for", weight=0.5)
def names_tell(evidence: Evidence) -> Finding:
    """Judge whether functions or code files have names that only fill in (func1, foo, Untitled2, model-Copy1), or one
    of Python's own names is taken over (list, sum). A single one, or one in five, is partly met.
    """
    if problem := unreadable(evidence):
        return problem
    tests = test_paths(evidence)
    functions = own_functions(evidence)
    files = [path for path in code_files(evidence) if path not in tests]
    filling = [fact for fact in functions if _FILLER.fullmatch(last(fact.name).lower())]
    odd_files = [Span(path=path) for path in files if _FILLER_FILE.fullmatch(PurePosixPath(path).stem)]
    taken = [fault.span for fault in faults(evidence, "A001")]
    poor = [*spans(filling), *odd_files, *taken]
    if not poor:
        if not parts(evidence) and len(files) <= 1:
            return nothing_seen(evidence, "The work names no function of its parts, and no more than one file.")
        return met("Functions and files are named for what they hold.", evidence=spans(functions) or start(evidence))
    said = [f"The function name {last(fact.name)} in {fact.span.path} says nothing" for fact in filling]
    said += [f"The file name {PurePosixPath(span.path).name} says nothing" for span in odd_files]
    said += [_of_taken(fault) for fault in faults(evidence, "A001")]
    more = len(poor) - 1
    reason = said[0] + (f"; {more} more {'is' if more == 1 else 'are'} like it." if more else ".")
    advice = "Name a function by what it does and a file by what is in it; leave Python's own names alone."
    if len(poor) == 1 or len(poor) * 5 <= len(functions) + len(files):
        return partly(reason, evidence=poor, advice=advice)
    return not_met(reason, evidence=poor, advice=advice)


def _of_taken(fault: LintFault) -> str:
    name = _QUOTED.search(fault.message)
    return f"{name[1] if name else 'A variable'} in {fault.span.path} takes over one of Python's own names"
