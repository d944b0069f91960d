"""Code quality: can another run it from what was handed in, and was only that handed in?"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from grader import Evidence, Finding, Span, criterion, met, not_applicable, not_met, partly
from rubrics.dependencies import declared, declared_as, installed, not_handed_in, third_party
from rubrics.facts import count, nothing_seen, start, unreadable

JUNK = frozenset(("__pycache__", ".ipynb_checkpoints", "__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini", ".venv",
                  "venv", "site-packages", "node_modules", "catboost_info", ".idea", ".vscode", ".pytest_cache",
                  ".mypy_cache", ".ruff_cache", ".Rhistory", "lightning_logs"))  # fmt: skip
JUNK_SUFFIXES = (".pyc", ".pyo", ".swp", ".bak", ".tmp", ".crdownload")
STEPS, SEVERAL = 5, 2
_COMMAND = re.compile(r"\bpython3?[ \t]+(?:-u[ \t]+)?(?:-m[ \t]+([\w.]+)|([^\s`'\"|&;]+\.py))")
_SERVED = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|python3?[ \t]+-m)[ \t]+([\w.]+)")
_IMAGE_STARTED = re.compile(r"\bdocker(?:-compose|[ \t]+compose)?[ \t]+(?:up|run)\b")
_MAKE = re.compile(r"(?:^|&&|;)[ \t>$*-]*make((?:[ \t]+[\w.=-]+)+)[ \t]*(?=$|&&|;|#)", re.MULTILINE)
_CODE = re.compile(r"```[^\n]*\n(.*?)(?:```|\Z)|`([^`\n]{1,300})`", re.DOTALL)
_TARGET = re.compile(r"^([A-Za-z][\w.-]*)[ \t]*:(?!=)", re.MULTILINE)
_INSTALL = re.compile(
    r"\b(?:pip3?|conda|mamba|pipenv|poetry|uv|pdm)[ \t]+(?:install|env|create|sync|run|pip)\b"
    r"|requirements[\w.-]*\.txt|environment\.ya?ml|\bpyproject\.toml"
)


@criterion("code_quality.how_to_run_documented", title="A README lets another run it")
def how_to_run_documented(evidence: Evidence) -> Finding:
    """Judge whether a README names the file that really runs the work, and how to install what it needs; one of the
    two, or a command for a file that is not there, is partly met. A lone file needs none.
    """
    if problem := unreadable(evidence):
        return problem
    if len(evidence.files) <= 1:
        return not_applicable("A single file was handed in.")
    readmes = [document for document in evidence.code.documents if document.kind == "readme"]
    advice = "Say in a README how to install what it needs and with which command to run it."
    if not readmes:
        return not_met("There is no README.", evidence=start(evidence), advice=advice)
    places = [Span(path=document.path) for document in readmes]
    text = "\n".join(document.text for document in readmes)
    runs, installs = _names_what_runs(evidence, text), _says_how_to_install(evidence, text)
    lacking = [] if runs else ["it names no file that runs the work"]
    lacking += [] if installs else ["it does not say how to install what the work imports"]
    if gone := _not_there(evidence, text):
        lacking.append(f"it gives a command for {gone}, which is not there")
    which = ", ".join(document.path for document in readmes[:3])
    if not lacking:
        return met(f"It says how to install and run it ({which}).", evidence=places)
    right = ["how to install what it imports"] if installs and third_party(evidence) else []
    right += ["what runs the work"] if runs else []
    reason = f"Of {which}: {'; '.join(lacking)}."
    reason += f" It does say {' and '.join(right)}." if right else ""
    if len(lacking) == 1:
        return partly(reason, evidence=places, advice=advice)
    return not_met(reason, evidence=places, advice=advice)


def _names_what_runs(evidence: Evidence, text: str) -> bool:
    return any(name in text for name in _what_runs(evidence)) or _started_otherwise(evidence, text)


def _says_how_to_install(evidence: Evidence, text: str) -> bool:
    said = _INSTALL.search(text) or _starts_an_image(evidence, text) or _makes(evidence, text)
    return bool(said) or not third_party(evidence)


def _what_runs(evidence: Evidence) -> set[str]:
    """Return the names by which a README may mean what runs the work."""
    if evidence.plan is None:
        return {PurePosixPath(source.path).name for source in evidence.code.sources}
    entry = evidence.plan.entry_point
    words = [word for word in (entry.path, *entry.argv) if word.endswith((".py", ".ipynb"))]
    modules = {word.removesuffix(".py").replace("/", ".") for word in words if "/" in word}
    return {PurePosixPath(word).name for word in words} | modules


def _started_otherwise(evidence: Evidence, text: str) -> bool:
    """Tell whether the README starts an image, a target or a served module that is there."""
    modules = {PurePosixPath(source.path).stem for source in evidence.code.sources}
    served = {module.rpartition(".")[2] for module in _SERVED.findall(text)}
    return bool(
        _starts_an_image(evidence, text) or _makes(evidence, text) or (evidence.plan is None and served & modules)
    )


def _makes(evidence: Evidence, text: str) -> bool:
    """Tell whether `make` is given a target that a Makefile has, in code or as a line of its own: not "make sure"."""
    files = [item for item in evidence.code.documents if PurePosixPath(item.path).name == "Makefile"]
    targets = {target for document in files for target in _TARGET.findall(document.text)}
    code = [fenced or span for fenced, span in _CODE.findall(text)]
    words = {word for part in (*code, text) for found in _MAKE.findall(part) for word in found.split()}
    return bool(targets & words)


def _starts_an_image(evidence: Evidence, text: str) -> bool:
    names = (PurePosixPath(entry.path).name.lower() for entry in evidence.files)
    return any("dockerfile" in name or "compose" in name for name in names) and bool(_IMAGE_STARTED.search(text))


def _not_there(evidence: Evidence, text: str) -> str:
    """Return the first program that a command in `text` starts and that was not handed in, "" when all are."""
    names = {PurePosixPath(entry.path).name for entry in evidence.files}
    scripts = (path for _, path in _COMMAND.findall(text) if path and "<" not in path and "*" not in path)
    return next((path for path in scripts if PurePosixPath(path).name not in names), "")


@criterion("code_quality.dependencies_pinned", title="Dependencies are declared with their versions", weight=1.5)
def dependencies_pinned(evidence: Evidence) -> Finding:
    """Judge whether every imported package is declared with a fixed version: in a file, or where a notebook, a
    Dockerfile or a shell script installs it. Some declared, or none with its version, are partly met.
    """
    if problem := unreadable(evidence):
        return problem
    needed = third_party(evidence)
    files = [document for document in evidence.code.documents if document.kind == "dependencies"]
    if not needed:
        return nothing_seen(evidence, "The work imports nothing beyond Python itself.")
    commands = installed(evidence)
    listed = {**{name: fixed for name, (fixed, _) in commands.items()}, **declared(files)}
    places = [*(Span(path=document.path) for document in files), *(span for _, span in commands.values())]
    found = _as_declared(needed, listed, places)
    if gone := not_handed_in(evidence):
        said = f"{found.reason} ({', '.join(gone)}: imported as a module of the work's own, and not handed in.)"
        return found.model_copy(update={"reason": said})
    return found


def _as_declared(needed: dict[str, Span], listed: dict[str, bool], places: list[Span]) -> Finding:
    advice = "List every package that is imported in requirements.txt or pyproject.toml, with its version."
    known = {name: declared_as(name, listed) for name in needed}
    if not any(known.values()):
        reason = f"Nothing declares the {count(len(needed), 'package')} that the work imports."
        return not_met(reason, evidence=list(needed.values()), advice=advice)
    missing = [name for name, distribution in known.items() if distribution is None]
    loose = [name for name, distribution in known.items() if distribution and not listed[distribution]]
    if not missing and not loose:
        return met("Every imported package is declared with its version.", evidence=places)
    if missing:
        places = [needed[name] for name in missing] + places
        reason = f"Imported, but not declared: {', '.join(missing[:5])}."
        few = len(missing) * 2 < len(needed)
        return partly(reason, evidence=places, score=0.6 if few else 0.3, advice=advice)
    reason = f"Declared without a fixed version: {', '.join(loose[:5])}."
    return partly(reason, evidence=places, score=0.6, advice="Pin versions, or hand in a lock file.")


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
    """Judge how many commits that change something led to what was handed in: five are met, two partly. Known of a git
    address only.
    """
    if evidence.history is None:
        return not_applicable("No git history came with the work.")
    made = evidence.history.commits
    place = start(evidence)
    if made >= STEPS:
        return met(f"{made} commits led to it.", evidence=place)
    advice = "Commit each step by itself, with a message that says why."
    if made >= SEVERAL:
        return partly(f"{made} commits led to it.", evidence=place, advice=advice)
    return not_met("It was committed all at once.", evidence=place, advice=advice)
