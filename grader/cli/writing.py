"""What a command says when its reports cannot be written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from grader.errors import InfrastructureError


@contextmanager
def writing_to(folder: Path) -> Iterator[Path]:
    """Turn a full or vanished disk into our side's failure, said in a sentence."""
    try:
        yield folder
    except OSError as error:
        raise InfrastructureError(
            "infrastructure.internal", f"The report could not be written to {folder}: {error.strerror}."
        ) from error
