"""What a submission asks to be installed: requirements.txt, pyproject.toml or environment.yml, read within bounds."""

from __future__ import annotations

import codecs
import difflib
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from grader.errors import LimitError, SubmissionError
from grader.intake.conda import conda_entries
from grader.intake.names import is_junk
from grader.intake.requirement_lines import read_line
from grader.model import Requirement, Submission, Wanted

MOST_BYTES = 256 * 1024
MOST_REQUIREMENTS = 1000
MOST_FILES = 10
MOST_NOTES = 20
ALIKE = 0.8  # of two words: "requirments" and "requirements" are 0.96, "requests" and "requirements" 0.6

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
Numbered = Iterable[tuple[int, str]]


def read_wanted(submission: Submission) -> Wanted:
    """Return what the submission asks for: of its lists the first that names a package, the shallowest first.

    Raises SubmissionError("environment.forbidden") naming file and line for whatever leads away from the operator's
    index, LimitError("environment.too_large") for a list that is too long.
    """
    reader = _Reader(submission)
    for path in _lists(reader.sizes):
        reader.read(path)
        if reader.found:
            break
    notes = [*reader.notes[:MOST_NOTES]]
    if len(reader.notes) > MOST_NOTES:
        notes.append(f"{len(reader.notes) - MOST_NOTES} more lines of the lists were not heeded.")
    return Wanted(
        requirements=tuple(reader.found.values()), files=tuple(reader.read_files), notes=tuple(notes),
        newest=submission.newest,
    )  # fmt: skip


def decode(data: bytes) -> str:
    """Return the text of a list, by its byte-order mark, else as UTF-8, UTF-16 where every other byte is 0, Latin-1."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\0", "")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", "replace").replace("\0", "")
    try:
        return data.decode("utf-8").replace("\0", "")
    except UnicodeDecodeError:
        return data.decode("latin-1").replace("\0", "")


def logical_lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield (number of the first, text) of each line, those that end in a backslash joined with the next."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(text.splitlines(), start=1):
        begun = begun or number
        joined = line.rstrip()
        parts.append(joined.removesuffix("\\"))
        if not joined.endswith("\\") or joined.lstrip().startswith("#"):
            yield begun, " ".join(parts)
            begun, parts = 0, []
    if parts:
        yield begun, " ".join(parts)


@dataclass
class _Reader:
    """Collects from one list and those that it names."""

    submission: Submission
    found: dict[str, Requirement] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    read_files: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.sizes = {entry.path: entry.bytes for entry in self.submission.files}

    def read(self, path: str) -> None:
        """Take in one list; raises as `read_wanted` does."""
        if path in self.read_files or len(self.read_files) >= MOST_FILES:
            return
        self.read_files.append(path)
        text = self._text(path)
        name = PurePosixPath(path).name.lower()
        if name == "pyproject.toml":
            self._add(path, self._of_project(path, text))
        elif name.endswith((".yml", ".yaml")):
            self._add(path, self._of_conda(path, text))
        else:
            self._add(path, logical_lines(text))

    def _text(self, path: str) -> str:
        if self.sizes[path] > MOST_BYTES:
            raise _too_long(path, f"is larger than {MOST_BYTES // 1024} KB")
        return decode((self.submission.root / path).read_bytes())

    def _add(self, path: str, lines: Numbered) -> None:
        for number, text in lines:
            line = read_line(text, path, number)
            if line.forbidden:
                raise _forbidden(path, number, line.forbidden)
            if line.note:
                self.notes.append(f"{path}, line {number}: {line.note}.")
            if line.requirement is not None:
                self._keep(line.requirement)
            if line.include is not None:
                self._include(path, number, *line.include)

    def _keep(self, requirement: Requirement) -> None:
        """The first of two lines about one package counts, unless only the second says a version."""
        before = self.found.get(requirement.name)
        if before is None or (before.asked == before.relaxed != requirement.asked):
            self.found[requirement.name] = requirement
        if len(self.found) > MOST_REQUIREMENTS:
            raise _too_long(requirement.path, f"asks for more than {MOST_REQUIREMENTS:,} packages")

    def _include(self, path: str, number: int, kind: str, named: str) -> None:
        if kind == "constraints":
            self.notes.append(f"{path}, line {number}: constraints are not read.")
            return
        target = _inside(path, named)
        if target is None:
            raise _forbidden(path, number, f"-r {ascii(named)[1:-1][:80]}")
        if target in self.sizes:
            self.read(target)
        else:
            self.notes.append(f"{path}, line {number}: {target[:80]} did not come with the work.")

    def _of_project(self, path: str, text: str) -> Numbered:
        """Yield the dependencies of [project]; their lines are looked up in the text."""
        try:
            project: Any = tomllib.loads(text).get("project", {})
        except (tomllib.TOMLDecodeError, RecursionError):
            self.notes.append(f"{path} is not valid TOML and was not read.")
            return
        listed = project.get("dependencies", []) if isinstance(project, dict) else []
        for entry in listed if isinstance(listed, list) else []:
            if isinstance(entry, str):
                yield text[: max(0, text.find(entry))].count("\n") + 1, entry

    def _of_conda(self, path: str, text: str) -> Numbered:
        conda = []
        for number, by, entry in conda_entries(text):
            if by == "pip":
                yield number, entry
            else:
                conda.append(re.split(r"[=<>!~ ]", entry)[0])
        others = [name for name in conda if name not in ("python", "pip")]
        if others:
            names = ", ".join(ascii(name)[1:-1][:40] for name in others[:10]) + (", …" if len(others) > 10 else "")
            self.notes.append(f"{path}: what conda installs was not resolved: {names}.")


def _lists(paths: Iterable[str]) -> list[str]:
    """Return the lists of requirements, the shallowest first; at one depth text, then pyproject.toml, then conda's."""
    ranked = []
    for path in paths:
        rank = None if is_junk(path) or "site-packages/" in path else _rank(PurePosixPath(path).name.lower())
        if rank is not None:
            ranked.append((path.count("/"), rank, path))
    return [path for _, _, path in sorted(ranked)]


def _rank(name: str) -> int | None:
    if name == "requirements.txt":
        return 0
    if name == "pyproject.toml":
        return 2
    if re.fullmatch(r"(?:environment|conda|env)[\w-]*\.ya?ml", name):
        return 3
    stem, dot, ending = name.partition(".")
    if dot and ending not in ("txt", "txt.txt", "in", "pip"):
        return None
    is_list = difflib.SequenceMatcher(None, stem, "requirements").ratio() >= ALIKE or stem == "reqs"
    return 1 if is_list else None


def _inside(path: str, named: str) -> str | None:
    """Return the path, from the submission's root, that a list at `path` names; None when that leads out of it."""
    if "://" in named or "\\" in named or named.startswith(("/", "~")):
        return None
    parts: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *PurePosixPath(named).parts):
        if part == ".." and not parts:
            return None
        parts = parts[:-1] if part == ".." else [*parts, part]
    return "/".join(parts)


def _forbidden(path: str, number: int, what: str) -> SubmissionError:
    return SubmissionError(
        "environment.forbidden",
        f"{path}, line {number}: {what} is not allowed.",
        path=path,
        line=number,
        hint="Ask for packages by name and version; they come from one index that the company chose, as wheels.",
    )


def _too_long(path: str, what: str) -> LimitError:
    return LimitError(
        "environment.too_large", f"{path} {what}.", path=path, hint="List the packages that the work imports."
    )
