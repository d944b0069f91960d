"""Installs the grader from the Action's own checkout, every package as locked there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from commands import add_summary, error, set_output

ROOT = Path(__file__).resolve().parent.parent
GRADER = ROOT / ".venv" / "bin" / "grader"
FAILED = "The grader could not be installed: nothing was run and nothing is said of the work."


def install() -> int:
    """Make the grader's environment and the sandbox's, with the Python that runs this; returns the exit status."""
    # not in the repository's folder: settings of uv that lie there are meant for the work
    for words in ([sys.executable, "tools/bootstrap.py", "--no-dev"], [str(GRADER), "sandbox", "build"]):
        if subprocess.run(words, cwd=ROOT, check=False).returncode:
            set_output("outcome", "infrastructure_failed")
            add_summary(f"## {FAILED}\n\nThe log says why. Run the job again.\n")
            error(f"{FAILED} The log says why. Run the job again.")
            return 3
    return 0
