"""Code quality: is code copied where it could be called?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader import Evidence, Finding, Source, Span, criterion, met, not_met, partly
from rubrics.code_text import bare_lines, lines_span
from rubrics.facts import count, nothing_seen, unreadable
from rubrics.kinds_of_work import twin_scripts
from rubrics.live_code import live_lines

WINDOW = 6
FEW = 2
MOST_COMPARED = 200  # characters of a line
ADVICE = "Make a function of what is repeated, with what differs as its arguments."
Line = tuple[Source, int, str]


@dataclass
class Copied:
    """A block that stands a second time, by where it begins among the lines, and how many lines of it are alike."""

    original: int
    copy: int
    length: int = WINDOW


@criterion("code_quality.no_repeated_code", title="Code is not copied")
def no_repeated_code(evidence: Evidence) -> Finding:
    """Judge whether runs of six lines of code that runs stand twice, in one file or in two, whatever their comments and
    spaces, or a whole file does; imports and a notebook saved as a script are no copies. Two copied blocks or files are
    partly met.
    """
    if problem := unreadable(evidence):
        return problem
    lines = _lines(evidence)
    if len(lines) < 2 * WINDOW:
        return nothing_seen(evidence, "There is too little code to repeat any.")
    copies, repeated = evidence.code.copies, _repeats(lines)
    pairs = [(_span(lines, block.original, block.length), _span(lines, block.copy, block.length)) for block in repeated]
    places = list({(span.path, span.cell, span.line): span for pair in pairs for span in pair}.values())
    if copies:
        return _of_files(copies, len(repeated), places)
    if not repeated:
        longest, _ = Counter(source.path for source, _, _ in lines).most_common(1)[0]
        return met("No run of six lines stands twice.", evidence=[Span(path=longest)])
    first = f"{_where(lines, repeated[0].copy, repeated[0])} repeats {_where(lines, repeated[0].original, repeated[0])}"
    if len(repeated) <= FEW:
        return partly(f"A block of code is copied: {first}.", evidence=places, score=0.6, advice=ADVICE)
    reason = f"Blocks of code are copied in {len(repeated)} places; {first}."
    return not_met(reason, evidence=places, advice=ADVICE)


def _of_files(copies: Mapping[str, str], blocks: int, repeated: list[Span]) -> Finding:
    """Return the finding where whole files are there twice, each with what it repeats."""
    copy, original = next(iter(copies.items()))
    reason = f"{copy} holds the same code as {original}"
    reason += f", and {count(len(copies) - 1, 'other file')} that of another" if len(copies) > 1 else ""
    reason += f"; blocks are copied in {count(blocks, 'place')}." if blocks else "."
    places = [Span(path=path) for pair in copies.items() for path in pair] + repeated
    advice = "Hand in each file once." + (f" {ADVICE}" if blocks else "")
    if len(copies) + blocks <= FEW:
        return partly(reason, evidence=places, score=0.6, advice=advice)
    return not_met(reason, evidence=places, advice=advice)


def _where(lines: list[Line], begin: int, block: Copied) -> str:
    """Return in words where one of the two of a block stands."""
    (source, first, _), (end, last, _) = lines[begin], lines[begin + block.length - 1]
    if source.cell is None:
        return f"{source.path}:{first}-{last}"
    return f"{source.path} " + (
        f"cell {source.cell + 1}:{first}-{last}" if source is end else f"cells {source.cell + 1}-{(end.cell or 0) + 1}"
    )


def _span(lines: list[Line], begin: int, length: int) -> Span:
    """Return the place of a block, as far as it stands in one cell."""
    source, first, _ = lines[begin]
    inside = [number for each, number, _ in lines[begin : begin + length] if each is source]
    return lines_span(source, first, inside[-1])


def _lines(evidence: Evidence) -> list[Line]:
    """Return the lines to compare, their texts too, for a table of settings is no copy; between files one like no
    other.
    """
    found: list[Line] = []
    twins = twin_scripts(evidence)
    for source, number, line in _without_imports(evidence):
        if found and found[-1][0].path != source.path:
            found.append((source, number, f"# {source.path}"))
        if len(line.strip()) > 3 and source.path not in twins and not line.lstrip().startswith(("%", "!")):
            found.append((source, number, bare_lines(source)[number - 1][:MOST_COMPARED]))
    return found


def _without_imports(evidence: Evidence) -> Iterator[Line]:
    """Yield the lines of code that runs and imports nothing; an import in brackets ends with them."""
    within: Source | None = None
    for source, number, line in live_lines(evidence):
        if within is source:
            within = None if ")" in line else source
        elif line.lstrip().startswith(("import ", "from ")):
            within = source if "(" in line and ")" not in line else None
        else:
            within = None
            yield source, number, line


def _repeats(lines: list[Line]) -> list[Copied]:
    """Return the blocks of six lines or more that have stood before, each once."""
    first_at: dict[tuple[str, ...], int] = {}
    found: list[Copied] = []
    block_end, expected = 0, -1
    for index in range(len(lines) - WINDOW + 1):
        run = tuple(text for _, _, text in lines[index : index + WINDOW])
        original = first_at.setdefault(run, index)
        if original == index or len(set(run)) <= WINDOW // 2:
            continue
        # a block goes on as long as what it repeats does; the same block a third time begins anew
        if index >= block_end or original < expected - 1:
            found.append(Copied(original, index))
        elif original - found[-1].original == index - found[-1].copy:
            found[-1].length = index + WINDOW - found[-1].copy
        block_end, expected = index + WINDOW, original + 1
    return found
