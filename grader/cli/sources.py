"""What the words on the command line name: the SOURCEs that are there, and a folder name for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.errors import UsageError
from grader.intake import is_git_address

ENDINGS = (".tar.gz", ".tgz", ".zip", ".ipynb", ".py", ".git")
TAKEN = ("logs", "index.html", "summary.json", "summary.csv")
MOST_NAMED = 5


def check_sources(sources: Sequence[str], *, allow_local_git: bool) -> None:
    """Raise UsageError naming the SOURCEs that are neither a git address nor there, before anything is run."""
    missing = [ascii(source)[1:-1] or "''" for source in sources if not _is_there(source, allow_local_git)]
    if missing:
        more = f" and {len(missing) - MOST_NAMED} more" if len(missing) > MOST_NAMED else ""
        raise UsageError(
            f"there is nothing at {', '.join(missing[:MOST_NAMED])}{more}",
            hint="Give a folder, a .zip or .tar.gz, an .ipynb, a .py, or a git address. Nothing was graded.",
        )


def names_for(sources: Sequence[str]) -> list[str]:
    """Return one readable, distinct folder name a SOURCE, in the same order."""
    names: list[str] = []
    for source in sources:
        stem = source.rstrip("/").split("/")[-1].split("@")[0] if "://" in source else Path(source).resolve().name
        for ending in ENDINGS:
            stem = stem.removesuffix(ending)
        stem = "".join(char if char.isalnum() or char in "-_. " else "_" for char in stem).strip(". ")[:80]
        name, number = stem or "submission", 2
        while name in names or name in TAKEN:
            name, number = f"{stem or 'submission'}-{number}", number + 1
        names.append(name)
    return names


def _is_there(source: str, allow_local_git: bool) -> bool:
    if not source:  # an unset variable of a script, not the folder it runs in
        return False
    try:
        return is_git_address(source, allow_local=allow_local_git) or Path(source).exists()
    except (OSError, ValueError):  # a NUL byte, a name too long, a folder that may not be entered
        return False


def check_apart(sources: Sequence[str], folders: Iterable[Path]) -> None:
    """Raise UsageError when a report would be written into a submission's own folder, over what was handed in."""
    theirs = {Path(source).resolve() for source in sources if Path(source).is_dir()}
    for folder in folders:
        if folder.resolve() in theirs:
            raise UsageError(
                f"the report would be written into the submission {folder}", hint="Give another folder with --output."
            )
