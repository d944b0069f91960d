"""Code quality: it parses, is cut into small documented functions that are used, is tested, and repeats nothing."""

from __future__ import annotations

from itertools import pairwise

from grader import (
    Evidence,
    Finding,
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
from rubrics.code_text import code_lines, line_span
from rubrics.facts import (
    absent,
    broken_spans,
    count,
    last,
    outermost,
    own_functions,
    reached_functions,
    spans,
    start,
    test_paths,
    unread_part,
    unreadable,
)

MAX_COMPLEXITY = 10  # McCabe's own bound (1976)
MAX_LINES = 50
LONG_ENOUGH_TO_DOCUMENT = 6
SHORT_WORK = 60
WINDOW = 6
WORDS_PER_CELL = 8
SEVERAL_TESTS = 3


@criterion("code_quality.parses", title="All code is valid Python 3", weight=2)
def parses(evidence: Evidence) -> Finding:
    """Judge whether every file and cell can be parsed."""
    if problem := unreadable(evidence):
        return problem
    broken = broken_spans(evidence)
    if newer := [span for span in broken if "newer Python" in span.text]:
        if len(newer) == len(broken):
            return needs_human("It may need a newer Python than the one that reads it here.", evidence=newer)
        broken = [span for span in broken if span not in newer]
    if broken:
        where = count(len(broken), "file or cell") if len(broken) == 1 else f"{len(broken)} files or cells"
        return not_met(
            f"{where} cannot be parsed: {broken[0].text}.",
            evidence=broken,
            advice="Restart the kernel and run everything once before handing in.",
        )
    if gap := unread_part(evidence):
        return needs_human(f"All that was read can be parsed, but {gap}.", evidence=start(evidence))
    return met("Every file and cell can be parsed.", evidence=start(evidence))


@criterion("code_quality.functions_used", title="The work is cut into functions")
def functions_used(evidence: Evidence) -> Finding:
    """Judge how much of the code stands in functions that are really called; under 60 lines it does not matter."""
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
    """Judge the functions' length (50 lines) and cyclomatic complexity (10); one in five over is partly met."""
    if problem := unreadable(evidence):
        return problem
    functions = own_functions(evidence)
    if not functions:
        return not_applicable("The work defines no function.")
    large = [fact for fact in functions if fact.lines > MAX_LINES or fact.complexity > MAX_COMPLEXITY]
    if not large:
        return met("Every function is short and simple.", evidence=spans(functions))
    worst = max(large, key=lambda fact: (fact.complexity, fact.lines))
    reason = f"{worst.name} has {worst.lines} lines and a complexity of {worst.complexity}"
    advice = f"Split it: at most {MAX_LINES} lines and a complexity of {MAX_COMPLEXITY}."
    if len(large) * 5 <= len(functions):
        return partly(f"{reason}; the others are small.", evidence=spans(large), score=0.6, advice=advice)
    return not_met(f"{reason}; {len(large)} of {len(functions)} are like it.", evidence=spans(large), advice=advice)


@criterion("code_quality.documented", title="Functions and steps are explained")
def documented(evidence: Evidence) -> Finding:
    """Judge whether functions of some length have docstrings, and notebooks prose between their cells."""
    if problem := unreadable(evidence):
        return problem
    # what __init__ and its like do is known; the class says the rest
    named = [fact for fact in own_functions(evidence) if not last(fact.name).startswith("__")]
    functions = [fact for fact in named if fact.lines >= LONG_ENOUGH_TO_DOCUMENT]
    silent = [fact.span for fact in functions if not fact.documented]
    notebooks = [fact for fact in evidence.code.notebooks if fact.code_cells >= 3]
    bare = [Span(path=fact.path) for fact in notebooks if fact.markdown_words < WORDS_PER_CELL * fact.code_cells]
    total, missing = len(functions) + len(notebooks), [*bare, *silent]
    if not total:
        return not_applicable("There is neither a function of some length nor a notebook to explain.")
    if len(missing) * 5 <= total:
        said = [*(Span(path=fact.path) for fact in notebooks), *(fact.span for fact in functions if fact.documented)]
        return met("Functions and steps are explained.", evidence=said)
    what = [count(len(silent), "function") + " without a docstring"] if silent else []
    what += [count(len(bare), "notebook") + " with hardly any prose"] if bare else []
    reason = f"Not explained: {' and '.join(what)}, of {total} looked at."
    advice = "Say in a line what each function does and why; say between cells what was found and decided."
    if len(missing) < total:
        return partly(reason, evidence=missing, advice=advice)
    return not_met(reason, evidence=missing, advice=advice)


@criterion("code_quality.annotated", title="Functions say their types", weight=0.5)
def annotated(evidence: Evidence) -> Finding:
    """Judge whether functions in modules have type annotations; those in notebooks need none."""
    if problem := unreadable(evidence):
        return problem
    functions = [fact for fact in own_functions(evidence) if fact.span.cell is None]
    if not functions:
        return not_applicable("No module defines a function.")
    bare = [fact for fact in functions if not fact.annotated]
    if len(bare) * 5 <= len(functions):
        return met("Functions say what they take and return.", evidence=spans(functions))
    reason = f"{len(bare)} of {len(functions)} functions have no complete annotations."
    advice = "Annotate arguments and results, at least of the functions other modules call."
    if len(bare) < len(functions):
        return partly(reason, evidence=spans(bare), advice=advice)
    return not_met(reason, evidence=spans(bare), advice=advice)


@criterion("code_quality.no_dead_code", title="Every function is used")
def no_dead_code(evidence: Evidence) -> Finding:
    """Judge whether the functions that are defined are reached from what runs."""
    if problem := unreadable(evidence):
        return problem
    functions = [fact for fact in own_functions(evidence) if not last(fact.name).startswith("__")]
    if not functions:
        return not_applicable("The work defines no function.")
    reached = reached_functions(evidence)
    dead = [fact for fact in functions if fact.name not in reached]
    if not dead:
        return met("Every function is used.", evidence=spans(functions))
    reason = f"{last(dead[0].name)} is defined and never used"
    reason += f", like {count(len(dead) - 1, 'other')}." if len(dead) > 1 else "."
    if gap := unread_part(evidence):
        return needs_human(f"{reason} But {gap}, so the call may stand there.", evidence=spans(dead))
    advice = "Delete what is not used; the history keeps it."
    if len(dead) * 3 <= len(functions):
        return partly(reason, evidence=spans(dead), score=0.6, advice=advice)
    return not_met(reason, evidence=spans(dead), advice=advice)


@criterion("code_quality.notebook_runs_in_order", title="The notebook runs from top to bottom")
def notebook_runs_in_order(evidence: Evidence) -> Finding:
    """Judge whether a notebook was handed in as one clean run; out of order, but running here, is partly met."""
    if problem := unreadable(evidence):
        return problem
    notebooks = [fact for fact in evidence.code.notebooks if fact.language.startswith(("python", "ipython"))]
    executed = [fact for fact in notebooks if any(fact.execution_counts)]
    if not notebooks:
        return not_applicable("There is no notebook.")
    if not executed:
        return not_applicable("The notebook was handed in without having been run, so there is no order to judge.")
    disordered = [fact for fact in executed if not _rising(_counts_that_matter(evidence, fact))]
    if not disordered:
        return met("The cells were run in their order.", evidence=[Span(path=fact.path) for fact in executed])
    places = [_first_out_of_order(evidence, fact) for fact in disordered]
    advice = "Restart the kernel and run all cells before saving."
    if _ran_through(evidence) and evidence.cells:
        return partly("The cells were saved out of order; from top to bottom they run all the same.", evidence=places,
                      score=0.7, advice=advice)  # fmt: skip
    return not_met("The cells were run in another order than they stand in.", evidence=places, advice=advice)


@criterion("code_quality.tests_check_the_work", title="Tests check the work's own functions")
def tests_check_the_work(evidence: Evidence) -> Finding:
    """Judge whether tests call the work's functions and assert something that can fail."""
    if problem := unreadable(evidence):
        return problem
    tests = [fact for fact in evidence.code.functions if fact.is_test]
    calling = _tests_of_the_work(evidence)
    real = [fact for fact in tests if fact.asserts and (fact.span.path, fact.name) in calling]
    advice = "Test what would hurt most if it broke: preparing the data, and the shape and range of predictions."
    if len(real) >= SEVERAL_TESTS:
        return met(f"{len(real)} tests check the work's own functions.", evidence=spans(real))
    if real:
        reason = f"{count(len(real), 'test')} of the work's own functions, no more."
        return partly(reason, evidence=spans(real), score=0.6, advice=advice)
    if tests:
        reason = "The tests that are there call none of the work's functions, or assert nothing that could fail."
        return not_met(reason, evidence=spans(tests), advice=advice)
    return absent(evidence, "There are no tests.", advice, question="What would you test first here, and how?")


@criterion("code_quality.no_repeated_code", title="Code is not copied")
def no_repeated_code(evidence: Evidence) -> Finding:
    """Judge how much of a file stands in it twice: runs of six lines of code that are the same."""
    if problem := unreadable(evidence):
        return problem
    by_path: dict[str, list[tuple[Source, int, str]]] = {}
    for source in _own_sources(evidence):
        lines = [(source, number, line.strip()) for number, line in code_lines(source)]
        by_path.setdefault(source.path, []).extend(line for line in lines if len(line[2]) > 3)
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


def _own_sources(evidence: Evidence) -> list[Source]:
    tests = test_paths(evidence)
    return [source for source in evidence.code.sources if source.path not in tests]


def _rising(counts: list[int]) -> bool:
    return all(first < second for first, second in pairwise(counts))


def _counts_that_matter(evidence: Evidence, fact: NotebookFact) -> list[int]:
    """Return the execution counts, in the cells' order, of the cells that do something: comments alone do not."""
    return [number for _, number in _counted_cells(evidence, fact)]


def _counted_cells(evidence: Evidence, fact: NotebookFact) -> list[tuple[int | None, int]]:
    cells: list[Source | None] = [source for source in evidence.code.sources if source.path == fact.path]
    cells += [None] * (len(fact.execution_counts) - len(cells))
    pairs = zip(cells, fact.execution_counts, strict=False)
    return [
        (source.cell if source else None, number)
        for source, number in pairs
        if number is not None and (source is None or code_lines(source))
    ]


def _first_out_of_order(evidence: Evidence, fact: NotebookFact) -> Span:
    """Return the first cell that was run before the one above it."""
    highest = 0
    for cell, number in _counted_cells(evidence, fact):
        if number < highest:
            return Span(path=fact.path, cell=cell)
        highest = max(highest, number)
    return Span(path=fact.path)


def _ran_through(evidence: Evidence) -> bool:
    return evidence.run is not None and evidence.run.failure is None


def _tests_of_the_work(evidence: Evidence) -> set[tuple[str, str]]:
    """Return (path, function) of everything that calls a function or class of the work."""
    own = {part for fact in own_functions(evidence) for part in (last(fact.name), fact.name.split(".")[0])}
    return {(call.span.path, call.function) for call in evidence.code.calls if last(call.name) in own}


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
