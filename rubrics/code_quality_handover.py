"""Code quality: can another run it from what was handed in, and was only that handed in?"""

from __future__ import annotations

from pathlib import PurePosixPath

from grader import Document, Evidence, Finding, Span, criterion, met, not_applicable, not_met, partly
from rubrics.dependencies import declared, installed, lines_of, not_handed_in, third_party
from rubrics.distributions import declared_as
from rubrics.facts import count, nothing_seen, start, unreadable
from rubrics.running import Readmes

JUNK = frozenset(("__pycache__", ".ipynb_checkpoints", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".venv",
                  "venv", "site-packages", "node_modules", "catboost_info", ".idea", ".vscode", ".pytest_cache",
                  ".mypy_cache", ".ruff_cache", ".Rhistory", "lightning_logs"))  # fmt: skip
JUNK_SUFFIXES = (".pyc", ".pyo", ".swp", ".bak", ".tmp", ".crdownload")
STEPS, SEVERAL, NEARLY_ALL = 5, 2, 0.9
IN_STEPS = "Commit each step by itself, with a message that says why."
NO_INSTALL = "it does not say how to install what the work imports"


@criterion("code_quality.how_to_run_documented", title="A README lets another run it")
def how_to_run_documented(evidence: Evidence) -> Finding:
    """Judge whether a README names the file that really runs the work, or gives a command or a script that starts it,
    and says how to install what it needs; one of the two, or a command for a file that is not there, is partly met. A
    file that is only listed, or a list of packages that is not there, says nothing on installing. A lone file needs
    none.
    """
    if problem := unreadable(evidence):
        return problem
    if len(evidence.files) <= 1:
        return not_applicable("A single file was handed in.")
    readmes = Readmes(evidence)
    advice = "Say in a README how to install what it needs and with which command to run it."
    if not readmes.documents:
        reason = f"{readmes.empty[0]} is empty." if readmes.empty else "There is no README."
        places = [Span(path=path) for path in readmes.empty] or start(evidence)
        return not_met(reason, evidence=places, advice=advice)
    needs = bool(third_party(evidence))
    runs, installs, gone = readmes.runs(), readmes.installs(), readmes.gone()
    lacking = [] if runs else ["it names no file that runs the work"]
    unlisted = readmes.lists_nothing() if needs and not installs else None
    missing = f"it installs from {unlisted[0]}, which is not there" if unlisted else NO_INSTALL
    lacking += [] if installs or not needs else [missing]
    lacking += [f"it gives a command for {gone[0]}, which is not there"] if gone else []
    found = [span for span in (installs, runs, *(named[1] for named in (gone, unlisted) if named)) if span]
    places = list({(span.path, span.line): span for span in found}.values())
    places = places or [Span(path=document.path) for document in readmes.documents]
    which = ", ".join(document.path for document in readmes.documents[:3])
    if not lacking:
        return met(f"It says how to install and run it ({which}).", evidence=places)
    right = ["how to install what it imports"] if installs and needs else []
    right += ["what runs the work"] if runs else []
    reason = f"Of {which}: {'; '.join(lacking)}."
    reason += f" It does say {' and '.join(right)}." if right else ""
    copied = gone is not None and runs is None and not readmes.is_of_this_work()
    if (right and not copied) or len(lacking) == 1:
        return partly(reason, evidence=places, advice=advice)
    return not_met(reason, evidence=places, advice=advice)


@criterion("code_quality.dependencies_pinned", title="Dependencies are declared with their versions", weight=1.5)
def dependencies_pinned(evidence: Evidence) -> Finding:
    """Judge whether every imported package is declared with a fixed version: in a file, or where a notebook, a
    Dockerfile or a shell script installs it; or a README installs the list that came with the assignment. Some
    declared, or none with its version, are partly met.
    """
    if problem := unreadable(evidence):
        return problem
    needed = third_party(evidence)
    files = [document for document in evidence.code.documents if document.kind == "dependencies"]
    if not needed:
        return nothing_seen(evidence, "The work imports nothing beyond Python itself.")
    if given := Readmes(evidence).installs_what_was_handed_out():
        return met(f"A README installs {given[0]}, which came with the assignment.", evidence=[given[1]])
    commands = installed(evidence)
    listed = {**{name: fixed for name, (fixed, _) in commands.items()}, **declared(files)}
    found = _as_declared(needed, listed, files, [(name, span) for name, (_, span) in commands.items()])
    if gone := not_handed_in(evidence):
        said = f"{found.reason} ({', '.join(gone)}: imported as a module of the work's own, and not handed in.)"
        return found.model_copy(update={"reason": said})
    return found


def _as_declared(
    needed: dict[str, Span], listed: dict[str, bool], files: list[Document], commands: list[tuple[str, Span]]
) -> Finding:
    advice = "List every package that is imported in requirements.txt or pyproject.toml, with its version."
    known = {name: declared_as(name, listed) for name in needed}
    named = [distribution for distribution in known.values() if distribution]
    if not named:
        reason = f"Nothing declares the {count(len(needed), 'package')} that the work imports."
        return not_met(reason, evidence=list(needed.values()), advice=advice)
    missing = [name for name, distribution in known.items() if distribution is None]
    if missing:
        places = [needed[name] for name in missing] + _places(files, commands)
        reason = f"Imported, but not declared: {', '.join(missing[:5])}."
        few = len(missing) * 2 < len(needed)
        return partly(reason, evidence=places, score=0.6 if few else 0.3, advice=advice)
    loose = [name for name, distribution in known.items() if distribution and not listed[distribution]]
    unpinned = [distribution for distribution in named if not listed[distribution]]
    places = [*lines_of(files, unpinned or named), *(span for name, span in commands if name in (unpinned or named))]
    places = places or _places(files, commands)
    if not loose:
        return met("Every imported package is declared with its version.", evidence=places)
    reason = f"Declared without a fixed version: {', '.join(loose[:5])}."
    return partly(reason, evidence=places, score=0.6, advice="Pin versions, or hand in a lock file.")


def _places(files: list[Document], commands: list[tuple[str, Span]]) -> list[Span]:
    return [*(Span(path=document.path) for document in files), *(span for _, span in commands)]


@criterion("code_quality.nothing_stray", title="Nothing stray is handed in", weight=0.5)
def nothing_stray(evidence: Evidence) -> Finding:
    """Judge whether caches, checkpoints, environments or an editor's or system's files were committed or packed. Where
    a folder of this machine holds what tools make by being used on it, nobody can tell.
    """
    stray = [Span(path=path) for path in evidence.left_out]
    stray += [Span(path=entry.path) for entry in evidence.files if _is_stray(entry.path)]
    if stray:
        reason = f"{count(len(stray), 'file')} came along that nobody wrote, such as {stray[0].path}."
        return not_met(reason, evidence=stray, advice="Name them in .gitignore and remove them.")
    if len(evidence.files) <= 1:
        return not_applicable("A single file was handed in.")
    if about := evidence.lying_about:
        what = f"The folder holds what tools leave behind, such as {about[0]}"
        return not_applicable(f"{what}; whether that was handed in, or came about here, cannot be told from a folder.")
    return met("Only files of the work are handed in.", evidence=start(evidence))


def _is_stray(path: str) -> bool:
    return path.endswith(JUNK_SUFFIXES) or not JUNK.isdisjoint(PurePosixPath(path).parts)


@criterion("code_quality.committed_in_steps", title="It was committed in steps", weight=0.5)
def committed_in_steps(evidence: Evidence) -> Finding:
    """Judge how many commits that change something led to what was handed in: five are met, two partly, and so are five
    of which one added nine tenths of the lines. Where a shallow copy came with fewer, it does not apply.
    """
    history = evidence.history
    if history is None:
        return not_applicable("No git history came with the work.")
    made = history.commits
    place = start(evidence)
    if made < STEPS and not history.complete:
        return not_applicable("Only the newest commits came with the work: how many there were before nobody knows.")
    if made >= STEPS and history.largest is not None and history.largest[1] >= NEARLY_ALL:
        reason = f"{made} commits led to it, one of which added {history.largest[1]:.0%} of the lines."
        return partly(reason, evidence=place, score=0.7, advice=IN_STEPS)
    if made >= STEPS:
        return met(f"{made} commits led to it.", evidence=place)
    if made >= SEVERAL:
        return partly(f"{made} commits led to it.", evidence=place, advice=IN_STEPS)
    return not_met("It was committed all at once.", evidence=place, advice=IN_STEPS)
