"""Tells what a portfolio work lacked here from what is wrong with it: by how its run ended, and by what came along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from grader.evidence.fetched_data import named_as_elsewhere
from grader.model import OWN_BY_NAME, Absence, CodeFacts, Failure

NO_PACKAGE, NO_PYTHON = "environment.missing_package", "notebook.language"
MODULE = re.compile(r"imports ([\w.]{1,100})(?: \(the package ([\w.-]{1,100})\))?, which is not installed")
FILE = re.compile(r"(?:FileNotFoundError|No such file or directory).{0,300}?'([^'\n]{1,300})'")
OFFLINE = re.compile(
    r"\b(?:URLError|gaierror|NewConnectionError|MaxRetryError|NameResolutionError|ConnectTimeout|ProxyError)\b"
    r"|Name or service not known|name resolution|Network is unreachable|[Mm]ax retries exceeded"
)
NO_DATA = frozenset((".py", ".ipynb", ".sh", ".toml", ".yaml", ".yml", ".cfg", ".ini", ".env", ".md"))
BRING = "A portfolio piece may bring its own packages: grade it with --environment requirements."
BROUGHT = "It is not among what the list of the work brought: look at the list, and at what the report says of the run."


def absences(
    failures: Iterable[Failure], code: CodeFacts, paths: Iterable[str], *, brought: bool = False
) -> dict[int, Absence]:
    """Return, by the numbers of `failures` in the order of their runs, what each lacked; none for the work's own.

    `paths` are the files that were handed in; `brought` says that the work's own list of packages was installed.
    """
    names = frozenset(PurePosixPath(path).name for path in paths)
    found: dict[int, Absence] = {}
    for number, failure in enumerate(failures):
        absence = (
            _package(failure, brought=brought)
            or _environment(failure)
            or _data(failure, code, names, list(found.values()))
            or _network(failure)
            or _language(failure)
        )
        if absence is not None:
            found[number] = absence
    return found


def _package(failure: Failure, *, brought: bool) -> Absence | None:
    told = MODULE.search(failure.message) if failure.code == NO_PACKAGE else None
    if told is None or told[1].partition(".")[0] in OWN_BY_NAME:
        return None
    name = told[2] or told[1]
    why = f"{_where(failure)} needs {name}, which is not here."
    return Absence(kind="package", path=failure.path or "", name=name, why=why, advice=BROUGHT if brought else BRING)


def _environment(failure: Failure) -> Absence | None:
    if not failure.code.startswith("environment.") or failure.code == NO_PACKAGE:
        return None
    why = f"The packages that it asks for could not be made ready here: {failure.message}"
    advice = "Run it where its packages are, or grade it without --environment requirements."
    return Absence(kind="environment", path=failure.path or "", why=why, advice=advice)


def _data(failure: Failure, code: CodeFacts, names: frozenset[str], before: Sequence[Absence]) -> Absence | None:
    told = FILE.search(failure.message)
    if told is None:
        return None
    wanted = told[1].replace("\\", "/")
    name = PurePosixPath(wanted).name
    if not name or name in names or PurePosixPath(name).suffix.lower() in NO_DATA:
        return None
    writers = {call.span.path for call in code.calls if call.kind == "save" and name in call.span.text}
    stopped = next((absence for absence in before if absence.path in writers), None)
    if stopped is not None:
        why = f"{_where(failure)} reads {name}, which {stopped.path} would have written."
        return Absence(kind="earlier", path=failure.path or "", name=name, why=why, advice=stopped.advice)
    if writers or not named_as_elsewhere(wanted, code.documents):
        return None
    why = f"{_where(failure)} reads {name}, which did not come along and is said to be had elsewhere."
    advice = f"Ask for {name}, put it where the work looks for it, and grade it again."
    return Absence(kind="data", path=failure.path or "", name=name, why=why, advice=advice)


def _network(failure: Failure) -> Absence | None:
    if failure.code not in ("run.failed", "notebook.cell_error") or not OFFLINE.search(failure.message):
        return None
    why = f"{_where(failure)} fetches something as it runs, and there is no network here."
    advice = "Ask for what it fetches, or run it where there is a network."
    return Absence(kind="download", path=failure.path or "", why=why, advice=advice)


def _language(failure: Failure) -> Absence | None:
    if failure.code != NO_PYTHON:
        return None
    advice = "Have it read by somebody who knows the language: nothing of its code is judged here."
    return Absence(kind="language", path=failure.path or "", why=failure.message, advice=advice)


def _where(failure: Failure) -> str:
    return failure.path or "The work"
