"""What README files say of installing and starting a work, line by line, held against what is there."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from pathlib import PurePosixPath

from grader import Evidence, Span
from rubrics.console_scripts import script_lines
from rubrics.facts import test_paths
from rubrics.installing import requirements_of

MOST = 1000  # characters of a line
_FILE = r"([^\s`'\"|&;()\[\]]{1,200}\.(?:py|ipynb))"
_COMMAND = re.compile(rf"\b(?:python[\d.]*(?:[ \t]+-u)?|(?:streamlit|chainlit|fastapi)[ \t]+(?:run|dev))[ \t]+{_FILE}")
_SERVED = re.compile(r"\b(?:uvicorn|gunicorn|hypercorn|waitress-serve)\b([^\n`#|&;]{1,200})")
_AS_MODULE = re.compile(r"\bpython[\d.]*[ \t]+(?:-u[ \t]+)?-m[ \t]+([\w.]+)")
_MODULE = re.compile(r"(?<![\w./-])([A-Za-z_][\w.]*)(?::[A-Za-z_]\w*)?(?![\w./=-])")
_FLASK = re.compile(r"\bflask[ \t]+(?:(?:--app|-A)[ \t=]+([\w./]+)[^\n`]{0,100}?[ \t])?(?:--debug[ \t]+)?run\b")
_FLASK_APP = re.compile(r"\bFLASK_APP\b[ \t]*=[ \t]*[\"']?([\w./]+)")
_FLASK_USUAL = ("app", "wsgi")
_IMAGE = re.compile(r"\bdocker(?:-compose|[ \t]+compose)?[ \t]+(?:up|run)\b")
_MAKE = re.compile(r"(?:^|&&|;)[ \t>$*-]*make((?:[ \t]+[\w.=-]+)+)[ \t]*(?=$|&&|;|#)")
_CODE = re.compile(r"`([^`\n]{1,300})`")
_TARGET = re.compile(r"^([A-Za-z][\w.-]*)[ \t]*:(?!=)", re.MULTILINE)
# What a tool starts by a file of its own, in lower case.
_BY_FILE = (
    (re.compile(r"\bdvc[ \t]+(?:repro|exp[ \t]+run)\b"), "dvc.yaml"),
    (re.compile(r"\bmlflow[ \t]+run\b"), "mlproject"),
    (re.compile(r"\bsnakemake\b"), "snakefile"),
    (re.compile(r"\bkedro[ \t]+run\b"), "pipeline_registry.py"),
)
_INSTALLS = re.compile(r"\b(?:pip3?|conda|mamba|pipenv|poetry|uv|pdm)[ \t]+(?:install|env|create|sync|run|pip)\b")
_INSTALLING = re.compile(r"\binst[aá]l", re.IGNORECASE)  # in many languages
_LISTS = re.compile(r"requirements[\w.-]*\.txt|environment\.ya?ml|\bpyproject\.toml")
_INSTALLED_FROM = re.compile(r"(?:-r|--requirement|-f|--file)[ \t=]+[\"']?([\w./\\-]+\.(?:txt|ya?ml|in|lock))\b")
# Before the name of a file that a line only lists: bullets, numbers, the drawing of a tree, a table's first column.
_BEFORE = re.compile(r"[^A-Za-z]*(?:[\w.-]+/)*")


class Readmes:
    """The README files of a work that hold any text, those nearest its root first."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        found = [document for document in evidence.code.documents if document.kind == "readme"]
        self.empty = [document.path for document in found if not document.text.strip()]
        self.documents = sorted(
            (document for document in found if document.text.strip()), key=lambda document: document.path.count("/")
        )
        self.lines = [
            (Span(path=document.path, line=number, end_line=number, text=line.strip()[:200]), line[:MOST])
            for document in self.documents
            for number, line in enumerate(document.text.split("\n"), start=1)
        ]
        self._programs = _what_runs(evidence)
        # what came with the assignment is no part of the work, and there for whoever has it
        paths = (*(entry.path for entry in evidence.files), *evidence.handed_out)
        names = {PurePosixPath(path).name for path in paths}
        self._names, self._names_lower = names, {name.lower() for name in names}
        self._targets = {
            target
            for document in evidence.code.documents
            if PurePosixPath(document.path).name == "Makefile"
            for target in _TARGET.findall(document.text)
        }

    def runs(self) -> Span | None:
        """Return the line that starts the work, else the one that names what runs it."""
        named = [span for span, line in self.lines if self._programs.named(line)]
        commands = [span for span, line in self.lines if span in named and _COMMAND.search(line)]
        started = [span for span, line in self.lines if self._starts(line)]
        started += script_lines(self.evidence, self.documents)
        found = [*commands, *started, *named, *(span for span, text in self._scripts() if self._starts_any(text))]
        return found[0] if found else None

    def installs(self) -> Span | None:
        """Return the line that says how to install, or starts what does."""
        said = [span for span, line in self.lines if _INSTALLS.search(line) and not self._absent(line)]
        other = [span for span, line in self.lines if _tells_of_list(line, self._names_lower) or self._builds(line)]
        scripts = [span for span, text in self._scripts() if _INSTALLS.search(text)]
        found = [*said, *other, *scripts]
        return found[0] if found else None

    def lists_nothing(self) -> tuple[str, Span] | None:
        """Return the first list of packages to be installed that was not handed in, and the line that names it."""
        found = ((self._absent(line), span) for span, line in self.lines if _INSTALLS.search(line))
        return next(((name, span) for name, span in found if name), None)

    def installs_what_was_handed_out(self) -> tuple[str, Span] | None:
        """Return the first list of packages which came with the assignment that a line installs, and the line."""
        for span, line in self.lines:
            for path in _INSTALLED_FROM.findall(line) if _INSTALLS.search(line) else ():
                if path.removeprefix("./") in self.evidence.handed_out:
                    return path, span
        return None

    def _absent(self, line: str) -> str:
        """Return the list of packages that a command installs from and that is not there, "" where some of what it
        names can be installed.
        """
        paths = _INSTALLED_FROM.findall(line)
        names = [PurePosixPath(path.replace("\\", "/")).name for path in paths]
        there = any(name.lower() in self._names_lower for name in names) or requirements_of(line.strip(" \t`$>*-"))
        return "" if there or not names else names[0]

    def is_of_this_work(self) -> bool:
        """Tell whether it names any program of the work: a README that is copied from another names none."""
        names = {PurePosixPath(source.path).name for source in self.evidence.code.sources} - {"__init__.py"}
        return any(_is_named(name, line) for name in names for _, line in self.lines)

    def gone(self) -> tuple[str, Span] | None:
        """Return the first program that a command starts and that was not handed in, and the command's line."""
        for span, line in self.lines:
            for path in _COMMAND.findall(line):
                name = PurePosixPath(path.replace("\\", "/")).name  # as Windows writes it
                if name not in self._names and not re.search(r"[<>*{}$]", path):
                    return path, span
        return None

    def _starts_any(self, text: str) -> bool:
        lines = [line[:MOST] for line in text.split("\n")]
        return any(self._programs.named(line) or self._starts(line) for line in lines)

    def _starts(self, line: str) -> bool:
        by_file = any(name in self._names_lower and command.search(line) for command, name in _BY_FILE)
        return by_file or self._builds(line) or self._programs.served(line, self._flask_apps)

    def _builds(self, line: str) -> bool:
        """Tell whether a line starts an image, or gives `make` a target that is there: not "make sure"."""
        images = any("dockerfile" in name or "compose" in name for name in self._names_lower)
        if images and _IMAGE.search(line):
            return True
        words = {
            word for part in (line, *_CODE.findall(line)) for found in _MAKE.findall(part) for word in found.split()
        }
        return bool(self._targets & words)

    @property
    def _flask_apps(self) -> tuple[str, ...]:
        """The modules that `flask run` serves where it names none."""
        return tuple(app for _, line in self.lines for app in _FLASK_APP.findall(line)) or _FLASK_USUAL

    def _scripts(self) -> Iterator[tuple[Span, str]]:
        """Yield each line that names a shell script of the work, with what stands in the script."""
        for document in self.evidence.code.documents:
            name = PurePosixPath(document.path).name
            if name.endswith(".sh"):
                yield from ((span, document.text) for span, line in self.lines if _is_named(name, line))


class _Programs:
    """The files that a README may mean by what runs the work."""

    def __init__(self, names: Iterable[str], modules: Iterable[str], served: Iterable[str]) -> None:
        self._names, self._served = [*names, *modules], frozenset(served)

    def named(self, line: str) -> bool:
        """Tell whether a line names one of them."""
        return any(_is_named(name, line) for name in self._names)

    def served(self, line: str, flask_apps: tuple[str, ...]) -> bool:
        """Tell whether a line starts one of them as a module, by itself or by a server."""
        modules = [module for rest in _SERVED.findall(line) for module in _MODULE.findall(rest)]
        modules += _AS_MODULE.findall(line)
        for named in _FLASK.findall(line):
            modules += [named] if named else flask_apps
        stems = {PurePosixPath(module.removesuffix(".py")).name.rpartition(".")[2] for module in modules}
        return bool(stems & self._served)


def _what_runs(evidence: Evidence) -> _Programs:
    """Return what a README may mean: the planned entry point, else every file that does something when it is run."""
    if evidence.plan is None:
        paths = [PurePosixPath(path) for path in _running(evidence)]
        return _Programs({path.name for path in paths}, (), {path.stem for path in paths})
    entries = evidence.plan.entry_points
    words = [word for entry in entries for word in (entry.path, *entry.argv) if word.endswith((".py", ".ipynb"))]
    modules = {word.removesuffix(".py").replace("/", ".") for word in words if "/" in word}
    return _Programs(
        {PurePosixPath(word).name for word in words}, modules, {PurePosixPath(word).stem for word in words}
    )


def _running(evidence: Evidence) -> set[str]:
    """Return the files that do more than define functions; all where none is known to."""
    tests = test_paths(evidence)
    sources = {source.path for source in evidence.code.sources if source.lines and source.path not in tests}
    defining = {fact.span.path for fact in evidence.code.functions}
    calling = {call.span.path for call in evidence.code.calls if not call.function}
    sources -= {path for path in sources if PurePosixPath(path).name == "__init__.py"}
    return {path for path in sources if path not in defining or path in calling} or sources


def _is_named(name: str, line: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(name)}(?!\w)", line.replace("%20", " "), re.ASCII) is not None


def _tells_of_list(line: str, names: Container[str]) -> bool:
    """Tell whether a line speaks of a list of packages that is there, `names` being what was handed in: not of one that
    is still to be made. One that only lists its file says nothing on installing.
    """
    found = _LISTS.search(line)
    if found is None or found[0].lower() not in names:
        return False
    return not (_BEFORE.fullmatch(line[: found.start()]) and not _INSTALLING.search(line))
