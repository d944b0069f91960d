"""Every shipped assignment proven as its author would: all checks, its examples graded for real and in their order."""

from __future__ import annotations

import faulthandler
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

GRADER = Path(sys.executable).with_name("grader")
ROOT = Path(__file__).resolve().parents[2] / "assignments"


def settings(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "assignment.toml").read_text())


SHIPPED = [path.parent for path in sorted(ROOT.glob("*/assignment.toml")) if "examples" in settings(path.parent)]

SLUGS = ["churn", "digits", "ridership", "serve-the-model", "sms-triage"]
LEAST_EXAMPLES = 5


def test_the_five_assignments_are_shipped_and_none_can_drop_out_of_the_proof() -> None:
    assert [folder.name for folder in SHIPPED] == SLUGS


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_an_assignment_has_examples_enough_and_says_which_are_clearly_different(folder: Path) -> None:
    examples = settings(folder)["examples"]
    assert len({*examples["order"], *examples.get("unscored", [])}) >= LEAST_EXAMPLES
    assert examples["clear"]


@pytest.mark.sandbox
@pytest.mark.usefixtures("bubblewrap")
@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_an_assignment_is_sound_and_its_examples_come_out_in_their_stated_order(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    faulthandler.cancel_dump_traceback_later()  # seven works may take longer than a test may: the command is timed
    done = subprocess.run(
        [GRADER, "assignment", "check", folder, "--sandbox", "bubblewrap", "--json"],
        capture_output=True, text=True, check=False, timeout=1800,
    )  # fmt: skip
    proof = json.loads(done.stdout)
    with capsys.disabled():
        print(f"\n{folder.name}: " + ", ".join(f"{item['name']} {item['seconds']:.0f} s" for item in proof["examples"]))
    assert [item for item in proof["checks"] if item["status"] == "defect"] == []
    assert (done.returncode, proof["sound"]) == (0, True)
    examples = settings(folder)["examples"]
    assert [item["name"] for item in proof["examples"]] == [*examples["order"], *examples.get("unscored", [])]
    assert proof["tau"] == 1
    status = {item["id"]: item["status"] for item in proof["checks"]}
    assert (status["examples.order"], status["metric.reproduced"]) == ("ok", "ok")
    assert status["examples.unscored"] == ("ok" if examples.get("unscored") else "not_checked")
    assert status["examples.clear"] == "ok"
