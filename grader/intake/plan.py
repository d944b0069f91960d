"""How the work is run: what was chosen, why, and what else there was."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Callable
from pathlib import PurePosixPath

from grader.errors import SubmissionError
from grader.intake.candidates import CandidateFiles, entry_of, is_script
from grader.intake.notebook_order import several_notebooks
from grader.intake.own_settings import own_settings
from grader.intake.own_tests import find_tests, folder_of
from grader.intake.readme import commands, named, started
from grader.intake.requirements import read_wanted
from grader.model import (
    OTHER_LANGUAGES,
    AnyAssignment,
    EntryPoint,
    EnvironmentKind,
    LeftNotebook,
    Limits,
    RunPlan,
    Submission,
)

WELL_KNOWN = ("predict.py", "main.py", "run.py", "solution.ipynb")
LISTED = 8
SERVERS = re.compile(r"^[ \t]*(?:from|import)[ \t]+(?:flask|fastapi|uvicorn|streamlit|gradio|dash)\b", re.MULTILINE)


def make_plan(
    submission: Submission,
    assignment: AnyAssignment | None,
    limits: Limits,
    environment: EnvironmentKind | None = None,
) -> RunPlan:
    """Choose the entry point: own settings, the assignment's contract, a lone notebook, what the README names,
    well-known names, the only script that is a program, in this order. Without an assignment, several notebooks come
    after the README's commands and before all that follows: they are all run.

    Raises SubmissionError("plan.no_entry_point") listing what was found, "plan.invalid" for broken run settings, and
    what `read_wanted` raises where works bring their own requirements: as `environment` says, else the assignment.
    """
    files = CandidateFiles(submission)
    entries, left = _entry_points(files, submission, assignment)
    if assignment is None and entries[0].kind == "notebook":
        left += _of_other_languages(files)
    run = {entry.path for entry in entries}
    others = tuple(path for path in files.runnable if path not in run)[:LISTED]
    tests = find_tests(files)
    plan = RunPlan(
        entry_point=entries[0].model_copy(update={"considered": others}),
        then=entries[1:],
        left_notebooks=left,
        limits=limits,
        tests=tests,
        tests_folder=folder_of(tests, files),
    )
    asked = environment or (assignment.environment if assignment else "fixed")
    return _with_environment(plan, submission, asked)


def _of_other_languages(files: CandidateFiles) -> tuple[LeftNotebook, ...]:
    told = (
        (path, f"it is written in {language}, and only Python is run and read")
        for path, language in files.other_notebooks.items()
    )
    return tuple(LeftNotebook(path=path, why=why) for path, why in told)


def _entry_points(
    files: CandidateFiles, submission: Submission, assignment: AnyAssignment | None
) -> tuple[tuple[EntryPoint, ...], tuple[LeftNotebook, ...]]:
    """Return what the first rule that fits chooses, and the notebooks of several that it leaves."""
    begins: tuple[Callable[[], EntryPoint | None], ...] = (
        lambda: own_settings(files),
        lambda: _only_file(submission),
        lambda: _contract(files, assignment),
        lambda: None if assignment else _program_of_readme(files),
    )
    ends: tuple[Callable[[], EntryPoint | None], ...] = (
        lambda: _lone_notebook(files),
        lambda: _named_in_readme(files),
        lambda: _well_known(files),
        lambda: _only_program(files),
    )
    entry = next((found for rule in begins if (found := rule())), None)
    if entry is None and assignment is None:
        several = several_notebooks(files, _readmes(files), lambda name: _matching(name, files))
        if several[0]:
            return several
    entry = entry or next((found for rule in ends if (found := rule())), None)
    if entry is None:
        raise _nothing_to_run(files)
    return (entry,), ()


def _with_environment(plan: RunPlan, submission: Submission, environment: EnvironmentKind) -> RunPlan:
    if environment == "fixed":
        return plan
    wanted = read_wanted(submission)
    return plan.model_copy(update={"environment": "requirements", "wanted": wanted, "notes": wanted.notes})


def _nothing_to_run(files: CandidateFiles) -> SubmissionError:
    """Say which files there are to choose from, or that none of them is Python."""
    if files.runnable:
        found = f"Nothing says how to run this work. Found: {_listed(files.runnable)}."
        return SubmissionError(
            "plan.no_entry_point", found, hint='Add a takehome.toml with the line: run = "python predict.py"'
        )
    foreign = {path: OTHER_LANGUAGES.get(PurePosixPath(path).suffix.lower(), "") for path in sorted(files.paths)}
    foreign |= files.other_notebooks
    written = [path for path, language in foreign.items() if language]
    if written:
        message = f"This work is written in {foreign[written[0]]} ({_listed(written)}); only Python can be run."
        return SubmissionError("notebook.language", message, hint="Hand in Python files or Python notebooks.")
    message = f"There is no Python file and no notebook. Found: {_listed(sorted(files.paths))}."
    return SubmissionError("plan.no_entry_point", message, hint="Hand in the code too, not only data and reports.")


def _listed(paths: list[str]) -> str:
    more = f" and {len(paths) - LISTED} more" if len(paths) > LISTED else ""
    return ", ".join(paths[:LISTED]) + more


def _only_file(submission: Submission) -> EntryPoint | None:
    if submission.kind in ("notebook", "script") and len(submission.files) == 1:
        return entry_of(submission.files[0].path, "it is what was handed in")
    return None


def _contract(files: CandidateFiles, assignment: AnyAssignment | None) -> EntryPoint | None:
    if assignment is None:
        return None
    contract = assignment.contract
    for accepted in contract.accepts:
        if accepted == "command":
            words = tuple(shlex.split(contract.command))
            script = next((word for word in words if word.endswith(".py")), "")
            if script in files.paths and _takes_options(files.text(script), words):
                return EntryPoint(
                    kind="command",
                    path=script,
                    argv=words,
                    reason=f"the assignment asks for {script} with these options",
                )
        elif accepted in ("predict", "pipeline"):
            name = contract.function if accepted == "predict" else contract.pipeline
            path = next(
                (path for path in files.runnable if path.endswith(".py") and _answers(files.text(path), name)), None
            )
            if path is not None and not is_script(files.text(path)):
                kind = "predict_function" if accepted == "predict" else "pipeline_function"
                return EntryPoint.model_validate(
                    {"kind": kind, "path": path, "function": name, "reason": f"the assignment asks for {name}()"}
                )
    return None


def _answers(text: str, name: str) -> bool:
    """Say whether a module defines the function asked for; a web server's handler of that name answers requests."""
    return _defines(text, name) and not SERVERS.search(text)


def _takes_options(text: str, words: tuple[str, ...]) -> bool:
    return all(word in text for word in words if word.startswith("--"))


def _tree(text: str) -> ast.Module | None:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _defines(text: str, name: str) -> bool:
    if name not in text:
        return False
    tree = _tree(text)
    return tree is not None and any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


def _lone_notebook(files: CandidateFiles) -> EntryPoint | None:
    notebooks = [path for path in files.runnable if path.endswith(".ipynb")]
    scripts = [
        path for path in files.runnable if PurePosixPath(path).name.lower() in WELL_KNOWN and path.endswith(".py")
    ]
    if len(notebooks) == 1 and not scripts:
        return entry_of(notebooks[0], "it is the only notebook")
    return None


def _readmes(files: CandidateFiles) -> list[str]:
    """Return the READMEs at the root, that of no language but its own first."""
    found = (path for path in files.paths if "/" not in path and path.lower().startswith("readme"))
    return sorted(found, key=lambda path: (path.count("."), path))


def _program_of_readme(files: CandidateFiles) -> EntryPoint | None:
    """Return the program that a README says to run, or names well-known where it names no notebook: it comes before
    all the notebooks of a portfolio work.
    """
    for name in _readmes(files):
        text = files.text(name)
        entry = _commands_of(text, name, files) or _started_or_named(text, name, files)
        if entry is None or entry.path.endswith(".ipynb") or SERVERS.search(files.text(entry.path)):
            continue
        is_well_known = PurePosixPath(entry.path).name.lower() in WELL_KNOWN and ".ipynb" not in text
        if is_well_known or entry.kind == "command" or any(_matching(word, files) for word in started(text)):
            return entry
    return None


def _named_in_readme(files: CandidateFiles) -> EntryPoint | None:
    for name in _readmes(files):
        text = files.text(name)
        entry = _commands_of(text, name, files) or _started_or_named(text, name, files)
        if entry is not None:
            return entry
    return None


def _commands_of(text: str, readme: str, files: CandidateFiles) -> EntryPoint | None:
    """Return the README's commands as one, run in their order; web servers, which never end, are left out."""
    known: dict[str, tuple[str, ...]] = {}
    for words in commands(text):
        path = _matching(words[0], files)
        if path and path.endswith(".py") and not SERVERS.search(files.text(path)):
            known.setdefault(path, words)
    lines = list(known.items())
    first = next((path for path in (_matching(word, files) for word in started(text)) if path), None)
    if not lines or first is None or first.endswith(".ipynb"):
        return None
    if len(lines) == 1 and len(lines[0][1]) == 1:
        return entry_of(lines[0][0], f"{readme} says to run it")
    joined = " && ".join(shlex.join(["python", path, *words[1:]]) for path, words in lines)
    if len(lines) == 1:
        argv = ("python", lines[0][0], *lines[0][1][1:])
        return EntryPoint(kind="command", path=lines[0][0], argv=argv, reason=f"{readme} says to run it like this")
    reason = f"{readme} says to run these {len(lines)} scripts one after the other"
    return EntryPoint(kind="command", path=lines[-1][0], argv=("sh", "-c", joined), reason=reason)


def _started_or_named(text: str, readme: str, files: CandidateFiles) -> EntryPoint | None:
    for name in started(text):
        if path := _matching(name, files):
            return entry_of(path, f"{readme} says to run it")
    found = [path for path in (_matching(name, files) for name in named(text)) if path and path not in files.modules]
    found.sort(key=lambda path: PurePosixPath(path).name.lower() not in WELL_KNOWN)  # a list of files names many
    return entry_of(found[0], f"{readme} names it") if found else None


def _matching(named: str, files: CandidateFiles) -> str | None:
    cleaned = named.strip().removeprefix("./").replace("%20", " ")
    if cleaned in files.runnable:
        return cleaned
    tails = [path for path in files.runnable if PurePosixPath(path).name == PurePosixPath(cleaned).name]
    return tails[0] if len(tails) == 1 else None


def _well_known(files: CandidateFiles) -> EntryPoint | None:
    for name in WELL_KNOWN:
        for path in files.runnable:
            if PurePosixPath(path).name.lower() == name:
                return entry_of(path, f"{name} is a well-known name")
    return None


def _only_program(files: CandidateFiles) -> EntryPoint | None:
    """Choose a script when all the others are modules that it, or one another, imports."""
    left = [path for path in files.runnable if path not in files.modules and PurePosixPath(path).name != "__init__.py"]
    if len(left) == 1 and left[0].endswith(".py") and _does_something(files.text(left[0])):
        return entry_of(left[0], "it is the only script that is no module of another")
    return None


def _does_something(text: str) -> bool:
    tree = _tree(text)
    works = (ast.For, ast.While, ast.With, ast.If)
    return tree is not None and any(
        isinstance(node, works) or (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call))
        for node in tree.body
    )
