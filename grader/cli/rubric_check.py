"""`grader rubric check`: a plugin proved sound before it judges anybody; what is wrong is said with how to mend it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from rich.console import Console
from rich.text import Text

from grader.errors import UsageError
from grader.evidence import SubprocessCodeReader
from grader.intake import take
from grader.model import DIMENSIONS, Evidence
from grader.pipeline import private_scratch
from grader.plugins import Criterion, Declared, Finding, PluginError, PluginProcess, Times, declared_by, load_rubric
from grader.plugins.apart import OTHER_SEEDS
from grader.plugins.rubric import ENTRY_POINT_GROUP, OURS
from grader.report.folder import read_folder
from grader.report.formats import count
from grader.report.visible import one_line
from grader.settings import Settings, read_settings

MOST_SAMPLES = 8
SHORTEST_DEFINITION = 20
BROKEN = 2
EMPTY = "empty evidence"
MOST_SAID = 400
_RAISED_MEND = "Mend that line; the fields of the evidence are in grader/model/evidence.py."
_EMPTY_MEND = "Work with empty evidence too: no calls, no cells, no run, no hidden result."
_MENDS = {
    "imported": "Run python -c 'import MODULE' and mend what it says; import nothing that is not installed here.",
    "5 seconds": "A criterion looks at facts that are read already: milliseconds. Look for a loop that never ends.",
    "different findings": "Use no clock, no random numbers and nothing kept from an earlier call: only the evidence.",
    "no finding": "Return what met(), partly(), not_met(), not_applicable() or needs_human() gives.",
}


@dataclass(frozen=True)
class Problem:
    """What is wrong, and how to mend it; after the `last` one a criterion is not asked further."""

    text: str
    mend: str = ""
    last: bool = False


def check_command(names: Sequence[str], stored: Sequence[Path]) -> int:
    """Check each plugin named (all of others without a name) on sample evidence; returns 0, or 2 where one is wrong."""
    settings, console = read_settings(), Console()
    samples = [(EMPTY, Evidence()), *_stored(stored), *_examples(settings)]
    modules = [module for name in names for module in _modules(name)] if names else _installed()
    if not modules:
        console.print("No plugin of others is installed; name a module, a package or a file.")
        return 0
    console.print(Text(f"Asked about {_told(samples)}."), soft_wrap=True)
    wrong = [module for module in modules if not _check(module, samples, console)]
    return BROKEN if wrong else 0


def problems_of(item: Criterion, process: PluginProcess, samples: Sequence[tuple[str, Evidence]]) -> Iterator[Problem]:
    """Yield what is wrong with one criterion: how it is declared, and how it answers."""
    if item.problem:
        yield Problem(item.problem, "See docs/how-to/write-a-criterion.md: @criterion('DIMENSION.name', title=...).")
        return
    if len(item.definition) < SHORTEST_DEFINITION:
        what = f"a definition of less than {SHORTEST_DEFINITION} characters" if item.definition else "no definition"
        yield Problem(f"it has {what}", "Write a docstring that says what is judged; it is shown to people.")
    if not item.title.strip():
        yield Problem("it has no title", "Say in a few words what is so where it is met.")
    found: dict[Problem, list[str]] = {}
    for name, evidence in samples:
        try:
            problems = list(_problems_of_finding(process.judge(item.id, evidence, OTHER_SEEDS), evidence))
        except PluginError as error:
            problems = [_problem_of_error(error)]
        for problem in problems:
            found.setdefault(problem, []).append(name)
        if any(problem.last for problem in problems):
            break
    for problem, names in found.items():
        mend = _EMPTY_MEND if names == [EMPTY] and problem.mend == _RAISED_MEND else problem.mend
        yield Problem(f"on {_named(names, len(samples))}: {problem.text}", mend)


def _named(names: Sequence[str], total: int) -> str:
    """Return in words which of the samples: all 5, empty evidence, or leaky and 2 more."""
    if len(names) == total > 1:
        return f"all {total}"
    rest = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{one_line(names[0], 80)}{rest}"


def _problem_of_error(error: PluginError) -> Problem:
    """Return what the criterion raised and where, or how it failed to answer; a plugin's own words are not trusted."""
    if error.detail:
        return Problem(f"it raised {one_line(error.detail, MOST_SAID)}", _RAISED_MEND)
    return Problem(str(error), next((mend for key, mend in _MENDS.items() if key in str(error)), ""), last=True)


def _problems_of_finding(finding: Finding, evidence: Evidence) -> Iterator[Problem]:
    if not finding.reason.strip():
        yield Problem(f"the verdict {finding.verdict} has no reason", "Say in a sentence what was seen.")
    if finding.score is not None and not finding.evidence:
        yield Problem(
            f"the verdict {finding.verdict} rests on no place, so it becomes needs_human",
            "Give evidence=[...]; for what is absent name where it ought to be, or return not_applicable().",
        )
    files = {entry.path for entry in evidence.files}
    if files and (strange := [span.path for span in finding.evidence if span.path not in files]):
        yield Problem(f"it points at {one_line(strange[0])!r}, which the work does not hold", "Point at its own spans.")


def _check(module: str, samples: Sequence[tuple[str, Evidence]], console: Console) -> bool:
    declared = declared_by(module, Times())
    console.print(Text(module, style="bold"))
    general = list(_problems_of_plugin(module, declared))
    for problem in general:
        _show(console, "--", problem.text, problem.mend)
    process, sound = PluginProcess(module), not general
    for item in declared.criteria:
        found = list(problems_of(item, process, samples))
        sound = sound and not found
        _show(console, "--" if found else "ok", item.id, _verdicts(item, process, samples) if not found else "")
        for problem in found:
            _show(console, "", problem.text, problem.mend)
    return sound


def _problems_of_plugin(module: str, declared: Declared) -> Iterator[Problem]:
    if declared.problem:
        yield Problem(declared.problem, next((mend for key, mend in _MENDS.items() if key in declared.problem), ""))
    elif not declared.criteria:
        yield Problem(
            "it declares no criterion", "Define the functions in this very module; imported ones are left out."
        )
    for part in declared.dimensions:
        if part.problem:
            yield Problem(part.problem, "Choose another id for the dimension.")
    known = {*DIMENSIONS, *(part.id for part in declared.dimensions)}
    installed = {item.id: item.origin for item in load_rubric().criteria if item.origin}
    own = {point.name for point in entry_points(group=ENTRY_POINT_GROUP) if point.value == module}
    for item in declared.criteria:
        if item.dimension not in known and not item.problem:
            yield Problem(
                f"{item.id}: there is no dimension {item.dimension!r}", "Declare it: dimension('id', title=...)."
            )
        other = installed.get(item.id)
        if other and other.name not in own:
            yield Problem(f"{item.id} is the id of a criterion of {other.name}", "Choose another id.")


def _told(samples: Sequence[tuple[str, Evidence]]) -> str:
    """Return in words what the criteria are asked about: empty evidence and 4 works (broken, decent, leaky, strong)."""
    works = [one_line(name, 80) for name, _ in samples if name != EMPTY]
    return f"{EMPTY} and {count(len(works), 'work')} ({', '.join(works)})" if works else EMPTY


def _verdicts(item: Criterion, process: PluginProcess, samples: Sequence[tuple[str, Evidence]]) -> str:
    """Return how many of the samples got each verdict, in words."""
    counted = Counter(process.judge(item.id, evidence).verdict for _, evidence in samples)
    told = ", ".join(f"{verdict} {number}" for verdict, number in counted.most_common())
    return f"of {len(samples)}: {told}"


def _modules(name: str) -> list[str]:
    """Return the modules that a word names: a file, a package, a plugin, or a module that can be imported from here."""
    if name.endswith(".py") or Path(name).is_file():
        if not Path(name).is_file():
            raise UsageError(f"there is no file {name}")
        sys.path.insert(0, str(Path(name).resolve().parent))
        return [Path(name).stem]
    points = entry_points(group=ENTRY_POINT_GROUP)
    found = [point.value for point in points if name == point.name or (point.dist and point.dist.name == name)]
    if not found:
        sys.path.insert(0, str(Path.cwd()))
    return found or [name]


def _installed() -> list[str]:
    points = entry_points(group=ENTRY_POINT_GROUP)
    return [point.value for point in points if point.dist is None or point.dist.name != OURS]


def _stored(folders: Sequence[Path]) -> list[tuple[str, Evidence]]:
    return [(str(folder), read_folder(folder)[1]) for folder in folders]


def _examples(settings: Settings) -> list[tuple[str, Evidence]]:
    """Return the evidence of the assignments' example works, read and not run."""
    folders = sorted({path.resolve() for root in settings.assignment_roots for path in root.glob("*/examples/*/")})
    found = []
    with private_scratch(settings.scratch) as scratch, closing(SubprocessCodeReader()) as reader:
        for number, folder in enumerate(folders[:MOST_SAMPLES]):
            submission = take(str(folder), scratch / str(number))
            found.append((folder.name, Evidence(files=submission.files, code=reader.read(submission))))
    return found


def _show(console: Console, mark: str, text: str, more: str) -> None:
    style = {"ok": "green", "--": "red"}.get(mark, "")
    beside = f"  {more}" if mark == "ok" and more else ""
    console.print(Text.assemble((f"  {mark:2}  ", style), text, (beside, "dim")), soft_wrap=True)
    if more and not beside:
        console.print(Text(f"      -> {more}"), soft_wrap=True)
