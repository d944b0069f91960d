"""What intake accepts at most."""

from __future__ import annotations

from grader.model import Record


class IntakeLimits(Record):
    """Sizes in bytes, times in seconds; a path has at most `path_bytes` in `depth` parts of `name_bytes` each, and a
    notebook at most `notebook_bytes` as it comes and `stripped_bytes` without its outputs.
    """

    packed_bytes: int = 20_000_000
    unpacked_bytes: int = 200_000_000
    files: int = 2000
    entries: int = 20_000
    name_bytes: int = 255
    path_bytes: int = 1000
    depth: int = 32
    notebook_bytes: int = 150_000_000
    stripped_bytes: int = 20_000_000
    git_seconds: float = 60
