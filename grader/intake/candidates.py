"""The files of a submission as the plan asks for them: which could be run, and what each is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

from grader.model import EntryPoint, Submission

READ_BYTES = 256 * 1024
BLANK_BYTES = 64  # of a file that holds nothing: a few line ends, or a mark of its encoding
SKIPPED = frozenset(
    {".ipynb_checkpoints", ".venv", "venv", "site-packages", "__pycache__", "__MACOSX", "tests", "test", ".github"}
)
IMPORT = re.compile(r"^[ \t]*(?:from|import)[ \t]+([^\n#]+)", re.MULTILINE)


@dataclass(frozen=True)
class CandidateFiles:
    """The submission's files as the rules ask for them; contents are read bounded and only when needed."""

    submission: Submission

    @cached_property
    def paths(self) -> frozenset[str]:
        """Every file that was handed in."""
        return frozenset(entry.path for entry in self.submission.files)

    @cached_property
    def runnable(self) -> list[str]:
        """Notebooks and scripts that count, the shallowest first."""
        kept = [path for path in self.paths if path.endswith((".ipynb", ".py")) and not _is_skipped(path)]
        kept = [path for path in kept if path not in self.other_notebooks and path not in self._empty_notebooks]
        return sorted(kept, key=lambda path: (path.count("/"), path))

    @cached_property
    def _empty_notebooks(self) -> frozenset[str]:
        """The notebooks that are files without a word in them: there is nothing to run."""
        small = (entry.path for entry in self.submission.files if entry.bytes <= BLANK_BYTES)
        return frozenset(path for path in small if path.endswith(".ipynb") and not self.text(path).strip())

    @cached_property
    def other_notebooks(self) -> dict[str, str]:
        """The notebooks that intake found to be of another language, each with its name."""
        said = (re.match(r"(.+\.ipynb) is written for (\S+), not for Python", note) for note in self.submission.notes)
        return {found[1]: found[2].upper() if len(found[2]) == 1 else found[2].capitalize() for found in said if found}

    @cached_property
    def modules(self) -> frozenset[str]:
        """The scripts that others import and that do not say how they are run themselves."""
        texts = {path: self.text(path) for path in self.runnable if path.endswith(".py")}
        imported = {
            word for text in texts.values() for line in IMPORT.findall(text) for word in re.findall(r"\w+", line)
        }
        return frozenset(
            path for path, text in texts.items() if PurePosixPath(path).stem in imported and not is_script(text)
        )

    def text(self, path: str) -> str:
        """Return the first 256 KB of a file, decoded with replacement."""
        with (self.submission.root / path).open("rb") as file:
            return file.read(READ_BYTES).decode("utf-8", "replace")


def _is_skipped(path: str) -> bool:
    return not SKIPPED.isdisjoint(path.split("/")[:-1])


def is_script(text: str) -> bool:
    """Say whether a module is written to be run: its author's way of running it comes first."""
    return "__main__" in text and "__name__" in text


def entry_of(path: str, reason: str) -> EntryPoint:
    """Return how a notebook or a script is run by itself."""
    return EntryPoint(kind="notebook" if path.endswith(".ipynb") else "script", path=path, reason=reason)
