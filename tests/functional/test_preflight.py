"""A candidates' preflight in the real sandbox: what it says, from the packet alone, and that it never gives a score."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[2]
GOOD = """\
import csv, os, pathlib
rows = list(csv.DictReader(open("data/test.csv")))
out = pathlib.Path(os.environ.get("OUTPUT_DIR", "."))
with (out / "predictions.csv").open("w", newline="") as file:
    writer = csv.writer(file)
    writer.writerow(["customer_id", "prediction"])
    writer.writerows([row["customer_id"], VALUE] for row in rows)
(out / "notes.txt").write_text("done")
print("read", len(rows))
"""

pytestmark = [pytest.mark.sandbox, pytest.mark.usefixtures("bubblewrap")]


@pytest.fixture
def packet(run_grader: Run, tmp_path: Path) -> Path:
    """Return an unpacked candidates' packet, where nothing else of the assignment is known."""
    done = run_grader("assignment", "pack", "churn", "--output", "packets")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(tmp_path / "packets" / "churn.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path / "churn"


def tried(run_grader: Run, *words: str, **environment: str) -> tuple[subprocess.CompletedProcess[str], dict]:
    done = run_grader("grade", "--public", *words, "--sandbox", "bubblewrap", "--json", **environment)
    record = json.loads(done.stdout)
    jsonschema.validate(record, json.loads((ROOT / "docs" / "preflight.schema.json").read_text()))
    return done, record


def test_work_begun_in_the_packet_is_tried_out_with_nothing_else_at_hand(
    run_grader: Run, packet: Path, tmp_path: Path
) -> None:
    (packet / "predict.py").write_text(GOOD.replace("VALUE", "0.25"))
    done, record = tried(run_grader, "churn", GRADER_ASSIGNMENTS=str(tmp_path / "nowhere"))
    assert done.returncode == 0, done.stderr
    assert record["ready"]
    assert [check["passed"] for check in record["checks"]] == [True] * 5
    assert record["assignment"]["slug"] == "churn"
    assert record["run"]["entry_point"]["path"] == "predict.py"
    assert "well-known name" in record["run"]["entry_point"]["reason"]
    assert record["run"]["wall_s"] > 0
    assert record["written"] == ["notes.txt", "predictions.csv"]
    assert record["rows"] == 500
    for check in ("Taken in", "How it is run", "Packages", "The run", "500 predictions"):
        assert check in done.stderr


def test_no_word_of_a_score_or_of_the_rubric_is_said(run_grader: Run, packet: Path) -> None:
    (packet / "predict.py").write_text(GOOD.replace("VALUE", "0.25"))
    done, record = tried(run_grader, "churn")
    text = json.dumps(record).lower() + done.stderr.lower()
    for word in ("score", "metric", "normalised", "baseline", "verdict", "criteri", "weight", "hidden"):
        assert word not in text, word


def test_what_the_work_wrote_and_printed_lies_in_the_output_folder(run_grader: Run, packet: Path) -> None:
    (packet / "predict.py").write_text(GOOD.replace("VALUE", "0.25"))
    _, record = tried(run_grader, "churn", "--output", "tried")
    folder = packet.parent / "tried"
    assert json.loads((folder / "preflight.json").read_text()) == record
    assert "read 500" in (folder / "logs" / "stdout.txt").read_text()
    check = ["python3", "check_submission.py", str(folder / "predictions.csv")]
    done = subprocess.run(check, cwd=packet, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_the_full_assignment_gives_the_same_and_deals_the_published_rows(run_grader: Run, packet: Path) -> None:
    (packet / "predict.py").write_text(GOOD.replace("VALUE", "0.25"))
    work = packet.parent / "work"
    work.mkdir()
    shutil.copy(packet / "predict.py", work)
    records = [tried(run_grader, "work", "--assignment", name)[1] for name in ("churn", str(packet))]
    assert [record["ready"] for record in records] == [True, True]
    ids = [line.split(",")[0] for line in (packet / "data" / "test.csv").read_text().splitlines()]
    written = (packet.parent / "grading" / "predictions.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in written] == ids


@pytest.mark.parametrize(
    ("code", "stage", "failure", "advice"),
    [
        ("raise KeyError('tenur')\n", "run", "run.failed", ""),
        (GOOD.replace("VALUE", "1.5"), "predictions", "predictions.values", "from 0 to 1"),
        (GOOD.replace("VALUE", "float('nan')"), "predictions", "predictions.not_finite", "missing values"),
        ("print('nothing written')\n", "run", "predictions.missing", "OUTPUT_DIR"),
    ],
)
def test_a_work_that_would_fail_is_told_where_and_what_to_do_and_ends_with_1(
    run_grader: Run, packet: Path, code: str, stage: str, failure: str, advice: str
) -> None:
    (packet / "predict.py").write_text(code)
    done, record = tried(run_grader, "churn")
    assert done.returncode == 1
    assert not record["ready"]
    assert record["failure"]["code"] == failure
    assert [check["id"] for check in record["checks"] if check["passed"] is False] == [stage]
    assert advice in done.stderr
    assert "would fail at grading" in done.stderr
    assert record["run"]["wall_s"] is not None


def test_a_packet_as_it_came_has_nothing_to_run_and_its_own_script_is_not_taken_for_the_work(
    run_grader: Run, packet: Path
) -> None:
    done, record = tried(run_grader, "churn")
    assert done.returncode == 1
    assert record["failure"]["code"] == "plan.no_entry_point"
    assert [check["passed"] for check in record["checks"]] == [True, False, None, None, None]
    assert "README.md, check_submission.py, packages.txt, 3 files in data." in record["submission"]["notes"][0]


def test_a_file_of_the_packet_that_was_changed_is_the_candidates_own(run_grader: Run, packet: Path) -> None:
    (packet / "solve.py").write_text(GOOD.replace("VALUE", "0.25"))
    (packet / "other.py").write_text("print('not this one')\n")
    (packet / "README.md").write_text("# My work\n\nRun `python solve.py`.\n")
    done, record = tried(run_grader, "churn")
    assert done.returncode == 0, done.stderr
    assert record["run"]["entry_point"]["path"] == "solve.py"
    assert "README.md" not in record["submission"]["notes"][0]


def test_a_grading_takes_what_was_handed_out_for_no_work_of_the_candidate(run_grader: Run, packet: Path) -> None:
    (packet / "work.py").write_text(GOOD.replace("VALUE", "0.25"))
    done = run_grader("grade", "churn", "--assignment", "churn", "--sandbox", "bubblewrap", "--json")
    report = json.loads(done.stdout)
    assert report["outcome"] == "completed", report["failure"]
    assert report["run"]["entry_point"]["path"] == "work.py"
    assert "README.md" in report["submission"]["notes"][0]


def test_a_sandbox_that_is_not_there_is_our_failure_and_ends_with_3(run_grader: Run, packet: Path) -> None:
    (packet / "predict.py").write_text(GOOD.replace("VALUE", "0.25"))
    home = str(packet.parent / "empty")
    done = run_grader("grade", "--public", "churn", "--sandbox", "bubblewrap", GRADER_HOME=home)
    assert done.returncode == 3
    assert "grader sandbox build" in done.stderr
