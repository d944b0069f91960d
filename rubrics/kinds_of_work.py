"""What kind of work was handed in, and what it may be asked for: an analysis in a notebook is no service."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from grader import Call, Evidence, Finding, Span
from rubrics.code_text import code_lines
from rubrics.facts import last, live_calls, nothing_seen, test_paths
from rubrics.live import live_places
from rubrics.once import once_a_work

SERVICES = ("fastapi.FastAPI", "flask.Flask", "starlette.", "bentoml.", "gradio.Interface", "gradio.Blocks",
            "litserve.", "streamlit.", "aiohttp.web.Application", "ray.serve", "tornado.web.Application",
            "dash.Dash", "rest_framework.routers.")  # fmt: skip
ROUTES_OF_DJANGO = ("django.urls.path", "django.urls.re_path", "django.conf.urls.url")
PAGES = ("streamlit.", "gradio.", "dash.Dash")
PARSING = frozenset(("parse_args", "parse_known_args"))
CALLED_AGAIN = ("command", "predict_function", "pipeline_function")
TWIN = " hold the same code."
_ARGUMENTS = re.compile(r"(?<!execute_from_command_line\()\bsys\.argv\b")  # Django's own are none of the work's
_OF_OTHERS = re.compile(r"\b(?:include|static)\(|\badmin\.site\b")
_IMPORT = re.compile(r"^\s*(?:from|import)\s")
_MAIN = re.compile(r"^if __name__\s*==")


def analysis_only(evidence: Evidence, calls: Iterable[Call]) -> Finding | None:
    """Return the finding when `calls`, which a criterion asks about, stand in notebooks and their modules alone and no
    program was asked for; None where it has to judge.
    """
    own = programs_apart(evidence)
    if any(call.span.path in own for call in calls) or _program_asked_for(evidence):
        return None
    reason = "This is done in notebooks, as an analysis; no program was asked for."
    return nothing_seen(evidence, reason, among=(".py",))


def programs(evidence: Evidence) -> list[str]:
    """Return the Python files that hold code of the work, without tests and notebooks saved as scripts."""
    twins = twin_scripts(evidence)
    tests = test_paths(evidence)
    return [
        source.path
        for source in evidence.code.sources
        if source.cell is None and source.lines and source.path not in tests
        if source.path not in twins and not source.was_notebook
    ]


def programs_apart(evidence: Evidence) -> frozenset[str]:
    """Return the programs without the modules that notebooks alone import: these are part of their analysis."""
    return frozenset(programs(evidence)) - _modules_of_notebooks(evidence)


def programs_judged(evidence: Evidence) -> frozenset[str]:
    """Return the programs that are judged as such: the modules of notebooks too where a program was asked for."""
    return frozenset(programs(evidence)) if _program_asked_for(evidence) else programs_apart(evidence)


def services(evidence: Evidence) -> list[Call]:
    """Return the calls that make a web service or its pages."""
    return [call for call in live_calls(evidence) if call.name.startswith(SERVICES) or _routes(call)]


def _routes(call: Call) -> bool:
    """Tell whether a call of Django leads requests to a view of the work: not to the admin's pages, or other routes."""
    return call.name in ROUTES_OF_DJANGO and not _OF_OTHERS.search(" ".join(call.positional[1:]))


def options(evidence: Evidence) -> list[Call]:
    """Return the calls that read a command's options, and refuse what they do not know."""
    parsers = ("click.", "typer.", "fire.Fire")
    return [call for call in live_calls(evidence) if last(call.name) in PARSING or call.name.startswith(parsers)]


def arguments(evidence: Evidence) -> list[Span]:
    """Return where programs take words of their command as they come."""
    written = frozenset(programs(evidence))
    return [span for span in live_places(evidence, _ARGUMENTS) if span.path in written]


def files_of_services(evidence: Evidence) -> frozenset[str]:
    """Return the files that make a service, those that bring it their routes, and all that these import."""
    return files_around(evidence, {call.span.path for call in services(evidence)})


def files_around(evidence: Evidence, serving: set[str]) -> frozenset[str]:
    """Return the files `serving`, those that import them, and all that these import."""
    imported = _imported_words(evidence)
    names = {_module_name(path) for path in serving}
    around = serving | {path for path, words in imported.items() if path and words & names}
    return frozenset(around | _imported_by(around, imported))


@once_a_work
def _modules_of_notebooks(evidence: Evidence) -> frozenset[str]:
    """Return the modules that notebooks import and no program does."""
    imported, started = _imported_words(evidence), _started(evidence)
    return frozenset(_imported_by({""}, imported) - started - _imported_by(started, imported))


@once_a_work
def _imported_words(evidence: Evidence) -> dict[str, set[str]]:
    """Return the words of the import statements of each file, of all notebooks together under ""."""
    imported: dict[str, set[str]] = {}
    for source in evidence.code.sources:
        words = (re.findall(r"\w+", line[:300]) for _, line in code_lines(source) if _IMPORT.match(line))
        name = "" if source.cell is not None else source.path
        imported.setdefault(name, set()).update(word for found in words for word in found)
    return imported


def imports_own(evidence: Evidence, path: str) -> bool:
    """Tell whether a file imports another program of the work."""
    names = {_module_name(other) for other in programs(evidence) if other != path}
    return not names.isdisjoint(_imported_words(evidence).get(path, set()))


def _started(evidence: Evidence) -> set[str]:
    """Return the programs that do something by themselves: a main, a service, or work at the margin."""
    calls = [call for call in live_calls(evidence, "load", "save", "fit", "predict") if not call.function]
    found = {call.span.path for call in (*calls, *services(evidence))}
    found |= {
        source.path for source in evidence.code.sources if any(_MAIN.match(line) for _, line in code_lines(source))
    }
    found |= set(evidence.started)
    return found.intersection(programs(evidence))


def _imported_by(files: set[str], imported: dict[str, set[str]]) -> set[str]:
    """Return the files of the work that `files` import, and those that these import."""
    found: set[str] = set()
    waiting = list(files)
    while waiting:
        words = imported.get(waiting.pop(), set())
        new = {path for path in imported if path and _module_name(path) in words} - found
        found |= new
        waiting += new
    return found


def _module_name(path: str) -> str:
    """Return the name by which a file is imported: a package's is its folder's."""
    place = PurePosixPath(path)
    return place.parent.name if place.stem == "__init__" else place.stem


def twin_scripts(evidence: Evidence) -> frozenset[str]:
    """Return the scripts that hold the same code as a notebook beside them."""
    notes = [note.removesuffix(TWIN) for note in evidence.code.notes if note.endswith(TWIN)]
    paths = (source.path for source in evidence.code.sources if source.cell is None)
    return frozenset(path for path in paths if any(note.endswith(f" and {path}") for note in notes))


def meant_to_be_operated(evidence: Evidence) -> bool:
    """Tell whether the assignment is about operating a model, not only about making one."""
    return evidence.track == "mlops"


def _program_asked_for(evidence: Evidence) -> bool:
    """Tell whether the track is more than making a model, or the work is run by a command or a function."""
    called_again = evidence.plan is not None and evidence.plan.entry_point.kind in CALLED_AGAIN
    return called_again or evidence.track in ("mlops", "hybrid")
