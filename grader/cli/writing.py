"""The folder that a command writes to, and what it says when that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import InfrastructureError, UsageError
from grader.intake import OWN_OUTPUT


@contextmanager
def writing_to(folder: Path) -> Iterator[Path]:
    """Turn a full or vanished disk into our side's failure, said in a sentence."""
    try:
        yield folder
    except OSError as error:
        raise InfrastructureError(
            "infrastructure.internal", f"The report could not be written to {folder}: {error.strerror}."
        ) from error


def make_output(output: Path) -> None:
    """Make the output folder. Raises UsageError when nothing can be written there, before the work is run."""
    try:
        output.mkdir(parents=True, exist_ok=True)
        (output / OWN_OUTPUT).touch()
    except OSError as error:
        reason = "it is a file" if output.is_file() else error.strerror
        raise UsageError(f"--output {output} cannot be written to: {reason}", hint="Give another folder.") from error
