"""A command with the most memory that it has had.

What the kernel tells of that begins with what its parent had when it was started: one started right by the tests would
be taken for as large as they have become by then. So it is the child of a small process.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

_BETWEEN = """
import os, subprocess, sys
with open(sys.argv[1], "w") as told:
    process = subprocess.Popen(sys.argv[2:])
    print(process.pid, file=told, flush=True)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    print(used.ru_maxrss, file=told)
sys.exit(process.returncode % 256)
"""


@dataclass(frozen=True)
class Measured:
    """A command that runs, or has; `between` ends as it does."""

    between: subprocess.Popen[bytes]
    told: Path

    @classmethod
    def started(
        cls, words: Sequence[str], told: Path, output: IO[bytes] | int, environment: Mapping[str, str] | None = None
    ) -> Measured:
        """Start it; the file `told` is made."""
        told.write_text("")
        command = [sys.executable, "-I", "-S", "-c", _BETWEEN, str(told), *words]
        between = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, env=environment)
        while "\n" not in told.read_text():
            assert between.poll() is None, "it could not be started"
            time.sleep(0.01)
        return cls(between, told)

    @property
    def pid(self) -> int:
        """Its own process id."""
        return int(self.told.read_text().split()[0])

    @property
    def peak_kilobytes(self) -> int:
        """The most that it, or a process it waited for, has had; known once it has ended."""
        return int(self.told.read_text().split()[1])
