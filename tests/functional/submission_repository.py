"""The example of a candidate's repository, laid out as the candidate has it: the starter repository, and the work."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "submission-repository"
CHURN = ROOT / "assignments" / "churn"


def lay_out(folder: Path) -> Path:
    """Put the example into `folder`, with the data that lie in its packet, and return the folder."""
    shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    shutil.copytree(CHURN / "data" / "public", folder / "data", dirs_exist_ok=True)
    return folder


def given_by(workflow: str) -> dict[str, str]:
    """Return the inputs that a workflow of the example gives the Action."""
    return {name: str(value) for name, value in _step(workflow)["with"].items()}


def action_of(workflow: str) -> str:
    """Return the Action that a workflow of the example names."""
    return str(_step(workflow)["uses"])


def _step(workflow: str) -> dict[str, Any]:
    flow = yaml.safe_load((EXAMPLE / ".github" / "workflows" / workflow).read_text())
    (job,) = flow["jobs"].values()
    (step,) = (step for step in job["steps"] if "mode" in step["with"])
    return dict(step)
