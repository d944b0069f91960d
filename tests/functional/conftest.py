"""What the functional tests share: one run of the demo."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """Run what `make demo` runs, once, and return the folder of its reports; what it said is in `said.txt`."""
    request.getfixturevalue("bubblewrap")
    folder = tmp_path_factory.mktemp("demo")
    planned = subprocess.run(["make", "-n", "demo"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    command = next(line for line in planned.splitlines() if "grader grade" in line)
    command = command.replace("grading/demo", str(folder)).replace(".venv/bin/", f"{Path(sys.executable).parent}/")
    environment = {**os.environ, "COLUMNS": "100"}
    environment.pop("GRADER_ASSIGNMENTS", None)
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=1700
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "said.txt").write_text(done.stdout)
    return folder
