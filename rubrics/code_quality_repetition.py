"""Code quality: is code copied where it could be called?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from grader import Evidence, Finding, Source, Span, criterion, met, not_met, partly
from rubrics.code_text import line_span, line_text
from rubrics.facts import count, nothing_seen, unreadable
from rubrics.kinds_of_work import twin_scripts
from rubrics.live_code import live_lines

WINDOW = 6
FEW = 2
ADVICE = "Make a function of what is repeated, with what differs as its arguments."


@criterion("code_quality.no_repeated_code", title="Code is not copied")
def no_repeated_code(evidence: Evidence) -> Finding:
    """Judge whether runs of six lines of code that runs stand twice, in one file or in two, or a whole file does;
    imports and a notebook saved as a script are no copies. Two copied blocks or files are partly met.
    """
    if problem := unreadable(evidence):
        return problem
    lines = _lines(evidence)
    if len(lines) < 2 * WINDOW:
        return nothing_seen(evidence, "There is too little code to repeat any.")
    copies = evidence.code.copies
    repeated = _repeats(lines)
    if copies:
        return _of_files(copies, repeated)
    if not repeated:
        longest, _ = Counter(source.path for source, _, _ in lines).most_common(1)[0]
        return met("No run of six lines stands twice.", evidence=[Span(path=longest)])
    if len(repeated) <= FEW:
        return partly("A block of code is copied.", evidence=repeated, score=0.6, advice=ADVICE)
    return not_met(f"Blocks of code are copied in {len(repeated)} places.", evidence=repeated, advice=ADVICE)


def _of_files(copies: Mapping[str, str], repeated: list[Span]) -> Finding:
    """Return the finding where whole files are there twice, each with what it repeats."""
    copy, original = next(iter(copies.items()))
    reason = f"{copy} holds the same code as {original}"
    reason += f", and {count(len(copies) - 1, 'other file')} that of another" if len(copies) > 1 else ""
    reason += f"; blocks are copied in {count(len(repeated), 'place')}." if repeated else "."
    places = [Span(path=path) for pair in copies.items() for path in pair] + repeated
    advice = "Hand in each file once." + (f" {ADVICE}" if repeated else "")
    if len(copies) + len(repeated) <= FEW:
        return partly(reason, evidence=places, score=0.6, advice=advice)
    return not_met(reason, evidence=places, advice=advice)


def _lines(evidence: Evidence) -> list[tuple[Source, int, str]]:
    """Return the lines to compare, as written, for a table of settings is no copy; between files one like no other."""
    found: list[tuple[Source, int, str]] = []
    twins = twin_scripts(evidence)
    for source, number, line in live_lines(evidence):
        if found and found[-1][0].path != source.path:
            found.append((source, number, f"# {source.path}"))
        if len(line.strip()) > 3 and source.path not in twins and not line.lstrip().startswith(("import ", "from ")):
            found.append((source, number, line_text(source, number).strip()))
    return found


def _repeats(lines: list[tuple[Source, int, str]]) -> list[Span]:
    """Return where blocks of six lines or more begin that have stood before, each block once."""
    first_at: dict[tuple[str, ...], int] = {}
    found, block_end, expected = [], 0, -1
    for index in range(len(lines) - WINDOW + 1):
        run = tuple(text for _, _, text in lines[index : index + WINDOW])
        original = first_at.setdefault(run, index)
        if original == index or len(set(run)) <= WINDOW // 2:
            continue
        # a block goes on as long as what it repeats does; the same block a third time begins anew
        if index >= block_end or original < expected - 1:
            found.append(line_span(lines[index][0], lines[index][1]))
        block_end, expected = index + WINDOW, original + 1
    return found
