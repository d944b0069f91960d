"""Code quality: is code copied where it could be called?"""

from __future__ import annotations

from grader import Evidence, Finding, Source, Span, criterion, met, not_applicable, not_met, partly
from rubrics.code_text import line_span, line_text
from rubrics.facts import unreadable
from rubrics.live_code import live_lines

WINDOW = 6


@criterion("code_quality.no_repeated_code", title="Code is not copied")
def no_repeated_code(evidence: Evidence) -> Finding:
    """Judge how much of a file's code that runs stands in it twice: runs of six lines that are the same. Two copied
    blocks are partly met.
    """
    if problem := unreadable(evidence):
        return problem
    by_path: dict[str, list[tuple[Source, int, str]]] = {}
    for source, number, line in live_lines(evidence):
        if len(line.strip()) > 3:
            # as written, strings too: a table of settings is no copy
            by_path.setdefault(source.path, []).append((source, number, line_text(source, number).strip()))
    if all(len(lines) < 2 * WINDOW for lines in by_path.values()):
        return not_applicable("There is too little code to repeat any.")
    repeated = [span for lines in by_path.values() for span in _repeats(lines)]
    if not repeated:
        longest = max(by_path, key=lambda path: len(by_path[path]))
        return met("No run of six lines stands twice.", evidence=[Span(path=longest)])
    advice = "Make a function of what is repeated, with what differs as its arguments."
    if len(repeated) <= 2:
        return partly("A block of code is copied.", evidence=repeated, score=0.6, advice=advice)
    return not_met(f"Blocks of code are copied in {len(repeated)} places.", evidence=repeated, advice=advice)


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
